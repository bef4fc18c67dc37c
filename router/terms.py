"""Turns any text into the words that the search index holds, and a question into the words to look for. Pure.

One function folds both, so that a word is found however it is written: case, accents, Arabic and Urdu letter forms,
digits of any script and full-width letters make no difference. Scripts without blanks between words are cut into
overlapping pairs. A word holds letters, digits and characters for private use only, so that no database cuts it again.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from unicodedata import category, decimal, normalize

MAX_WORD = 64  # characters of one word
MAX_WORDS = 4_000  # distinct words of one document
MAX_TEXT = 200_000  # characters that are looked at
MAX_ASKED = 12  # words of one question

_JOINS = "@.-_+"  # inside an address they belong to it
_JOINED = {ord(c): 0xE000 + n for n, c in enumerate(_JOINS)}  # an address is one word, for every database
_MARKS = 0xF0000  # vowel signs become characters for private use: databases take the signs themselves for blanks
_APOSTROPHES = "'’‘`´ʼ＇‛"
_FORMS = {  # letters that Arabic, Persian and Urdu keyboards write differently and readers do not tell apart
    **dict.fromkeys("يىیئےۓ", "ی"),
    **dict.fromkeys("كکڪ", "ک"),
    **dict.fromkeys("أإآٱا", "ا"),
    **dict.fromkeys("ؤو", "و"),
    **dict.fromkeys("ہھۀەةۃه", "ه"),
}
_DROPPED = frozenset("ـ\u00ad\u200c\u200d\u200e\u200f\u061c\u2060\ufeff\u0670\u202a\u202b\u202c\u202d\u202e")
_SIGNS = ((0x0000, 0x08FF), (0x1AB0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0x10FFFF))  # marks that nobody types: dropped
_WITHOUT_BLANKS = (  # scripts that write no blank between words
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
_FIRST_WITHOUT = "\u0e00"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a document must hold: every one of `words`, and a word that begins with `prefix` unless that is empty."""

    words: tuple[str, ...] = ()
    prefix: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.prefix)

    def matches(self, word: str) -> bool:
        """Say whether one word of a document is among those looked for."""
        return word in self.words or (bool(self.prefix) and word.startswith(self.prefix))


class _Letters(dict[int, str]):
    """A translation table: what each character becomes; kept as it is asked for, bounded."""

    def __missing__(self, code: int) -> str:
        made = _letter(chr(code))
        if len(self) < 30_000:
            self[code] = made
        return made


def words_of(text: str) -> list[str]:
    """Return the distinct words of a text in the order they come, at most MAX_WORDS."""
    found: dict[str, None] = {}
    for chunk in dict.fromkeys(_fold(text[:MAX_TEXT]).split()):
        if chunk.isascii() and chunk.isalnum():  # nearly always
            found[chunk[:MAX_WORD]] = None
        elif bare := chunk.strip("'" + _JOINS):
            found.update(dict.fromkeys(_kept(bare)))
        if len(found) >= MAX_WORDS:
            break
    return list(found)[:MAX_WORDS]


def wanted(text: str, *, prefix: bool = True) -> Wanted:
    """Return what a question looks for; its last word may be the beginning of one, unless `prefix` is False."""
    found: list[str] = []
    whole = True
    for chunk in _chunks(text):
        asked, whole = _asked(chunk)
        found += asked
    begun = found.pop() if prefix and found and not whole else ""
    words = tuple(dict.fromkeys(found))[:MAX_ASKED]
    return Wanted(words, "" if any(word.startswith(begun) for word in words) else begun)


def sequence(text: str) -> list[str]:
    """Return the words of a text one after the other, as phrases are compared."""
    return [word for chunk in _chunks(text) for word in _asked(chunk)[0]]


def has_phrase(text: str, phrase: str) -> bool:
    """Say whether the words of a phrase stand in a text, one after the other."""
    looked_for, here = sequence(phrase), sequence(text)
    size = len(looked_for)
    return any(here[n : n + size] == looked_for for n in range(len(here) - size + 1))


