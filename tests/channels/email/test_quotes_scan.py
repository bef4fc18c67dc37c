"""The scanner finds what is new in the text of a mail, in whatever program and language, and never takes long."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from channels.email.quotes import new_words
from channels.email.quotes.scan import MAX_LINES, MAX_READ
from tests.channels.email.quotes_cases import CASES
from tests.channels.email.quotes_programs import LANGUAGES, PROGRAMS, Case


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_new_words_are_found(case: Case) -> None:
    assert words(new_words(case.text)) == words(case.new)


@pytest.mark.parametrize("case", CASES[::7], ids=lambda case: case.name)
def test_line_ends_of_the_network_change_nothing(case: Case) -> None:
    assert new_words(case.text.replace("\n", "\r\n")).split() == new_words(case.text).split()


def test_cases_come_from_fifteen_programs_and_twelve_languages() -> None:
    assert len(PROGRAMS) >= 15
    assert len({language.code for language in LANGUAGES}) >= 12
    assert len(CASES) == len({case.name for case in CASES}) >= 150


class TestNewWords:
    @pytest.mark.parametrize("text", ["", "   \n", "\n\n\n"])
    def test_of_nothing_are_nothing(self, text: str) -> None:
        assert new_words(text) == ""

    @pytest.mark.parametrize("text", [case.text for case in CASES[::7]])
    def test_are_lines_of_the_text_in_their_order(self, text: str) -> None:
        lines = [line.strip() for line in text.split("\n")]
        at = 0
        for line in new_words(text).split("\n"):
            at = lines.index(line.strip(), at) + 1

    @pytest.mark.parametrize("case", CASES[::7], ids=lambda case: case.name)
    def test_of_new_words_are_the_same_words(self, case: Case) -> None:
        assert new_words(new_words(case.text)) == new_words(case.text)

    def test_end_where_reading_ends(self) -> None:
        assert len(new_words("word " * MAX_READ)) <= MAX_READ
        assert new_words("word\n" * (2 * MAX_LINES)).count("\n") < MAX_LINES


PIECES = (
    "On ", "\n ", "\n", "From: a\n", "From: a@b\nTo: c\n", "> ", ">", "> a\nb\n", "-", "-- \n", "-- \nx\n", "*",
    "\u200e", "İ", "_" * 25 + "\n", "wrote:\n", "On 1 a@b\n", "12:30 <a@b>\n", "On 1 May 2026, a@b wrote:\n> x\ny\n",
    "mon, x 2026 <\n", "```\n", "```\n> a\n", "Sent from my iPhone\n", "Regards,\nAna\n", "Thanks,\n\n",
    "This e-mail and any confidential\n", "a\n\n-Ana\n",
)  # fmt: skip


def steps(work: Callable[[], object]) -> int:
    """Return how many calls one call makes: the same number on every machine."""
    count = 0

    def step(_frame: FrameType, _event: str, _arg: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(step)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


class TestWork:
    @pytest.mark.parametrize("piece", PIECES)
    def test_grows_with_the_length_alone(self, piece: str) -> None:
        """Four times the length makes about four times the calls; a square would make sixteen times as many."""
        short, long = piece * (800 // len(piece)), piece * (3_200 // len(piece))
        assert steps(lambda: new_words(long)) <= 5 * steps(lambda: new_words(short)) + 300

    @pytest.mark.parametrize("piece", ["On ", "> ", "\n ", "x"])
    def test_is_no_more_for_a_megabyte_than_for_what_is_read(self, piece: str) -> None:
        read, more = piece * (MAX_READ // len(piece)), piece * (1_000_000 // len(piece))
        assert steps(lambda: new_words(more)) <= steps(lambda: new_words(read)) + 10
