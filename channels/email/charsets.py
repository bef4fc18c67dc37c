"""Turns bytes into text whatever charset they claim: aliases first, then what the bytes themselves say.

Real mail names charsets Python does not know, and labels UTF-8 as Latin-1; nothing here raises.
"""

import codecs

ALIASES = {
    # as mail says it: as Python calls it
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-6-e": "iso-8859-6",
    "visual": "iso-8859-8",
    "logical": "iso-8859-8",
    "dos-862": "cp862",
    "dos-720": "cp720",
    "asmo-708": "iso-8859-6",
    "ibm850": "cp850",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "mac": "mac_roman",
    "x-mac-ce": "mac_latin2",
    "x-mac-greek": "mac_greek",
    "x-mac-turkish": "mac_turkish",
    "x-mac-icelandic": "mac_iceland",
    "x-mac-japanese": "cp932",
    "x-mac-korean": "cp949",
    "x-mac-chinesesimp": "gb18030",
    "x-mac-chinesetrad": "big5hkscs",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "gb2312-80": "gb18030",
    "x-euc-cn": "gb18030",
    "euc-cn": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",  # a superset
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "x-ms-cp932": "cp932",
    "x-euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp_ext",  # with the half-width letters that mail programs add
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "x-euc-kr": "cp949",
    "euc-kr": "cp949",
    "x-windows-949": "cp949",
    "cp-850": "cp850",
    "x-cp1252": "cp1252",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "koi8r": "koi8-r",
    "koi": "koi8-r",
    "x-user-defined": "cp1252",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8-sig": "utf-8",
    "x-utf-8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode-2-0-utf-8": "utf-8",
    "unicode": "utf-16",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
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
        "unknown",
        "x-unknown",
        "8bit",
        "binary",
        "default",
        "ansi_x3.110-1983",
        "ansi_x3.4-1968",
        "us-ascii-1",
        "utf-8",
    }
)
NOT_FOR_TEXT = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
ONE_BYTE = ("iso8859", "cp125", "koi8", "mac-", "cp8", "cp437", "tis-620", "hp-roman8")  # as Python names them
WIDE = ("utf-16", "utf-32")
SEVEN_BIT = ("iso-2022", "csiso2022", "utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "hz", "cp5022")

_C1 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}


def decode(data: bytes, charset: str | None) -> str:
    """Return the text of some bytes: by their label if it holds, else as UTF-8, else as Windows-1252.

    A label that the bytes contradict does not hold: UTF-8 called by the name of a one-byte charset is UTF-8.
    """
    label = (charset or "").strip().strip("\"'").lower()
    if data.isascii() and b"\0" not in data and not label.startswith(SEVEN_BIT):
        return data.decode("ascii")
    if data.startswith(codecs.BOM_UTF8):
        data, label = data[3:], "utf-8"
    if label == "iso-2022-cn":
        return tidy(_iso_2022_cn(data))
    if label not in BY_THE_BYTES and (known := _codec(ALIASES.get(label, label))):
        found = _labelled(data, known)
        if found is not None:
            return tidy(found)
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
    if text.isascii():
        return text.replace("\x00", "") if "\x00" in text else text
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text


def _labelled(data: bytes, known: str) -> str | None:
    """Return what bytes say under their label; None if they contradict it."""
    if known.startswith(WIDE):
        bare = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)) or b"\0" in data
        return data.decode(known, "replace") if bare else None
    try:
        as_utf8 = None if data.isascii() else data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(known, "replace")
    if as_utf8 is not None and known.replace("_", "-").startswith(ONE_BYTE):
        return as_utf8
    try:
        return data.decode(known)
    except UnicodeDecodeError:
        return as_utf8 if as_utf8 is not None else data.decode(known, "replace")


def _iso_2022_cn(data: bytes) -> str:
    """Return text whose Chinese stands between shift marks (RFC 1922); of its sets GB 2312 alone is read."""
    found: list[str] = []
    for number, run in enumerate(data.replace(b"\x1b$)A", b"").split(b"\x0e")):
        chinese, _, plain = run.partition(b"\x0f") if number else (b"", b"", run)
        found.append(bytes(byte | 0x80 for byte in chinese).decode("gb2312", "replace"))
        found.append(plain.decode("ascii", "replace"))
    return "".join(found)


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
