"""What becomes of a message once it is stored: edited, taken back, delivered, read, or not delivered after all.

Word of it that comes before the message itself is kept and takes effect when the message is there.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from channels.types import Deletion, Edit, Receipt
from router.app import Heed
from router.store import early, messages, notices, outgoing, receipts
from router.store.db import Connection
from router.store.early import Early
from router.store.outgoing import Parcel
from router.waking import bring_back

Word = Edit | Deletion | Receipt


def note(db: Connection, message_id: str, word: Word, came_at: datetime) -> Parcel | None:
    """Let word of a message take effect; return a reply of ours that turned out not to be delivered."""
    at = word.at or came_at
    if isinstance(word, Edit):
        messages.change(db, message_id, word.text, word.html, at)
    elif isinstance(word, Deletion):
        messages.take_back(db, message_id, at)
    elif receipts.take(db, message_id, word.state, word.detail) and word.state == "failed":
        return _not_delivered(db, message_id, word.detail, came_at)
    return None


def keep(db: Connection, connection_id: str, words: Iterable[tuple[Word, datetime]], now: datetime) -> None:
    """Keep word of messages that are not there yet; each with the moment it came."""
    early.keep(db, connection_id, [_early(word, word.at or came_at) for word, came_at in words], now)


def catch_up(db: Connection, connection_id: str, named: Mapping[str, str], now: datetime) -> list[Parcel]:
    """Let what was kept for messages that have come (external id -> message id) take effect; return as `note` does."""
    waiting = early.waiting(db, connection_id, named) if named else set()
    found = [
        note(db, named[external_id], _word(one), now)
        for external_id in sorted(waiting)
        for one in early.take(db, connection_id, external_id)
    ]
    return [parcel for parcel in found if parcel is not None]


def bring_all_back(heed: Heed, lost: Iterable[Parcel], now: datetime) -> None:
    """Bring the tickets back whose answers were not delivered; to be called after the commit."""
    for parcel in lost:
        if parcel.visibility == "public":
            bring_back(heed, parcel.ticket_id, parcel.queued_at, now)


def _not_delivered(db: Connection, message_id: str, detail: str, now: datetime) -> Parcel | None:
    parcel = outgoing.load(db, message_id)
    if parcel is not None and parcel.agent_id:
        notices.add(
            db, brand_id=parcel.brand_id, ticket_id=parcel.ticket_id, agent_id=parcel.agent_id, kind="not_sent",
            because=detail or "The platform did not deliver it.", now=now, message_id=message_id,
        )  # fmt: skip
    return parcel


def _early(word: Word, at: datetime) -> Early:
    if isinstance(word, Receipt):
        return Early(word.external_id, word.state, word.detail, None, at)
    if isinstance(word, Edit):
        return Early(word.external_id, "edit", word.text, word.html, at)
    return Early(word.external_id, "deletion", "", None, at)


def _word(kept: Early) -> Word:
    if kept.kind == "edit":
        return Edit(kept.external_id, kept.text, kept.at, kept.html)
    if kept.kind == "deletion":
        return Deletion(kept.external_id, kept.at)
    return Receipt(kept.external_id, kept.kind, kept.at, kept.text)  # type: ignore[arg-type]
