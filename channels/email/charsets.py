"""Turns bytes into text whatever charset they claim: aliases first, then what the bytes themselves say.

Real mail names charsets Python does not know, and labels UTF-8 as Latin-1; nothing here raises.
"""

import codecs

ALIASES = {
    # as mail says it: as Python calls it
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-gbk": "gb18030",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "x-windows-949": "cp949",
    "cp-850": "cp850",
    "x-cp1252": "cp1252",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
BY_THE_BYTES = frozenset(
    {
        "",
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "latin-1",
        "latin1",
        "iso8859-1",
        "cp1252",
        "windows-1252",
        "unknown-8bit",
        "binary",
        "default",
        "ansi_x3.110-1983",
        "utf-8",
    }
)
NOT_FOR_TEXT = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})

_C1 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}


def decode(data: bytes, charset: str | None) -> str:
    """Return the text of some bytes: by their label if it holds, else as UTF-8, else as Windows-1252."""
    label = (charset or "").strip().strip("\"'").lower()
    if label not in BY_THE_BYTES:
        known = _codec(ALIASES.get(label, label))
        if known:
            return tidy(data.decode(known, "replace"))
    try:
        return tidy(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    loose = data.decode("utf-8", "replace")
    if any(ord(char) > 127 and char != "\ufffd" for char in loose):  # UTF-8 with a broken spot
        return tidy(loose)
    return tidy(data.decode("latin-1").translate(_C1))


def tidy(text: str) -> str:
    """Return a text without NUL and lone surrogates, which neither JSON nor PostgreSQL takes."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text


def _codec(name: str) -> str | None:
    """Return Python's name of a charset, None if it has none that is meant for text."""
    try:
        found = codecs.lookup(name).name
        if found.replace("_", "-") in NOT_FOR_TEXT:
            return None
        b"a".decode(found, "replace")  # refuses codecs that make no text, such as zlib
    except (LookupError, ValueError):
        return None
    return found
