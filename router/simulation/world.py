"""What the kernel asks: of the world, what customers and agents do; of the policy, who gets what.

Both answer at once and from their arguments alone, so the same world and policy give the same run. If the world's
answers depend on the ticket and not on the order of events, two policies meet the same customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from router.simulation.crew import Agent
from router.simulation.tickets import Ticket

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Answer:
    """How an agent takes an offer, and after how many minutes."""

    accepted: bool
    after: float


@dataclass(frozen=True, slots=True)
class Return:
    """A ticket that is not done after a talk: when it waits again, and how.

    `to`: it is its agent's still and wakes there: given at once if they are here with a free slot, else kept for them
    until `kept_until`, then in line. `not_to`: who handed it on, and is passed over for a while.
    """

    at: float
    to: str | None = None
    kept_until: float = 0.0
    not_to: str | None = None


class World(Protocol):
    """What customers and agents do. Minutes since the start; every answer must follow from the arguments."""

    def gives_up(self, ticket: Ticket, now: float) -> float:
        """Return when the customer stops waiting, who begins to wait now; NEVER if they do not."""

    def answer(self, ticket: Ticket, agent: Agent, now: float) -> Answer | None:
        """Return how an agent takes the offer of a ticket; None: it is theirs at once."""

    def begins(self, ticket: Ticket, agent: Agent, now: float) -> float:
        """Note that a talk begins, and return its minutes of undivided work."""

    def ends(self, ticket: Ticket, agent: Agent, now: float) -> Return | None:
        """Note that a talk has ended; return when and how the ticket waits again, None if it is done."""

    def lost(self, ticket: Ticket, now: float) -> None:
        """Note that a customer gave up."""


class Policy(Protocol):
    """Which ticket goes to whom."""

    def line_up(self, ticket: Ticket, now: float) -> float:
        """Set lane and place of a ticket that begins to wait, or does again; return when to ask anew, NEVER if not."""

    def choose_ticket(self, tickets: Sequence[Ticket], agent: Agent, now: float) -> Ticket | None:
        """Return which of the first tickets of the lanes open to an agent with a free slot they get."""

    def choose_agent(self, ticket: Ticket, agents: Sequence[Agent], now: float) -> Agent | None:
        """Return which agent gets a ticket; all are here with a free slot and may take it."""
