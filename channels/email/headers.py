"""Reads header fields as mail really has them: raw 8-bit, RFC 2047 words, broken ids and dates. Never raises."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from channels.email.charsets import decode, tidy
from channels.email.parts import Part

MAX_ID = 500  # characters of a Message-ID; longer ones are shortened by their hash
MAX_IDS = 100  # ids taken from References
MAX_WORD = 8192  # characters of one encoded word; the standard says 75
ONE_LINE: dict[int, str | None] = {
    **dict.fromkeys([*range(32), 0x7F]),  # control characters go
    **dict.fromkeys(map(ord, "\r\n\t\v\f\x85\u2028\u2029"), " "),  # what could begin a new line
}
NOT_IN_ID = dict.fromkeys([*range(33), *map(ord, "<>\x7f")])


def raw_values(mail: Part, name: str) -> list[str]:
    """Return every value of a field (its name in lower case), unfolded; 8-bit bytes are surrogates."""
    return mail.fields.get(name, [])


def raw_value(mail: Part, name: str) -> str:
    """Return the first value of a field, unfolded; empty if there is none."""
    return next(iter(raw_values(mail, name)), "")


def text_value(mail: Part, name: str) -> str:
    """Return the first value of a field as people read it."""
    return words(raw_value(mail, name), mail.charset).strip()


def eight_bit(value: str, charset: str | None = None) -> str:
    """Return a raw header value with its 8-bit bytes decoded: as UTF-8, else the body's charset, else Windows-1252."""
    if value.isascii():
        return tidy(value)
    data = value.encode("utf-8", "surrogateescape")
    try:
        return tidy(data.decode())
    except UnicodeDecodeError:
        return decode(data, charset)


def words(value: str, charset: str | None = None) -> str:
    """Return a header value with its encoded words (RFC 2047) decoded; neighbours of one charset are joined first."""
    value = eight_bit(value, charset)
    if "=?" not in value:
        return one_line(value)
    found: list[tuple[str, bytearray | str]] = []  # charset and bytes, or "" and plain text
    at = 0
    while (start := value.find("=?", at)) >= 0:
        word = _encoded_word(value, start)
        if word is None:
            found.append(("", value[at : start + 2]))
            at = start + 2
            continue
        label, data, end = word
        between = value[at:start]
        after_word = bool(found) and isinstance(found[-1][1], bytearray)
        if between.strip() or (between and not after_word):
            found.append(("", between))
        last = found[-1] if found else ("", "")
        if isinstance(last[1], bytearray) and last[0] == label:
            last[1].extend(data)
        else:
            found.append((label, bytearray(data)))
        at = end
    found.append(("", value[at:]))
    return one_line("".join(part if isinstance(part, str) else decode(bytes(part), label) for label, part in found))


def message_id(value: str) -> str:
    """Return a Message-ID in angle brackets, mended (`<x` becomes `<x>`); empty if there is nothing to take."""
    return next(iter(message_ids(value)), "")


def message_ids(value: str) -> list[str]:
    """Return the ids of a Message-ID, In-Reply-To or References field, in the field's order, each once."""
    value = eight_bit(value)
    if "<" in value:
        pieces = [piece.partition(">")[0] for piece in value.split("<")[1:]]
    else:
        pieces = [piece for piece in value.replace(",", " ").split() if "@" in piece]
    ids = (_bracketed(piece) for piece in pieces)
    return list(dict.fromkeys(found for found in ids if found))[-MAX_IDS:]


def date_value(mail: Part) -> datetime | None:
    """Return when the sender says the mail was sent, in UTC; None if the field is missing or broken."""
    value = eight_bit(raw_value(mail, "date"))[:200]
    try:
        sent = parsedate_to_datetime(value)
        sent = sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent if sent.year >= 1971 else None


def one_line(text: str) -> str:
    """Return a text in which nothing can begin a new header line."""
    text = tidy(text)
    return text if text.isprintable() else text.translate(ONE_LINE)


def _bracketed(piece: str) -> str:
    bare = piece.translate(NOT_IN_ID)
    if not bare:
        return ""
    if len(bare) > MAX_ID:
        bare = f"{hashlib.sha256(bare.encode()).hexdigest()}@long.invalid"
    return f"<{bare}>"


def _encoded_word(value: str, start: int) -> tuple[str, bytes, int] | None:
    """Return charset, bytes and end of the encoded word that begins at `start`; None if it is none."""
    first = value.find("?", start + 2, start + 82)
    if first < 0 or value[first + 2 : first + 3] != "?":
        return None
    label, kind = value[start + 2 : first].partition("*")[0], value[first + 1].lower()
    end = value.find("?=", first + 3, start + MAX_WORD)
    if end < 0 or not label or kind not in "bq":
        return None
    body = value[first + 3 : end]
    if "=?" in body:
        return None
    if kind == "q":
        return label, binascii.a2b_qp(body.encode("utf-8"), header=True), end + 2
    plain = "".join(body.split()).rstrip("=")
    plain = plain[:-1] if len(plain) % 4 == 1 else plain  # a letter too many
    try:
        return label, base64.b64decode(plain + "=" * (-len(plain) % 4)), end + 2
    except (binascii.Error, ValueError):
        return None
