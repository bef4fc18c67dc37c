"""The scale of a brand follows its own readings and clicks, a small step a day, and only where it holds."""

from datetime import timedelta

import pytest

from router.model import Role
from router.store import taught
from router.store.felt import FeltRow
from router.teaching import scales
from router.triage.calibration import AS_WRITTEN, Label, Scale, load_scale
from tests.builders import Desk, a_brand, an_agent, now

KNOTS = (30.0, 55.0, 80.0)


def read_as(desk: Desk, language: str, calm: int, count: int) -> None:
    """Let tickets be there whose first message was read so."""
    for number in range(count):
        ticket = desk.says("Where is my order?", f"{language}{calm}-{number}")
        desk.do(
            "UPDATE reading SET language = :l, calm_frustration = :c, frustration = :c, read = :yes WHERE message_id ="
            " (SELECT id FROM message WHERE home_ticket_id = :t)",
            l=language, c=calm, yes=True, t=ticket.id,
        )  # fmt: skip


class TestPoints:
    def test_are_what_the_model_gave_before_the_scale_that_showed_them(self) -> None:
        scale = Scale({("email", "en"): KNOTS})
        shown = round(scale.shown("email", "en", 55.0))
        known = {scale.mark: scale}
        row = FeltRow("email", "en", shown, f"1+{scale.mark}~4")
        assert scales.points_of(row, known) == pytest.approx(55, abs=1)
        assert scales.points_of(FeltRow("email", "en", 55, "1~4"), known) == 55
        assert scales.points_of(FeltRow("email", "en", 55, "1+unknown"), known) is None

    def test_agree_with_clicks_on_their_side_of_the_first_cut(self) -> None:
        labels = [Label("email", "en", 30, True), Label("email", "en", 20, False), Label("email", "en", 40, False)]
        assert scales.right(labels, AS_WRITTEN) == 2
        assert scales.right(labels, Scale({("email", "en"): (45.0, 60.0, 80.0)})) == 2


class TestOnceADay:
    def test_a_desk_that_says_nothing_new_keeps_the_scale_as_written(self, desk: Desk) -> None:
        desk.says("Where is my order?")
        scales.recalculate_due(desk.heed, now())
        with desk.heed.database.read() as db:
            assert taught.live(db, desk.brand_id) == {}

    def test_it_is_asked_once_a_day_for_each_brand_with_mood(self, desk: Desk) -> None:
        a_brand(desk, "away")
        desk.do("UPDATE brand SET mood_on = :no WHERE key = 'away'", no=False)
        start = now()
        scales.recalculate_due(desk.heed, start)
        scales.recalculate_due(desk.heed, start + timedelta(hours=1))
        looked = desk.rows("SELECT name, value FROM desk_setting WHERE name LIKE 'scale%'")
        assert looked == [(f"scale looked at {desk.brand_id}", start.isoformat())]

    def test_a_language_that_is_read_too_low_gets_its_share(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("router.triage.calibration.LEAST_RECENT", 4)
        for language, calm in (("en", 10), ("en", 80), ("ur-Latn", 5), ("ur-Latn", 20)):
            read_as(desk, language, calm, 3)
        number = scales.recalculate(desk.heed, desk.brand_id, now())
        assert number == 1
        with desk.heed.database.read() as db:
            version_id, _ = taught.live(db, desk.brand_id)["scale"]
            scale = load_scale(taught.payload(db, version_id) or "")
        pace = desk.tickets[0].pace
        assert scale.shown(pace, "ur-Latn", 20) > 20
        assert desk.rows("SELECT author, comment FROM taught_live") == [("heed", scales.COMMENT)]

    def test_messages_are_read_with_it(self, desk: Desk) -> None:
        text = "I am angry, nobody answers me and my order is late again"
        before = desk.says(text, "ann")
        an_agent(desk, role=Role.OPS)
        with desk.heed.database.write() as db:
            row = taught.ask(db, desk.brand_id, "scale", "heed", now())
            scale = Scale({(before.pace, "en"): (15.0, 23.0, 31.0)})
            taught.made(db, row.id, "ready", now(), loads=scale.dump(), figures={})
            taught.hold(db, desk.brand_id, "scale", row.id, "heed", "", now())
        after = desk.says(text, "bob")
        assert after.frustration > before.frustration
        assert desk.rows(f"SELECT count(*) FROM reading WHERE version LIKE '%+{scale.mark}%'") == [(1,)]
