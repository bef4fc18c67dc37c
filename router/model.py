"""The nouns every layer shares, and the table of ticket states. No I/O, no decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

Heat = Literal[0, 1, 2, 3]


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"  # stored, not yet in line
    WAITING = "waiting"  # in its lane, with a place
    OFFERED = "offered"  # held for one agent who may accept or decline
    OPEN = "open"  # with an agent, in one of their slots
    PENDING = "pending"  # with an agent, the customer's turn; no slot
    SNOOZED = "snoozed"  # with an agent, until a moment; no slot
    RESOLVED = "resolved"  # done; a new message reopens it for 14 days
    CLOSED = "closed"  # done for good; spam, merged, or resolved long ago


NEXT: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.WAITING, State.OPEN, State.PENDING, State.CLOSED}),
    State.WAITING: frozenset({State.OFFERED, State.OPEN, State.PENDING, State.SNOOZED, State.RESOLVED, State.CLOSED}),
    State.OFFERED: frozenset({State.WAITING, State.OPEN, State.CLOSED}),
    State.OPEN: frozenset({State.WAITING, State.PENDING, State.SNOOZED, State.RESOLVED, State.CLOSED}),
    State.PENDING: frozenset({State.WAITING, State.OPEN, State.SNOOZED, State.RESOLVED, State.CLOSED}),
    State.SNOOZED: frozenset({State.WAITING, State.OPEN, State.PENDING, State.RESOLVED, State.CLOSED}),
    State.RESOLVED: frozenset({State.WAITING, State.OPEN, State.PENDING, State.CLOSED}),
    State.CLOSED: frozenset({State.WAITING}),  # only the undo of spam; taking a merge back puts it as it was
}

USES_SLOT = frozenset({State.OPEN, State.OFFERED})


class Role(StrEnum):
    """What a person of the desk may do; each includes the one before."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    OPS = "ops"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Return 0 for an agent up to 3 for an admin."""
        return list(Role).index(self)


class Presence(StrEnum):
    """Whether an agent takes work now."""

    ONLINE = "online"
    AWAY = "away"
    WRAPPING_UP = "wrapping_up"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and which brands they may see. Every store function that touches customer data takes one first."""

    role: Role
    brands: frozenset[str]  # brand ids
    agent: str | None = None  # agent id; None for Heed itself
    everything: bool = False  # Heed's own jobs: no wall

    def sees(self, brand: str) -> bool:
        """Say whether this scope reaches into a brand."""
        return self.everything or brand in self.brands


SYSTEM = Scope(Role.ADMIN, frozenset(), None, everything=True)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words a score rests on: a span of the message's text, and the cue it showed."""

    start: int  # characters, into the message's `text`
    end: int
    cue: str  # a key of triage.cues


@dataclass(frozen=True, slots=True)
class Reading:
    """What triage made of one message."""

    language: str  # BCP 47; `und` when too short to tell
    language_confidence: float  # 0 … 1
    sentiment: float  # −1 … 1
    frustration: int  # 0 calm … 100 furious, aimed at the service
    calm_frustration: int  # the same without its shouting part; heat and place come from this
    urgency: int  # 0 … 100
    intent: str  # a key of triage.intents
    intent_confidence: float  # 0 … 1
    second_intent: str = "other"
    kind: str = ""  # angry, confused, hesitant, worried, or nothing
    cues: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    read: bool = True  # False: a language without a measured figure, or an empty text; never shown as calm
    version: str = ""  # of the model
    silence_s: int | None = None  # between our last answer and this message; None if they wrote in between

    def without_mood(self, version: str) -> "Reading":
        """Return language and intent, and nothing of how they feel; `version` says why it is left out."""
        return replace(
            self, sentiment=0.0, frustration=0, calm_frustration=0, urgency=0, kind="", cues=(), evidence=(),
            read=False, version=version,
        )  # fmt: skip


WITHOUT_MOOD = "without mood"  # version of a reading that left out how they feel: the brand does not read it
AUTO_REPLIED = "auto-replied"  # the same of what a machine answered to a mail: there is nobody who feels
NOT_READ = Reading("und", 0.0, 0.0, 0, 0, 0, "other", 0.0, read=False)


@dataclass(frozen=True, slots=True)
class Mood:
    """Frustration over a ticket's messages."""

    level: int  # 0 … 100, as shown
    heat: Heat  # from the calm part; the place comes from this
    before: int | None = None  # the level before the last message
    history: tuple[int, ...] = ()  # one figure per customer message

    @property
    def trend(self) -> str:
        """Return rising, falling or steady; 8 points make a difference."""
        if self.before is None or abs(self.level - self.before) < 8:
            return "steady"
        return "rising" if self.level > self.before else "falling"


@dataclass(frozen=True, slots=True)
class Needs:
    """What an agent must have to be given a ticket, and what suits it best."""

    skills: Mapping[str, int] = field(default_factory=dict)  # skill key -> lowest level; languages included
    topic: str | None = None  # the skill that makes the better agent; never required
    topic_confidence: float = 0.0
    step_down_at: datetime | None = None  # when the skills that are no languages fall away


@dataclass(frozen=True, slots=True)
class Decision:
    """The record of one automatic choice: its sentence, and every input it depended on (at most 4 KB as JSON)."""

    kind: str  # assigned, offered, queued, waits, returned
    because: str
    inputs: Mapping[str, object]
    policy: str  # version of routing.policy
