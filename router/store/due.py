"""What the clock looks for: tickets whose moment has come, and when the next moment of anything is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.engine import Connection as Db

from router.store.schema import (
    agent_brand,
    agent_channel,
    agent_skill,
    assignment,
    attachment,
    brand,
    chat_visitor,
    lane,
    offer,
    outgoing,
    pass_over,
    presence,
    rule_effect,
    ticket,
)

MOST = 200  # tickets handled at once; the next look takes the others


@dataclass(frozen=True, slots=True)
class DueTicket:
    """A ticket something is to be done about."""

    id: str
    brand_id: str
    agent_id: str | None  # whose it is, or for whom it waits


def next_moment(db: Db, now: datetime) -> datetime | None:
    """Return when the next thing becomes due that is not due yet."""
    columns = (
        outgoing.c.due_at, outgoing.c.lease_until, attachment.c.due_at, rule_effect.c.due_at,
        ticket.c.hold_until, ticket.c.step_down_at, ticket.c.kept_until, ticket.c.rules_due_at, chat_visitor.c.due_at,
        pass_over.c.until,
    )  # fmt: skip
    moments = [db.execute(select(func.min(column)).where(column > now)).scalar() for column in columns]
    moments.append(
        db.execute(select(func.min(offer.c.until)).where(offer.c.state == "open", offer.c.until > now)).scalar()
    )
    return min((moment for moment in moments if moment is not None), default=None)


def snoozed(db: Db, now: datetime) -> list[DueTicket]:
    """Return the snoozed tickets whose rest is over."""
    over = (ticket.c.hold_until <= now) & (ticket.c.state == "snoozed")
    return _found(db, _query().where(over).order_by(ticket.c.hold_until))


def at_rest(db: Db, ticket_id: str) -> list[DueTicket]:
    """Return one ticket if it is the customer's turn there, or it is resolved."""
    return _found(db, _query().where(ticket.c.id == ticket_id, ticket.c.state.in_(("pending", "resolved"))))


def reserved(db: Db) -> list[DueTicket]:
    """Return the tickets that woke and wait for their agent's slot."""
    query = select(ticket.c.id, ticket.c.brand_id, ticket.c.reserved_for).where(ticket.c.reserved_for.is_not(None))
    return _found(db, query.order_by(ticket.c.place, ticket.c.id))


def stepping_down(db: Db, now: datetime) -> list[DueTicket]:
    """Return the waiting tickets whose needs fall away, save for the languages."""
    passed = (ticket.c.step_down_at <= now) & (ticket.c.state == "waiting")
    return _found(db, _query().where(passed).order_by(ticket.c.step_down_at))


def kept_long_enough(db: Db, now: datetime) -> list[DueTicket]:
    """Return the waiting tickets that nobody leaves to those who know their topic any more."""
    passed = (ticket.c.kept_until <= now) & (ticket.c.state == "waiting")
    return _found(db, _query().where(passed).order_by(ticket.c.kept_until))


def kept_for_nobody(db: Db, agent_id: str | None = None) -> list[DueTicket]:
    """Return the waiting tickets left to those who know a topic that nobody who is here knows; of an agent's topics."""
    theirs_now = (agent_channel.c.agent_id == agent_skill.c.agent_id) & agent_channel.c.valid_to.is_(None)
    right = exists().where(theirs_now, agent_channel.c.channel == lane.c.channel) | ~exists().where(theirs_now)
    here = exists().where(
        right,
        (agent_skill.c.skill_key == lane.c.topic) & agent_skill.c.valid_to.is_(None),
        (presence.c.agent_id == agent_skill.c.agent_id) & presence.c.valid_to.is_(None),
        presence.c.status == "online",
        (agent_brand.c.agent_id == agent_skill.c.agent_id) & (agent_brand.c.brand_id == lane.c.brand_id),
    )
    theirs = lane.c.open & lane.c.kept & ~here
    if agent_id is not None:
        known = (agent_skill.c.agent_id == agent_id) & agent_skill.c.valid_to.is_(None)
        theirs &= lane.c.topic.in_(select(agent_skill.c.skill_key).where(known))
    in_line = ticket.c.lane_id.in_(select(lane.c.id).where(theirs)) & ticket.c.place.is_not(None)
    return _found(db, _query().where(in_line, ticket.c.state == "waiting").order_by(ticket.c.place))


def quiet(db: Db, before: datetime) -> list[DueTicket]:
    """Return the open live tickets that were answered before a moment and have not been heard of since."""
    heard = ticket.c.last_customer_at.is_(None) | (ticket.c.last_customer_at <= ticket.c.last_answer_at)
    everywhere = ticket.c.brand_id.in_(select(brand.c.id)) & (ticket.c.state == "open")  # as the index begins
    return _found(db, _query().where(everywhere, ticket.c.slot_key == "live", ticket.c.last_answer_at <= before, heard))


def of_lost_agents(db: Db, before: datetime) -> list[DueTicket]:
    """Return the open live tickets of agents whose connection was lost before a moment and who are not back."""
    gone = (presence.c.status == "offline") & (presence.c.source == "lost") & (presence.c.valid_from <= before)
    lost = select(presence.c.agent_id).where(presence.c.valid_to.is_(None), gone)
    theirs = ticket.c.agent_id.in_(lost) & (ticket.c.state == "open") & (ticket.c.slot_key == "live")
    return _found(db, _query().where(theirs))


def open_of(db: Db, agents: Collection[str]) -> list[DueTicket]:
    """Return the tickets that these agents have open."""
    return _found(db, _query().where(ticket.c.agent_id.in_(agents), ticket.c.state == "open")) if agents else []


def left_open_by(db: Db, agents: Collection[str]) -> list[DueTicket]:
    """Return the tickets that these agents had open when they left; not what was given to them since."""
    since = select(presence.c.valid_from).where(presence.c.agent_id == ticket.c.agent_id, presence.c.valid_to.is_(None))
    holds = (assignment.c.ticket_id == ticket.c.id) & assignment.c.valid_to.is_(None)
    later = exists().where(holds, assignment.c.valid_from > since.scalar_subquery())
    theirs = ticket.c.agent_id.in_(agents) & (ticket.c.state == "open")
    return _found(db, _query().where(theirs, ~later)) if agents else []


def resolved(db: Db, before: datetime) -> list[DueTicket]:
    """Return the tickets that were resolved before a moment: no message reopens them any more."""
    everywhere = ticket.c.brand_id.in_(select(brand.c.id)) & (ticket.c.state == "resolved")
    return _found(db, _query().where(everywhere, ticket.c.resolved_at < before))


def _query() -> Select[Any]:
    return select(ticket.c.id, ticket.c.brand_id, func.coalesce(ticket.c.agent_id, ticket.c.last_agent_id))


def _found(db: Db, query: Select[Any]) -> list[DueTicket]:
    return [DueTicket(*row) for row in db.execute(query.limit(MOST))]
