"""What happened on the desk in a period, counted by group. Reads only the period, whatever the store holds besides.

How it stays bounded: met promises, resolved tickets, reopenings and transfers have an index on their moment. Tickets,
promises that were never met, and surveys have none, so they are read from the id that belongs to the period's start
less SLACK, and then by their moment; ids sort by time, and rows written later about an earlier time come after it.
Messages are read through the index (ticket, moment) of the tickets that were opened at most OLD before the period:
a message on a still older ticket is not counted.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Float, Integer, Select, Text, and_, case, extract, func, literal, select, text
from sqlalchemy.engine import Connection as Db

from router.store.schema import brand, connection, message, promise, queue, reading, survey, ticket, ticket_event

SLACK = timedelta(days=1)  # clocks that were set, writes that took long
PROMISED = timedelta(days=60)  # the longest promise that is looked for once it was missed
OLD = timedelta(days=60)
OPEN_FOR = timedelta(days=45)  # how long after its making a survey may be answered, with room
SAMPLE = 5_000  # conversations whose moods are read at most; then one in so many, by the chance part of their ids
DIGITS = "0123456789abcdefghijklmnopqrstuv"  # of an id
AGAIN = text("ticket_event.kind IN ('reopened', 'transferred')")  # literal: SQLite uses a partial index only so
SPAM = text("ticket.spam")
_FLOAT = Float()

Split = Literal["day", "queue", "channel", "brand", "language", "none"]
Key = Any  # a day's number in the period, or an id or name


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about."""

    brands: frozenset[str]
    start: datetime
    end: datetime
    split: Split
    days: Sequence[datetime]  # when each day of the period begins
    queue: str | None = None
    channel: str | None = None
    everywhere: bool = False  # these are all the brands of the desk

    @property
    def needs_tickets(self) -> bool:
        """Say whether the tickets themselves must be looked at: half the price of a report."""
        return not self.everywhere or bool(self.queue or self.channel) or self.split not in ("day", "none")


def waits(db: Db, asked: Asked) -> list[tuple[Key, str, int, str]]:
    """Return the promises met in the period: group, kind, how many were kept, the seconds each waited, by comma.

    A row for each group instead of each promise: at half a million of them, handing rows over is half the price.
    """
    waited = _seconds(db, promise.c.starts_at, promise.c.met_at).cast(Integer).cast(Text)
    kept = func.sum(case((promise.c.met_at <= promise.c.due_at, 1), else_=0))
    named = _group(asked, promise.c.met_at).label("g"), promise.c.kind
    within = (promise.c.met_at >= asked.start) & (promise.c.met_at < asked.end)
    query = select(*named, kept, func.aggregate_strings(waited, ",")).where(within).group_by(*named)
    return _all(db, _of_tickets(asked, query, promise.c.ticket_id))


def broken(db: Db, asked: Asked) -> list[tuple[Key, int]]:
    """Return how many promises fell due in the period and were never met, by group."""
    due = (promise.c.due_at >= asked.start) & (promise.c.due_at < asked.end) & promise.c.met_at.is_(None)
    open_still = due & promise.c.ended_at.is_(None)
    dropped = due & (promise.c.ended_at > promise.c.due_at) & (promise.c.id >= id_at(asked.start - PROMISED))
    return [(key, n) for condition in (open_still, dropped) for key, n in _counted(db, asked, condition)]


def opened(db: Db, asked: Asked) -> list[tuple[Key, int]]:
    """Return how many tickets were opened, by group; those merged into another are that one."""
    new = (ticket.c.created_at >= asked.start) & (ticket.c.created_at < asked.end) & ticket.c.merged_into.is_(None)
    recent = ticket.c.id >= id_at(asked.start - SLACK)
    group = _group(asked, ticket.c.created_at).label("g")
    return _all(db, select(group, func.count()).where(recent, new, *_about(asked)).group_by(group))


def resolved(db: Db, asked: Asked) -> list[tuple[Key, int]]:
    """Return how many tickets were resolved and still are, by group."""
    group = _group(asked, ticket.c.resolved_at).label("g")
    return _all(db, select(group, func.count()).where(_done(asked), *_about(asked)).group_by(group))


def again(db: Db, asked: Asked) -> list[tuple[Key, str, int]]:
    """Return how many tickets were reopened and how many handed over, by group and kind."""
    e = ticket_event
    group = _group(asked, e.c.at).label("g")
    query = select(group, e.c.kind, func.count()).where(AGAIN, e.c.at >= asked.start, e.c.at < asked.end)
    return _all(db, _of_tickets(asked, query.group_by(group, e.c.kind), e.c.ticket_id))


