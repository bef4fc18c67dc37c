"""Figures about the whole desk, for whoever runs it; no names, nothing per person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.engine import Connection as Db

from router.model import Presence, State
from router.store import desk
from router.store.db import Database
from router.store.schema import inbound_event, outgoing, presence, ticket

MOST = 10_000  # rows counted of one kind; more are told as this many, so that asking stays cheap
COUNTED = (State.NEW, State.WAITING, State.OFFERED, State.OPEN, State.PENDING, State.SNOOZED)


@dataclass(frozen=True, slots=True)
class Measures:
    """How the desk stands just now."""

    tickets: Mapping[str, int]  # by state, those that are not done
    events_stored: int
    events_not_understood: int
    replies_waiting: int
    agents_online: int


def read(db: Db) -> Measures:
    """Return how the desk stands."""
    return Measures(
        tickets={state.value: _count(db, ticket, ticket.c.state == state.value) for state in COUNTED},
        events_stored=_count(db, inbound_event, inbound_event.c.state == "stored"),
        events_not_understood=_count(db, inbound_event, inbound_event.c.state == "not_understood"),
        replies_waiting=_count(db, outgoing, outgoing.c.due_at.is_not(None)),
        agents_online=_count(
            db, presence, presence.c.valid_to.is_(None) & (presence.c.status == Presence.ONLINE.value)
        ),
    )


def try_write(database: Database, now: datetime) -> None:
    """Write one small row; raises what the database raises when it takes no writes."""
    with database.write() as db:
        desk.put_setting(db, "ready at", now.isoformat())


def _count(db: Db, table: Table, condition: ColumnElement[bool]) -> int:
    some = select(next(iter(table.c))).where(condition).limit(MOST)
    return db.execute(select(func.count()).select_from(some.subquery())).scalar() or 0
