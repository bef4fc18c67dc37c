"""Who may take one ticket, and what is missing where nobody may.

Hard facts only: brand, channel, needs, presence, slots. Who suits best is said in score.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from router.model import Presence
from router.routing import words
from router.routing.lanes import (
    AgentView,
    LaneSpec,
    Obstacle,
    Reason,
    free_slots,
    has_all,
    lane_closed_because,
    left_to_others,
    standing_reasons,
)
from router.routing.policy import SLOT_OF

DECLINED = Reason(Obstacle.DECLINED, "You declined or returned it just now.")
JOINTLY = 3  # needs looked at together, before all at once: more would cost too much and read badly

Test = Callable[[AgentView], bool]


def may_take(lane: LaneSpec, agent: AgentView, *, declined: bool = False) -> tuple[Reason, ...]:
    """Return every reason why an agent may not take a ticket of a lane now; empty: they may.

    `declined`: this agent is passed over for this very ticket.
    """
    reasons = lane_closed_because(lane, agent)
    return (*reasons, DECLINED) if declined else reasons


def able(lane: LaneSpec, agents: Iterable[AgentView]) -> list[AgentView]:
    """Return the agents who may take tickets of a lane whenever they are here with a free slot."""
    return [agent for agent in agents if not standing_reasons(lane, agent)]


def nobody(lane: LaneSpec, agents: Collection[AgentView]) -> str | None:
    """Return what is missing if no agent of the desk may take a lane's tickets, present or not; None if one may.

    Names the smallest set of needs that no one has together.
    """
    if any(has_all(lane, agent) for agent in agents):
        return None  # by far the usual answer, so found without writing sentences
    tests = _tests(lane)
    colleagues = [agent for agent in agents if lane.brand in agent.brands]
    if not colleagues:
        return "No one works for this brand." if agents else "The desk has no agents."
    met = {frozenset(name for name, test in tests.items() if test(agent)) for agent in colleagues}
    for size in (*range(1, min(JOINTLY, len(tests) - 1) + 1), len(tests)):
        lacking = [group for group in combinations(tests, size) if not any(have.issuperset(group) for have in met)]
        if lacking and size == 1:
            return ". ".join(_missing(name, lane, colleagues) for (name,) in lacking) + "."
        if lacking:
            return f"No one has {'both ' if size == 2 else ''}{words.listed([_said(n, lane) for n in lacking[0]])}."
    raise AssertionError("no agent passes all tests, so the last size found the group of all")


def explain_wait(lane: LaneSpec, agents: Collection[AgentView]) -> str:
    """Return one sentence why a ticket of a lane still waits, without naming anyone."""
    missing = nobody(lane, agents)
    if missing:
        return f"No one on the desk may take it: {missing}"
    suited = able(lane, agents)
    present = [agent for agent in suited if agent.presence is Presence.ONLINE]
    free = [agent for agent in present if free_slots(agent, lane.work_class) > 0]
    slot = SLOT_OF[lane.work_class]
    if free and all(left_to_others(lane, agent) for agent in free):
        are, knows = words.times(len(free), "agent is", "agents are"), words.need(lane.topic or "", 1)
        return f"{are} free for it but nearly full; for now it is kept for those who know {knows}."
    return wait_sentence(len(suited), len(present), len(free), slot)


def in_the_way(lane: LaneSpec, agents: Iterable[AgentView]) -> tuple[frozenset[str], int]:
    """Return the smallest set of needs without which somebody could take a ticket now, and how many could.

    Of sets as small, the one with which most could. Empty: needs are not what it waits for.
    """
    lacks = [
        frozenset(skill for skill, level in lane.needs.items() if agent.skills.get(skill, 0) < max(1, level))
        for agent in agents
        if not standing_reasons(replace(lane, needs={}), agent)
        and agent.presence is Presence.ONLINE
        and free_slots(agent, lane.work_class) > 0
    ]
    if not lacks or frozenset() in lacks:
        return frozenset(), 0
    could = {lack: sum(other <= lack for other in lacks) for lack in lacks}
    best = min(could, key=lambda lack: (len(lack), -could[lack], sorted(lack)))
    return best, could[best]


def wait_sentence(suited: int, present: int, free: int, slot: str) -> str:
    """Return why a ticket waits, given how many may take it, are online among them, and have a free slot of them."""
    may = words.times(suited, "agent may", "agents may")
    if not present:
        return f"{may} take it; none is online."
    if not free:
        return f"{may} take it; all {slot} slots of the {present} online are taken."
    return f"{words.times(free, 'agent is', 'agents are')} free for it; it goes to whoever takes the next ticket."


def explain_not_you(lane: LaneSpec, agent: AgentView, *, declined: bool = False) -> str:
    """Return why a ticket of a lane does not go to this agent now, in sentences to them."""
    reasons = may_take(lane, agent, declined=declined)
    if not reasons:
        return "You may take it: the next pull brings it, unless another ticket stands before it or suits you better."
    return " ".join(reason.text for reason in reasons)


def _tests(lane: LaneSpec) -> dict[str, Test]:
    """Return what a lane asks of an agent of its brand, by name: skill keys, `channel:` and `slot:`."""

    def has(skill: str, level: int) -> Test:
        return lambda agent: agent.skills.get(skill, 0) >= max(1, level)

    tests: dict[str, Test] = {skill: has(skill, level) for skill, level in sorted(lane.needs.items())}
    tests["channel:"] = lambda agent: agent.channels is None or lane.channel in agent.channels
    tests["slot:"] = lambda agent: agent.capacity.get(SLOT_OF[lane.work_class], 0) > 0
    return tests


def _missing(name: str, lane: LaneSpec, agents: Sequence[AgentView]) -> str:
    """Return the sentence, without its full stop, for one test that no agent passes."""
    if name == "channel:":
        return f"No one works on {lane.channel}"
    if name == "slot:":
        return f"No one has a {SLOT_OF[lane.work_class]} slot"
    level = lane.needs[name]
    highest = max(agent.skills.get(name, 0) for agent in agents)
    verb = "speaks" if words.is_language(name) else "has"
    return f"No one {verb} {words.need(name, level)}" + (f" (highest: {highest})" if highest else "")


def _said(name: str, lane: LaneSpec) -> str:
    if name == "channel:":
        return f"the right to {lane.channel}"
    if name == "slot:":
        return f"a {SLOT_OF[lane.work_class]} slot"
    return words.need(name, lane.needs[name])
