"""Names for attached files: decoded (RFC 2231, RFC 2047, raw 8-bit) and made harmless, or made up."""

import mimetypes
import unicodedata

from channels.email.headers import words
from channels.email.parts import Part

MAX_NAME = 150  # characters; the ending is kept
TURNS_TEXT = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ENDINGS = {"text/plain": ".txt", "message/rfc822": ".eml", "image/jpeg": ".jpg", "application/octet-stream": ".bin"}


def file_name(part: Part) -> str:
    """Return the file name a part gives itself, safe to show and to save; empty if it gives none."""
    given = part.placed("filename") or part.parameter("name") or part.placed("name") or part.parameter("filename")
    return safe(words(given, part.charset)) if given else ""


def made_up(media_type: str, number: int) -> str:
    """Return a name for a file that came without one, such as `image-2.png`."""
    ending = ENDINGS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
    return f"{'image' if media_type.startswith('image/') else 'attachment'}-{number}{ending}"


def guessed(name: str) -> str:
    """Return the media type that a name's ending stands for."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def safe(name: str) -> str:
    """Return a name without folders, control and direction-changing characters, at most 150 characters long."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if char not in TURNS_TEXT and unicodedata.category(char) not in ("Cc", "Cs"))
    name = " ".join(name.split()).strip(". ")
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: MAX_NAME - 1 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:MAX_NAME]
