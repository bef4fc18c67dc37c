"""What waits, queue by queue, and who could take it: counted for the wallboard and minute by minute for the record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from channels.types import WorkClass
from router.model import Presence, Scope
from router.routing.eligibility import nobody
from router.routing.lanes import AgentView, free_slots
from router.store.db import Connection as Db
from router.store.desk import QueueRow
from router.store.lanes import LaneBook
from router.store.views import wallboard as views
from router.store.views.wallboard import LaneOf, Standing

MISSING = 4  # sentences about what nobody has


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue: what waits there, and who could take it."""

    id: str
    name: str
    brand_id: str
    waiting: int
    late: int
    hot: int
    hot_since: datetime | None
    oldest: datetime | None
    next_due: datetime | None
    mood: float | None  # mean of the waiting tickets that were read
    read: int
    free: int  # agents here who may take something of it and have a free slot
    here: int  # agents here who may
    able: int  # agents who may, here or not


@dataclass(frozen=True, slots=True)
class Lineup:
    """All that waits."""

    queues: tuple[QueueLine, ...]
    nobody: QueueLine | None  # what no one on the desk may take; its id and name are empty
    missing: tuple[str, ...]  # why not, in sentences
    whole: bool  # False: there is more than was looked at, and figures speak of the first in line

    @property
    def lines(self) -> tuple[QueueLine, ...]:
        """Return the queues, and what nobody may take."""
        return (*self.queues, self.nobody) if self.nobody else self.queues

    @property
    def waiting(self) -> int:
        """Return how many tickets wait."""
        return sum(line.waiting for line in self.lines)

    @property
    def late(self) -> int:
        """Return how many are past their promise."""
        return sum(line.late for line in self.lines)

    @property
    def hot(self) -> int:
        """Return how many of them come from frustrated customers."""
        return sum(line.hot for line in self.lines)

    @property
    def hot_since(self) -> datetime | None:
        """Return since when the first of the frustrated waits."""
        return min((line.hot_since for line in self.lines if line.hot_since), default=None)


def lineup(
    db: Db,
    book: LaneBook,
    scope: Scope,
    queues: Sequence[QueueRow],
    agents: Sequence[AgentView],
    now: datetime,
    most: int,
    *,
    apart: bool = True,
) -> Lineup:
    """Return what waits in these queues, looking at `most` tickets of each brand.

    `apart`: what nobody may take stands by itself, not in its queue.
    """
    lanes, book = views.lanes_of(db, scope), book.read(db)
    able = _able(book, agents)
    stuck = {lane.id for lane in lanes if apart and lane.open and not able.get(lane.id)}
    brands = sorted({queue.brand_id for queue in queues})
    found = [row for brand_id in brands for row in views.standings(db, brand_id, stuck, now, most + 1)]
    whole = all(sum(row.waiting for row in found if _of(row, queues, brand_id)) <= most for brand_id in brands)
    counted = {} if whole else _counted(db, lanes, stuck, most)
    standing = {row.queue_id: row for row in found if not row.stuck}
    lines = []
    for queue in queues:
        row = standing.get(queue.id, _none(queue.id))
        lines.append(_line(queue, row, counted.get(queue.id, row.waiting), _takers(queue, lanes, able, agents, book)))
    alone = [row for row in found if row.stuck]
    return Lineup(
        queues=tuple(lines),
        nobody=_together(alone, counted.get("")) if alone else None,
        missing=_missing(book, [lane for lane in lanes if lane.id in stuck], agents) if alone else (),
        whole=whole,
    )


def _able(book: LaneBook, agents: Iterable[AgentView]) -> dict[int, list[AgentView]]:
    """Return who may take what waits in each lane, here or not."""
    found: dict[int, list[AgentView]] = {}
    for agent in agents:
        for slot, slots in agent.capacity.items():
            for lane_id, _ in book.open_to(agent, slot) if slots > 0 else ():
                found.setdefault(lane_id, []).append(agent)
    return found


def _takers(
    queue: QueueRow, lanes: Sequence[LaneOf], able: Mapping[int, Sequence[AgentView]], agents: Sequence[AgentView],
    book: LaneBook,
) -> tuple[int, int, int]:  # fmt: skip
    """Return how many are free, here and able for a queue: for what waits in it now, else for what ever did."""
    own = [lane for lane in lanes if lane.queue_id == queue.id]
    own = [lane for lane in own if lane.open and able.get(lane.id)] or [lane for lane in own if able.get(lane.id)]
    who: dict[str, tuple[AgentView, set[WorkClass]]] = {}
    for lane in own:
        for agent in able.get(lane.id, ()):
            who.setdefault(agent.id, (agent, set()))[1].add(book.spec(lane.id).work_class)
    if not own:
        slots = cast(tuple[WorkClass, ...], ("live", "mail"))
        who = {agent.id: (agent, set(slots)) for agent in agents if queue.brand_id in agent.brands}
    here = [(agent, classes) for agent, classes in who.values() if agent.presence is Presence.ONLINE]
    free = [agent for agent, classes in here if any(free_slots(agent, one) > 0 for one in classes)]
    return len(free), len(here), len(who)


def _line(queue: QueueRow, row: Standing, waiting: int, takers: tuple[int, int, int]) -> QueueLine:
    return QueueLine(
        queue.id, queue.name, queue.brand_id, waiting, row.late, row.hot, row.hot_since, row.oldest, row.next_due,
        row.mood, row.read, *takers,
    )  # fmt: skip


def _together(rows: Sequence[Standing], counted: int | None) -> QueueLine:
    """Return what nobody may take as one line."""
    read = sum(row.read for row in rows)
    mood = sum((row.mood or 0) * row.read for row in rows) / read if read else None
    return QueueLine(
        "", "", "",
        waiting=counted or sum(row.waiting for row in rows),
        late=sum(row.late for row in rows),
        hot=sum(row.hot for row in rows),
        hot_since=min((row.hot_since for row in rows if row.hot_since), default=None),
        oldest=min((row.oldest for row in rows if row.oldest), default=None),
        next_due=min((row.next_due for row in rows if row.next_due), default=None),
        mood=mood, read=read, free=0, here=0, able=0,
    )  # fmt: skip


def _counted(db: Db, lanes: Sequence[LaneOf], stuck: set[int], most: int) -> dict[str, int]:
    """Return how much waits by queue, and under no name what nobody may take; from the index alone."""
    groups: dict[str, list[int]] = {}
    for lane in lanes:
        if lane.open:
            groups.setdefault("" if lane.id in stuck else lane.queue_id, []).append(lane.id)
    return views.count_lanes(db, groups, most + 1)


def _missing(book: LaneBook, stuck: Sequence[LaneOf], agents: Sequence[AgentView]) -> tuple[str, ...]:
    found = (nobody(book.spec(lane.id), [a for a in agents if lane.brand_id in a.brands]) for lane in stuck)
    return tuple(dict.fromkeys(said for said in found if said))[:MISSING]


def _of(row: Standing, queues: Sequence[QueueRow], brand_id: str) -> bool:
    return any(queue.id == row.queue_id and queue.brand_id == brand_id for queue in queues)


def _none(queue_id: str) -> Standing:
    return Standing(queue_id, False, 0, 0, 0, None, None, None, None, 0)
