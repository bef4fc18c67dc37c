"""Lanes: the waiting tickets of one queue that need the same, and whether a lane is open to an agent.

Within a lane tickets leave by place, so only its first one is ever looked at. Who may take one particular ticket of an
open lane is said in eligibility.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from channels.types import WorkClass
from router.model import Needs, Presence
from router.routing import words
from router.routing.policy import NEARLY_FULL, SLOT_OF, SLOTS


class Obstacle(StrEnum):
    """What keeps an agent from a ticket; records count by it."""

    BRAND = "brand"
    CHANNEL = "channel"
    SKILL = "skill"
    LEVEL = "level"
    LANGUAGE = "language"
    NO_SLOT = "no_slot"  # the agent has none of this class at all
    PRESENCE = "presence"
    CAPACITY = "capacity"  # all slots are taken
    KEPT = "kept"  # for those who know its topic, from an agent who is nearly full
    DECLINED = "declined"  # passed over for it just now
    OTHER_WORK_FIRST = "other_work_first"  # live work goes first


PASSING = frozenset({Obstacle.PRESENCE, Obstacle.CAPACITY, Obstacle.KEPT, Obstacle.DECLINED, Obstacle.OTHER_WORK_FIRST})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an agent may not take a ticket: one obstacle, and the sentence an agent reads."""

    obstacle: Obstacle
    text: str

    @property
    def standing(self) -> bool:
        """Say whether it will not pass by itself, as presence and full slots do."""
        return self.obstacle not in PASSING


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """What the tickets of one lane have in common."""

    brand: str  # brand id
    queue: str  # queue id
    channel: str
    work_class: WorkClass
    needs: Mapping[str, int] = field(default_factory=dict)  # skill key -> lowest level; languages included; all hard
    topic: str | None = None  # the skill that makes the better agent; required of those who are nearly full, if kept
    kept: bool = False  # for those who know its topic, while they may still come free


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent as routing sees them at one moment."""

    id: str
    name: str
    brands: frozenset[str]  # brand ids they work for
    skills: Mapping[str, int] = field(default_factory=dict)  # skill key -> level 1 … 5
    channels: frozenset[str] | None = None  # None: all
    presence: Presence = Presence.ONLINE
    capacity: Mapping[WorkClass, int] = field(default_factory=lambda: dict(SLOTS))  # slots by class
    load: Mapping[WorkClass, int] = field(default_factory=dict)  # tickets held by class; offers count
    last_assigned_at: datetime | None = None
    run: int = 0  # difficult tickets in a row
    ledger: float = 0.0  # of hard work handed out, as of now
    free_since: datetime | None = None  # when their last ticket ended; read where a queue chooses by it


def lane_key(lane: LaneSpec) -> str:
    """Return the name of a lane: 32 hex characters, the same for what asks for the same."""
    needs = sorted((skill, max(1, level)) for skill, level in lane.needs.items())
    said = [lane.brand, lane.queue, lane.channel, lane.work_class, needs, lane.topic, *(["kept"] if lane.kept else [])]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def hard_needs(needs: Needs, now: datetime, languages: Collection[str] = ()) -> dict[str, int]:
    """Return the skills required now: after the step-down only the languages remain.

    `languages` are further skill keys the desk marks as languages.
    """
    if needs.step_down_at is None or now < needs.step_down_at:
        return dict(needs.skills)
    return {skill: level for skill, level in needs.skills.items() if words.is_language(skill) or skill in languages}


def lane_closed_because(lane: LaneSpec, agent: AgentView) -> tuple[Reason, ...]:
    """Return every reason why a lane is not open to an agent, those that last first."""
    if _is_open(lane, agent):
        return ()  # by far the usual answer, so found without writing sentences
    reasons = list(standing_reasons(lane, agent))
    if agent.presence is not Presence.ONLINE:
        said = agent.presence.value.replace("_", " ")
        reasons.append(Reason(Obstacle.PRESENCE, f"You are {said}."))
    slot = SLOT_OF[lane.work_class]
    capacity = agent.capacity.get(slot, 0)
    if capacity > 0 and free_slots(agent, lane.work_class) <= 0:
        taken = f"{slot} slot is taken" if capacity == 1 else f"{capacity} {slot} slots are taken"
        reasons.append(Reason(Obstacle.CAPACITY, f"Your {taken}."))
    elif left_to_others(lane, agent):
        knows = words.need(lane.topic or "", 1)
        said = f"For now it is kept for those who know {knows}, as nearly all of your {slot} slots are taken."
        reasons.append(Reason(Obstacle.KEPT, said))
    return tuple(reasons)


def standing_reasons(lane: LaneSpec, agent: AgentView) -> tuple[Reason, ...]:
    """Return the reasons that hold whether or not the agent is here and has a free slot."""
    reasons = []
    if lane.brand not in agent.brands:
        reasons.append(Reason(Obstacle.BRAND, "You do not work for this brand."))
    if agent.channels is not None and lane.channel not in agent.channels:
        reasons.append(Reason(Obstacle.CHANNEL, f"You do not work on {lane.channel}."))
    for skill, level in sorted(lane.needs.items()):
        has = agent.skills.get(skill, 0)
        if has < max(1, level):
            reasons.append(_lacking(skill, level, has))
    slot = SLOT_OF[lane.work_class]
    if agent.capacity.get(slot, 0) <= 0:
        reasons.append(Reason(Obstacle.NO_SLOT, f"You have no {slot} slot."))
    return tuple(reasons)


def has_all(lane: LaneSpec, agent: AgentView) -> bool:
    """Say whether there is no standing reason, without writing one."""
    if lane.brand not in agent.brands or (agent.channels is not None and lane.channel not in agent.channels):
        return False
    skills = agent.skills
    for skill, level in lane.needs.items():
        has = skills.get(skill, 0)
        if has < level or has < 1:
            return False
    return agent.capacity.get(SLOT_OF[lane.work_class], 0) > 0


def free_slots(agent: AgentView, work_class: WorkClass) -> int:
    """Return how many more tickets of a class fit; below zero if a person went over by hand."""
    return agent.capacity.get(SLOT_OF[work_class], 0) - slots_taken(agent, work_class)


def slots_taken(agent: AgentView, work_class: WorkClass) -> int:
    """Return how many tickets an agent holds in the slots that a class uses."""
    slot, taken = SLOT_OF[work_class], 0
    for held, count in agent.load.items():
        if SLOT_OF[held] == slot:
            taken += count
    return taken


def left_to_others(lane: LaneSpec, agent: AgentView) -> bool:
    """Say whether an agent who is nearly full leaves a lane's tickets to those who know their topic."""
    if not lane.kept or lane.topic is None or agent.skills.get(lane.topic, 0):
        return False
    return slots_taken(agent, lane.work_class) >= NEARLY_FULL * agent.capacity.get(SLOT_OF[lane.work_class], 0)


def _is_open(lane: LaneSpec, agent: AgentView) -> bool:
    if agent.presence is not Presence.ONLINE or free_slots(agent, lane.work_class) <= 0:
        return False
    return has_all(lane, agent) and not left_to_others(lane, agent)


def _lacking(skill: str, level: int, has: int) -> Reason:
    if words.is_language(skill) and has == 0:
        return Reason(Obstacle.LANGUAGE, f"You do not speak {words.need(skill, level)}.")
    if has == 0:
        return Reason(Obstacle.SKILL, f"It needs {words.need(skill, level)}, you do not have it.")
    return Reason(Obstacle.LEVEL, f"It needs {words.need(skill, level)}, you have {has}.")
