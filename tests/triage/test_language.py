"""Which language a message is in.

The cases stand in cases/languages.tsv. They were written before the models and no word was chosen by them.
"""

from collections import Counter
from collections.abc import Collection, Iterable

import pytest

from router.triage.language import LANGUAGES, Language, identify
from router.triage.text import read_words
from tests.triage.cases import table

WRITTEN = [(tag, text) for tag, text in table("languages.tsv")]
SHORT = [(tag, text) for part, tag, text in table("short_roman.tsv") if part == "held"]
SAID = {tag: text for tag, text in reversed(WRITTEN) if tag in LANGUAGES}
THANKS = {
    "ar": "شكرا", "de": "danke", "en": "thanks", "es": "gracias", "fr": "merci", "hi": "धन्यवाद", "id": "terima kasih",
    "it": "grazie", "ja": "ありがとう", "ko": "감사합니다", "nl": "bedankt", "pt": "obrigado", "ru": "спасибо",
    "tr": "teşekkürler", "ur": "شکریہ", "zh": "谢谢", "ur-Latn": "shukriya",
}  # fmt: skip


def language_of(text: str, languages: Collection[str] | None = None) -> Language:
    return identify(read_words(text).words, languages)


def share_right(rows: Iterable[tuple[str, str]]) -> float:
    right = [language_of(text).tag == tag for tag, text in rows]
    return sum(right) / len(right)


class TestWrittenCases:
    def test_are_at_least_25_of_each_of_one_to_twelve_words(self) -> None:
        counts = Counter(tag for tag, _ in WRITTEN)
        assert set(counts) == {*LANGUAGES, "und"}
        assert min(counts.values()) >= 25
        assert all(1 <= len(text.split()) <= 12 for _, text in WRITTEN)

    def test_are_told_apart(self) -> None:
        assert share_right(row for row in WRITTEN if row[0] in LANGUAGES) >= 0.97

    @pytest.mark.parametrize("tag", LANGUAGES)
    def test_of_no_language_are_lost(self, tag: str) -> None:
        assert share_right(row for row in WRITTEN if row[0] == tag) >= 0.85

    def test_of_roman_urdu_are_found_and_nothing_else_is_called_that(self) -> None:
        called = [tag for tag, text in WRITTEN if language_of(text).tag == "ur-Latn"]
        assert called.count("ur-Latn") >= 0.9 * sum(tag == "ur-Latn" for tag, _ in WRITTEN)
        assert called.count("ur-Latn") >= 0.99 * len(called)

    def test_in_languages_that_are_none_of_ours_are_mostly_und(self) -> None:
        assert share_right(row for row in WRITTEN if row[0] == "und") >= 0.8


class TestShortRomanUrdu:
    """One to four words of support, and as many in languages that sound alike; of the part that was held back."""

    def test_is_found(self) -> None:
        assert share_right(row for row in SHORT if row[0] == "ur-Latn") >= 0.97

    def test_is_rarely_heard_in_other_languages(self) -> None:
        others = [language_of(text).tag for tag, text in SHORT if tag == "other"]
        assert others.count("ur-Latn") <= 0.1 * len(others)

    @pytest.mark.parametrize("text", ["ziada charge", "batao please"])
    def test_is_told_by_one_of_its_common_words(self, text: str) -> None:
        assert language_of(text).tag == "ur-Latn"


