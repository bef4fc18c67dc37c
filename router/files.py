"""Files of messages: their rows and bytes as they come, cleaned names, and what may be shown in place."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from channels.types import MAX_MAIL, Attachment
from router.store.rows import File

MAX_NAME = 200  # characters of a file's name
SHOWN = {  # raster images that are shown in place: media type -> how their bytes begin
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}


def rows(message_id: str, found: Iterable[Attachment], now: datetime) -> list[tuple[File, bytes | None]]:
    """Return the rows of a message's files, each with its bytes if they came along."""
    return [(_row(message_id, seq, one, now), _kept(one)) for seq, one in enumerate(found)]


def clean_name(name: str) -> str:
    """Return a file name without paths, control or direction-changing characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    return kept.strip(" .")[:MAX_NAME] or "file"


def shown_as(media_type: str, start: bytes) -> str | None:
    """Return the image type whose bytes these are, if it is one that is shown in place; never SVG, HTML or PDF."""
    for known, beginnings in SHOWN.items():
        if start.startswith(beginnings) and (known != "image/webp" or start[8:12] == b"WEBP"):
            return known
    return None


def _kept(one: Attachment) -> bytes | None:
    return one.data if one.data is not None and len(one.data) <= MAX_MAIL else None


def _row(message_id: str, seq: int, one: Attachment, now: datetime) -> File:
    stored = _kept(one) is not None
    to_fetch = not stored and one.fetch is not None
    error = one.error or (None if stored or to_fetch else "It is too large, or came without its bytes.")
    return File(
        message_id=message_id,
        seq=seq,
        name=clean_name(one.name),
        media_type=one.media_type[:100],
        size=len(one.data or b""),
        state="stored" if stored else "to_fetch" if to_fetch else "missing",
        content_id=one.content_id,
        inline=one.inline,
        fetch=one.fetch,
        error=None if stored else error,
        due_at=now if to_fetch else None,
    )
