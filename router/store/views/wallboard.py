"""What the wallboard counts: the line by queue, today's answers and moods, the last hours. Every count is bounded.

No query here goes through all tickets: each stops after a number of rows that its caller names, and begins at an index
of its own (ticket waiting by place, promise by met_at, ticket by resolved_at, queue_minute by at).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    extract,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store.checking import checked
from router.store.schema import (
    agent,
    agent_site,
    brand,
    lane,
    leave,
    message,
    presence,
    promise,
    queue_minute,
    reading,
    shift,
    site,
)
from router.store.schema import ticket as t
from router.store.views.lines import WAITING

HOT = 2  # the heat from which a ticket counts as frustrated


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits in one queue; `stuck`: only what nobody on the desk may take."""

    queue_id: str
    stuck: bool
    waiting: int
    late: int
    hot: int
    oldest: datetime | None
    hot_since: datetime | None
    next_due: datetime | None
    mood: float | None  # mean of those that were read
    read: int


@dataclass(frozen=True, slots=True)
class LaneOf:
    """A lane, whose queue it belongs to, and whether something may wait in it."""

    id: int
    brand_id: str
    queue_id: str
    open: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """One promise to answer that was met."""

    first: bool  # of the ticket's episode
    channel: str
    took_s: int
    in_time: bool


@dataclass(frozen=True, slots=True)
class Moods:
    """How customers felt at their first and their last message, over resolved tickets."""

    before: float
    after: float
    tickets: int


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """One minute of the desk."""

    at: datetime
    waiting: int
    hot: int


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One shift as it stands in the plan, and where it is worked."""

    agent_id: str
    place: str  # the site's name, empty where none is known
    zone: str
    weekday: int
    starts_s: int
    ends_s: int  # may pass midnight


def lanes_of(db: Db, scope: Scope) -> list[LaneOf]:
    """Return the lanes of the scope's brands."""
    query = select(lane.c.id, lane.c.brand_id, lane.c.queue_id, lane.c.open).where(_of(scope, lane.c.brand_id))
    return [LaneOf(*row) for row in db.execute(query.order_by(lane.c.id))]


def standings(db: Db, brand_id: str, stuck: Collection[int], now: datetime, most: int) -> list[Standing]:
    """Return what the first `most` tickets in line of a brand are, by queue; those of the lanes `stuck` apart."""
    apart = case((t.c.lane_id.in_(list(stuck)), 1), else_=0) if stuck else literal_column("0")
    line = (
        select(t.c.queue_id, apart.label("stuck"), t.c.answer_by, t.c.heat, t.c.waiting_since, t.c.frustration)
        .add_columns(t.c.mood_read)
        .where(WAITING, t.c.brand_id == brand_id)
        .order_by(t.c.place, t.c.id)
        .limit(most)
        .subquery()
        .c
    )
    hot = line.heat >= HOT
    query = select(
        line.queue_id,
        line.stuck,
        func.count(),
        func.sum(case((line.answer_by < now, 1), else_=0)),
        func.sum(case((hot, 1), else_=0)),
        func.min(line.waiting_since),
        func.min(case((hot, line.waiting_since))),
        func.min(line.answer_by),
        func.avg(case((line.mood_read, line.frustration))),
        func.sum(case((line.mood_read, 1), else_=0)),
    ).group_by(line.queue_id, line.stuck)
    return [
        Standing(r[0], bool(r[1]), r[2], r[3], r[4], r[5], r[6], r[7], None if r[8] is None else float(r[8]), r[9])
        for r in db.execute(query)
    ]


def count_lanes(db: Db, lanes: Mapping[str, Collection[int]], most: int) -> dict[str, int]:
    """Return how much waits in groups of lanes, by the group's name, each counted up to `most` from the index alone."""
    parts = []
    for name, ids in lanes.items():
        rows = select(t.c.id).where(t.c.place.is_not(None), t.c.lane_id.in_(list(ids))).limit(most).subquery()
        parts.append(select(literal(name), func.count()).select_from(rows))
    return {row[0]: row[1] for row in db.execute(union_all(*parts))} if parts else {}


def answers(db: Db, scope: Scope, since: datetime, until: datetime, most: int) -> list[Answered]:
    """Return the last answers that were promised and given between two moments, latest first."""
    took = extract("epoch", promise.c.met_at) - extract("epoch", promise.c.starts_at)
    query = _met(scope, since, until, most, promise.c.kind == "first_answer", t.c.channel, took, _kept())
    return [Answered(bool(r[0]), r[1], max(0, int(r[2])), bool(r[3])) for r in db.execute(query)]


