"""What an act on many tickets would do to each: done, or why not; and who would go over capacity. Pure.

It says what the acts themselves would say; a test holds the two together.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from channels.types import WorkClass
from router.many.acts import Order, moment
from router.model import NEXT, Role, Scope, State
from router.routing.lanes import AgentView, free_slots
from router.routing.policy import SLOT_OF
from router.store.rows import Ticket

NOT_YOURS = "This ticket is not yours. A supervisor can hand it to you."
MERGED = "It was merged into another ticket."
DONE = (State.RESOLVED, State.CLOSED)
AT_WORK = (State.OPEN, State.PENDING, State.SNOOZED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would happen to one ticket."""

    ticket_id: str
    because: str  # why not; empty: it would be done
    over: bool = False  # the agent would have more than their slots


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would happen to all of them."""

    verdicts: tuple[Verdict, ...]

    @property
    def done(self) -> int:
        """Return to how many it would be done."""
        return sum(not verdict.because for verdict in self.verdicts)

    @property
    def over(self) -> int:
        """Return how many would take their agent over capacity."""
        return sum(verdict.over for verdict in self.verdicts)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return why it would not be done to the others, the most frequent reason first."""
        return Counter(verdict.because for verdict in self.verdicts if verdict.because).most_common()


def foresee(
    order: Order,
    rows: Iterable[Ticket],
    scope: Scope,
    now: datetime,
    *,
    tags: Mapping[str, Collection[str]],
    queues: Collection[tuple[str, str]] = (),
    agent: AgentView | None = None,
) -> Foreseen:
    """Return what an order would do to tickets. `queues`: (brand, queue) there are; `agent`: to whom they would go."""
    taken: Counter[str] = Counter()
    found = []
    for ticket in rows:
        because = _not_at_all(order, ticket, scope) or _not_this(order, ticket, now, tags, queues, agent)
        over = False
        if not because and order.kind.key == "assign" and agent is not None:
            slot = SLOT_OF[cast(WorkClass, ticket.work_class)]
            over = free_slots(agent, cast(WorkClass, ticket.work_class)) - taken[slot] <= 0
            holds = ticket.agent_id == agent.id and ticket.state == State.OFFERED  # an offer has its slot already
            taken[slot] += 0 if holds else 1
        found.append(Verdict(ticket.id, because, over))
    return Foreseen(tuple(found))


def _not_at_all(order: Order, ticket: Ticket, scope: Scope) -> str:
    """Return why whoever asks may do nothing of the kind to a ticket."""
    if ticket.merged_into:
        return MERGED
    mine = scope.agent is not None and scope.agent in (ticket.agent_id, ticket.reserved_for)
    mine = mine or (ticket.state == State.RESOLVED and scope.agent == ticket.last_agent_id)
    may = mine or scope.role.rank >= Role.SUPERVISOR.rank or order.kind.key == "back"
    return "" if may else NOT_YOURS


def _not_this(
    order: Order,
    ticket: Ticket,
    now: datetime,
    tags: Mapping[str, Collection[str]],
    queues: Collection[tuple[str, str]],
    agent: AgentView | None,
) -> str:
    """Return why a ticket as it stands cannot be treated so."""
    state, given = State(ticket.state), order.given
    match order.kind.key:
        case "assign":
            if state in DONE:
                return f"This ticket is {state}."
            if agent is None or ticket.brand_id not in agent.brands:
                return "This person does not work for the ticket's brand."
            theirs = (ticket.agent_id, state) == (agent.id, State.OPEN)
            return f"{agent.name} has this ticket already." if theirs else ""
        case "transfer":
            if state in DONE:
                return f"This ticket is {state}."
            if (ticket.brand_id, given) not in queues:
                return "There is no such queue."
            stays = ticket.queue_id == given and state is State.WAITING and not ticket.reserved_for
            return "It waits in this queue already." if stays else ""
        case "tag":
            return "It has this tag already." if given in tags.get(ticket.id, ()) else ""
        case "untag":
            return "" if given in tags.get(ticket.id, ()) else "It does not have this tag."
        case "snooze":
            return "Choose a moment to come, within a year." if moment(given) <= now else _no_way(state, State.SNOOZED)
        case "resolve":
            return "This ticket is resolved." if state is State.RESOLVED else _no_way(state, State.RESOLVED)
        case "return":
            has = state in AT_WORK or ticket.reserved_for is not None
            return "" if has else "Only a ticket that somebody has can be returned."
        case "spam":
            return "It is set aside already." if ticket.spam and state is State.CLOSED else ""
        case _:
            return "" if ticket.spam and state is State.CLOSED else "It is not set aside."


def _no_way(state: State, to: State) -> str:
    """Return why no act leads from one state to another, empty if one does."""
    return "" if state is to or to in NEXT[state] else f"A ticket that is {state} cannot become {to}."
