"""The question to the customer after a ticket is resolved: whom to ask, what is due, and what they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, true, update

from router.model import Scope
from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import block, brand_setting, contact, message, survey, ticket

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Survey:
    """One question, asked or to be asked."""

    id: str
    brand_id: str
    ticket_id: str
    episode: int
    channel: str
    language: str
    message_id: str | None
    due_at: datetime | None
    asked_at: datetime | None
    answered_at: datetime | None
    score: int | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A ticket that was resolved, about which nobody has been asked."""

    ticket_id: str
    brand_id: str
    episode: int
    channel: str
    language: str
    resolved_at: datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """Who would be asked, as far as that decides whether they are."""

    blocked: bool
    asked_lately: bool
    by_machine: bool  # the first or last message was written by one, or by a list


def settings(db: Connection, brand_id: str | None = None) -> dict[str, dict[str, tuple[str, datetime]]]:
    """Return the settings of brands that hold now: brand id -> name -> (value, since when)."""
    query = select(brand_setting).where(brand_setting.c.valid_to.is_(None))
    found: dict[str, dict[str, tuple[str, datetime]]] = {}
    for row in db.execute(query.where(brand_setting.c.brand_id == brand_id) if brand_id else query):
        found.setdefault(row.brand_id, {})[row.name] = (row.value, row.valid_from)
    return found


def setting(db: Connection, brand_id: str, name: str) -> str | None:
    """Return one setting of a brand that holds now."""
    table = brand_setting
    held = (table.c.brand_id == brand_id) & (table.c.name == name) & table.c.valid_to.is_(None)
    return db.execute(select(table.c.value).where(held)).scalar()


def put_setting(db: Connection, brand_id: str, name: str, value: str, now: datetime) -> None:
    """Let a setting of a brand hold from now on; one that holds already stays as it is."""
    table = brand_setting
    held = (table.c.brand_id == brand_id) & (table.c.name == name) & table.c.valid_to.is_(None)
    if db.execute(select(table.c.value).where(held)).scalar() == value:
        return
    db.execute(update(table).where(held).values(valid_to=now))
    row = {"id": new_id(), "brand_id": brand_id, "name": name, "value": value, "valid_from": now, "valid_to": None}
    bulk.add_values(db, table, [row])


def resolved(db: Connection, brands: Sequence[str], since: datetime, until: datetime) -> list[Resolved]:
    """Return the answered tickets that were resolved in a span of time and have no question, in that order."""
    asked = exists().where(survey.c.ticket_id == ticket.c.id, survey.c.episode == ticket.c.episode)
    columns = (
        ticket.c.id, ticket.c.brand_id, ticket.c.episode, ticket.c.channel, ticket.c.language, ticket.c.resolved_at
    )  # fmt: skip
    within = (ticket.c.resolved_at > since) & (ticket.c.resolved_at <= until)
    fit = (ticket.c.state == "resolved") & ticket.c.last_answer_at.is_not(None) & ticket.c.contact_id.is_not(None)
    fit &= ticket.c.spam.is_(False) & ticket.c.automatic.is_(False) & ticket.c.merged_into.is_(None)
    query = select(*columns).where(within, (ticket.c.brand_id + "").in_(brands), fit, ~asked)
    return [Resolved(*row) for row in db.execute(query.order_by(ticket.c.resolved_at).limit(AT_ONCE))]


def add(db: Connection, survey_id: str, about: Resolved, language: str, token_hash: str, due_at: datetime) -> None:
    """Store a question that falls due; one that is there for the same episode stays as it is."""
    row = {
        "id": survey_id,
        "brand_id": about.brand_id,
        "ticket_id": about.ticket_id,
        "episode": about.episode,
        "channel": about.channel,
        "language": language,
        "token_hash": token_hash,
        "due_at": due_at,
    }
    bulk.add_new(db, survey, [row])


def due(db: Connection, now: datetime) -> list[Survey]:
    """Return the questions to be asked now, the longest due first."""
    return _found(db, (survey.c.due_at.is_not(None)) & (survey.c.due_at <= now), survey.c.due_at)


