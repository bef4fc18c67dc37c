"""Offers: how a queue offers, who was offered what until when, and who is passed over for a ticket."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, insert, or_, select, update

from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import offer, pass_over, presence, queue, stream, ticket

MOST = 200  # looked after at once; the next look takes the others


@dataclass(frozen=True, slots=True)
class Offering:
    """How a push queue hands out."""

    queue_id: str
    discipline: str  # a key of routing.disciplines.DISCIPLINES
    offer_s: int | None  # how long an offer lasts; None: as its kind of work says
    auto_accept: bool  # tickets open at once, nobody is asked


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One ticket offered to one agent."""

    id: str
    ticket_id: str
    agent_id: str
    lane_id: int | None
    state: str  # open, accepted, declined, lapsed, released
    at: datetime
    until: datetime


_OFFERING = select(queue.c.id, queue.c.discipline, queue.c.offer_s, queue.c.auto_accept)
_PUSHING = _OFFERING.where(queue.c.mode == "push", queue.c.removed.is_(False))


def pushing(db: Connection) -> dict[str, Offering]:
    """Return the push queues by id."""
    return {row.id: Offering(*row) for row in db.execute(_PUSHING)}


def settings(db: Connection) -> dict[str, Offering]:
    """Return how each queue offers, or would, by its id."""
    return {row.id: Offering(*row) for row in db.execute(_OFFERING)}


def put_settings(db: Connection, to: Offering) -> None:
    """Let a queue offer like this from now on."""
    values = {"discipline": to.discipline, "offer_s": to.offer_s, "auto_accept": to.auto_accept}
    db.execute(update(queue).where(queue.c.id == to.queue_id).values(values))


def add(db: Connection, ticket_id: str, agent_id: str, lane_id: int, at: datetime, until: datetime) -> str:
    """Store an open offer and return its id; a ticket has at most one."""
    row = {"id": new_id(), "ticket_id": ticket_id, "agent_id": agent_id, "lane_id": lane_id, "at": at, "until": until}
    db.execute(insert(offer).values(**row, state="open", reason=""))
    return str(row["id"])


def one(db: Connection, offer_id: str) -> OfferRow | None:
    """Return one offer."""
    found = _rows(db, _query().where(offer.c.id == offer_id))
    return found[0] if found else None


def of_agent(db: Connection, agent_id: str) -> list[OfferRow]:
    """Return what is offered to an agent now, the oldest first."""
    return _rows(db, _query().where(offer.c.agent_id == agent_id, offer.c.state == "open"))


def of_ticket(db: Connection, ticket_id: str) -> OfferRow | None:
    """Return the open offer of a ticket."""
    found = _rows(db, _query().where(offer.c.ticket_id == ticket_id, offer.c.state == "open"))
    return found[0] if found else None


def end(db: Connection, offer_id: str, state: str, now: datetime, reason: str = "") -> None:
    """End an offer that is open."""
    held = (offer.c.id == offer_id) & (offer.c.state == "open")
    db.execute(update(offer).where(held).values(state=state, reason=reason, ended_at=now))


def release(db: Connection, ticket_ids: Collection[str], now: datetime) -> None:
    """End the open offers of tickets that are somebody's, or nobody's, by another way."""
    if ticket_ids:
        held = offer.c.ticket_id.in_(list(ticket_ids)) & (offer.c.state == "open")
        db.execute(update(offer).where(held).values(state="released", ended_at=now))


def over(db: Connection, now: datetime) -> list[OfferRow]:
    """Return the open offers whose time has passed."""
    return _rows(db, _query().where(offer.c.state == "open", offer.c.until <= now).limit(MOST))


