"""The record of a decision: a sentence for people, and every input the choice depended on, in at most 4 KB.

The ten best candidates are kept in full and the rest counted by reason, so the record replays to the same choice with
the policy version it names. What only an agent may see of themselves is taken out by `for_reader`.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from router.model import Decision, Presence
from router.routing import words
from router.routing.choose import Choice, was_overdue
from router.routing.disciplines import BEST_SUITED, DISCIPLINES, rank
from router.routing.eligibility import able, explain_wait
from router.routing.lanes import AgentView, LaneSpec, free_slots
from router.routing.policy import POLICY_VERSION, SLOT_OF
from router.routing.score import AgentRow, TicketRow, agent_score, rank_tickets, ticket_score

MAX_BYTES = 4096  # of the whole record as JSON
IN_FULL = 10  # candidates
MAX_BECAUSE = 900  # bytes of JSON
MAX_NAME = 120  # bytes of JSON: a rule's or skill's name within a record

LOWER = "ranked_lower"  # candidates beyond those kept in full
PRIVATE = ("run", "ledger", "score")  # of another agent: they tell of hard work, or let it be computed

Row = TicketRow | AgentRow


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentence may mention besides the choice itself."""

    rules: tuple[str, ...] = ()  # names of the rules that fired, in order
    answer_by: datetime | None = None
    now: datetime | None = None


def assigned(choice: Choice, facts: Facts | None = None, *, kind: str = "assigned") -> Decision:
    """Return the record of a ticket given to an agent; `kind` is `offered` where they may still decline."""
    facts = facts or Facts()
    candidates: list[dict[str, object]]
    count = len(choice.tickets or choice.agents)
    if choice.tickets:
        asked: dict[str, object] = {"asked": "ticket", "run": choice.run}
        candidates = [{**asdict(row), "score": ticket_score(row)} for row in choice.tickets[:IN_FULL]]
    else:
        asked = {"asked": "agent", "discipline": choice.discipline}
        candidates = [
            {**asdict(row), "score": agent_score(row, choice.heat, choice.confidence)}
            for row in choice.agents[:IN_FULL]
        ]
    inputs: dict[str, object] = {
        **asked,
        "ticket": choice.ticket_id,
        "agent": choice.agent_id,
        "heat": choice.heat,
        "confidence": choice.confidence,
        "slot": SLOT_OF[choice.lane.work_class],
        "topic": choice.lane.topic and clipped(choice.lane.topic, MAX_NAME),
        "needs": _needs(choice.lane),
        "left_out": {obstacle.value: count for obstacle, count in choice.left_out.items()},
    }
    return _fitted(
        Decision(kind, clipped(because(choice, facts), MAX_BECAUSE), inputs, POLICY_VERSION), candidates, count
    )


def waits(lane: LaneSpec, agents: Collection[AgentView], *, kind: str = "waits") -> Decision:
    """Return the record of why a ticket waits: how many may take it, are online, and have a free slot."""
    suited = able(lane, agents)
    present = [agent for agent in suited if agent.presence is Presence.ONLINE]
    inputs = {
        "asked": "agent",
        "needs": _needs(lane),
        "slot": SLOT_OF[lane.work_class],
        "agents": len(agents),
        "may": len(suited),
        "online": len(present),
        "free": sum(free_slots(agent, lane.work_class) > 0 for agent in present),
    }
    return Decision(kind, clipped(explain_wait(lane, agents), MAX_BECAUSE), inputs, POLICY_VERSION)


def replay(decision: Decision) -> str | None:
    """Return what the recorded inputs choose: a ticket id if an agent asked, else an agent id; None for one that waits.

    Raises ValueError for a policy version this release does not know.
    """
    if decision.policy != POLICY_VERSION:
        raise ValueError(
            f"The decision was made with policy {decision.policy}; this release knows policy {POLICY_VERSION}: "
            "replay it with the release that made it."
        )
    rows = recorded_rows(decision)
    return chosen_from(decision, rows) if rows else None


def recorded_rows(decision: Decision) -> list[Row]:
    """Return the candidates a decision kept in full, the chosen one first; none for one that waits."""
    kind = TicketRow if decision.inputs["asked"] == "ticket" else AgentRow
    candidates = cast(list[dict[str, Any]], decision.inputs.get("candidates", []))
    return [kind(**_without(row, ("score",))) for row in candidates]


def chosen_from(decision: Decision, rows: Sequence[Row]) -> str:
    """Return the id that the policy chooses from some rows, all else being as recorded."""
    inputs = cast(Mapping[str, Any], decision.inputs)
    if inputs["asked"] == "ticket":
        return rank_tickets(cast(Sequence[TicketRow], rows), inputs["run"])[0].id
    discipline = inputs.get("discipline", BEST_SUITED)
    return rank(discipline, cast(Sequence[AgentRow], rows), inputs["heat"], inputs["confidence"])[0].id


