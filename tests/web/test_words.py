"""How numbers, durations and times are said."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from router.inbox import pieces
from router.model import Evidence
from router.web import words
from router.web.inbox.dialogs import snooze_choices
from router.web.inbox.files import clean_name, disposition, picture_type

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (12_000, "3 h 20 min"),
     (86_399, "23 h 59 min"), (86_400, "1 day"), (200_000, "2 days")],
)  # fmt: skip
def test_a_duration_says_its_unit(seconds: int, said: str) -> None:
    assert words.span(timedelta(seconds=seconds)) == said


def test_a_promise_is_late_or_due() -> None:
    assert words.due(NOW - timedelta(minutes=2), NOW) == "2 min late"
    assert words.due(NOW + timedelta(minutes=4), NOW) == "in 4 min"


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        (NOW, "UTC", "12:00"),
        (NOW, "Asia/Karachi", "17:00"),
        (NOW - timedelta(days=1), "UTC", "yesterday 12:00"),
        (NOW + timedelta(days=1), "UTC", "tomorrow 12:00"),
        (NOW - timedelta(days=2), "UTC", "Mon 12:00"),
        (NOW - timedelta(days=20), "UTC", "12 Feb 12:00"),
        (NOW - timedelta(days=90), "UTC", "4 Dec 2025 12:00"),
        (NOW, "No/Where", "12:00"),
    ],
)
def test_a_time_says_its_day_when_it_is_not_today(at: datetime, zone: str, said: str) -> None:
    assert words.when(at, NOW, zone) == said


def test_a_day_is_the_readers_own() -> None:
    assert words.when(datetime(2026, 3, 3, 22, 30, tzinfo=UTC), NOW, "Asia/Karachi") == "03:30"


@pytest.mark.parametrize(("tag", "first", "last"), [("en", "Monday", "Sunday"), ("ur", "پیر", "اتوار")])
def test_the_week_begins_on_monday(tag: str, first: str, last: str) -> None:
    with Flask("words").test_request_context():
        words.read_in(tag)
        found = words.weekdays()
    assert (len(found), found[0], found[-1]) == (7, first, last)


def test_a_time_elsewhere_names_the_place() -> None:
    assert words.local_time(NOW, "Europe/Berlin") == "13:00 Berlin"


@pytest.mark.parametrize(
    ("name", "said"), [("Sara Ahmed", "SA"), ("dan_87", "D"), ("", "?"), ("نعمان احمد", "نا"), ("(x) Omar", "O")]
)
def test_initials_stand_for_a_person(name: str, said: str) -> None:
    assert words.initials(name) == said


def test_snoozing_offers_mornings_of_the_readers_zone() -> None:
    labels = [label for _moment, label in snooze_choices(NOW, "Asia/Karachi")]
    assert labels[2] == "Tomorrow morning · 09:00"
    assert labels[3] == "Monday morning · 09:00"


class TestEvidence:
    TEXT = "This is the third time.\n\n> old words\n\nI am leaving."

    def marked(self, shown: str, *spans: tuple[int, int]) -> list[str]:
        found = pieces(self.TEXT, shown, [Evidence(start, end, "churn") for start, end in spans])
        assert "".join(piece.text for piece in found) == shown
        return [piece.text for piece in found if piece.because]

    def test_stands_where_it_was_found(self) -> None:
        assert self.marked(self.TEXT, (8, 22)) == ["the third time"]

    def test_moves_with_the_words_when_quotes_are_cut(self) -> None:
        assert self.marked("This is the third time.\n\nI am leaving.", (8, 22), (43, 50)) == [
            "the third time",
            "leaving",
        ]

    def test_within_what_was_cut_is_not_shown(self) -> None:
        assert self.marked("This is the third time.", (27, 36)) == []

    def test_that_overlaps_is_one(self) -> None:
        assert self.marked(self.TEXT, (8, 17), (12, 22)) == ["the third time"]

    def test_beyond_the_text_harms_nothing(self) -> None:
        assert self.marked(self.TEXT, (40, 4000), (-5, 4)) == ["This", self.TEXT[40:]]


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "said"),
        [("../../etc/passwd", "passwd"), ("C:\\x\\invoice.pdf", "invoice.pdf"), ("a\u202egpj.exe", "agpj.exe"),
         ("", "file"), ("..", "file"), ("x\r\ny", "xy")],
    )  # fmt: skip
    def test_a_name_loses_what_can_deceive(self, name: str, said: str) -> None:
        assert clean_name(name) == said

    def test_a_name_never_ends_its_header(self) -> None:
        assert disposition("attachment", 'a"; x="\r\n.pdf') == (
            "attachment; filename=\"a__ x=_.pdf\"; filename*=UTF-8''a%22%3B%20x%3D%22.pdf"
        ).replace("a__ x", "a_; x")

    @pytest.mark.parametrize(
        ("data", "kind"),
        [(b"\x89PNG\r\n\x1a\n...", "image/png"), (b"\xff\xd8\xff...", "image/jpeg"), (b"<svg onload=x>", None),
         (b"%PDF-1.7", None), (b"<html>", None), (b"RIFF1234WEBPVP8 ", "image/webp"), (b"", None)],
    )  # fmt: skip
    def test_only_raster_pictures_are_shown_in_place(self, data: bytes, kind: str | None) -> None:
        assert picture_type(data) == kind
