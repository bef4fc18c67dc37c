"""What a switched mood leaves to do: tickets that still show one, messages that were read without."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select, update

from router.model import WITHOUT_MOOD, Reading
from router.store import bulk
from router.store.db import Connection
from router.store.schema import message, message_rendition, reading, reading_as_read, reading_evidence, ticket

LIVE = ("new", "waiting", "offered", "open", "pending", "snoozed")


@dataclass(frozen=True, slots=True)
class Unfelt:
    """A customer's message that was read without how they feel."""

    id: str
    text: str
    stripped: str | None
    subject: str


def still_felt(db: Connection, brand_id: str) -> list[str]:
    """Return a brand's tickets that are not done and still have a mood, in order of place."""
    t = ticket.c
    felt = or_(t.heat > 0, t.mood_read, t.frustration > 0, t.urgency > 0)
    query = select(t.id).where(t.brand_id == brand_id, t.state.in_(LIVE), t.merged_into.is_(None), felt)
    return list(db.execute(query.order_by(t.place, t.id)).scalars())


def not_felt(db: Connection, brand_id: str) -> list[str]:
    """Return a brand's tickets that are not done and have no mood of what was said on them, in order of place."""
    t = ticket.c
    home = ticket.alias("home")
    said = (
        select(message.c.id)
        .join(reading, reading.c.message_id == message.c.id)
        .join(home, home.c.id == message.c.home_ticket_id)
        .where(func.coalesce(home.c.merged_into, home.c.id) == t.id)
    )
    left_out = or_(
        said.where(reading.c.version == WITHOUT_MOOD).exists(), ~t.mood_read & said.where(reading.c.read).exists()
    )
    query = select(t.id).where(t.brand_id == brand_id, t.state.in_(LIVE), t.merged_into.is_(None), left_out)
    return list(db.execute(query.order_by(t.place, t.id)).scalars())


def unfelt(db: Connection, ticket_ids: list[str]) -> list[Unfelt]:
    """Return the messages of tickets that were read without mood, oldest first."""
    cut = message_rendition.c
    stripped = (
        select(cut.text)
        .where(cut.message_id == message.c.id, cut.kind == "stripped")
        .order_by(cut.at.desc(), cut.id.desc())
        .limit(1)
        .correlate(message)
        .scalar_subquery()
    )
    query = (
        select(message.c.id, message.c.text, stripped, message.c.subject)
        .join(reading, reading.c.message_id == message.c.id)
        .where(message.c.home_ticket_id.in_(ticket_ids), reading.c.version == WITHOUT_MOOD)
    )
    return [Unfelt(*row) for row in db.execute(query.order_by(message.c.at, message.c.id))]


def put(db: Connection, message_id: str, found: Reading) -> None:
    """Add to a reading what it left out; its language and intent stay, which people may have corrected."""
    names = ("sentiment", "frustration", "calm_frustration", "urgency", "kind", "read", "version")
    values = {name: getattr(found, name) for name in names}
    for table in (reading, reading_as_read):
        db.execute(update(table).where(table.c.message_id == message_id).values(**values))
    spans = [
        {"message_id": message_id, "seq": seq, "start": one.start, "end": one.end, "cue": one.cue}
        for seq, one in enumerate(found.evidence)
    ]
    bulk.add_values(db, reading_evidence, spans)