def kept(db: Db, scope: Scope, since: datetime, until: datetime, most: int) -> tuple[int, int]:
    """Return how many of the last answers between two moments came in time, and how many there were."""
    found = _met(scope, since, until, most, case((_kept(), 1), else_=0).label("kept")).subquery()
    row = db.execute(select(func.coalesce(func.sum(found.c.kept), 0), func.count())).one()
    return int(row[0]), int(row[1])


def moods(db: Db, scope: Scope, since: datetime, most: int) -> Moods | None:
    """Return how customers felt in the tickets resolved last since a moment; None without one that was read."""
    done = (
        select(t.c.id)
        .where(t.c.resolved_at >= since, t.c.spam.is_(False), _of(scope, checked(t.c.brand_id)))
        .where(checked(t.c.brand_id).in_(feeling(db, scope)))
        .order_by(t.c.resolved_at.desc())
        .limit(most)
        .subquery()
    )
    first, last = (_felt(done.c.id, last=last).correlate(done) for last in (False, True))
    felt = select(first.label("before"), last.label("after")).select_from(done).subquery()
    query = select(func.avg(felt.c.before), func.avg(felt.c.after), func.count()).where(felt.c.before.is_not(None))
    before, after, count = db.execute(query).one()
    return Moods(float(before), float(after), count) if count else None


def feeling(db: Db, scope: Scope) -> frozenset[str]:
    """Return the brands of a scope in which mood is switched on."""
    return frozenset(db.execute(select(brand.c.id).where(brand.c.mood_on, _of(scope, brand.c.id))).scalars())


def minutes(db: Db, queue_ids: Collection[str], since: datetime) -> list[MinuteRow]:
    """Return what waited minute by minute since a moment, over these queues."""
    q = queue_minute.c
    query = select(q.at, func.sum(q.waiting), func.sum(q.hot)).where(q.at >= since, q.queue_id.in_(list(queue_ids)))
    return [MinuteRow(row[0], int(row[1]), int(row[2])) for row in db.execute(query.group_by(q.at).order_by(q.at))]


def present_since(db: Db, agent_ids: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """Return the reason of each agent's presence, and since when it holds."""
    held = presence.c.agent_id.in_(list(agent_ids)) & presence.c.valid_to.is_(None)
    query = select(presence.c.agent_id, presence.c.reason, presence.c.valid_from).where(held)
    return {row.agent_id: (row.reason, row.valid_from) for row in db.execute(query)}


def shifts(db: Db, agent_ids: Collection[str], at: datetime | None = None) -> list[ShiftRow]:
    """Return the work shifts of these people as they are planned now; `at`: without those who are on leave then."""
    of_site = and_(agent_site.c.agent_id == agent.c.id, agent_site.c.valid_to.is_(None))
    query = (
        select(
            shift.c.agent_id,
            func.coalesce(site.c.name, ""),
            shift.c.zone,
            shift.c.weekday,
            shift.c.starts_s,
            shift.c.ends_s,
        )
        .join(agent, agent.c.id == shift.c.agent_id)
        .outerjoin(agent_site, of_site)
        .outerjoin(site, site.c.id == agent_site.c.site_id)
        .where(shift.c.agent_id.in_(list(agent_ids)), shift.c.valid_to.is_(None), shift.c.kind == "work")
    )
    if at is not None:
        away = (leave.c.agent_id == shift.c.agent_id) & (leave.c.starts_at <= at) & (leave.c.ends_at > at)
        query = query.where(~exists().where(away))
    return [ShiftRow(*row) for row in db.execute(query.order_by(shift.c.id))]


def _met(scope: Scope, since: datetime, until: datetime, most: int, *columns: ColumnElement[Any]) -> Select[Any]:
    met = (promise.c.met_at >= since) & (promise.c.met_at <= until) & (promise.c.kind != "resolution")
    query = select(*columns).select_from(promise).join(t, t.c.id == promise.c.ticket_id)
    return query.where(met, _of(scope, checked(t.c.brand_id))).order_by(promise.c.met_at.desc()).limit(most)


def _kept() -> ColumnElement[bool]:
    return promise.c.met_at <= promise.c.due_at


def _felt(ticket_id: ColumnElement[str], *, last: bool) -> ScalarSelect[Any]:
    order = (message.c.at.desc(), message.c.id.desc()) if last else (message.c.at, message.c.id)
    query = select(reading.c.frustration).join(message, message.c.id == reading.c.message_id)
    query = query.where(message.c.home_ticket_id == ticket_id, message.c.direction == "inbound", reading.c.read)
    return query.order_by(*order).limit(1).scalar_subquery()


def _of(scope: Scope, brand_id: ColumnElement[str]) -> ColumnElement[bool]:
    if scope.everything:
        return true()
    return brand_id.in_(scope.brands) if scope.brands else false()
