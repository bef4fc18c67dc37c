"""What the models see of a text: calm words, whatever disguise they came in, each with its place."""

import pytest

from router.triage.text import read_words

DISGUISED = {
    "mathematical letters": "𝐖𝐡𝐞𝐫𝐞 𝔦𝔰 𝓶𝔂 𝕠𝕣𝕕𝕖𝕣",
    "full-width letters": "Ｗｈｅｒｅ ｉｓ ｍｙ ｏｒｄｅｒ",
    "small capitals": "ᴡʜᴇʀᴇ ɪs ᴍʏ ᴏʀᴅᴇʀ",
    "letters in circles and squares": "Ⓦⓗⓔⓡⓔ 🄸🅂 🅜🅨 ⓞⓡⓓⓔⓡ",
    "Cyrillic look-alikes": "Wһеrе іs mу оrdеr",
    "Greek look-alikes": "Whεrε ιs mγ οrdεr",
    "zero-width characters": "Wh\u200bere i\u2060s m\ufeffy or\u00adder",
    "direction marks": "\u202eWhere\u202c \u2066is\u2069 my\u200f order",
    "struck through": "W\u0336h\u0336e\u0336r\u0336e\u0336 i\u0336s\u0336 my order",
    "piled-up marks": "Wh\u0337\u0322e\u0338re\u0349 i\u0335s m\u0321y o\u0336\u0327rder",
}


class TestReadWords:
    @pytest.mark.parametrize("text", DISGUISED.values(), ids=DISGUISED)
    def test_reads_letters_as_what_they_look_like(self, text: str) -> None:
        assert read_words(text).words == ("where", "is", "my", "order")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("cafe\u0301", ("café",)),
            ("مَرْحَبًا شـــكرا", ("مرحبا", "شكرا")),
            ("ﻣﺮﺣﺒﺎ", ("مرحبا",)),
            ("ﾊﾟｽﾜｰﾄﾞ", ("パスワード",)),
            ("क्\u200dया", ("क्या",)),
            ("зaкaз", ("заказ",)),
            ("Москва café", ("москва", "café")),
        ],
    )
    def test_keeps_each_script_as_it_is_written(self, text: str, words: tuple[str, ...]) -> None:
        assert read_words(text).words == words

    @pytest.mark.parametrize(
        "text",
        ["", "👍🏽 ❤️ 👩‍👩‍👧", "?!…", "https://shop.example/terrible/refund?x=y", "www.shop.example", "me@shop.example"],
    )
    def test_finds_no_word_in_emoji_marks_and_addresses(self, text: str) -> None:
        assert read_words(text).words == ()

    def test_keeps_what_stands_beside_an_address(self) -> None:
        assert read_words("看https://shop.example/a再说").words == ("看", "再说")

    @pytest.mark.parametrize("text", [*DISGUISED.values(), "see https://a.example, it broke", "l’été d'été 'x' 𝐚'𝐛"])
    def test_says_where_each_word_stands(self, text: str) -> None:
        read = read_words(text)
        shown = [text[start:end] for start, end in read.spans()]
        assert [read_words(one).words for one in shown] == [(word,) for word in read.words]


class TestWritten:
    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("I DON'T know, 'cause card’s gone!!!", ["i", "don't", "know", "cause", "card's", "gone"]),
            ("Sooooo late: 2 of 15,50 paid", ["soo", "late", "2", "of", "15", "50", "paid"]),
            ("fucking late, that shit's it", ["late", "that", "it"]),
            ("re\u200bfu\u00adnd d\u2060on't", ["refund", "don't"]),
            ("l’été ... ''", ["l'été"]),
            ("3日", ["日"]),
        ],
    )
    def test_keeps_apostrophes_and_digits_and_nothing_of_shouting(self, text: str, written: list[str]) -> None:
        read = read_words(text)
        assert read.written() == written
        assert len(read.words) == len(written)

    @pytest.mark.parametrize(
        "text", [*DISGUISED.values(), "l’été d'été 'x' 𝐚'𝐛", "Order 12: $5 off, isn't it?", "क्\u200dया"]
    )
    def test_says_a_form_of_each_word(self, text: str) -> None:
        read = read_words(text)
        assert tuple(word for one in read.written() for word in read_words(one).words) == read.words


def test_marks_after_an_at_sign_make_no_address_of_a_word() -> None:
    assert read_words("0@!!!").words == read_words("0@").words != ()
    assert read_words("write to ben@home.example!!!").words == ("write", "to")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@united where is my bag", ("where", "is", "my", "bag")),
        ("Thanks @Best_Bank, it works", ("thanks", "it", "works")),
        (".@delta...worst", ("worst",)),
        ("@115858 still waiting", ("still", "waiting")),
        ("arrives @5pm @ home", ("arrives", "#", "home")),
        ("@客服 手机坏了", ("客服", "手机坏了")),
    ],
)
def test_hears_no_word_in_whom_a_message_is_addressed_to(text: str, words: tuple[str, ...]) -> None:
    assert read_words(text).words == words


def test_says_where_words_stand_behind_a_mention() -> None:
    text = "@united where?"
    assert [text[start:end] for start, end in read_words(text).spans()] == ["where"]