def places(text: str, looked_for: Collection[Wanted]) -> list[tuple[int, int]]:
    """Return (start, end) of the runs of a text in which a word is one of those looked for."""
    found = []
    for start, end in _runs(text):
        if any(one.matches(word) for word in _kept(_fold(text[start:end]).strip("'" + _JOINS)) for one in looked_for):
            found.append((start, end))
    return found


def _fold(text: str) -> str:
    """Return a text without case and forms, with blanks for all that is neither letter, digit nor a joint."""
    folded = text.casefold() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())
    return folded.translate(_LETTERS)


def _letter(char: str) -> str:
    if char in _APOSTROPHES:
        return "'"
    if char in _JOINS:
        return char
    if char in _FORMS:
        return _FORMS[char]
    if char in _DROPPED:
        return ""
    kind = category(char)
    if kind == "Nd":
        return str(decimal(char))
    if kind[0] == "M":
        dropped = any(first <= ord(char) <= last for first, last in _SIGNS)
        return "" if dropped else chr(_MARKS + ord(char))
    if not char.isalnum():
        return " "
    if ord(char) < 0x0900 or 0x1E00 <= ord(char) < 0x2000:  # accents of Latin, Greek, Cyrillic, Hebrew, Arabic
        base = "".join(c for c in normalize("NFD", char) if category(c)[0] != "M")
        return "".join(_FORMS.get(c, c) for c in base) or " "
    return char


_LETTERS = _Letters()


def _chunks(text: str) -> Iterator[str]:
    """Yield what stands between blanks, folded; joints at its ends are gone."""
    for chunk in _fold(text[:MAX_TEXT]).split():
        if bare := chunk.strip("'" + _JOINS):
            yield bare


def _is_plain(chunk: str) -> bool:
    return chunk.isalnum() and (chunk.isascii() or max(chunk) < _FIRST_WITHOUT)


def _kept(chunk: str) -> list[str]:
    """Return every word under which a chunk is to be found."""
    if _is_plain(chunk):
        return [chunk[:MAX_WORD]]
    found = [_address(chunk)] if "@" in chunk else []
    for part in _parts(chunk):
        for run, paired in _scripts(part.replace("'", "")):
            found += [*run, *_pairs(run)] if paired else [run[:MAX_WORD]]
        if "'" in part:  # l'ordre is found by ordre too
            found += [piece[:MAX_WORD] for piece in part.split("'") if len(piece) > 1 and max(piece) < _FIRST_WITHOUT]
    return found


def _asked(chunk: str) -> tuple[list[str], bool]:
    """Return the words to look for, and whether the last one is whole: a pair of signs is no beginning of a word."""
    if _is_plain(chunk):
        return [chunk[:MAX_WORD]], False
    if "@" in chunk:
        return [_address(chunk)], False
    found: list[str] = []
    paired = False
    for part in _parts(chunk):
        for run, paired in _scripts(part.replace("'", "")):
            found += (_pairs(run) or [run]) if paired else [run[:MAX_WORD]]
    return found, paired


def _parts(chunk: str) -> list[str]:
    for joint in _JOINS:
        chunk = chunk.replace(joint, " ")
    return [part for part in (piece.strip("'") for piece in chunk.split()) if part]


def _address(chunk: str) -> str:
    return chunk.replace("'", "").translate(_JOINED)[:MAX_WORD]


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)]


def _scripts(part: str) -> Iterator[tuple[str, bool]]:
    """Yield the runs of a part with whether their script writes without blanks."""
    if not part or max(part) < _FIRST_WITHOUT:
        if part:
            yield part, False
        return
    start, before = 0, _is_paired(part[0])
    for at, char in enumerate(part):
        now = _is_paired(char)
        if now is not before:
            yield part[start:at], before
            start, before = at, now
    yield part[start:], before


def _is_paired(char: str) -> bool:
    code = ord(char)
    code = code - _MARKS if code >= _MARKS else code
    return code >= 0x0E00 and any(first <= code <= last for first, last in _WITHOUT_BLANKS)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of what stands between blanks in a text as it was written."""
    start = -1
    for at, char in enumerate(text):
        if _LETTERS[ord(char)] == " ":
            if start >= 0:
                yield start, at
            start = -1
        elif start < 0:
            start = at
    if start >= 0:
        yield start, len(text)
