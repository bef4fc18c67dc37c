"""What a replay starts from: the tickets of a period with the times they took, and who was here when. Values, no I/O.

A ticket is a number of turns. A turn begins when the customer waits for us and ends when it is theirs again, or the
ticket is done; in between one agent has it, or several after one another. Rules were asked about each turn beforehand,
so a replay holds no words and no facts, only where each set of rules sends the turn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from router.model import Heat
from router.placing import Line
from router.routing.lanes import AgentView

DAY = timedelta(days=1)
FRUSTRATED: Heat = 2  # from this heat on a customer counts as frustrated


@dataclass(frozen=True, slots=True)
class Sent:
    """Where one set of rules sends a turn; the same object for all turns that are sent alike."""

    line: Line | None  # None: it is closed at once
    heat: Heat = 0


@dataclass(frozen=True, slots=True)
class Stint:
    """One time a ticket was in a slot of an agent."""

    agent_id: str
    queue_id: str
    after_s: float  # since the turn began
    took_s: float | None  # from being given until the slot was free again; None: not within what was recorded
    answer_s: float | None  # from being given until the first answer; None: none was given
    passed_on: bool = False  # it ended by handing the ticket to another queue or agent


@dataclass(frozen=True, slots=True)
class Turn:
    """One time a customer waited for us."""

    at: datetime
    rest_s: float  # since the turn before was over; 0 for the first
    queue_id: str  # where it waited first
    sent: tuple[Sent, ...]  # by the sets of rules that are compared
    left_s: float | None = None  # until it was over without an agent; None: it was not
    due: datetime | None = None  # as promised
    flagged: bool = False  # no one on the desk could take it
    closed: bool = False  # a rule closed it at once
    stints: tuple[Stint, ...] = ()

    @property
    def waited_s(self) -> float | None:
        """Return how long until the first agent had it; None: none ever had."""
        return self.stints[0].after_s if self.stints else None

    @property
    def answered_s(self) -> float | None:
        """Return how long until the first answer; None: there was none."""
        for stint in self.stints:
            if stint.answer_s is not None:
                return stint.after_s + stint.answer_s
        return None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One ticket as it was."""

    id: str
    brand_id: str
    channel: str
    work_class: str
    slot_key: str
    pace: str
    language: str
    intent: str
    intent_confidence: float
    heat: Heat  # of the first message, before rules
    turns: tuple[Turn, ...]

    @property
    def opened_at(self) -> datetime:
        """Return when the customer first waited."""
        return self.turns[0].at


@dataclass(frozen=True, slots=True)
class Days:
    """A recorded period of a desk."""

    start: datetime
    end: datetime  # tickets opened from `start` on and before `end` are counted
    known_until: datetime  # what happened up to then is recorded
    tickets: Sequence[Recorded]  # oldest first; those opened before `start` only keep the agents busy
    presence: Sequence[tuple[datetime, AgentView]]  # in order: from this moment on the agent is so, without load
    hours: Mapping[str, Sequence[float]]  # online on each day of the period, by agent

    def day_of(self, at: datetime) -> int:
        """Return the number of the day a moment is in; days begin when the period does, and the last may be short."""
        return (at - self.start) // DAY

    @property
    def count(self) -> int:
        """Return how many days there are."""
        return max(-((self.start - self.end) // DAY), 1)
