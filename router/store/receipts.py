"""Receipts: what a platform says became of a message of ours."""

from sqlalchemy import select, update

from router.store.db import Connection
from router.store.schema import message, message_alias

ORDER = {"queued": 0, "sending": 1, "unknown": 1, "sent": 2, "delivered": 3, "read": 4, "failed": 5}
MAX_DETAIL = 1000  # characters of all reasons together


def take(db: Connection, message_id: str, state: str, detail: str) -> bool:
    """Move a message of ours forward by what the platform says; never back. False: that changes nothing.

    What was delivered or read does not fail any more, unless it left in parts: then another part is meant. What failed
    may fail for a further reason, such as for another of its recipients.
    """
    ours = (message.c.id == message_id) & (message.c.direction == "outbound")
    found = db.execute(select(message.c.state, message.c.state_detail).where(ours)).first()
    if found is None:
        return False
    if found.state == state == "failed":
        if not detail or detail in found.state_detail or len(found.state_detail) + len(detail) >= MAX_DETAIL:
            return False
        detail = f"{found.state_detail} {detail}".lstrip()
    elif ORDER.get(found.state, 9) >= ORDER[state]:
        return False
    elif state == "failed" and found.state in ("delivered", "read"):
        if not _has_parts(db, message_id):
            return False
        detail = f"A part of it was not delivered. {detail}".rstrip()
    db.execute(update(message).where(message.c.id == message_id).values(state=state, state_detail=detail))
    return True


def _has_parts(db: Connection, message_id: str) -> bool:
    named = select(message_alias.c.message_id).where(message_alias.c.message_id == message_id)
    return db.execute(named.limit(1)).first() is not None