def for_reader(inputs: Mapping[str, object], reader: str) -> dict[str, object]:
    """Return a record's inputs as one agent may read them: without others' hard work, declines and passes.

    Such a copy is for showing; it does not replay.
    """
    seen = dict(inputs)
    candidates = cast(list[dict[str, object]], seen.get("candidates", []))
    own = inputs.get("agent") == reader
    if inputs.get("asked") == "ticket" and not own:
        seen.pop("run", None)
        seen["left_out"] = _without(cast(Mapping[str, object], inputs.get("left_out", {})), ("declined",))
        candidates = [_without(row, ("passed",)) for row in candidates]
    elif inputs.get("asked") == "agent":
        if "left_out" in seen:
            seen["left_out"] = _without(cast(Mapping[str, object], seen["left_out"]), ("declined",))
        candidates = [row if row["id"] == reader else _without(row, PRIVATE) for row in candidates]
    if candidates:
        seen["candidates"] = candidates
    return seen


def because(choice: Choice, facts: Facts) -> str:
    """Return why this ticket went to this agent, in one line of plain English that anyone may read."""
    parts = []
    best = choice.tickets[0] if choice.tickets else choice.agents[0]
    if choice.lane.topic:
        name = clipped(words.need(choice.lane.topic, 1), MAX_NAME)
        name = name[0].upper() + name[1:]
        parts.append(f"{name} {best.level} of 5" if best.level else f"{name} is the topic, without the skill")
    if isinstance(best, TicketRow):
        parts.append(_position(best, len(choice.tickets), was_overdue(choice)))
    else:
        count = len(choice.agents)
        parts.append("the only free agent" if count == 1 else f"{_chosen_as(choice.discipline)} of {count} free agents")
        parts.append(f"{best.load} of {best.capacity} {SLOT_OF[choice.lane.work_class]} slots taken")
    if best.same_agent:
        parts.append("spoke with this customer before")
    if choice.heat:
        parts.append(f"heat {choice.heat} put it forward")
    if facts.answer_by and facts.now:
        parts.append(_due(facts.answer_by - facts.now))
    if facts.rules:
        names = [f"“{clipped(name, MAX_NAME)}”" for name in facts.rules[:2]]
        more = f" and {len(facts.rules) - 2} more" if len(facts.rules) > 2 else ""
        parts.append(f"{'rule' if len(facts.rules) == 1 else 'rules'} {', '.join(names)}{more}")
    return "; ".join(parts) + "."


def clipped(text: str, max_bytes: int) -> str:
    """Return a text cut so that its JSON, with every other letter escaped, takes at most `max_bytes`."""
    if _size(text) - 2 <= max_bytes:
        return text
    room, kept = max_bytes - 6, []  # six bytes for the ellipsis
    for letter in text:
        room -= _size(letter) - 2
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…"


def _position(best: TicketRow, lanes: int, too_often: bool) -> str:
    if too_often:
        return f"stood first and was passed over {best.passed_over} times, so it is next"
    if lanes == 1:
        return "first of the only open lane"
    where = f"{words.ordinal(best.pos)} of {lanes} open lanes"
    return where if best.pos == 1 else f"{where}, and suits best"


def _chosen_as(discipline: str) -> str:
    known = DISCIPLINES.get(discipline, DISCIPLINES[BEST_SUITED])
    return known.among


def _due(left: timedelta) -> str:
    minutes = abs(int(left.total_seconds())) // 60
    if minutes < 1:
        return "due now"
    said = f"{minutes} min" if minutes < 120 else f"{(minutes + 30) // 60} h"
    return f"{said} late" if left < timedelta(0) else f"due in {said}"


def _needs(lane: LaneSpec) -> list[str]:
    """Return the needs in words, for reading alone: the choice depended on who meets them, and those are counted."""
    said = [clipped(words.need(skill, level), MAX_NAME) for skill, level in sorted(lane.needs.items())]
    return said[:6] + ([f"{len(said) - 6} more"] if len(said) > 6 else [])


def _fitted(decision: Decision, best: list[dict[str, object]], count: int) -> Decision:
    """Return the decision with as many of its best candidates as fit; the rest of all `count` are counted."""
    kept = best
    while True:
        left_out = dict(cast(Mapping[str, int], decision.inputs["left_out"]))
        if len(kept) < count:
            left_out[LOWER] = count - len(kept)
        inputs = {**decision.inputs, "candidates": kept, "left_out": left_out}
        fitted = Decision(decision.kind, decision.because, inputs, decision.policy)
        if len(kept) == 1 or _size(asdict(fitted)) <= MAX_BYTES:
            return fitted
        kept = kept[:-1]


def _without(row: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in keys}


def _size(value: object) -> int:
    return len(json.dumps(value))
