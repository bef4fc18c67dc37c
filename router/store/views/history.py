"""All that is on record about one ticket, and about those merged into it, in the order of time and page by page."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, select
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store.rows import Event, Promise
from router.store.schema import correction, decision, evaluation, evaluation_rule, message, promise, rule_set_version
from router.store.schema import ticket as t
from router.store.schema import ticket_event as event
from router.store.views.lines import within
from router.store.views.reasons import DecisionRow, EvaluationRow, in_order

TOLD_BY_OTHERS = ("message", "replied", "noted", "forwarded", "decided")  # events that a message or decision repeats


@dataclass(frozen=True, slots=True)
class Span:
    """The tickets looked at, and from when to when; the earlier moment is left out, the later is in."""

    tickets: Sequence[str]
    after: datetime | None
    until: datetime | None

    def of(self, at: Column[Any] | ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Return the condition that a moment lies within."""
        found: list[ColumnElement[bool]] = [at.is_not(None)]
        if self.after is not None:
            found.append(at > self.after)
        if self.until is not None:
            found.append(at <= self.until)
        return found


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message on record: who wrote and what became of it, without its text."""

    id: str
    ticket_id: str
    direction: str
    agent_id: str | None
    state: str
    state_detail: str
    automatic: bool
    proven: bool
    at: datetime
    sent_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """What a person said about a reading."""

    ticket_id: str
    message_id: str
    field: str
    value: str
    agent_id: str
    at: datetime
    taken_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One column of moments: where they stand, and how they belong to a ticket."""

    table: Table
    at: ColumnElement[Any]
    ticket: ColumnElement[Any]
    through_message: bool = False


MOMENTS = (
    Moment(event, event.c.at, event.c.ticket_id),
    Moment(message, message.c.at, message.c.home_ticket_id),
    Moment(decision, decision.c.at, decision.c.ticket_id),
    Moment(evaluation, evaluation.c.at, evaluation.c.ticket_id),
    Moment(promise, promise.c.starts_at, promise.c.ticket_id),
    Moment(promise, promise.c.met_at, promise.c.ticket_id),
    Moment(promise, promise.c.ended_at, promise.c.ticket_id),
    Moment(correction, correction.c.at, message.c.home_ticket_id, through_message=True),
)


def family(db: Db, scope: Scope, ticket_id: str) -> dict[str, int]:
    """Return the numbers of a ticket and of all merged into it, by id; nothing outside the scope."""
    found: dict[str, int] = {}
    wanted = [ticket_id]
    while wanted:
        query = select(t.c.id, t.c.number).where(t.c.id.in_(wanted), within(scope))
        fresh = {row.id: row.number for row in db.execute(query) if row.id not in found}
        found |= fresh
        merged = select(t.c.id).where(t.c.merged_into.in_(list(fresh)), within(scope)) if fresh else None
        wanted = list(db.execute(merged).scalars()) if merged is not None else []
    return found


def page_end(db: Db, span: Span, most: int) -> datetime | None:
    """Return the moment of the `most`-th entry after a moment, None if there are no more than that."""
    moments: list[datetime] = []
    for kind in MOMENTS:
        query = select(kind.at).where(kind.ticket.in_(span.tickets), *span.of(kind.at))
        if kind.through_message:
            query = query.join(message, message.c.id == correction.c.message_id)
        moments += db.execute(query.order_by(kind.at).limit(most + 1)).scalars()
    moments.sort()
    return moments[most - 1] if len(moments) > most else None


def events(db: Db, span: Span) -> list[Event]:
    """Return what happened, but what messages and decisions tell themselves."""
    columns = [event.c[name] for name in Event.__slots__]
    wanted = (event.c.ticket_id.in_(span.tickets), event.c.kind.not_in(TOLD_BY_OTHERS), *span.of(event.c.at))
    query = select(*columns).where(*wanted).order_by(event.c.at, event.c.ticket_id, event.c.seq)
    return [Event(**row._mapping) for row in db.execute(query)]


def messages(db: Db, span: Span) -> list[MessageRow]:
    """Return the messages."""
    columns = [message.c.home_ticket_id.label("ticket_id"), *_named(message, MessageRow, "ticket_id")]
    wanted = (message.c.home_ticket_id.in_(span.tickets), *span.of(message.c.at))
    query = select(*columns).where(*wanted).order_by(message.c.at, message.c.id)
    return [MessageRow(**row._mapping) for row in db.execute(query)]


def decisions(db: Db, span: Span) -> list[tuple[str, DecisionRow]]:
    """Return the decisions, with the ticket each was about."""
    query = (
        select(decision, rule_set_version.c.number)
        .outerjoin(rule_set_version, rule_set_version.c.id == decision.c.rules_version_id)
        .where(decision.c.ticket_id.in_(span.tickets), *span.of(decision.c.at))
        .order_by(decision.c.at, decision.c.id)
    )
    return [
        (r.ticket_id, DecisionRow(r.id, r.agent_id, r.kind, r.because, json.loads(r.inputs), r.policy, r.number, r.at))
        for r in db.execute(query)
    ]


def evaluations(db: Db, span: Span) -> list[tuple[str, EvaluationRow]]:
    """Return what the rules made of the tickets, with the ticket of each."""
    query = (
        select(evaluation, rule_set_version.c.number)
        .join(rule_set_version, rule_set_version.c.id == evaluation.c.rules_version_id)
        .where(evaluation.c.ticket_id.in_(span.tickets), *span.of(evaluation.c.at))
        .order_by(evaluation.c.at, evaluation.c.id)
    )
    rows = db.execute(query).all()
    fired: dict[str, set[str]] = {}
    ids = [row.id for row in rows]
    for row in db.execute(select(evaluation_rule).where(evaluation_rule.c.evaluation_id.in_(ids))) if ids else ():
        fired.setdefault(row.evaluation_id, set()).add(row.rule)
    traced = ((r, json.loads(r.trace)) for r in rows)
    return [
        (r.ticket_id, EvaluationRow(in_order(fired.get(r.id, set()), trace), r.number, r.occasion, trace, r.at))
        for r, trace in traced
    ]


def promises(db: Db, span: Span) -> list[Promise]:
    """Return the promises that were made, kept or dropped in this time."""
    columns = [promise.c[name] for name in Promise.__slots__]
    query = select(*columns).where(promise.c.ticket_id.in_(span.tickets))
    return [Promise(**row._mapping) for row in db.execute(query.order_by(promise.c.starts_at, promise.c.id))]


def corrections(db: Db, span: Span) -> list[CorrectionRow]:
    """Return what people said about readings."""
    columns = [message.c.home_ticket_id, *_named(correction, CorrectionRow, "ticket_id")]
    query = select(*columns).join(message, message.c.id == correction.c.message_id)
    query = query.where(message.c.home_ticket_id.in_(span.tickets), *span.of(correction.c.at))
    return [CorrectionRow(*row) for row in db.execute(query.order_by(correction.c.at, correction.c.id))]


def _named(table: Table, row: type[Any], *but: str) -> list[Column[Any]]:
    names: Collection[str] = row.__slots__
    return [table.c[name] for name in names if name not in but]
