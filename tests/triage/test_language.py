"""Which language a message is in."""

import pytest

from router.triage.language import LANGUAGES, Language, identify
from router.triage.text import read_words

SAID = {
    "ar": "أين طلبي؟ لم يصل بعد",
    "de": "Wo bleibt meine Bestellung?",
    "en": "Where is my order?",
    "es": "¿Dónde está mi pedido?",
    "fr": "Où est ma commande ?",
    "hi": "मेरा ऑर्डर कहाँ है?",
    "id": "Di mana pesanan saya sekarang?",
    "it": "Dov'è il mio ordine?",
    "ja": "注文した商品はどこですか",
    "ko": "제 주문은 어디에 있나요?",
    "nl": "Waar blijft mijn bestelling?",
    "pt": "Onde está a minha encomenda?",
    "ru": "Где мой заказ?",
    "tr": "Siparişim nerede kaldı?",
    "ur": "میرا آرڈر کہاں ہے؟",
    "zh": "我的订单在哪里？",
    "ur-Latn": "mera order kahan hai bhai",
}


def language_of(text: str, languages: set[str] | None = None) -> Language:
    return identify(read_words(text).words, languages)


class TestIdentify:
    @pytest.mark.parametrize(("tag", "text"), SAID.items(), ids=SAID)
    def test_tells_all_seventeen(self, tag: str, text: str) -> None:
        found = language_of(text)
        assert found.tag == tag
        assert 0.4 < found.confidence <= 1

    def test_has_an_example_of_each(self) -> None:
        assert set(SAID) == set(LANGUAGES)

    @pytest.mark.parametrize("text", ["", "hi", "12345", "👍"])
    def test_is_und_under_three_letters(self, text: str) -> None:
        assert language_of(text).tag == "und"

    @pytest.mark.parametrize("text", ["refund pls", "cancel", "not working", "ok thanks", "where is it"])
    def test_takes_short_english_for_english(self, text: str) -> None:
        assert language_of(text).tag == "en"

    def test_chooses_among_the_languages_of_the_desk(self) -> None:
        assert language_of("Waar blijft mijn bestelling?", {"de", "en"}).tag in ("de", "en", "und")
        assert language_of("mera order kahan hai bhai", {"en"}).tag != "ur-Latn"
        assert language_of("Где мой заказ?", {"en"}) == Language("und", 0.0, foreign=True)

    def test_says_und_for_a_language_that_is_none_of_ours(self) -> None:
        found = language_of("Gdzie jest moje zamówienie? Czekam już trzy tygodnie na odpowiedź.")
        assert found.tag == "und"
        assert found.foreign

    def test_english_is_not_roman_urdu(self) -> None:
        for text in ("The main issue is the same", "hi there, me again", "I paid to use it", "is the shop open"):
            assert language_of(text).tag == "en"
