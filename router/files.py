"""Files of messages: their rows and bytes as they come, with cleaned names."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from channels.types import MAX_MAIL, Attachment
from router.store.rows import File

MAX_NAME = 200  # characters of a file's name


def rows(message_id: str, found: Iterable[Attachment], now: datetime) -> list[tuple[File, bytes | None]]:
    """Return the rows of a message's files, each with its bytes if they came along."""
    return [(_row(message_id, seq, one, now), _kept(one)) for seq, one in enumerate(found)]


def clean_name(name: str) -> str:
    """Return a file name without paths, control or direction-changing characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    return kept.strip(" .")[:MAX_NAME] or "file"


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
