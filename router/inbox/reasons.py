"""Why: which rules fired, why this agent, who else was considered, or why the ticket still waits and why not you."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from router.app import Heed
from router.desk.errors import NotFound
from router.model import Decision, Scope, State
from router.routing.eligibility import explain_not_you, explain_wait
from router.routing.otherwise import what_would_change
from router.routing.policy import DIFFICULT, POLICY_VERSION, RUN_CARES
from router.routing.record import for_reader
from router.store import roster
from router.store.db import Connection as Db
from router.store.views import conversation, lines, reasons
from router.store.views.reasons import DecisionRow, EvaluationRow

LEFT_OUT: Mapping[str, str] = {  # obstacle -> why a candidate was not looked at further
    "brand": "for another brand",
    "channel": "on another channel",
    "skill": "a skill is missing",
    "level": "the level is too low",
    "language": "the language is missing",
    "no_slot": "no such slot",
    "presence": "not online",
    "capacity": "all slots taken",
    "kept": "kept for who knows the topic",
    "declined": "declined or returned it just now",
    "other_work_first": "live work goes first",
    "ranked_lower": "ranked lower still",
}

NOT_CHOSEN: Mapping[str, str] = {  # how an agent came to a ticket without a choice of Heed's -> why they have it
    "by hand": "{agent} was given it by hand.",
    "by a rule": "{agent} was given it by a rule.",
    "transferred": "{agent} was handed it by a colleague.",
    "woke": "{agent} had it before, and it came back.",
    "reopened": "{agent} opened it again.",
    "answered": "{agent} answered it.",
    "started": "{agent} started it.",
    "took back": "{agent} took back a reply.",
    "put back": "{agent} had it, and a step was undone.",
    "merged": "{agent} had the ticket that it was merged with.",
    "unmerged": "{agent} had it before the tickets were parted.",
}

WITHOUT_MOOD = "Mood is switched off for this brand: promise and age alone decide the order."


@dataclass(frozen=True, slots=True)
class Candidate:
    """One that was looked at: an agent for this ticket, or a ticket for the agent who asked."""

    id: str
    name: str
    chosen: bool
    level: int
    same_agent: bool
    heat: int | None  # of a ticket
    position: int | None  # of a ticket's lane in the order of places
    load: int | None  # of an agent
    capacity: int | None
    score: float | None  # where whoever asks may see it


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons behind where a ticket is now."""

    because: str  # one sentence, also for a ticket that somebody was given without a choice; empty while nobody was
    kind: str
    decided_at: datetime | None
    policy: str
    asked: str  # agent or ticket: what the candidates are
    candidates: tuple[Candidate, ...]
    left_out: tuple[tuple[str, int], ...]  # in words, and how many
    rules: tuple[str, ...]
    rules_version: int | None
    trace: object
    needs: tuple[str, ...]
    topic: str | None
    slot: str
    otherwise: str  # what would have changed the choice; empty if nothing single would, or it told of hard work
    waits: str  # why it still waits, if it does
    not_you: str
    flag: str
    without_mood: str  # said where mood is switched off
    earlier: tuple[DecisionRow, ...]  # before this one, latest first


