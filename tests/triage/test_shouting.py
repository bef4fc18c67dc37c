"""Guarantee 7: shouting moves the shown score by at most 10 points, and the calm score not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.triage import read
from router.triage.text import fold, read_words

LINE = (
    "my order is late where refund never again third time nobody answers thanks please cancel account bad straße İzmir "
    "don't ŉ ﬁne Ǆ mera paisa wapis nahi aaya hai urgent 3 weeks ς Σ é great service worst"
)
WORDS = st.sampled_from(LINE.split())
MARKS = st.sampled_from([" ", ", ", ". ", "! ", "? ", "… ", "\n", "!!! "])
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.tuples(WORDS, MARKS), max_size=60).map(lambda pairs: "".join(word + mark for word, mark in pairs)),
)
SWEARING = st.sampled_from(["fuck", "DAMN", "bloody", "Shit", "wtf", "bullshit"])


def assert_only_louder(calm_text: str, loud_text: str) -> None:
    assert read_words(loud_text).written() == read_words(calm_text).written(), "what is wanted is read from these"
    calm, loud = read(calm_text), read(loud_text)
    assert loud.calm_frustration == calm.calm_frustration
    assert abs(loud.frustration - calm.frustration) <= 10
    assert loud.frustration - loud.calm_frustration <= 10


class TestShouting:
    @given(TEXTS)
    def test_capitals_leave_the_calm_score(self, text: str) -> None:
        assert_only_louder(text, text.upper())

    @given(TEXTS)
    def test_marks_leave_the_calm_score(self, text: str) -> None:
        assert_only_louder(text, text.replace(".", "!!!").replace("?", "???") + "!!!!!")

    @given(st.lists(WORDS, min_size=1, max_size=60), SWEARING, st.integers(0, 60))
    def test_swearing_leaves_the_calm_score(self, words: list[str], oath: str, place: int) -> None:
        at = place % (len(words) + 1)
        assert_only_louder(" ".join(words), " ".join([*words[:at], oath, *words[at:]]))

    @given(TEXTS)
    def test_all_of_it_at_once_leaves_the_calm_score(self, text: str) -> None:
        assert_only_louder(text, "WTF!!! " + text.upper().replace(".", "!") + " fuck!!!")

    @given(st.text())
    def test_a_text_and_its_capitals_fold_alike(self, text: str) -> None:
        assert fold(text.upper()) == fold(text)

    @pytest.mark.parametrize("repeats", [1, 40])
    def test_holds_for_long_mails_scored_by_window(self, repeats: int) -> None:
        before, after = "We ordered chairs in May. " * repeats, "The desk is fine. " * repeats
        text = f"{before}I am furious that nobody answers. {after}"
        assert_only_louder(text, text.upper().replace(".", "!!!"))

    def test_joy_in_capitals_is_not_anger(self) -> None:
        assert read("THANK YOU SO MUCH!!! YOU ARE GREAT!!!").frustration < 25
