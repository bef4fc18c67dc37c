"""Letters that only look different: mathematical, full-width, small capitals, and the look-alikes of other alphabets.

A word is brought to the letters it is read as, so that no model is led astray by how it was typed or disguised.
"""

from functools import cache
from unicodedata import category, normalize

_MARKS = (  # marks that are decoration where they do not compose with their letter: strikes, Zalgo, vowel signs
    (0x300, 0x36F), (0x483, 0x489), (0x640, 0x640), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6ED),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
_SELECTORS = ((0x34F, 0x34F), (0x115F, 0x1160), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0),
              (0xE0100, 0xE01EF))  # fmt: skip
_ENCLOSED = ((0x24B6, 0x24E9), (0x1F110, 0x1F169))  # letters in circles, brackets and squares
_DARK = 0x1F150  # from here white on black, without a decomposition
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢɑɡ", "abcdefghijklmnopqrstuvwyzag", strict=True))
_CYRILLIC = dict(zip("авгеікмнпорстухѕјһԁԛԝӏѵё", "abreikmhnopctyxsjhdqwlve", strict=True))  # read as Latin
_GREEK = dict(zip("αβγεζηικμνορτυχω", "abyeznikmvoptuxw", strict=True))
_LATIN = dict(zip("abcehikmnoptxyr", "авсенікмпортхуг", strict=True))  # read as Cyrillic


def is_invisible(character: str) -> bool:
    """Say whether a character shows nothing: zero-width, direction, variation and tag characters, fillers."""
    return category(character) == "Cf" or _within(ord(character), _SELECTORS)


def unenclosed(character: str) -> str:
    """Return the letter inside a circle or square, else the character."""
    code = ord(character)
    if not _within(code, _ENCLOSED):
        return character
    if code >= _DARK:
        return chr(ord("a") + code - _DARK)
    return "".join(c for c in normalize("NFKC", character) if c.isalpha()).casefold()[:1]


def plain(word: str) -> str:
    """Return a folded word in the letters it is read as; may be empty."""
    whole = normalize("NFKC", word).upper().casefold()
    kept = "".join(c for c in normalize("NFC", whole) if (c.isalnum() or category(c)[0] == "M") and not _is_mark(c))
    kept = "".join(map(_capital, kept)) if not kept.isascii() else kept
    return kept if kept.isascii() else _one_alphabet(kept)


def _one_alphabet(word: str) -> str:
    """Return a word that mixes alphabets in the one it is read in, if every strange letter has a look-alike there."""
    latin = [c for c in word if "a" <= c <= "z" or "à" <= c <= "ɏ"]
    if not latin or len(latin) == len(word):
        return word
    strange = [c for c in word if c not in latin]
    if all(c in _CYRILLIC or c in _GREEK for c in strange):
        return "".join(_CYRILLIC.get(c) or _GREEK.get(c, c) for c in word)
    if all("Ѐ" <= c <= "ԯ" for c in strange) and all(c in _LATIN for c in latin):
        return "".join(_LATIN.get(c, c) for c in word)
    return word


def _capital(character: str) -> str:
    return _SMALL_CAPITALS.get(character, character)


@cache
def _is_mark(character: str) -> bool:
    return _within(ord(character), _MARKS)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)
