"""One replay: the tickets of a period through one set of rules, by the decisions of production. Pure.

Time goes from event to event. Who gets what is decided by `placing` and `routing` alone; an agent with a free slot
takes work at once. How long an agent needs, how long a customer stays and who passes a ticket on is for `Work` to say.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from math import inf
from typing import Protocol, cast

from channels.types import WorkClass
from router import placing
from router.backtest.people import At, Board
from router.backtest.records import Days, Recorded, Stint, Turn
from router.desknow import DeskNow
from router.giving import RESERVED_SHARE
from router.model import Heat, Presence, State
from router.placing import Line
from router.routing.choose import Head, choose_agent, choose_ticket
from router.routing.lanes import AgentView, LaneSpec
from router.store.rows import Ticket


@dataclass(frozen=True, slots=True)
class Done:
    """What an agent makes of a ticket."""

    took_s: float
    answer_s: float | None
    passes_to: str | None = None  # the queue it goes to next


class Work(Protocol):
    """What is known, or drawn, of the work itself."""

    def patience_s(self, ticket: Recorded, number: int) -> float:
        """Return how long the customer of a turn waits for an agent before they are gone."""

    def done_by(self, ticket: Recorded, number: int, hop: int, queue_id: str, agent_id: str) -> Done:
        """Return what an agent makes of a turn that reached them in a queue after `hop` agents passed it on."""


@dataclass(slots=True)
class _Case:
    """One ticket under way."""

    ticket: Recorded
    row: Ticket
    number: int = 0  # of its turn
    hop: int = 0
    stamp: int = 0  # goes up when it moves: what was planned before is off
    began: float = 0.0
    first_queue: str = ""
    line: Line | None = None
    spec: LaneSpec | None = None
    flagged: bool = False
    due: datetime | None = None
    stints: list[Stint] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


ARRIVES, FREE, CHANGES, STEPS_DOWN, GIVES_UP, SLOT_OVER = range(6)


class Replay:
    """Runs a period once; `which` of the compared sets of rules holds."""

    def __init__(self, days: Days, which: int, desks: Mapping[str, DeskNow], work: Work) -> None:
        self._days, self._which, self._work = days, which, work
        self._zero = min([days.start, *(ticket.opened_at for ticket in days.tickets[:1])])
        self._end = self._seconds(days.known_until)
        self._board = Board()
        self._desks = {
            brand: replace(desk, agents=self._board.working_for(brand, desk.agents)) for brand, desk in desks.items()
        }
        self._now = 0.0
        self._order = count()
        self._events: list[tuple[float, int, int, object, object]] = []
        self._cases: dict[str, _Case] = {}

    def run(self) -> list[tuple[Turn, ...]]:
        """Return the turns that every ticket would have had, in the order of the tickets."""
        for at, view in self._days.presence:
            self._plan(self._seconds(at), CHANGES, view)
        for ticket in self._days.tickets:
            self._plan(self._seconds(ticket.opened_at), ARRIVES, self._begin(ticket))
        acts = (self._arrives, self._frees, self._changes, self._steps_down, self._gives_up, self._slot_over)
        while self._events and self._events[0][0] <= self._end:
            self._now, _, kind, what, more = heapq.heappop(self._events)
            acts[kind](what, more)
        for case in self._cases.values():
            if case.began <= self._now:
                self._close_turn(case, None)
        return [tuple(self._cases[ticket.id].turns) for ticket in self._days.tickets]

    def _begin(self, ticket: Recorded) -> _Case:
        row = Ticket(
            id=ticket.id,
            brand_id=ticket.brand_id,
            number=0,
            kind="conversation",
            state=State.NEW,
            channel=ticket.channel,
            work_class=ticket.work_class,
            slot_key=ticket.slot_key,
            pace=ticket.pace,
            connection_id=None,
            queue_id=ticket.turns[0].queue_id,
            contact_id=None,
            subject="",
            created_at=ticket.opened_at,
            updated_at=ticket.opened_at,
            language=ticket.language,
        )
        self._cases[ticket.id] = case = _Case(ticket, row, began=inf)
        return case

    def _arrives(self, what: object, _: object) -> None:
        case = cast(_Case, what)
        turn, row = case.ticket.turns[case.number], case.row
        sent = turn.sent[self._which]
        case.began, case.hop, case.stamp = self._now, 0, case.stamp + 1
        case.stints, case.flagged, case.line = [], False, sent.line
        row.waiting_since = row.answer_by = row.place = row.step_down_at = row.kept_until = None
        row.passed_over, row.head_start_extra_s, row.heat = 0, 0, sent.heat
        if sent.line is None:
            case.first_queue = turn.queue_id
            self._close_turn(case, None, closed=True)
            self._next_turn(case)
            return
        self._enter(case, sent.line)
        case.first_queue, case.due = row.queue_id, row.answer_by
        if case.number and row.last_agent_id:
            self._wakes(case, row.last_agent_id)
        else:
            self._stand(case)
        if not case.stints:  # nobody has it yet
            stays = self._work.patience_s(case.ticket, case.number)
            if stays < inf:
                self._plan(self._now + stays, GIVES_UP, case, case.number)

    def _enter(self, case: _Case, line: Line) -> None:
        case.line = line
        case.spec = placing.enter(case.row, line, self._desks[case.row.brand_id], self._moment())
        case.flagged = case.flagged or case.row.flag is not None

    def _wakes(self, case: _Case, agent_id: str) -> None:
        """Give a woken ticket back to its agent, at once or when they have a slot; else it stands in line."""
        assert case.spec is not None
        lane = self._board.lane(case.spec)
        at = self._board.agents.get(agent_id)
        if at is None or at.view.presence is Presence.OFFLINE or at not in lane.open_to:
            self._stand(case)
        elif at.view.presence is Presence.ONLINE and at.free(lane.slot) > 0:
            self._give(case, at)
        else:
            at.reserved.append(case.ticket.id)
            left = (case.row.answer_by - self._moment()) if case.row.answer_by else timedelta(0)
            wait_s = max(left.total_seconds() * RESERVED_SHARE, 0.0)
            self._plan(self._now + wait_s, SLOT_OVER, case, (case.stamp, at))

    def _stand(self, case: _Case) -> None:
        """Put a ticket in its lane; whoever is free and may take it gets it."""
        assert case.spec is not None
        row, lane = case.row, self._board.lane(case.spec)
        for falls_at in (row.step_down_at, row.kept_until):
            if falls_at is not None and falls_at > self._moment():
                self._plan(self._seconds(falls_at), STEPS_DOWN, case, case.stamp)
        free = lane.free(row.last_agent_id)
        if free:
            choice = choose_agent(self._head(case), [at.as_seen() for at in free], same_agent=row.last_agent_id)
            if choice is not None:
                self._give(case, self._board.agents[choice.agent_id])
                return
        lane.push(row, case.stamp)

    def _head(self, case: _Case, agent_id: str = "") -> Head:
        assert case.spec is not None and case.row.place is not None
        return Head(
            ticket_id=case.ticket.id,
            lane=case.spec,
            place=case.row.place,
            heat=cast(Heat, case.row.heat),
            topic_confidence=case.ticket.intent_confidence,
            same_agent=case.row.last_agent_id == agent_id,
            passed=case.row.spared,
            passed_over_count=case.row.passed_over,
        )

    def _give(self, case: _Case, at: At) -> None:
        case.stamp += 1
        row = case.row
        done = self._work.done_by(case.ticket, case.number, case.hop, row.queue_id, at.view.id)
        after_s, passed_on = self._now - case.began, done.passes_to is not None
        case.stints.append(Stint(at.view.id, row.queue_id, after_s, done.took_s, done.answer_s, passed_on))
        row.last_agent_id, row.agent_id, row.state = at.view.id, at.view.id, State.OPEN
        placing.leave(row)
        assert case.spec is not None
        at.take(case.spec.work_class, self._moment())
        self._plan(self._now + done.took_s, FREE, case, (at, done.passes_to))

    def _frees(self, what: object, more: object) -> None:
        case, (at, passes_to) = cast(_Case, what), cast(tuple[At, str | None], more)
        at.let_go(cast(WorkClass, case.ticket.work_class))
        if passes_to is not None and case.line is not None:
            case.hop += 1
            desk = self._desks[case.row.brand_id]
            queue = desk.queues.get(passes_to) or desk.default_queue
            case.row.place = None
            self._enter(case, placing.moved(case.line, queue, desk))
            self._stand(case)
        else:
            self._close_turn(case, None)
            self._next_turn(case)
        self._fill(at)

    def _next_turn(self, case: _Case) -> None:
        case.number, case.began = case.number + 1, inf
        if case.number < len(case.ticket.turns):
            self._plan(self._now + case.ticket.turns[case.number].rest_s, ARRIVES, case)

    def _fill(self, at: At) -> None:
        """Let an agent take what they can: what waits for them, then the best of their lanes."""
        if at.view.presence is not Presence.ONLINE:
            return
        for ticket_id in sorted(at.reserved, key=lambda i: (self._cases[i].row.place or self._moment(), i)):
            case = self._cases[ticket_id]
            if at.free(cast(WorkClass, case.ticket.work_class)) > 0:
                at.reserved.remove(ticket_id)
                self._give(case, at)
        while heads := [self._head(self._cases[i], at.view.id) for i in at.heads(self._stamp)]:
            choice = choose_ticket(heads, at.as_seen())
            if choice is None:
                return
            if choice.stood_first:
                self._cases[choice.stood_first].row.passed_over += 1
            for ticket_id in choice.spared:
                self._cases[ticket_id].row.spared = True
            self._give(self._cases[choice.ticket_id], at)

    def _stamp(self, ticket_id: str) -> int:
        return self._cases[ticket_id].stamp

    def _changes(self, what: object, _: object) -> None:
        at = self._board.put(cast(AgentView, what))
        if at.view.presence is Presence.OFFLINE:
            for ticket_id in at.reserved:
                self._cases[ticket_id].stamp += 1
                self._stand(self._cases[ticket_id])
            at.reserved.clear()
        self._fill(at)

    def _steps_down(self, what: object, stamp: object) -> None:
        case = cast(_Case, what)
        if case.stamp != stamp or case.line is None:
            return
        case.stamp += 1
        case.spec = placing.rank(case.row, case.line, self._desks[case.row.brand_id], self._moment())
        self._stand(case)

    def _gives_up(self, what: object, number: object) -> None:
        case = cast(_Case, what)
        if case.number != number or case.stints:
            return
        case.stamp += 1
        for at in self._board.agents.values():
            if case.ticket.id in at.reserved:
                at.reserved.remove(case.ticket.id)
        self._close_turn(case, self._now - case.began)
        self._next_turn(case)

    def _slot_over(self, what: object, more: object) -> None:
        case, (stamp, at) = cast(_Case, what), cast(tuple[int, At], more)
        if case.stamp == stamp and case.ticket.id in at.reserved:
            at.reserved.remove(case.ticket.id)
            self._stand(case)

    def _close_turn(self, case: _Case, left_s: float | None, *, closed: bool = False) -> None:
        asked = case.ticket.turns[case.number]
        at = self._zero + timedelta(seconds=case.began)
        turn = Turn(
            at=at, rest_s=asked.rest_s, queue_id=case.first_queue, sent=asked.sent, left_s=left_s, due=case.due,
            flagged=case.flagged, closed=closed, stints=tuple(case.stints),
        )  # fmt: skip
        case.turns.append(turn)

    def _plan(self, at: float, kind: int, what: object, more: object = None) -> None:
        heapq.heappush(self._events, (at, next(self._order), kind, what, more))

    def _seconds(self, at: datetime) -> float:
        return (at - self._zero).total_seconds()

    def _moment(self) -> datetime:
        return self._zero + timedelta(seconds=self._now)
