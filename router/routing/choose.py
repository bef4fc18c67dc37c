"""Choosing: the next ticket for an agent who asks, or the agent for a ticket that comes.

Both say what was chosen, what stood aside and why; the record of it is written in record. Live work goes first: of
the tickets an agent may take, only those of the first slot in policy.SLOT_ORDER with anything open are compared,
because only work that shares slots is ordered against each other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from channels.types import WorkClass
from router.model import Heat
from router.routing.disciplines import BEST_SUITED, rank
from router.routing.eligibility import may_take
from router.routing.lanes import AgentView, LaneSpec, Obstacle, slots_taken
from router.routing.policy import SLOT_OF, SLOT_ORDER
from router.routing.score import AgentRow, TicketRow, before, overdue, rank_tickets, spared


@dataclass(frozen=True, slots=True)
class Head:
    """The first ticket of a lane, as an agent would meet it."""

    ticket_id: str
    lane: LaneSpec
    place: datetime
    heat: Heat = 0
    topic_confidence: float = 0.0  # 0 … 1, of the lane's topic
    same_agent: bool = False  # the agent who asks spoke with this customer before
    passed: bool = False  # an agent on a run passed it over once
    passed_over_count: int = 0  # times it stood first and another was taken
    declined: bool = False  # the agent who asks is passed over for it just now


@dataclass(frozen=True, slots=True)
class Choice:
    """Which ticket goes to which agent, and all it was chosen from."""

    ticket_id: str
    agent_id: str
    lane: LaneSpec
    heat: Heat
    confidence: float  # of the topic, as used
    tickets: tuple[TicketRow, ...] = ()  # when an agent asked: best first
    agents: tuple[AgentRow, ...] = ()  # when a ticket came: best first
    run: int = 0  # of the agent who asked
    left_out: Mapping[Obstacle, int] = field(default_factory=dict)  # the others, counted by their first reason
    stood_first: str | None = None  # the ticket that stood first and was not taken: its count goes up by one
    spared: tuple[str, ...] = ()  # tickets passed over out of care: marked, so that it happens once
    discipline: str = BEST_SUITED  # how one of several agents was chosen


def choose_ticket(heads: Sequence[Head], agent: AgentView) -> Choice | None:
    """Return the ticket this agent gets next; None if none of the heads is open to them.

    `heads` holds the first ticket of each lane that this agent is not passed over for, in any order.
    """
    left_out: Counter[Obstacle] = Counter()
    by_slot: dict[WorkClass, list[Head]] = {}
    for head in heads:
        reasons = may_take(head.lane, agent, declined=head.declined)
        if reasons:
            left_out[reasons[0].obstacle] += 1
        else:
            by_slot.setdefault(SLOT_OF[head.lane.work_class], []).append(head)
    if not by_slot:
        return None
    slot = min(by_slot, key=SLOT_ORDER.index)
    left_out[Obstacle.OTHER_WORK_FIRST] += sum(len(group) for key, group in by_slot.items() if key != slot)
    in_order = sorted(by_slot[slot], key=lambda head: (head.place, head.ticket_id))
    rows = [_ticket_row(head, pos, agent) for pos, head in enumerate(in_order, start=1)]
    ranked, left = rank_tickets(rows, agent.run), spared(rows, agent.run)
    chosen = in_order[ranked[0].pos - 1]
    return Choice(
        ticket_id=chosen.ticket_id,
        agent_id=agent.id,
        lane=chosen.lane,
        heat=chosen.heat,
        confidence=_confidence(chosen),
        tickets=tuple(ranked),
        run=agent.run,
        left_out=_counted(left_out),
        stood_first=None if ranked[0].pos == 1 else in_order[0].ticket_id,
        spared=tuple(sorted(row.id for row in rows if row.id in left and before(row, ranked[0]))),
    )


def choose_agent(
    head: Head,
    agents: Iterable[AgentView],
    *,
    same_agent: str | None = None,
    declined: Collection[str] = (),
    discipline: str = BEST_SUITED,
) -> Choice | None:
    """Return the free agent this ticket goes to; None if no one may take it now.

    `same_agent` is the id of who spoke with the customer before, `declined` the ids of those passed over for it just
    now; the head's own two flags, which speak of one agent, are not read. `discipline`: how its queue chooses.
    """
    left_out: Counter[Obstacle] = Counter()
    rows = []
    for agent in agents:
        reasons = may_take(head.lane, agent, declined=agent.id in declined)
        if reasons:
            left_out[reasons[0].obstacle] += 1
        else:
            rows.append(_agent_row(head, agent, agent.id == same_agent))
    if not rows:
        return None
    confidence = _confidence(head)
    ranked = rank(discipline, rows, head.heat, confidence)
    return Choice(
        ticket_id=head.ticket_id,
        agent_id=ranked[0].id,
        lane=head.lane,
        heat=head.heat,
        confidence=confidence,
        agents=tuple(ranked),
        left_out=_counted(left_out),
        discipline=discipline,
    )


def was_overdue(choice: Choice) -> bool:
    """Say whether the ticket was taken because it had been passed over too often."""
    return bool(choice.tickets) and overdue(choice.tickets[0])


def _ticket_row(head: Head, pos: int, agent: AgentView) -> TicketRow:
    return TicketRow(
        id=head.ticket_id,
        pos=pos,
        level=_level(head.lane, agent),
        confidence=_confidence(head),
        same_agent=head.same_agent,
        heat=head.heat,
        passed=head.passed,
        passed_over=head.passed_over_count,
    )


def _agent_row(head: Head, agent: AgentView, same_agent: bool) -> AgentRow:
    return AgentRow(
        id=agent.id,
        level=_level(head.lane, agent),
        same_agent=same_agent,
        load=slots_taken(agent, head.lane.work_class),
        capacity=agent.capacity[SLOT_OF[head.lane.work_class]],
        ledger=round(agent.ledger, 4),
        run=agent.run,
        idle_since=_moment(agent.last_assigned_at),
        free_since=_moment(agent.free_since),
    )


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""


def _level(lane: LaneSpec, agent: AgentView) -> int:
    return agent.skills.get(lane.topic, 0) if lane.topic is not None else 0


def _confidence(head: Head) -> float:
    """Return the confidence of the topic to four decimals, so that the record holds exactly what was used."""
    return round(max(0.0, min(1.0, head.topic_confidence)), 4) if head.lane.topic is not None else 0.0


def _counted(left_out: Counter[Obstacle]) -> dict[Obstacle, int]:
    return {obstacle: left_out[obstacle] for obstacle in Obstacle if left_out[obstacle]} if left_out else {}
