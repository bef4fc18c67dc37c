"""Presence over time, and the open event streams it is read from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import agent, presence, stream


@dataclass(frozen=True, slots=True)
class Held:
    """An agent's presence as it is now."""

    status: str
    reason: str
    source: str
    since: datetime


def now_of(db: Connection, agent_id: str) -> Held | None:
    """Return an agent's presence, None if they never said anything."""
    held = (presence.c.agent_id == agent_id) & presence.c.valid_to.is_(None)
    query = select(presence.c.status, presence.c.reason, presence.c.source, presence.c.valid_from).where(held)
    row = db.execute(query).first()
    return Held(*row) if row else None


def change(db: Connection, agent_id: str, status: str, reason: str, source: str, now: datetime) -> None:
    """End the presence that holds and begin another."""
    held = (presence.c.agent_id == agent_id) & presence.c.valid_to.is_(None)
    db.execute(update(presence).where(held).values(valid_to=now))
    row = {"id": new_id(), "agent_id": agent_id, "status": str(status), "reason": reason, "source": source}
    bulk.add_values(db, presence, [{**row, "valid_from": now}])


def put(db: Connection, agent_id: str, status: str, now: datetime, *, reason: str, source: str) -> None:
    """Write a presence into history unless it holds already; the agent is locked."""
    held = now_of(db, agent_id)
    if held is None or (held.status, held.reason, held.source) != (str(status), reason, source):
        change(db, agent_id, status, reason, source, now)


def open_stream(db: Connection, stream_id: str, agent_id: str, process: str, now: datetime) -> None:
    """Record an open stream."""
    row = {"id": stream_id, "agent_id": agent_id, "process": process, "opened_at": now, "seen_at": now}
    bulk.add_values(db, stream, [row])


def see_streams(db: Connection, process: str, now: datetime) -> list[str]:
    """Record that all streams of a process are alive; those it closed already stay as they are.

    Return the agents whose streams were dropped as lost, as after a host's sleep, and are open again.
    """
    lost = select(stream.c.agent_id).where(stream.c.process == process, stream.c.closed_at.is_not(None)).distinct()
    agents = list(db.execute(lost.order_by(stream.c.agent_id)).scalars())
    db.execute(update(stream).where(stream.c.process == process).values(seen_at=now, closed_at=None))
    return agents


def close_stream(db: Connection, stream_id: str, now: datetime) -> str | None:
    """Record that a stream ended, and return whose it was; it is its process's no more."""
    ended = update(stream).where(stream.c.id == stream_id).values(closed_at=now, seen_at=now, process="")
    agent_id: str | None = db.execute(ended.returning(stream.c.agent_id)).scalar()
    return agent_id


def drop_lost(db: Connection, before: datetime) -> None:
    """Close the streams that were not seen since a moment."""
    lost = stream.c.closed_at.is_(None) & (stream.c.seen_at < before)
    db.execute(update(stream).where(lost).values(closed_at=stream.c.seen_at))
    ended = stream.c.closed_at.is_not(None) & (stream.c.closed_at < before)
    newer = stream.alias()
    later = exists().where(newer.c.agent_id == stream.c.agent_id, newer.c.id > stream.c.id)
    db.execute(delete(stream).where(ended, later))


def without_stream(db: Connection, before: datetime) -> list[str]:
    """Return the agents who are here by their stream and have had none since a moment."""
    here = (presence.c.valid_to.is_(None)) & (presence.c.status != "offline")
    query = (
        select(agent.c.id)
        .join(presence, presence.c.agent_id == agent.c.id)
        .join(stream, stream.c.agent_id == agent.c.id)
        .where(here, presence.c.valid_from < before)
        .group_by(agent.c.id)
        .having(func.count(stream.c.closed_at) == func.count(), func.max(stream.c.closed_at) < before)
    )
    return list(db.execute(query).scalars())
