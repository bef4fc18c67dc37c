"""How somebody likes their desk: one table of settings, each with a default, none that was not offered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from router import preferences
from router.app import Heed
from router.mistakes import Mistake
from router.preferences import SETTINGS, Kind
from router.store import preferences as store
from tests.a_desk import a_heed, a_person


@pytest.fixture
def heed(database_url: str, tmp_path: Path) -> Iterator[Heed]:
    heed = a_heed(database_url, tmp_path)
    yield heed
    heed.notifier.stop()
    heed.database.close()


class TestPreferences:
    def test_are_the_usual_ones_until_somebody_chooses(self, heed: Heed) -> None:
        assert preferences.read(heed, a_person(heed).id) == preferences.usual()
        assert preferences.usual().undo_s == 10 and preferences.usual().keys and not preferences.usual().sound

    def test_are_kept_for_each_person_apart_and_one_at_a_time(self, heed: Heed) -> None:
        ana, omar = a_person(heed), a_person(heed, "Omar")
        preferences.change(heed, ana.id, {"undo_s": "0", "theme": "dark", "sound": "mine offers"})
        preferences.change(heed, ana.id, {"hints": "off"})
        mine = preferences.read(heed, ana.id)
        assert (mine.undo_s, mine.theme, mine.sound, mine.hints) == (0, "dark", frozenset({"mine", "offers"}), False)
        assert preferences.read(heed, omar.id) == preferences.usual()

    def test_go_back_to_the_default_without_a_trace(self, heed: Heed) -> None:
        ana = a_person(heed)
        preferences.change(heed, ana.id, {"undo_s": "30"})
        preferences.change(heed, ana.id, {"undo_s": "10"})
        with heed.database.read() as db:
            assert store.of(db, ana.id) == {}

    @pytest.mark.parametrize(
        ("name", "value"),
        [("undo_s", "7"), ("theme", "pink"), ("keys", "maybe"), ("sound", "mine all"), ("font", "on")],
    )
    def test_can_only_be_what_is_offered(self, heed: Heed, name: str, value: str) -> None:
        ana = a_person(heed)
        with pytest.raises(Mistake, match=name):
            preferences.change(heed, ana.id, {name: value})
        assert preferences.read(heed, ana.id) == preferences.usual()

    def test_that_are_no_longer_offered_read_as_the_default(self, heed: Heed) -> None:
        ana = a_person(heed)
        with heed.database.write() as db:
            store.put(db, ana.id, {"undo_s": "3600", "gone": "on"})
        assert preferences.read(heed, ana.id) == preferences.usual()


def test_every_default_is_one_of_the_choices() -> None:
    for setting in SETTINGS:
        assert setting.kind is Kind.SEVERAL or setting.default in setting.choices, setting.name