def hold(db: Connection, survey_id: str) -> bool:
    """Take a question that is due; False: another process did, or it is dropped."""
    mine = (survey.c.id == survey_id) & survey.c.due_at.is_not(None)
    return bool(db.execute(update(survey).where(mine).values(due_at=None)).rowcount)


def asked(db: Connection, survey_id: str, message_id: str | None, now: datetime) -> None:
    """Record that a question was put, and by which message."""
    db.execute(update(survey).where(survey.c.id == survey_id).values(asked_at=now, message_id=message_id))


def by_token(db: Connection, token_hash: str) -> Survey | None:
    """Return the question a link leads to."""
    return next(iter(_found(db, survey.c.token_hash == token_hash)), None)


def hash_of(db: Connection, survey_id: str) -> str:
    """Return the hash of a question's token."""
    return str(db.execute(select(survey.c.token_hash).where(survey.c.id == survey_id)).scalar_one())


def by_message(db: Connection, message_id: str) -> tuple[str, str] | None:
    """Return the id and the token's hash of the question a message asks."""
    row = db.execute(select(survey.c.id, survey.c.token_hash).where(survey.c.message_id == message_id)).first()
    return (row.id, row.token_hash) if row else None


def of_ticket(db: Connection, scope: Scope, ticket_id: str) -> list[Survey]:
    """Return what was asked on a ticket, the newest first."""
    inside = true() if scope.everything else survey.c.brand_id.in_(scope.brands)
    found = _found(db, (survey.c.ticket_id == ticket_id) & survey.c.asked_at.is_not(None) & inside)
    return sorted(found, key=lambda one: one.episode, reverse=True)


def of_thread(db: Connection, connection_id: str, thread: str, since: datetime) -> Survey | None:
    """Return the question that stands on a chat: put since a moment, its ticket still resolved."""
    same = (ticket.c.connection_id == connection_id) & (ticket.c.thread == thread)
    still = (ticket.c.episode == survey.c.episode) & ticket.c.state.in_(("resolved", "closed"))
    query = select(*_COLUMNS).join(ticket, ticket.c.id == survey.c.ticket_id)
    query = query.where(same, still, survey.c.asked_at > since).order_by(survey.c.asked_at.desc()).limit(1)
    row = db.execute(query).first()
    return Survey(*row) if row else None


def answer(db: Connection, survey_id: str, score: int, comment: str | None, now: datetime) -> None:
    """Store what a customer said; the moment of their first word stays."""
    first = func.coalesce(survey.c.answered_at, now)
    changed = update(survey).where(survey.c.id == survey_id)
    db.execute(changed.values(score=score, comment=comment, answered_at=first))


def customer(db: Connection, ticket_id: str, contact_id: str, since: datetime) -> Customer:
    """Return what decides whether a ticket's customer is asked; `since`: asked after it is asked lately."""
    wrote = (message.c.home_ticket_id == ticket_id) & (message.c.direction == "inbound")
    wrote &= message.c.visibility == "public"
    newest = select(message.c.automatic).where(wrote).order_by(message.c.at.desc(), message.c.id.desc()).limit(1)
    writers = select(message.c.identity_id).where(wrote)
    stopped = exists().where(block.c.identity_id.in_(writers), block.c.ended_at.is_(None))
    shut = exists().where(contact.c.id == contact_id, contact.c.blocked)
    before = (
        select(survey.c.id)
        .join(ticket, ticket.c.id == survey.c.ticket_id)
        .where(ticket.c.contact_id == contact_id, survey.c.asked_at > since)
    )
    return Customer(
        blocked=bool(db.execute(select(stopped | shut)).scalar()),
        asked_lately=db.execute(before.limit(1)).first() is not None,
        by_machine=bool(db.execute(newest).scalar()),
    )


_COLUMNS = [survey.c[name] for name in Survey.__slots__]


def _found(db: Connection, where: ColumnElement[bool], order: ColumnElement[datetime] | None = None) -> list[Survey]:
    query = select(*_COLUMNS).where(where).limit(AT_ONCE)
    return [Survey(*row) for row in db.execute(query if order is None else query.order_by(order))]