def cut_off(db: Connection) -> list[str]:
    """Return the agents with an open offer whose event streams have all ended since they are here."""
    asked = exists().where(offer.c.agent_id == presence.c.agent_id, offer.c.state == "open")
    theirs = stream.c.agent_id == presence.c.agent_id
    ended = exists().where(theirs, stream.c.closed_at >= presence.c.valid_from)
    still = exists().where(theirs, stream.c.closed_at.is_(None))
    query = select(presence.c.agent_id).where(presence.c.valid_to.is_(None), asked, ended, ~still)
    return list(db.execute(query).scalars())


def is_cut_off(db: Connection, agent_id: str) -> bool:
    """Say whether an agent's event streams have all ended since they are here: an offer would not be seen.

    Whoever works by the API alone has none.
    """
    here = select(presence.c.valid_from).where(presence.c.agent_id == agent_id, presence.c.valid_to.is_(None))
    ended = stream.c.closed_at >= here.scalar_subquery()
    still = or_(stream.c.closed_at.is_(None), ended)
    query = select(func.count(), func.count(stream.c.closed_at)).where(stream.c.agent_id == agent_id, still)
    known, closed = db.execute(query).one()
    return bool(known and known == closed)


def missed_in_a_row(db: Connection, agent_id: str, most: int) -> int:
    """Return how many of an agent's latest offers, since they are here, nobody answered; at most `most`."""
    here = select(presence.c.valid_from).where(presence.c.agent_id == agent_id, presence.c.valid_to.is_(None))
    ended = (offer.c.agent_id == agent_id) & offer.c.state.in_(("accepted", "declined", "lapsed"))
    since = offer.c.at >= here.scalar_subquery()
    query = select(offer.c.state).where(ended, since).order_by(offer.c.at.desc(), offer.c.id.desc()).limit(most)
    states = list(db.execute(query).scalars())
    return next((n for n, state in enumerate(states) if state != "lapsed"), len(states))


def passes(db: Connection, ticket_id: str, now: datetime) -> set[str]:
    """Return who is passed over for a ticket just now."""
    live = (pass_over.c.ticket_id == ticket_id) & (pass_over.c.until > now)
    return set(db.execute(select(pass_over.c.agent_id).where(live)).scalars())


def drop_passes(db: Connection, ticket_id: str, agent_ids: Iterable[str]) -> None:
    """Let agents be asked again about a ticket."""
    if agents := list(agent_ids):
        db.execute(delete(pass_over).where(pass_over.c.ticket_id == ticket_id, pass_over.c.agent_id.in_(agents)))


def end_passes(db: Connection, now: datetime) -> list[str]:
    """Delete the exclusions that are over and return the agents they were for; one that is just changed is left."""
    query = select(pass_over.c.agent_id, pass_over.c.ticket_id).where(pass_over.c.until <= now).limit(MOST)
    if db.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    found = [(row.agent_id, row.ticket_id) for row in db.execute(query)]
    for agent_id, ticket_id in found:
        drop_passes(db, ticket_id, [agent_id])
    return sorted({agent_id for agent_id, _ in found})


def has_ended_passes(db: Connection, now: datetime) -> bool:
    """Say whether an exclusion is over."""
    return bool(db.execute(select(exists().where(pass_over.c.until <= now))).scalar())


def stray(db: Connection) -> list[tuple[str, str]]:
    """Return tickets (id, agent) that stand as offered without an open offer, as after an undo."""
    held = exists().where(offer.c.ticket_id == ticket.c.id, offer.c.state == "open")
    query = select(ticket.c.id, ticket.c.agent_id).where(ticket.c.state == "offered", ~held).limit(MOST)
    return [(row.id, row.agent_id) for row in db.execute(query)]


def _query() -> Select[Any]:
    columns = (
        offer.c.id,
        offer.c.ticket_id,
        offer.c.agent_id,
        offer.c.lane_id,
        offer.c.state,
        offer.c.at,
        offer.c.until,
    )
    return select(*columns).order_by(offer.c.at, offer.c.id)


def _rows(db: Connection, query: Select[Any]) -> list[OfferRow]:
    return [OfferRow(*row) for row in db.execute(query)]
