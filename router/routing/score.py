"""Who suits best: one score, for an agent who asks among tickets and for a ticket among free agents.

A row holds all that the choice depends on, so a decision record can keep the rows and replay them. Scores are compared
to nine decimals, and every tie has an answer, so the order of the rows never matters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from router.model import Heat
from router.routing import policy


@dataclass(frozen=True, slots=True)
class TicketRow:
    """The first ticket of an open lane, as the choice for one agent sees it."""

    id: str
    pos: int  # 1, 2, … in order of place, among the open lanes that share slots
    level: int  # the agent's, in the ticket's topic; 0: without it, or no topic
    confidence: float  # 0 … 1 of the topic; 0 without one
    same_agent: bool  # the agent spoke with this customer before
    heat: Heat
    passed: bool  # an agent on a run passed it over once
    passed_over: int  # times it stood first and another was taken


@dataclass(frozen=True, slots=True)
class AgentRow:
    """A free agent, as the choice for one ticket sees them."""

    id: str
    level: int  # in the ticket's topic
    same_agent: bool
    load: int  # slots taken
    capacity: int  # slots in all, at least 1
    ledger: float  # hard work handed out, as of now
    run: int  # difficult tickets in a row
    idle_since: str  # UTC, ISO 8601 with microseconds; empty: never assigned
    free_since: str = ""  # the same of their last ticket's end; filled where a queue chooses by it


def proficiency(level: float) -> float:
    """Return how well an agent of a level does: .2 without the skill … 1 at level 5; in between in proportion."""
    known = max(0, min(level, len(policy.PROFICIENCY) - 1))
    below = int(known)
    if below == known:
        return policy.PROFICIENCY[below]
    return policy.PROFICIENCY[below] + (known - below) * (policy.PROFICIENCY[below + 1] - policy.PROFICIENCY[below])


def suitability(level: int, confidence: float) -> float:
    """Return the expected proficiency when the topic is right with `confidence`.

    Without a topic the confidence is 0, and everyone suits alike.
    """
    return confidence * proficiency(level) + (1 - confidence) * policy.MEAN_PROFICIENCY


def care(heat: Heat, ledger: float, run: int) -> float:
    """Return what a difficult ticket costs an agent who has had much hard work: 0 … 2.5; nothing for a calm one."""
    if heat < policy.DIFFICULT:
        return 0.0
    lately = policy.LEDGER_COSTS * min(2.0, max(0.0, ledger) / policy.LEDGER_UNIT)
    return lately + (policy.RUN_COSTS if run >= policy.RUN_CARES else 0.0)


def ticket_score(row: TicketRow) -> float:
    """Return how well a ticket fits the agent who asks; the largest wins."""
    again = policy.SAME_AGENT_GAINS * row.same_agent
    return round(suitability(row.level, row.confidence) - policy.POSITION_COSTS * row.pos + again, 9)


def agent_score(row: AgentRow, heat: Heat, confidence: float) -> float:
    """Return how well an agent fits the ticket; the largest wins."""
    again = policy.SAME_AGENT_GAINS * row.same_agent
    busy = policy.LOAD_COSTS * (row.load / row.capacity) ** 2
    return round(suitability(row.level, confidence) + again - busy - care(heat, row.ledger, row.run), 9)


def spared(rows: Iterable[TicketRow], run: int) -> frozenset[str]:
    """Return the tickets an agent leaves aside because they are on a run of difficult ones.

    None that was passed over so before, none if a ticket was passed over too often, and none if that would leave the
    agent with nothing.
    """
    if run < policy.RUN_CARES:
        return frozenset()
    rows = list(rows)
    hard = frozenset(row.id for row in rows if row.heat >= policy.DIFFICULT and not row.passed)
    if len(hard) == len(rows) or any(overdue(row) for row in rows):
        return frozenset()
    return hard


def before(row: TicketRow, other: TicketRow) -> bool:
    """Say whether a ticket fits better than another, care aside."""
    return (-ticket_score(row), row.pos) < (-ticket_score(other), other.pos)


def overdue(row: TicketRow) -> bool:
    """Say whether a ticket stands first and was passed over so often that it is taken next, whoever asks."""
    return row.pos == 1 and row.passed_over >= policy.TAKEN_AFTER_PASSED_OVER


def rank_tickets(rows: Iterable[TicketRow], run: int) -> list[TicketRow]:
    """Return the tickets, best first for an agent on a run of `run` difficult ones; the spared ones last."""
    rows = list(rows)
    left_out = spared(rows, run)
    return sorted(rows, key=lambda row: (not overdue(row), row.id in left_out, -ticket_score(row), row.pos, row.id))


def rank_agents(rows: Sequence[AgentRow], heat: Heat, confidence: float) -> list[AgentRow]:
    """Return the agents, best first; among equals who was given nothing for longest."""
    return sorted(rows, key=lambda row: (-agent_score(row, heat, confidence), row.idle_since, row.id))
