"""The agents of a simulated desk: when they are here, what they hold, and how far each of their talks is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from channels.types import WorkClass
from router.model import Heat
from router.routing.lanes import AgentView
from router.routing.share import closed, faded
from router.simulation.tickets import Ticket, moment


@dataclass(slots=True, eq=False)
class Talk:
    """A ticket in an agent's hands, and how many minutes of undivided work are left."""

    ticket: Ticket
    left: float


@dataclass(slots=True, eq=False)
class Agent:
    """One agent; what they are is given, what they hold changes as the run goes on.

    `here` are the minutes from and to which they take new work, in order; what they hold at the end they finish.
    `speed` is what n talks at once achieve together in a minute, for n = 0, 1, …, the last for all above; None: each
    talk takes its own time, whatever else there is.
    """

    view: AgentView  # with load, run and ledger of the beginning
    here: Sequence[tuple[float, float]]
    speed: Sequence[float] | None = None
    number: int = 0  # by which a round goes
    on: bool = False
    load: dict[WorkClass, int] = field(default_factory=dict)  # by slot; offers count
    talks: dict[str, Talk] = field(default_factory=dict)
    run: int = 0
    hard: float = 0.0  # the ledger, as of `hard_at`
    hard_at: float = 0.0
    last_given: float | None = None
    counted_at: float = 0.0  # until when the talks' work is counted
    version: int = 0  # of the plan when the next talk ends

    @property
    def id(self) -> str:
        """Return the agent's id."""
        return self.view.id

    def free(self, slot: WorkClass) -> int:
        """Return how many more tickets of a slot fit."""
        return self.view.capacity.get(slot, 0) - self.load.get(slot, 0)

    @property
    def busy(self) -> int:
        """Return how many talks the agent has."""
        return len(self.talks)

    def rate(self) -> float:
        """Return how many minutes of work each talk gets in a minute."""
        talks = len(self.talks)
        if self.speed is None or not talks:
            return 1.0
        return self.speed[min(talks, len(self.speed) - 1)] / talks

    def talk(self, ticket: Ticket, work: float) -> None:
        """Begin a talk of so much work; work is counted until now."""
        self.talks[ticket.id] = Talk(ticket, work)

    def work_until(self, now: float) -> None:
        """Count the work done since it was counted last."""
        done = (now - self.counted_at) * self.rate()
        for talk in self.talks.values():
            talk.left -= done
        self.counted_at = now

    def next_end(self) -> tuple[float, Talk] | None:
        """Return when the talk with the least left ends, and that talk; None without one. Work is counted."""
        if not self.talks:
            return None
        first = min(self.talks.values(), key=lambda talk: (talk.left, talk.ticket.id))
        return self.counted_at + max(first.left, 0.0) / self.rate(), first

    def ledger(self, now: float) -> float:
        """Return the ledger of hard work as of now."""
        return faded(self.hard, (now - self.hard_at) * 60)

    def note_closed(self, heat: Heat, now: float) -> None:
        """Write a closed talk into the ledger, by the heat known at its close."""
        self.hard, self.run = closed(self.ledger(now), self.run, heat)
        self.hard_at = now

    def seen(self, now: float) -> AgentView:
        """Return the agent as routing sees them now; asked only of agents who are here."""
        own = self.view
        return AgentView(
            own.id, own.name, own.brands, own.skills, own.channels, own.presence, own.capacity,
            load=dict(self.load),
            last_assigned_at=None if self.last_given is None else moment(self.last_given),
            run=self.run,
            ledger=self.ledger(now),
        )  # fmt: skip
