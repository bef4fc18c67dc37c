"""Who was here when, with which skills and slots: recorded rows made into a view of an agent for each change. Pure."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import cast

from channels.types import WorkClass
from router.model import Presence
from router.routing.lanes import AgentView
from router.store.views.recorded import Held

DAY = timedelta(days=1)

Who = Mapping[str, tuple[str, frozenset[str]]]  # agent id -> name and brands


def views(
    held: Iterable[Held], who: Who, slots: Mapping[str, int], start: datetime
) -> list[tuple[datetime, AgentView]]:
    """Return each agent at `start` and after every change since, in order of time; all without load."""
    by_agent: dict[str, list[Held]] = {}
    for row in held:
        by_agent.setdefault(row.agent_id, []).append(row)
    found = [
        (at, _view(agent_id, who[agent_id], [row for row in rows if _holds(row, at)], slots))
        for agent_id, rows in by_agent.items()
        if agent_id in who
        for at in _moments(rows, start)
    ]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def hours_online(held: Iterable[Held], start: datetime, end: datetime) -> dict[str, list[float]]:
    """Return how many hours each agent took work on each day of a period."""
    days = [start + timedelta(days=n) for n in range(max(math.ceil((end - start) / DAY), 1))]
    found: dict[str, list[float]] = {}
    for row in held:
        if row.kind == "presence" and row.value == Presence.ONLINE.value:
            mine = found.setdefault(row.agent_id, [0.0] * len(days))
            for n, day in enumerate(days):
                here = (min(row.until or end, end, day + DAY) - max(row.since, day)).total_seconds()
                mine[n] += max(here, 0.0) / 3600
    return {agent_id: hours for agent_id, hours in found.items() if sum(hours) > 0}


def _moments(rows: Iterable[Held], start: datetime) -> list[datetime]:
    changes = {max(row.since, start) for row in rows}
    changes |= {row.until for row in rows if row.until is not None and row.until > start}
    return sorted(changes | {start})


def _holds(row: Held, at: datetime) -> bool:
    return row.since <= at and (row.until is None or at < row.until)


def _view(agent_id: str, who: tuple[str, frozenset[str]], rows: list[Held], slots: Mapping[str, int]) -> AgentView:
    name, brands = who
    channels = frozenset(row.key for row in rows if row.kind == "channel")
    own = {row.key: int(row.value) for row in rows if row.kind == "slot"}
    here = next((row.value for row in reversed(rows) if row.kind == "presence"), Presence.OFFLINE)
    return AgentView(
        id=agent_id,
        name=name,
        brands=brands,
        skills={row.key: int(row.value) for row in rows if row.kind == "skill"},
        channels=channels or None,
        presence=Presence(here),
        capacity=cast(dict[WorkClass, int], {**slots, **own}),
    )
