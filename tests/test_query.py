"""What is typed into the search field: words and filters told apart, and a sentence for each mistake."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.query import read

ZONE = ZoneInfo("Asia/Karachi")


def test_words_phrases_and_filters_are_told_apart() -> None:
    query = read('refund "second charge" State:open state:wait queue:"Billing team" tag:vip heat:2 late:yes', ZONE)
    assert (query.words, query.phrases) == ("refund second charge", ("second charge",))
    assert query.states == {"open", "waiting"}
    assert query.names == (("queue", "Billing team"), ("tag", "vip"))
    assert (query.heat, query.late, query.mistakes) == (2, True, ())


def test_a_day_begins_at_the_readers_midnight() -> None:
    assert read("after:2026-01-31", ZONE).after == datetime(2026, 1, 31, tzinfo=ZONE)


@pytest.mark.parametrize(("typed", "number"), [("10482", 10482), ("#10482", 10482), ("10482 x", None), ("٣", None)])
def test_a_number_alone_is_a_ticket(typed: str, number: int | None) -> None:
    assert read(typed, ZONE).number == number


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("state:lost", "There is no state “lost”"),
        ("heat:9", "The heat is “9”"),
        ("late:maybe", "Write late:yes"),
        ("before:31.1.2026", "“31.1.2026” is no day"),
        ("queue:", "Say which"),
        ("colour:red", "There is no filter “colour”"),
    ],
)
def test_a_mistake_is_said(typed: str, says: str) -> None:
    assert says in read(typed, ZONE).mistakes[0]


@pytest.mark.parametrize("typed", ["https://shop.example/x", "10:30", "Re: order", "a:"])
def test_what_only_looks_like_a_filter_is_words(typed: str) -> None:
    query = read(typed, ZONE)
    assert query.words == typed and not query.mistakes


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet='ab:"“” stageqou:0-9\x00\n', max_size=40))
def test_nothing_typed_is_an_error(typed: str) -> None:
    read(typed, ZONE)
