"""What of a ticket may go to a third party: public messages that were really said, with their files."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from router.store.db import Connection
from router.store.merges import shown
from router.store.rows import File
from router.store.schema import agent, attachment, blob, contact, identity, identity_link, message, message_rendition

SAID = ("received", "sent", "delivered", "read", "unknown")  # states of messages that somebody got, or may have
MOST = 200  # messages of one ticket, the latest
_FILE = ("name", "media_type", "size", "content_id", "inline", "blob_id")


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file of a message, without its bytes."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it is handed on: the new words alone, without what they quoted."""

    id: str
    inbound: bool
    who: str
    at: datetime
    text: str
    files: tuple[LetterFile, ...]


def letters(db: Connection, ticket_id: str) -> list[Letter]:
    """Return the messages of a ticket that may be forwarded, oldest first. Notes and other forwards never may."""
    name = func.coalesce(func.nullif(identity.c.name, ""), func.nullif(contact.c.name, ""), identity.c.address)
    query = (
        select(message.c.id, message.c.direction, message.c.at, message.c.text, message.c.edited_at)
        .add_columns(func.coalesce(agent.c.name, name, "").label("who"))
        .outerjoin(agent, agent.c.id == message.c.agent_id)
        .outerjoin(identity, identity.c.id == message.c.identity_id)
        .outerjoin(identity_link, (identity_link.c.identity_id == identity.c.id) & identity_link.c.valid_to.is_(None))
        .outerjoin(contact, contact.c.id == identity_link.c.contact_id)
        .where(shown(db, ticket_id).lies, message.c.visibility == "public", message.c.deleted_at.is_(None))
        .where(message.c.direction.in_(("inbound", "outbound")), message.c.state.in_(SAID))
        .order_by(message.c.at.desc(), message.c.id.desc())
        .limit(MOST)
    )
    rows = list(reversed(db.execute(query).all()))
    ids = [row.id for row in rows]
    bare = _stripped(db, ids)
    files = _files(db, ids)
    return [
        Letter(
            id=row.id,
            inbound=row.direction == "inbound",
            who=row.who,
            at=row.at,
            text=row.text if row.edited_at else bare.get(row.id) or row.text,
            files=tuple(files.get(row.id, ())),
        )
        for row in rows
    ]


def take_files(db: Connection, file_ids: Collection[str], message_id: str) -> list[File]:
    """Return stored files as files of another message; their bytes are shared."""
    query = select(attachment).where(attachment.c.id.in_(list(file_ids)), attachment.c.blob_id.is_not(None))
    rows = db.execute(query.order_by(attachment.c.message_id, attachment.c.seq)).all()
    for row in rows:
        db.execute(blob.update().where(blob.c.id == row.blob_id).values(refs=blob.c.refs + 1))
    return [
        File(message_id=message_id, seq=seq, state="stored", **{name: getattr(row, name) for name in _FILE})
        for seq, row in enumerate(rows)
    ]


def _stripped(db: Connection, ids: Collection[str]) -> dict[str, str]:
    cut = (message_rendition.c.kind == "stripped") & message_rendition.c.message_id.in_(list(ids))
    rows = db.execute(select(message_rendition.c.message_id, message_rendition.c.text).where(cut))
    return {row.message_id: row.text for row in rows if row.text.strip()}


def _files(db: Connection, ids: Collection[str]) -> dict[str, list[LetterFile]]:
    stored = attachment.c.message_id.in_(list(ids)) & attachment.c.blob_id.is_not(None)
    query = select(attachment.c.message_id, attachment.c.id, attachment.c.name, attachment.c.size).where(stored)
    found: dict[str, list[LetterFile]] = {}
    for row in db.execute(query.order_by(attachment.c.message_id, attachment.c.seq)):
        found.setdefault(row.message_id, []).append(LetterFile(row.id, row.name, row.size))
    return found
