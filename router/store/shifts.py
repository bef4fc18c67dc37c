"""The planned shifts of people with their breaks, and their leave. A shift is not overwritten: it ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import agent_brand, leave, notice, presence, shift, ticket


@dataclass(frozen=True, slots=True, order=True)
class PlannedShift:
    """One shift or break of each week."""

    zone: str  # IANA
    weekday: int  # 0 Monday … 6 Sunday; the day a shift begins, also for its breaks
    starts_s: int  # seconds after that day's midnight
    ends_s: int  # may pass midnight: over 86,400
    kind: str = "work"  # work, break
    place: str = ""  # where it is worked


@dataclass(frozen=True, slots=True)
class Leave:
    """A time in which somebody is away from all shifts."""

    id: str
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who is here, holds tickets, and was not told lately that their shift ends."""

    agent_id: str
    brand_id: str
    shift: PlannedShift


def of(db: Connection, agent_id: str) -> list[PlannedShift]:
    """Return a person's shifts and breaks as they are planned now, by day and hour."""
    columns = (shift.c.zone, shift.c.weekday, shift.c.starts_s, shift.c.ends_s, shift.c.kind)
    query = select(*columns).where(shift.c.agent_id == agent_id, shift.c.valid_to.is_(None))
    return [PlannedShift(*row) for row in db.execute(query.order_by(shift.c.weekday, shift.c.starts_s, shift.c.id))]


def put(db: Connection, agent_id: str, wanted: Collection[PlannedShift], now: datetime) -> bool:
    """Let a person's plan be this from now on, and say whether anything is different."""
    if set(of(db, agent_id)) == set(wanted):
        return False
    holds = (shift.c.agent_id == agent_id) & shift.c.valid_to.is_(None)
    db.execute(update(shift).where(holds).values(valid_to=now))
    rows = [
        {
            "id": new_id(), "agent_id": agent_id, "zone": one.zone, "weekday": one.weekday, "starts_s": one.starts_s,
            "ends_s": one.ends_s, "kind": one.kind, "valid_from": now,
        }
        for one in sorted(wanted)
    ]  # fmt: skip
    bulk.add_values(db, shift, rows)
    return True


def leaves(db: Connection, agent_id: str, since: datetime) -> list[Leave]:
    """Return a person's leave that is not over at a moment, the first one first."""
    query = select(leave.c.id, leave.c.starts_at, leave.c.ends_at, leave.c.reason)
    query = query.where(leave.c.agent_id == agent_id, leave.c.ends_at > since)
    return [Leave(*row) for row in db.execute(query.order_by(leave.c.starts_at, leave.c.id))]


def add_leave(db: Connection, agent_id: str, starts_at: datetime, ends_at: datetime, reason: str) -> None:
    """Store a leave."""
    row = {"id": new_id(), "agent_id": agent_id, "starts_at": starts_at, "ends_at": ends_at, "reason": reason}
    bulk.add_values(db, leave, [row])


def drop_leave(db: Connection, agent_id: str, leave_id: str) -> bool:
    """Take a leave of a person's back; False if there is none such."""
    gone = delete(leave).where(leave.c.id == leave_id, leave.c.agent_id == agent_id)
    return db.execute(gone).rowcount == 1


def gone_holders(db: Connection, before: datetime, said: str) -> list[str]:
    """Return who holds open tickets and has been offline since before a moment.

    Not those who left for the reason `said` and were not online again: they said what becomes of what they hold.
    """
    past = presence.alias()
    mine = past.c.agent_id == presence.c.agent_id
    told = select(func.max(past.c.valid_from)).where(mine, past.c.reason == said).scalar_subquery()
    online = select(func.max(past.c.valid_from)).where(mine, past.c.status == "online").scalar_subquery()
    holds = exists().where(ticket.c.agent_id == presence.c.agent_id, ticket.c.state == "open")
    gone = (presence.c.status == "offline") & presence.c.valid_to.is_(None) & (presence.c.valid_from <= before)
    query = select(presence.c.agent_id).where(gone, holds, told.is_(None) | (online > told))
    return list(db.execute(query.order_by(presence.c.agent_id)).scalars())


def of_those_here(db: Connection, told_since: datetime) -> list[Leaving]:
    """Return the shifts of people who are here and hold tickets, those told since a moment of an end left out."""
    here = exists().where(
        presence.c.agent_id == shift.c.agent_id, presence.c.valid_to.is_(None), presence.c.status != "offline"
    )
    holds = exists().where(ticket.c.agent_id == shift.c.agent_id, ticket.c.state == "open")
    told = exists().where(
        notice.c.agent_id == shift.c.agent_id, notice.c.kind == "shift_end", notice.c.at >= told_since
    )
    brand_id = (
        select(agent_brand.c.brand_id)
        .where(agent_brand.c.agent_id == shift.c.agent_id)
        .order_by(agent_brand.c.brand_id)
        .limit(1)
        .scalar_subquery()
    )
    query = select(shift.c.agent_id, brand_id, shift.c.zone, shift.c.weekday, shift.c.starts_s, shift.c.ends_s)
    query = query.where(shift.c.valid_to.is_(None), shift.c.kind == "work", here, holds, ~told)
    return [Leaving(row[0], row[1], PlannedShift(*row[2:])) for row in db.execute(query.order_by(shift.c.id)) if row[1]]