def said(db: Db, asked: Asked) -> list[tuple[Key, str, int]]:
    """Return how many public messages came in (inbound), and how many people of the desk sent (outbound), by group."""
    m = message
    group = _group(asked, m.c.at).label("g")
    theirs = (m.c.direction == "inbound") | ((m.c.direction == "outbound") & m.c.agent_id.is_not(None))
    query = select(group, m.c.direction, func.count())
    recent = m.c.home_ticket_id >= id_at(asked.start - OLD)
    within = (m.c.at >= asked.start) & (m.c.at < asked.end) & (m.c.visibility == "public")
    query = query.where(recent, within, theirs).group_by(group, m.c.direction)
    return _all(db, _of_tickets(asked, query, m.c.home_ticket_id))


def moods(db: Db, asked: Asked) -> tuple[list[tuple[Key, int, int]], int]:
    """Return frustration in the first and last message of resolved conversations, and one in how many was read.

    Only where mood is switched on and at least two of the customer's messages were read.
    """
    feeling = asked.brands & set(db.execute(select(brand.c.id).where(brand.c.mood_on)).scalars())
    if not feeling:
        return [], 1
    about = [_done(asked), *_about(asked), ticket.c.brand_id.in_(sorted(feeling))]
    all_of_them = int(db.execute(select(func.count()).select_from(ticket).where(*about)).scalar_one())
    every = 1
    while all_of_them > SAMPLE * every and every < len(DIGITS):
        every *= 2
    if every > 1:
        about.append(func.substr(ticket.c.id, 25, 1) < DIGITS[len(DIGITS) // every])
    mine = select(ticket.c.id, _group(asked, ticket.c.resolved_at).label("g")).where(*about).subquery()
    m, r = message, reading
    read = select(mine.c.id, mine.c.g, m.c.at, r.c.frustration)
    read = read.join(m, m.c.home_ticket_id == mine.c.id).join(r, r.c.message_id == m.c.id)
    read = read.where(m.c.direction == "inbound", r.c.read)
    ends: dict[str, tuple[Key, int, int, int, datetime, datetime]] = {}
    for ticket_id, group, at, level in db.execute(read).all():
        if ticket_id not in ends:
            ends[ticket_id] = (group, 1, level, level, at, at)
            continue
        _, n, first, last, since, until = ends[ticket_id]
        if at < since:
            first, since = level, at
        if at >= until:
            last, until = level, at
        ends[ticket_id] = (group, n + 1, first, last, since, until)
    return [(group, first, last) for group, n, first, last, _, _ in ends.values() if n > 1], every


def answers(db: Db, asked: Asked) -> list[tuple[Key, int | None]]:
    """Return the customers asked in the period (None) and the scores given in it, each with its group."""
    s = survey
    found: list[tuple[Key, int | None]] = []
    recent = s.c.id >= id_at(asked.start - OPEN_FOR)
    for moment, value in ((s.c.asked_at, literal(None)), (s.c.answered_at, s.c.score)):
        query = select(_group(asked, moment), value).where(recent, moment >= asked.start, moment < asked.end)
        found += _all(db, _of_tickets(asked, query, s.c.ticket_id))
    return found


def mine_waits(db: Db, agent_id: str, start: datetime, end: datetime) -> list[tuple[str, float, bool]]:
    """Return the promises one agent met by an answer: kind, seconds the customer waited, whether it was kept."""
    m, p = message, promise
    query = select(p.c.kind, _seconds(db, p.c.starts_at, p.c.met_at), p.c.met_at <= p.c.due_at)
    query = query.join(m, and_(m.c.home_ticket_id == p.c.ticket_id, m.c.at == p.c.met_at))
    return _all(db, query.where(*_own(agent_id, start, end)))


def mine_sent(db: Db, agent_id: str, start: datetime, end: datetime) -> int:
    """Return how many answers one agent sent."""
    return int(db.execute(select(func.count()).select_from(message).where(*_own(agent_id, start, end))).scalar_one())


def mine_scores(db: Db, agent_id: str, start: datetime, end: datetime) -> list[int | None]:
    """Return the customers asked after tickets one agent had last (None), and the scores they gave."""
    s = survey
    found: list[int | None] = []
    for moment, value in ((s.c.asked_at, literal(None)), (s.c.answered_at, s.c.score)):
        query = select(value).join(ticket, ticket.c.id == s.c.ticket_id).where(ticket.c.last_agent_id == agent_id)
        query = query.where(s.c.id >= id_at(start - OPEN_FOR), moment >= start, moment < end)
        found += db.execute(query).scalars()
    return found


def queue_names(db: Db, brands: frozenset[str]) -> dict[str, str]:
    """Return the names of the queues of brands, removed ones too: their past has not gone."""
    query = select(queue.c.id, queue.c.name).where(queue.c.brand_id.in_(sorted(brands))).order_by(queue.c.name)
    return {row.id: row.name for row in db.execute(query)}


def channels(db: Db, brands: frozenset[str]) -> list[str]:
    """Return the channels that brands have connections on."""
    query = select(connection.c.channel).where(connection.c.brand_id.in_(sorted(brands))).distinct()
    return sorted(db.execute(query).scalars())


def id_at(moment: datetime) -> str:
    """Return the lowest id that is made at a moment."""
    stamp = max(int(moment.timestamp() * 1000), 0).to_bytes(6, "big")
    return base64.b32hexencode(stamp + bytes(10))[:26].decode().lower()


def _about(asked: Asked) -> list[ColumnElement[bool]]:
    """Return which tickets a report is about. The brand is no way to look them up: the period is narrower."""
    about: list[ColumnElement[bool]] = [
        (ticket.c.brand_id + "").in_(sorted(asked.brands)),
        ticket.c.spam.is_(False),
    ]
    if asked.queue:
        about.append((ticket.c.queue_id + "") == asked.queue)
    if asked.channel:
        about.append(ticket.c.channel == asked.channel)
    return about


def _group(asked: Asked, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    columns: dict[str, ColumnElement[Any]] = {"queue": ticket.c.queue_id, "channel": ticket.c.channel}
    columns["brand"] = ticket.c.brand_id
    if asked.split in ("day", "none"):
        days = asked.days[1:] if asked.split == "day" else ()
        if not days:
            return case((moment.is_(None), 1), else_=0)  # no database groups by a constant
        return _day(moment, asked.days, 0, len(asked.days))
    return columns.get(asked.split, ticket.c.language)


def _day(moment: ColumnElement[Any], days: Sequence[datetime], low: int, high: int) -> ColumnElement[Any]:
    """Return the number of the day a moment lies in, found by halves: days have 23 to 25 hours."""
    if high - low <= 1:
        return literal(low, literal_execute=True)
    middle = (low + high) // 2
    return case((moment < days[middle], _day(moment, days, low, middle)), else_=_day(moment, days, middle, high))


def _done(asked: Asked) -> ColumnElement[bool]:
    within = (ticket.c.resolved_at >= asked.start) & (ticket.c.resolved_at < asked.end)
    return within & ticket.c.resolved_at.is_not(None) & ticket.c.merged_into.is_(None)


def _counted(db: Db, asked: Asked, condition: ColumnElement[bool]) -> list[tuple[Key, int]]:
    group = _group(asked, promise.c.due_at).label("g")
    query = select(group, func.count()).select_from(promise).where(condition).group_by(group)
    return _all(db, _of_tickets(asked, query, promise.c.ticket_id))


def _of_tickets(asked: Asked, query: Select[Any], ticket_id: ColumnElement[Any]) -> Select[Any]:
    """Return a query narrowed to the tickets a report is about, without looking at each where none is asked for."""
    if asked.needs_tickets:
        return query.join(ticket, ticket.c.id == ticket_id).where(*_about(asked))
    return query.where(ticket_id.not_in(select(ticket.c.id).where(SPAM)))


def _own(agent_id: str, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
    m = message
    return [
        m.c.agent_id == agent_id,
        m.c.direction == "outbound",
        m.c.visibility == "public",
        m.c.at >= start,
        m.c.at < end,
    ]


def _seconds(db: Db, since: ColumnElement[Any], until: ColumnElement[Any]) -> ColumnElement[Any]:
    if db.dialect.name == "postgresql":
        return extract("epoch", until - since).cast(_FLOAT)
    return (func.julianday(until, type_=_FLOAT) - func.julianday(since, type_=_FLOAT)) * 86_400.0


def _all(db: Db, query: Select[Any]) -> list[Any]:
    return list(db.execute(query).all())