def why(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> Why:
    """Return the reasons for one ticket. Raises NotFound, also for another brand's."""
    with heed.database.read() as db:
        line = lines.one(db, scope, ticket_id)
        if line is None:
            raise NotFound("There is no such ticket.")
        earlier = reasons.decisions(db, ticket_id)
        given = reasons.given(db, ticket_id)
        by_hand = given if given and given.how in NOT_CHOSEN else None
        last = earlier.pop(0) if earlier and not by_hand else None
        inputs = for_reader(last.inputs, scope.agent or "") if last else {}
        waits, not_you = _waits(db, scope, line.lane_id, line.brand_id, ticket_id, now)
        evaluated = reasons.last_evaluation(db, ticket_id)
        topic = inputs.get("topic")
        return Why(
            because=NOT_CHOSEN[by_hand.how].format(agent=by_hand.name) if by_hand else last.because if last else "",
            kind=by_hand.how.replace(" ", "_") if by_hand else last.kind if last else "",
            decided_at=by_hand.at if by_hand else last.at if last else None,
            policy=last.policy if last else "",
            asked=str(inputs.get("asked", "")),
            candidates=candidates_of(db, scope, inputs),
            left_out=_left_out(inputs),
            rules=evaluated.rules if evaluated else (),
            rules_version=evaluated.version if evaluated else None,
            trace=_trace(evaluated),
            needs=tuple(str(need) for need in cast(Sequence[object], inputs.get("needs", ()))),
            topic=str(topic) if topic else None,
            slot=str(inputs.get("slot", "")),
            otherwise=_otherwise(db, scope, last) if last else "",
            waits=f"Offered to {line.agent}." if line.state == State.OFFERED else waits,
            not_you=not_you,
            flag=line.flag or "",
            without_mood="" if line.mood_on else WITHOUT_MOOD,
            earlier=tuple(earlier),
        )


def _waits(db: Db, scope: Scope, lane_id: int | None, brand_id: str, ticket_id: str, now: datetime) -> tuple[str, str]:
    """Return why a waiting ticket waits, and why whoever asks is not given it."""
    lane = reasons.lanes(db, [lane_id]).get(lane_id) if lane_id is not None else None
    if lane is None:
        return "", ""
    agents = roster.views(db, now, brand_id=brand_id)
    reader = agents.get(scope.agent or "")
    if reader is None and scope.agent:
        reader = roster.views(db, now, ids=[scope.agent]).get(scope.agent)
    declined = bool(reader and reasons.passed(db, reader.id, [ticket_id], now))
    not_you = explain_not_you(lane, reader, declined=declined) if reader else ""
    return explain_wait(lane, list(agents.values())), not_you


def _otherwise(db: Db, scope: Scope, last: DecisionRow) -> str:
    """Return what single difference would have changed a choice, and who or what would have been chosen by it."""
    decision = Decision(last.kind, last.because, dict(last.inputs), last.policy)
    if last.policy != POLICY_VERSION or _tells_of_hard_work(last.inputs, scope.agent):
        return ""
    found = what_would_change(decision)
    named = {one.id: one.name for one in candidates_of(db, scope, last.inputs)}
    if found is None or not named.get(found.id):
        return ""
    return f"{'ticket ' if last.inputs.get('asked') == 'ticket' else ''}{named[found.id]}: {found.text}"


def _tells_of_hard_work(inputs: Mapping[str, object], reader: str | None) -> bool:
    """Say whether somebody's hard work could be reckoned from what would have changed a choice."""
    if inputs.get("asked") == "agent":
        return cast(int, inputs.get("heat", 0)) >= DIFFICULT
    return inputs.get("agent") != reader and cast(int, inputs.get("run", 0)) >= RUN_CARES


def candidates_of(db: Db, scope: Scope, inputs: Mapping[str, object]) -> tuple[Candidate, ...]:
    """Return who or what a record of a choice names, as whoever asks may see it."""
    rows = cast(Sequence[Mapping[str, object]], inputs.get("candidates", ()))
    ids = [str(row["id"]) for row in rows]
    if inputs.get("asked") == "ticket":
        found = {line.id: line for line in (lines.one(db, scope, ticket_id) for ticket_id in ids) if line}
        names = {ticket_id: f"{line.number}" for ticket_id, line in found.items()}
        chosen = inputs.get("ticket")
    else:
        names, chosen = conversation.agent_names(db, ids), inputs.get("agent")
    return tuple(_candidate(row, names.get(str(row["id"]), ""), row["id"] == chosen) for row in rows)


def _candidate(row: Mapping[str, object], name: str, chosen: bool) -> Candidate:
    def number(key: str) -> int | None:
        value = row.get(key)
        return value if isinstance(value, int) else None

    score = row.get("score")
    return Candidate(
        id=str(row["id"]),
        name=name,
        chosen=chosen,
        level=number("level") or 0,
        same_agent=bool(row.get("same_agent")),
        heat=number("heat"),
        position=number("pos"),
        load=number("load"),
        capacity=number("capacity"),
        score=float(score) if isinstance(score, int | float) else None,
    )


def _left_out(inputs: Mapping[str, object]) -> tuple[tuple[str, int], ...]:
    counted = cast(Mapping[str, int], inputs.get("left_out", {}))
    return tuple((LEFT_OUT.get(key, key.replace("_", " ")), count) for key, count in counted.items() if count)


def _trace(evaluated: EvaluationRow | None) -> object:
    return evaluated.trace if evaluated else None
