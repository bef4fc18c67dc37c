"""What is new in a mail, and what it only repeats."""

import time
from collections.abc import Callable

import pytest

from channels.email.headers import message_ids, words
from channels.email.html import clean, read
from channels.email.people import mailboxes
from channels.email.quotes import new_words

ATTRIBUTIONS = {
    "en": "On Thu, Nov 19, 2026 at 4:02 PM Shop <support@shop.example> wrote:",
    "de": "Am Do., 19. Nov. 2026 um 16:02 Uhr schrieb Shop <support@shop.example>:",
    "fr": "Le jeu. 19 nov. 2026 à 16:02, Shop <support@shop.example> a écrit :",
    "es": "El jue, 19 nov 2026 a las 16:02, Shop (<support@shop.example>) escribió:",
    "it": "Il giorno gio 19 nov 2026 alle ore 16:02 Shop <support@shop.example> ha scritto:",
    "pt": "Em qui., 19 de nov. de 2026 às 16:02, Shop <support@shop.example> escreveu:",
    "nl": "Op do 19 nov 2026 om 16:02 schreef Shop <support@shop.example>:",
    "sv": "Den tors 19 nov. 2026 kl 16:02 skrev Shop <support@shop.example>:",
    "pl": "czw., 19 lis 2026 o 16:02 Shop <support@shop.example> napisał(a):",
    "ru": "чт, 19 нояб. 2026 г. в 16:02, Shop <support@shop.example> написал:",
    "tr": "Shop <support@shop.example>, 19 Kas 2026 Per, 16:02 tarihinde şunu yazdı:",
    "ur": "بروز جمعرات، 19 نومبر 2026 کو Shop <support@shop.example> نے لکھا:",
    "ar": "في الخميس، 19 نوفمبر 2026 في 16:02 كتب Shop <support@shop.example>:",
    "zh": "Shop <support@shop.example> 于2026年11月19日周四 16:02写道：",
}


ALL = None  # nothing is cut


class TestNewWords:
    @pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
    def test_cuts_the_quote_and_its_attribution(self, line: str) -> None:
        assert new_words(f"It is still broken.\n\n{line}\n\n> Is it mended?\n> Shop\n") == "It is still broken."

    @pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
    def test_cuts_a_quote_without_marks(self, line: str) -> None:
        assert new_words(f"It is still broken.\n\n{line}\n\nIs it mended?\nShop\n") == "It is still broken."

    @pytest.mark.parametrize(
        "head",
        [
            "From: Shop\nSent: Thursday\nTo: Ana\nSubject: Lamp",
            "*Von:* Shop\n*Gesendet:* Donnerstag\n*An:* Ana\n*Betreff:* Lampe",
            "________________________________\nDe : Shop\nEnvoyé : jeudi\nÀ : Ana\nObjet : Lampe",
            "-----Original Message-----\nFrom: Shop",
            "-----Ursprüngliche Nachricht-----\nVon: Shop",
            "##- Please type your reply above this line -##",
        ],
        ids=["outlook", "outlook bold de", "outlook line fr", "original", "original de", "above this line"],
    )
    def test_cuts_everything_below_a_program_s_mark(self, head: str) -> None:
        assert new_words(f"It broke again.\n\n{head}\n\nDear Ana\n") == "It broke again."

    @pytest.mark.parametrize(
        ("text", "new"),
        [
            ("> Which colour?\nBlue.\n> Which size?\n42.", ALL),
            ("> all\n> quoted", ALL),
            ("Thanks\n-- \nAna\nTelephone 1", "Thanks"),
            ("Thanks\n\nSent from my iPhone", "Thanks"),
            ("Thanks\n\nVon meinem iPhone gesendet", "Thanks"),
            ("Help.\nVon meinem Konto wurde abgebucht.", ALL),
            ("On Monday your agent wrote: wait.\nI waited.", ALL),
            ("From: the shop in the street\nI bought a lamp.", ALL),
            ("See below\n\n---------- Forwarded message ---------\nFrom: Hal\n> old", ALL),
            ("", ""),
            ("   \n", ""),
        ],
        ids=[
            "inline answers", "only quotes", "signature", "phone", "phone de", "no phone", "wrote in a sentence",
            "from in a sentence", "forwarded stays", "empty", "blank",
        ],
    )  # fmt: skip
    def test_keeps_what_the_customer_wrote(self, text: str, new: str | None) -> None:
        assert new_words(text) == (text if new is ALL else new)


def cost(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, the least of three."""
    found = []
    for _ in range(3):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


NASTY_PAGES = (
    "<", "<!--", "<a ", '<a "', "<a b='", "<script>", "</", "<div>", "<b><p>", "&#", "&#9", "<![", "<a =",
    "</script", "<pre>", "<div class=gmail_quote>", "<p", "<table><td>", "<a href=x>", "<dd><li>", "<div></x>",
)  # fmt: skip
NASTY_FIELDS = ("=?", "=?a?q?", "=?a?q?x?=", "(", "<", '"', ",", ":", "a@b:", "\\", "<a@b>,", "=?utf-8?b?")
N = 4000


class TestTime:
    """Four times the length costs about four times as much: 9 leaves room for a noisy machine; a square would be 16."""

    @pytest.mark.parametrize("piece", NASTY_PAGES)
    def test_of_reading_html_grows_with_the_length_alone(self, piece: str) -> None:
        short, long = piece * N, piece * (4 * N)
        assert cost(lambda: read(long).text) < 9 * cost(lambda: read(short).text) + 0.005

    @pytest.mark.parametrize("piece", NASTY_PAGES)
    def test_of_cleaning_html_grows_with_the_length_alone(self, piece: str) -> None:
        short, long = piece * N, piece * (4 * N)
        assert cost(lambda: read(long).deep or clean(long)) < 9 * cost(lambda: read(short).deep or clean(short)) + 0.02

    @pytest.mark.parametrize("piece", NASTY_FIELDS)
    def test_of_reading_a_header_grows_with_the_length_alone(self, piece: str) -> None:
        def all_of(value: str) -> object:
            return words(value), mailboxes(value), message_ids(value)

        short, long = piece * N, piece * (4 * N)
        assert cost(lambda: all_of(long)) < 9 * cost(lambda: all_of(short)) + 0.005
