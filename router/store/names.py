"""What platforms call our messages: the id that decides what is one and the same."""

from collections.abc import Sequence

from sqlalchemy import exists, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.schema import message, message_alias, outgoing


def name(db: Connection, message_id: str, connection_id: str, external_ids: Sequence[str]) -> None:
    """Record the ids a platform gave our message; a part of a split reply is an alias."""
    rows = [{"connection_id": connection_id, "external_id": e, "message_id": message_id} for e in external_ids]
    bulk.add_new(db, message_alias, rows)


def fix_external_id(db: Connection, message_id: str, connection_id: str, external_id: str) -> bool:
    """Give a message the id the platform knows it by. False: it has one, or another message has this one."""
    other = message.alias()
    taken = exists().where(other.c.connection_id == connection_id, other.c.external_id == external_id)
    free = (message.c.id == message_id) & message.c.external_id.is_(None) & ~taken
    return bool(db.execute(update(message).where(free).values(external_id=external_id)).rowcount)


def echoes(db: Connection, connection_id: str, external_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return messages (id, ticket) that came in as answers from elsewhere under names that are those of our reply."""
    ours = exists().where(outgoing.c.message_id == message.c.id)
    query = select(message.c.id, message.c.home_ticket_id).where(
        message.c.connection_id == connection_id, message.c.external_id.in_(list(external_ids)),
        message.c.direction == "outbound", ~ours,
    )  # fmt: skip
    return [(row.id, row.home_ticket_id) for row in db.execute(query)]


def is_empty(db: Connection, ticket_id: str) -> bool:
    """Say whether a ticket holds no message."""
    return db.execute(select(message.c.id).where(message.c.home_ticket_id == ticket_id).limit(1)).first() is None
