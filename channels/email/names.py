"""Names for attached files: decoded (RFC 2231, RFC 2047, raw 8-bit) and made harmless, or made up."""

import mimetypes
import unicodedata
from email.message import Message

from channels.email.headers import Mail, eight_bit, raw_value, words

MAX_NAME = 150  # characters; the ending is kept
TURNS_TEXT = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ENDINGS = {"text/plain": ".txt", "message/rfc822": ".eml", "image/jpeg": ".jpg", "application/octet-stream": ".bin"}


def file_name(part: Mail) -> str:
    """Return the file name a part gives itself, safe to show and to save; empty if it gives none."""
    for field, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = eight_bit(raw_value(part, field))
        if name := safe(words(_parameter(field, value, parameter))):
            return name
    return ""


def made_up(media_type: str, number: int) -> str:
    """Return a name for a file that came without one, such as `image-2.png`."""
    ending = ENDINGS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
    return f"{'image' if media_type.startswith('image/') else 'attachment'}-{number}{ending}"


def safe(name: str) -> str:
    """Return a name without folders, control and direction-changing characters, at most 150 characters long."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if char not in TURNS_TEXT and unicodedata.category(char) not in ("Cc", "Cs"))
    name = " ".join(name.split()).strip(". ")
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: MAX_NAME - 1 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:MAX_NAME]


def _parameter(field: str, value: str, name: str) -> str:
    """Return one parameter, its RFC 2231 pieces joined; empty if there is none or it cannot be read."""
    part: Mail = Message()
    part[field] = value
    try:
        found = part.get_param(name, "", field)
    except (ValueError, LookupError, IndexError):
        return ""
    if isinstance(found, tuple):
        charset, _, text = found
        try:
            return str(text).encode("latin-1", "replace").decode(charset or "utf-8", "replace")
        except LookupError:
            return str(text)
    return str(found or "")
