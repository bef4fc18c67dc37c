"""The words of the index: one form for however a word is written, and a question that finds what was stored."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.terms import MAX_WORD, MAX_WORDS, Wanted, has_phrase, places, wanted, words_of


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Grüße aus Köln", "gruße"),
        ("GRÜSSE", "grüße"),
        ("STRASSE", "straße"),
        ("crème brûlée", "Creme brulee"),
        ("İSTANBUL", "istanbul"),
        ("ﬁne ＦＵＬＬ", "fine full"),
        ("آرڈر ۲۰۴۵۲ كتابٌ", "20452"),
        ("كتابٌ", "کتاب"),
        ("پاکســتان", "پاکستان"),
        ("علي", "علی"),
        ("don’t", "dont"),
        ("l'ordre", "ordre"),
        ("INV-2041/7", "inv-2041"),
        ("mail Dan.Smith+x@Home.Example now", "dan.smith+x@home.example"),
        ("mail Dan.Smith+x@Home.Example now", "dan.smith+x@ho"),
        ("mail Dan.Smith+x@Home.Example now", "home.example"),
        ("我要退款订单", "退款"),
        ("我要退款订单", "款"),
        ("かがみを見る", "がみ"),
        ("สวัสดีครับ", "สวัสดี"),
        ("정말 한국어를", "한국어"),
        ("हिन्दी किताब", "किताब"),
        ("order 10482.", "10482"),
        ("x" * 100, "x" * 100),
    ],
)
def test_a_word_is_found_however_it_is_written(stored: str, asked: str) -> None:
    looked_for = wanted(asked)
    found = words_of(stored)
    assert looked_for
    assert all(word in found for word in looked_for.words)
    assert not looked_for.prefix or any(word.startswith(looked_for.prefix) for word in found)


def test_all_words_but_the_last_are_whole() -> None:
    assert wanted("order ref") == Wanted(("order",), "ref")
    assert wanted("order order") == Wanted(("order",))
    assert wanted("order ref", prefix=False) == Wanted(("order", "ref"))
    assert not wanted("?! … %")


def test_words_and_their_number_are_bounded() -> None:
    many = words_of(" ".join(f"w{n}" for n in range(MAX_WORDS * 2)))
    assert len(many) == MAX_WORDS
    assert len(words_of("ü" * 500)[0]) == MAX_WORD


def test_matches_are_marked_where_they_stand() -> None:
    text = "Straße, don't “Order” 订单"
    marked = [text[a:b] for a, b in places(text, [wanted("strasse"), wanted("dont"), wanted("ord"), wanted("订单")])]
    assert marked == ["Straße", "don't", "Order", "订单"]


def test_a_phrase_is_its_words_in_order() -> None:
    assert has_phrase("No refund, and a Second   charge!", "second charge")
    assert not has_phrase("charge second", "second charge")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_every_text_finds_itself(text: str) -> None:
    looked_for, found = wanted(text), words_of(text)
    assert all(word in found for word in looked_for.words)
    assert not looked_for.prefix or any(word.startswith(looked_for.prefix) for word in found)
    assert all(word and " " not in word and len(word) <= MAX_WORD for word in found)
    assert all(0 <= a < b <= len(text) for a, b in places(text, [looked_for]))
