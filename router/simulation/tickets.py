"""A ticket in the simulation: what is known of it, where it stands, and who must not be asked again just now."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from channels.types import Pace, WorkClass
from router.model import Heat
from router.routing.choose import Head
from router.routing.lanes import LaneSpec
from router.routing.policy import SLOT_OF

START = datetime(2026, 1, 5, tzinfo=UTC)  # minute 0, where the caller has no better moment


@dataclass(slots=True, eq=False)
class Ticket:
    """One ticket; its fields change as the run goes on.

    `lane`, `place`, `heat` and `confidence` are what the policy decides by; the world may change them between talks.
    """

    id: str
    lane: LaneSpec
    place: datetime
    heat: Heat = 0
    confidence: float = 0.0  # of the lane's topic
    pace: Pace = "email"
    answer_by: datetime = START
    arrived: float = 0.0  # minutes; when it was written first, by which those who serve in order of age go
    waits_since: float = 0.0  # minutes; when it began to wait this time
    last_agent: str | None = None  # who spoke with this customer before
    talks: int = 0  # begun so far
    passed: bool = False  # an agent on a run passed it over once
    passed_over_count: int = 0  # times it stood first and another was taken
    offers: int = 0  # made so far
    offered_to: str | None = None
    not_now: dict[str, float] = field(default_factory=dict)  # agent -> until when they are passed over for it
    waits: int = 0  # changes whenever it begins or ends to wait; the kernel's own, as is the next
    stamp: int = 0  # changes whenever it is offered or moved, so that what was planned before no longer holds

    @property
    def slot(self) -> WorkClass:
        """Return whose slots it uses."""
        return SLOT_OF[self.lane.work_class]

    def head(self, agent_id: str | None = None) -> Head:
        """Return the ticket as an agent would meet it who is not passed over for it."""
        return Head(
            ticket_id=self.id,
            lane=self.lane,
            place=self.place,
            heat=self.heat,
            topic_confidence=self.confidence,
            same_agent=agent_id is not None and self.last_agent == agent_id,
            passed=self.passed,
            passed_over_count=self.passed_over_count,
        )


def moment(minutes: float, start: datetime = START) -> datetime:
    """Return a time of the run as a moment."""
    return start + timedelta(minutes=minutes)
