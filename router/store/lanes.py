"""Lanes: what each holds, which may have something waiting, and the heads of those open to an agent."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import Select, TextualSelect, bindparam, exists, func, select, text, update

from channels.types import WorkClass
from router.routing.lanes import AgentView, LaneSpec, standing_reasons
from router.routing.policy import SLOT_OF
from router.store import bulk
from router.store.db import Connection
from router.store.schema import lane, lane_need, pass_over, ticket


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane; what it is never changes."""

    id: int
    key: str
    brand_id: str
    queue_id: str
    channel: str
    work_class: str
    slot_key: str
    topic: str | None
    kept: bool
    needs: Mapping[str, int]

    @property
    def spec(self) -> LaneSpec:
        """Return what its tickets have in common."""
        work_class = cast(WorkClass, self.work_class)
        return LaneSpec(self.brand_id, self.queue_id, self.channel, work_class, self.needs, self.topic, self.kept)


@dataclass(frozen=True, slots=True)
class HeadRow:
    """The first ticket of a lane that an agent is not passed over for."""

    ticket_id: str
    lane_id: int
    place: datetime
    heat: int
    intent_confidence: float
    passed_over: int
    spared: bool
    last_agent_id: str | None


def ensure(
    db: Connection, wanted: Mapping[str, Mapping[str, object]], needs: Mapping[str, Mapping[str, int]], now: datetime
) -> dict[str, int]:
    """Return the ids of lanes by key, making those that are new, and hold them open while this transaction lasts."""
    keys = sorted(wanted)
    if not keys:
        return {}
    found = _hold_open(db, keys)
    missing = [key for key in keys if key not in found]
    if missing:
        bulk.add_new(db, lane, [{**wanted[key], "key": key, "open": True, "created_at": now} for key in missing])
        found = _hold_open(db, keys)
        rows = [
            {"lane_id": found[key], "skill_key": skill, "level": level}
            for key in missing
            for skill, level in needs[key].items()
        ]
        bulk.add_new(db, lane_need, rows)
    return found


