"""The desk at one moment, for whoever watches it: what waits where, who is here, how today goes. Nothing is changed.

Every count stops at `COUNTED` and says so; of people it says what they do now, and nothing of how their work went.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from router.app import Heed
from router.handover import Handover, next_handover
from router.inbox.desk import Slots, slots_of
from router.lineup import Lineup, lineup
from router.model import Presence, Scope
from router.routing.lanes import AgentView
from router.store import desk as desk_rows
from router.store import people, roster
from router.store.db import Connection as Db
from router.store.views import wallboard as views
from router.store.views.wallboard import MinuteRow as MinuteRow
from router.store.views.wallboard import Moods

COUNTED = 1000  # tickets in line, and answers of a day, that are looked at
MOODS = 500  # resolved tickets whose first and last messages are compared
HOURS = 6  # of the curve


@dataclass(frozen=True, slots=True)
class Today:
    """How today's answers went, and those of the same weekday a week ago until the same time of day."""

    answers: int
    in_time: int
    before: int
    before_in_time: int
    firsts: int
    p90_s: int | None  # of the first answers
    by_channel: tuple[tuple[str, int, int], ...]  # channel, p90 in seconds, cases; most cases first

    @property
    def share(self) -> float | None:
        """Return the percentage answered in time."""
        return 100 * self.in_time / self.answers if self.answers else None

    @property
    def change(self) -> float | None:
        """Return by how many points that differs from a week ago."""
        return None if self.share is None or not self.before else self.share - 100 * self.before_in_time / self.before


@dataclass(frozen=True, slots=True)
class AgentNow:
    """A person who is here or holds work: slots in use and presence, nothing else."""

    id: str
    name: str
    presence: Presence
    reason: str
    since: datetime | None
    slots: tuple[Slots, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the wallboard shows."""

    at: datetime
    lineup: Lineup
    today: Today
    moods: Moods | None
    feeling: frozenset[str]  # brands in which mood is switched on
    agents: tuple[AgentNow, ...]
    away: int  # people of these brands who are not here
    curve: tuple[MinuteRow, ...]
    handover: Handover | None


def board(heed: Heed, scope: Scope, now: datetime, midnight: datetime) -> Board:
    """Return the desk of a scope at one moment; `midnight` is when the reader's day began."""
    with heed.database.read() as db:
        rows = {row.id: row for row in people.seen_by(db, scope) if row.active}
        agents = roster.views(db, now, ids=rows) if rows else {}
        queues = desk_rows.queues_seen_by(db, scope)
        since = now - timedelta(hours=HOURS)
        here, away = _people(db, list(agents.values()))
        return Board(
            at=now,
            lineup=lineup(db, heed.lanes, scope, queues, list(agents.values()), now, COUNTED),
            today=_today(db, scope, now, midnight),
            moods=views.moods(db, scope, midnight, MOODS),
            feeling=views.feeling(db, scope),
            agents=here,
            away=away,
            curve=tuple(views.minutes(db, [queue.id for queue in queues], since)),
            handover=next_handover(views.shifts(db, list(agents), now), now),
        )


def _today(db: Db, scope: Scope, now: datetime, midnight: datetime) -> Today:
    found = views.answers(db, scope, midnight, now, COUNTED)
    week = timedelta(days=7)
    before_in_time, before = views.kept(db, scope, midnight - week, now - week, COUNTED)
    firsts = [one for one in found if one.first]
    by_channel: dict[str, list[int]] = {}
    for one in firsts:
        by_channel.setdefault(one.channel, []).append(one.took_s)
    return Today(
        answers=len(found),
        in_time=sum(one.in_time for one in found),
        before=before,
        before_in_time=before_in_time,
        firsts=len(firsts),
        p90_s=p90([one.took_s for one in firsts]),
        by_channel=tuple(
            (channel, cast(int, p90(took)), len(took))
            for channel, took in sorted(by_channel.items(), key=lambda item: (-len(item[1]), item[0]))
        ),
    )


def p90(took_s: Sequence[int]) -> int | None:
    """Return what nine of ten stayed within, by nearest rank; None of nothing."""
    return sorted(took_s)[-(-9 * len(took_s) // 10) - 1] if took_s else None


def _people(db: Db, agents: Sequence[AgentView]) -> tuple[tuple[AgentNow, ...], int]:
    since = views.present_since(db, [agent.id for agent in agents])
    shown = []
    for agent in agents:
        slots = tuple(slot for slot in slots_of(agent) if slot.all or slot.taken)
        if agent.presence is not Presence.OFFLINE or any(slot.taken for slot in slots):
            reason, at = since.get(agent.id, ("", None))
            shown.append(AgentNow(agent.id, agent.name, agent.presence, reason, at, slots))
    shown.sort(key=lambda one: (one.presence is Presence.OFFLINE, one.name.casefold(), one.id))
    return tuple(shown), len(agents) - len(shown)
