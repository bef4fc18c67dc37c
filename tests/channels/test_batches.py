"""What several chat platforms share: batches read one by one, times in milliseconds, words for what is no text."""

from datetime import UTC, datetime

import pytest

from channels.batches import each, moment_ms
from channels.errors import NotUnderstood
from channels.payload import Fields, id_in
from channels.types import Deletion, Parsed, Unreadable
from channels.wording import card, place, sticker


def a_deletion(fields: Fields) -> list[Parsed]:
    return [Deletion(id_in(fields, "id"))]


class TestBatches:
    def test_a_bad_element_keeps_its_place_and_its_neighbours(self) -> None:
        found = each([{"id": 1}, {"id": ""}, 7, None, {"id": "2"}], a_deletion, "events: each")
        assert found == [
            Deletion("1"),
            Unreadable("id is missing."),
            Unreadable("events: each must be an object."),
            Unreadable("events: each must be an object."),
            Deletion("2"),
        ]


class TestMilliseconds:
    def test_are_times_in_utc(self) -> None:
        assert moment_ms({"at": 1763640000123}, "at") == datetime(2025, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)
        assert moment_ms({}, "at") is None

    @pytest.mark.parametrize("value", ["1763640000123", 2**62, -(2**62), 10**400, True, 1.5])
    def test_anything_else_is_not_understood(self, value: object) -> None:
        with pytest.raises(NotUnderstood, match="at must be"):
            moment_ms({"at": value}, "at")


class TestWords:
    def test_say_what_was_sent_instead_of_text(self) -> None:
        assert place(35.5, 139, "Tower", "Tokyo") == "Location: Tower, Tokyo (35.500000, 139.000000)"
        assert place(0, 0, "", "") == "Location: (0.000000, 0.000000)"
        assert card("Ana", "", "+1") == "Contact: Ana, +1"
        assert (sticker(), sticker(["bow", "", "hi"])) == ("Sticker", "Sticker: bow, hi")

    @pytest.mark.parametrize("value", [None, "35.5", 10**400, 1e308, [], 181])
    def test_a_place_needs_coordinates(self, value: object) -> None:
        for at in ((value, 1), (1, value)):
            with pytest.raises(NotUnderstood, match="location"):
                place(*at)