def _hold_open(db: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Return the ids of those that are there, open, and closed by nobody until this transaction ends.

    Those who fill a lane hold it together, against a sweep alone; to open it takes a lock that is in no holder's way,
    so only those who open wait for each other, always by id.
    """
    query = select(lane.c.key, lane.c.id, lane.c.open).where(lane.c.key.in_(keys)).order_by(lane.c.id)
    closed = select(lane.c.id).where(lane.c.key.in_(keys), lane.c.open.is_(False)).order_by(lane.c.id)
    if db.dialect.name == "postgresql":
        query = query.with_for_update(read=True, key_share=True)
        closed = closed.with_for_update(key_share=True)
    held = db.execute(query).all()
    if not all(row.open for row in held):
        ids = list(db.execute(closed).scalars())  # not those that another has opened meanwhile
        db.execute(update(lane).where(lane.c.id.in_(ids)).values(open=True))
    return {row.key: row.id for row in held}


def after(db: Connection, lane_id: int) -> list[LaneRow]:
    """Return the lanes made after one; a process keeps those it has read."""
    rows = db.execute(select(lane).where(lane.c.id > lane_id).order_by(lane.c.id)).all()
    found: dict[int, dict[str, int]] = {}
    for need in db.execute(select(lane_need).where(lane_need.c.lane_id > lane_id)):
        found.setdefault(need.lane_id, {})[need.skill_key] = need.level
    return [
        LaneRow(
            r.id, r.key, r.brand_id, r.queue_id, r.channel, r.work_class, r.slot_key, r.topic, r.kept,
            found.get(r.id, {}),
        )
        for r in rows
    ]  # fmt: skip


def one(db: Connection, lane_id: int) -> LaneRow | None:
    """Return one lane."""
    r = db.execute(select(lane).where(lane.c.id == lane_id)).first()
    if r is None:
        return None
    rows = db.execute(select(lane_need.c.skill_key, lane_need.c.level).where(lane_need.c.lane_id == lane_id))
    needs = {row.skill_key: row.level for row in rows}
    return LaneRow(r.id, r.key, r.brand_id, r.queue_id, r.channel, r.work_class, r.slot_key, r.topic, r.kept, needs)


def open_ids(db: Connection) -> set[int]:
    """Return the lanes that may have something waiting."""
    return set(db.execute(select(lane.c.id).where(lane.c.open)).scalars())


_HEAD = {
    "sqlite": """
    SELECT t.id, t.lane_id, t.place, t.heat, t.intent_confidence, t.passed_over, t.spared, t.last_agent_id
    FROM (SELECT value AS lane_id FROM json_each(:lanes)) l JOIN ticket t ON t.rowid = (
        SELECT w.rowid FROM ticket w
        WHERE w.lane_id = l.lane_id AND w.place IS NOT NULL
            AND w.id NOT IN (SELECT p.ticket_id FROM pass_over p WHERE p.agent_id = :agent AND p.until > :now) {without}
        ORDER BY w.lane_id, w.place, w.id LIMIT 1)
    ORDER BY t.place, t.id LIMIT :most
""",
    "postgresql": """
    SELECT t.id, t.lane_id, t.place, t.heat, t.intent_confidence, t.passed_over, t.spared, t.last_agent_id
    FROM (SELECT unnest(CAST(:lanes AS integer[])) AS lane_id) l CROSS JOIN LATERAL (
        SELECT w.id, w.lane_id, w.place, w.heat, w.intent_confidence, w.passed_over, w.spared, w.last_agent_id
        FROM ticket w
        WHERE w.lane_id = l.lane_id AND w.place IS NOT NULL
            AND w.id NOT IN (SELECT p.ticket_id FROM pass_over p WHERE p.agent_id = :agent AND p.until > :now) {without}
        ORDER BY w.lane_id, w.place, w.id LIMIT 1) t
    ORDER BY t.place, t.id LIMIT :most
""",
}
_COUNT = select(func.count()).select_from(lane)
_COLUMNS = (ticket.c.id, ticket.c.lane_id, ticket.c.place, ticket.c.heat, ticket.c.intent_confidence,
            ticket.c.passed_over, ticket.c.spared, ticket.c.last_agent_id)  # fmt: skip


def heads(
    db: Connection,
    lane_ids: Collection[int],
    agent_id: str,
    now: datetime,
    most: int,
    without: Collection[str] = (),
) -> list[HeadRow]:
    """Return the heads of lanes in order of place, at most `most`.

    Not among them: tickets this agent is passed over for just now, and `without`. The cost grows with the lanes alone.
    """
    ids = ",".join(map(str, lane_ids))
    lanes = f"{{{ids}}}" if db.dialect.name == "postgresql" else f"[{ids}]"  # as text: a list is converted one by one
    values: dict[str, object] = {"lanes": lanes, "most": most, "agent": agent_id, "now": now}
    if without:
        values["without"] = list(without)
    return [HeadRow(*row) for row in db.execute(_heads(db.dialect.name, bool(without)), values)]


@cache
def _heads(dialect: str, skipped: bool) -> TextualSelect:
    statement = text(_HEAD[dialect].format(without="AND w.id NOT IN :without" if skipped else ""))
    statement = statement.bindparams(bindparam("now", type_=ticket.c.place.type))
    if skipped:
        statement = statement.bindparams(bindparam("without", expanding=True))
    return statement.columns(*_COLUMNS)


def pass_by(db: Connection, agent_id: str, ticket_id: str, reason: str, until: datetime) -> None:
    """Keep a ticket from going back to an agent until a moment."""
    same = (pass_over.c.agent_id == agent_id) & (pass_over.c.ticket_id == ticket_id)
    row = {"agent_id": agent_id, "ticket_id": ticket_id, "reason": reason, "until": until}
    if not db.execute(update(pass_over).where(same).values(reason=reason, until=until)).rowcount:
        bulk.add_new(db, pass_over, [row])


def says_other(db: Connection, lane_id: int, flag: str | None) -> bool:
    """Say whether a ticket that waits in a lane says something else than this to be missing on the desk."""
    return db.execute(select(_says_other(lane_id, flag).exists())).scalar_one()


def put_flag(db: Connection, lane_id: int, flag: str | None) -> int:
    """Let the tickets that wait in a lane say what is missing on the desk, None: nothing; return how many did not."""
    held = _says_other(lane_id, flag).order_by(ticket.c.id)
    if db.dialect.name == "postgresql":
        held = held.with_for_update()  # by id, as everybody locks tickets
    return db.execute(update(ticket).where(ticket.c.id.in_(held)).values(flag=flag)).rowcount


def _says_other(lane_id: int, flag: str | None) -> Select[tuple[str]]:
    other = ticket.c.flag.is_distinct_from(flag)
    return select(ticket.c.id).where(ticket.c.lane_id == lane_id, ticket.c.place.is_not(None), other)


def close_empty(db: Connection, lane_ids: Collection[int]) -> int:
    """Close lanes in which nothing waits; return how many. Locks them first, so that none is filled meanwhile."""
    if not lane_ids:
        return 0
    held = select(lane.c.id).where(lane.c.id.in_(list(lane_ids)), lane.c.open).order_by(lane.c.id)
    if db.dialect.name == "postgresql":
        held = held.with_for_update(skip_locked=True)  # one that is being filled stays open
    ids = list(db.execute(held).scalars())  # a statement of its own: the next one sees what was committed until here
    waits = exists().where(ticket.c.lane_id == lane.c.id, ticket.c.place.is_not(None))
    return db.execute(update(lane).where(lane.c.id.in_(ids), ~waits).values(open=False)).rowcount


def topics(db: Connection, lane_ids: Collection[int]) -> dict[int, str | None]:
    """Return the skill that suits each of these lanes best."""
    query = select(lane.c.id, lane.c.topic).where(lane.c.id.in_(list(lane_ids)))
    return {row.id: row.topic for row in db.execute(query)} if lane_ids else {}


class LaneBook:
    """The lanes a process has read, and which of them are open to whom; read again when there are more.

    A book that was read does not change, whoever reads another meanwhile. It knows the lanes that were there when it
    was read, so whatever is looked up in it must be read before it.
    """

    def __init__(self, rows: Iterable[LaneRow] = ()) -> None:
        self._rows = {row.id: row.spec for row in rows}
        self._open_to: dict[object, list[tuple[int, LaneSpec]]] = {}
        self._newest = self

    def read(self, db: Connection) -> "LaneBook":
        """Return the lanes as they are now."""
        newest = self._newest
        if db.execute(_COUNT).scalar_one() != len(newest._rows):
            newest = self._newest = LaneBook(after(db, 0))
        return newest

    def spec(self, lane_id: int) -> LaneSpec:
        """Return what a lane holds."""
        return self._rows[lane_id]

    def open_to(self, agent: AgentView, slot: WorkClass) -> list[tuple[int, LaneSpec]]:
        """Return the lanes whose tickets an agent may take, of those that use a slot."""
        able = (slot, agent.brands, agent.channels, frozenset(agent.skills.items()), frozenset(agent.capacity.items()))
        found = self._open_to.get(able)
        if found is None:
            fit = ((i, s) for i, s in self._rows.items() if SLOT_OF[s.work_class] == slot)
            found = [(i, s) for i, s in fit if not standing_reasons(s, agent)]
            self._open_to[able] = found
        return found