class TestIdentify:
    @pytest.mark.parametrize(("tag", "text"), THANKS.items(), ids=THANKS)
    def test_knows_a_word_of_thanks(self, tag: str, text: str) -> None:
        assert language_of(text).tag == tag

    @pytest.mark.parametrize("text", ["", "12345", "👍", "❤️ 🙏🏽", "?!", "https://shop.example/track/12", "#4711 5,99"])
    def test_is_und_without_words(self, text: str) -> None:
        assert language_of(text) == Language("und", 0.0)

    @pytest.mark.parametrize("text", ["hi", "refund pls", "cancel", "not working", "ok thanks", "where is it"])
    def test_takes_short_english_for_english(self, text: str) -> None:
        assert language_of(text).tag == "en"

    @pytest.mark.parametrize(
        ("tag", "text"),
        [
            ("ur", "میرا پارسل کہاں ہے"),  # Urdu, Arabic and Persian share letters
            ("ar", "وين طلبي يا شباب"),
            ("und", "سفارش من هنوز نرسیده است"),
            ("ja", "返品希望"),  # no kana: Chinese characters alone
            ("zh", "申請退款"),
            ("pt", "não recebi meu pedido"),
            ("es", "no recibí mi pedido"),
            ("nl", "ik heb niets ontvangen"),
            ("de", "ich habe nichts erhalten"),
            ("id", "barangnya belum sampai juga"),
        ],
    )
    def test_tells_neighbours_apart(self, tag: str, text: str) -> None:
        assert language_of(text).tag == tag

    @pytest.mark.parametrize(
        ("tag", "text"),
        [
            ("ur-Latn", "mera order cancel kar do please"),
            ("ur-Latn", "delivery address change karna hai"),
            ("en", "my name is Muhammad Usman and my order is late"),
            ("en", "is Señor Muñoz still working there"),
            ("zh", "我的iPhone充电器坏了"),
            ("zh", "扣了2次钱"),
            ("ja", "注文番号12345がまだ届きません"),
            ("ko", "iPhone 케이스 환불"),
            ("ru", "DHL не доставил посылку"),
        ],
    )
    def test_reads_mixed_messages_by_their_grammar(self, tag: str, text: str) -> None:
        assert language_of(text).tag == tag

    @pytest.mark.parametrize(
        ("tag", "text"),
        [
            ("en", "𝐰𝐡𝐞𝐫𝐞 𝐢𝐬 𝐦𝐲 𝐨𝐫𝐝𝐞𝐫"),
            ("en", "whеrе is my оrdеr"),
            ("de", "Ｗｏ ｂｌｅｉｂｔ ｍｅｉｎ Ｐａｋｅｔ"),
            ("es", "do\u200bnde es\u200bta mi pe\u00addido"),
            ("ar", "\u202bأَيْنَ طَلَبِي\u202c"),
            ("tr", "SİPARİŞİM NEREDE KALDI"),
        ],
    )
    def test_sees_through_tricks_of_script(self, tag: str, text: str) -> None:
        assert language_of(text).tag == tag

    def test_chooses_among_the_languages_of_the_desk(self) -> None:
        assert language_of("Wo ist mein Paket?", {"de", "en"}).tag == "de"
        assert language_of("merci", {"de", "en"}) == Language("und", 0.0, foreign=True)
        assert language_of("mera order kahan hai bhai", {"en"}).tag != "ur-Latn"
        assert language_of("Где мой заказ?", {"en"}) == Language("und", 0.0, foreign=True)

    def test_says_und_for_a_language_that_is_none_of_ours(self) -> None:
        found = language_of("Gdzie jest moje zamówienie? Czekam już trzy tygodnie na odpowiedź.")
        assert found == Language("und", 0.0, foreign=True)

    @pytest.mark.parametrize(
        "text",
        ["The main issue is the same", "hi there, me again", "I paid to use it", "is the shop open"],
    )
    def test_english_is_not_roman_urdu(self, text: str) -> None:
        assert language_of(text).tag == "en"

    @pytest.mark.parametrize("text", ["website ka link", "mera mobile", "payment nahi", "driver ka number"])
    def test_one_small_word_of_roman_urdu_outweighs_loan_words(self, text: str) -> None:
        assert language_of(text).tag == "ur-Latn"

    @pytest.mark.parametrize("text", ["order log", "log entry", "Kind regards, Mai", "the website of Ka Wong"])
    def test_a_name_or_a_word_of_both_does_not(self, text: str) -> None:
        assert language_of(text).tag == "en"

    def test_confidence_is_a_share(self) -> None:
        assert all(0 < language_of(text).confidence <= 1 for text in SAID.values())
