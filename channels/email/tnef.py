"""Reads winmail.dat: the files and the words that Outlook hides in it. Source: [MS-OXTNEF], [MS-OXRTFCP].

Every length is checked against what is there; what does not fit ends the reading, and what was found before is kept.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass, field

SIGNATURE = 0x223E9F78
MAX_FILES = 200
MAX_ATTRIBUTES = 10_000
MAX_UNPACKED = 25 * 1024 * 1024  # bytes of one unpacked text

BODY, ATTACHMENT = 1, 2  # levels
ATT_BODY, ATT_DATA, ATT_TITLE, ATT_RENDER, ATT_PROPS, ATT_MESSAGE_PROPS, ATT_CODEPAGE = (
    0x800C, 0x800F, 0x8010, 0x9002, 0x9005, 0x9003, 0x9007,
)  # fmt: skip
PR_BODY, PR_HTML, PR_RTF = 0x1000, 0x1013, 0x1009
PR_DATA, PR_FILENAME, PR_LONG_NAME, PR_MIME, PR_CID, PR_DISPLAY = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712, 0x3001
FIXED = {0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}  # bytes by type
OBJECT_ID = 16  # bytes before the data of an embedded object
RTF_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)  # what every compressed text may refer back to


class _Ended(Exception):
    """The bytes end before what they promise."""


@dataclass(slots=True)
class WinmailFile:
    """One file in a winmail.dat."""

    name: bytes = b""
    data: bytes | None = None
    media_type: bytes = b""
    content_id: bytes = b""


@dataclass(slots=True)
class Winmail:
    """What a winmail.dat holds. Texts are bytes in `charset`."""

    files: list[WinmailFile] = field(default_factory=list)
    text: bytes = b""
    html: bytes = b""
    rtf: bytes = b""
    charset: str = "cp1252"


def read_winmail(data: bytes) -> Winmail | None:
    """Return what the bytes hold, None if they are no winmail.dat."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return None
    found = Winmail()
    at = 6
    for _ in range(MAX_ATTRIBUTES):
        if at + 9 > len(data):
            break
        level, kind, _, size = struct.unpack_from("<BHHI", data, at)
        value = data[at + 9 : at + 9 + size]
        if level not in (BODY, ATTACHMENT) or len(value) < size:
            break
        at += 9 + size + 2  # and a checksum
        _take(found, level, kind, value)
    return found


def _take(found: Winmail, level: int, kind: int, value: bytes) -> None:
    if level == BODY:
        if kind == ATT_BODY:
            found.text = found.text or value.rstrip(b"\0")
        elif kind == ATT_CODEPAGE and len(value) >= 4:
            found.charset = f"cp{struct.unpack_from('<I', value)[0]}"
        elif kind == ATT_MESSAGE_PROPS:
            _take_body(found, _properties(value))
        return
    if kind == ATT_RENDER and len(found.files) < MAX_FILES:
        found.files.append(WinmailFile())
    if not found.files:
        return
    file = found.files[-1]
    if kind == ATT_TITLE:
        file.name = file.name or value.rstrip(b"\0")
    elif kind == ATT_DATA:
        file.data = value
    elif kind == ATT_PROPS:
        named = _properties(value)
        file.name = named.get(PR_LONG_NAME) or named.get(PR_FILENAME) or named.get(PR_DISPLAY) or file.name
        file.media_type = named.get(PR_MIME, b"")
        file.content_id = named.get(PR_CID, b"")
        if file.data is None and PR_DATA in named:
            file.data = named[PR_DATA][OBJECT_ID:]


def _take_body(found: Winmail, named: dict[int, bytes]) -> None:
    found.text = named.get(PR_BODY) or found.text
    found.html = named.get(PR_HTML) or found.html
    if PR_RTF in named:
        found.rtf = unpacked(named[PR_RTF])


def _properties(value: bytes) -> dict[int, bytes]:
    """Return the properties of a block by their number: texts as UTF-8 or in the code page, the rest as they are."""
    found: dict[int, bytes] = {}
    with suppress(_Ended, struct.error):
        _read_properties(value, found)
    return found


def _read_properties(value: bytes, found: dict[int, bytes]) -> None:
    (count,) = struct.unpack_from("<I", value)
    at = 4
    for _ in range(min(count, MAX_ATTRIBUTES)):
        kind, number = struct.unpack_from("<HH", value, at)
        at += 4
        if number >= 0x8000:  # a named property: its name stands before the value
            (form,) = struct.unpack_from("<I", value, at + 16)
            (length,) = struct.unpack_from("<I", value, at + 20)
            at += 24 if form == 0 else 24 + _padded(length)
        several, plain = bool(kind & 0x1000), kind & 0x0FFF
        if plain in FIXED:
            amount = struct.unpack_from("<I", value, at)[0] if several else 1
            at += 4 if several else 0
            size = FIXED[plain]
            if amount > len(value) // size:
                raise _Ended
            found.setdefault(number, value[at : at + size])
            at += size * amount
            continue
        (amount,) = struct.unpack_from("<I", value, at)
        at += 4
        for _ in range(amount):
            (length,) = struct.unpack_from("<I", value, at)
            at += 4
            if length > len(value) - at:
                raise _Ended
            found.setdefault(number, _text(plain, value[at : at + length]))
            at += _padded(length)


def _text(kind: int, value: bytes) -> bytes:
    if kind == 0x1F:  # UTF-16
        return value.decode("utf-16-le", "replace").rstrip("\0").encode("utf-8", "replace")
    return value.rstrip(b"\0") if kind == 0x1E else value


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4


def unpacked(packed: bytes) -> bytes:
    """Return a compressed RTF text; what could be read of it if it is broken."""
    if len(packed) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<IIII", packed)
    size = min(size, MAX_UNPACKED)
    if kind == 0x414C454D:  # stored
        return packed[16 : 16 + size]
    if kind != 0x75465A4C:
        return b""
    window = bytearray(RTF_START.ljust(4096, b"\0"))
    out = bytearray()
    here, at = len(RTF_START), 16
    while at < len(packed) and len(out) < size:
        flags = packed[at]
        at += 1
        for bit in range(8):
            if at >= len(packed) or len(out) >= size:
                break
            if not flags & (1 << bit):
                run = packed[at : at + 1]
                at += 1
            else:
                if at + 2 > len(packed):
                    return bytes(out)
                (pair,) = struct.unpack_from(">H", packed, at)
                at += 2
                start, length = pair >> 4, (pair & 15) + 2
                if start == here:
                    return bytes(out)
                run = b""
                for step in range(length):  # a run may reach into itself
                    byte = window[(start + step) % 4096]
                    window[(here + step) % 4096] = byte
                    run += bytes([byte])
            for step, byte in enumerate(run):
                window[(here + step) % 4096] = byte
            here = (here + len(run)) % 4096
            out += run
    return bytes(out[:size])
