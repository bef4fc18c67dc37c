"""What the reasons are told from: decisions, rules that fired, promises and lanes."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.engine import Connection as Db

from channels.types import WorkClass
from router.routing.lanes import LaneSpec
from router.store.rows import Promise
from router.store.schema import (
    agent,
    assignment,
    decision,
    evaluation,
    evaluation_rule,
    lane,
    lane_need,
    offer,
    pass_over,
    promise,
    rule_set_version,
)


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """The record of one automatic choice."""

    id: str
    agent_id: str | None
    kind: str
    because: str
    inputs: Mapping[str, object]
    policy: str
    rules_version: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """Who has a ticket, and how they came to it."""

    name: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """What the rules made of a ticket, last."""

    rules: tuple[str, ...]
    version: int
    occasion: str
    trace: object  # JSON, as it was recorded
    at: datetime


def decisions(db: Db, ticket_id: str, limit: int = 20) -> list[DecisionRow]:
    """Return the decisions about a ticket, latest first."""
    query = (
        select(decision, rule_set_version.c.number)
        .outerjoin(rule_set_version, rule_set_version.c.id == decision.c.rules_version_id)
        .where(decision.c.ticket_id == ticket_id)
        .order_by(decision.c.at.desc(), decision.c.id.desc())
        .limit(limit)
    )
    return [
        DecisionRow(r.id, r.agent_id, r.kind, r.because, json.loads(r.inputs), r.policy, r.number, r.at)
        for r in db.execute(query)
    ]


def given(db: Db, ticket_id: str) -> Given | None:
    """Return who has a ticket and how they came to it, None if nobody has it."""
    query = (
        select(agent.c.name, assignment.c.how, assignment.c.valid_from)
        .join(agent, agent.c.id == assignment.c.agent_id)
        .where(assignment.c.ticket_id == ticket_id, assignment.c.valid_to.is_(None))
    )
    row = db.execute(query).one_or_none()
    return Given(row.name, row.how, row.valid_from) if row else None


def last_evaluation(db: Db, ticket_id: str) -> EvaluationRow | None:
    """Return what the rules made of a ticket when they last looked."""
    query = (
        select(evaluation, rule_set_version.c.number)
        .join(rule_set_version, rule_set_version.c.id == evaluation.c.rules_version_id)
        .where(evaluation.c.ticket_id == ticket_id)
        .order_by(evaluation.c.at.desc(), evaluation.c.id.desc())
        .limit(1)
    )
    row = db.execute(query).first()
    if row is None:
        return None
    names = db.execute(select(evaluation_rule.c.rule).where(evaluation_rule.c.evaluation_id == row.id)).scalars()
    trace = json.loads(row.trace)
    return EvaluationRow(in_order(set(names), trace), row.number, row.occasion, trace, row.at)


def promises(db: Db, ticket_id: str, episode: int) -> list[Promise]:
    """Return the promises of a ticket's current episode that were not replaced, by when they are due."""
    query = select(*[promise.c[name] for name in Promise.__slots__])
    query = query.where(promise.c.ticket_id == ticket_id, promise.c.episode == episode, promise.c.ended_at.is_(None))
    return [Promise(**row._mapping) for row in db.execute(query.order_by(promise.c.due_at))]


def lanes(db: Db, ids: Collection[int]) -> dict[int, LaneSpec]:
    """Return what lanes hold."""
    wanted = list(ids)
    needs: dict[int, dict[str, int]] = {}
    for row in db.execute(select(lane_need).where(lane_need.c.lane_id.in_(wanted))):
        needs.setdefault(row.lane_id, {})[row.skill_key] = row.level
    rows = db.execute(select(lane).where(lane.c.id.in_(wanted)))
    return {
        r.id: LaneSpec(
            r.brand_id, r.queue_id, r.channel, cast(WorkClass, r.work_class), needs.get(r.id, {}), r.topic, r.kept
        )
        for r in rows
    }


def passed(db: Db, agent_id: str, ticket_ids: Collection[str], now: datetime) -> set[str]:
    """Return which of these tickets do not go to an agent just now, because they declined or returned them."""
    query = select(pass_over.c.ticket_id).where(
        pass_over.c.agent_id == agent_id, pass_over.c.ticket_id.in_(list(ticket_ids)), pass_over.c.until > now
    )
    return set(db.execute(query).scalars())


def offered_to(db: Db, agent_id: str, ticket_id: str) -> tuple[str, datetime] | None:
    """Return the offer of a ticket to an agent and until when it holds, None if it is not offered to them."""
    query = select(offer.c.id, offer.c.until).where(
        offer.c.agent_id == agent_id, offer.c.ticket_id == ticket_id, offer.c.state == "open"
    )
    row = db.execute(query).first()
    return (row.id, row.until) if row else None


def in_order(names: set[str], trace: object) -> tuple[str, ...]:
    """Return rules that fired in the order they were read, as far as the trace tells it."""
    read = [str(step[0]) for step in trace if isinstance(step, list) and step] if isinstance(trace, list) else []
    return tuple(name for name in dict.fromkeys(read) if name in names) + tuple(sorted(names - set(read)))
