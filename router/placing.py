"""Where a ticket waits: its queue, what it needs, by when it was promised an answer, and so its lane and place.

Pure: everything it decides from is an argument. What is put into the database afterwards is for router.changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from channels.types import Pace, WorkClass
from router import sla
from router.desknow import DeskNow
from router.model import Heat, Needs, Presence, Reading, State
from router.routing.eligibility import nobody
from router.routing.lanes import LaneSpec, hard_needs, standing_reasons
from router.routing.place import left_for, place
from router.store.desk import QueueRow
from router.store.rows import Ticket
from rules.tally import Outcome

SURE_OF_LANGUAGE = 0.7  # below it the language known so far is taken, else the brand's own
ENOUGH_LETTERS = 16  # Latin letters from which a language that is not the brand's is believed; “Hi team” reads as Urdu
LATIN_ENDS = "\u0250"  # the first letter after Latin in Unicode
STEP_DOWN = 0.25  # of the promise, unless the rule says otherwise

Why = Mapping[str, tuple[int, str]]  # skill -> (level, because)


@dataclass(frozen=True, slots=True)
class Line:
    """What decides where a ticket waits, before it is turned into a lane and a place."""

    queue: QueueRow
    needs: Why
    topic: str | None
    target: timedelta
    because: str  # who set the target: a rule's name, or the queue's
    extra: timedelta = timedelta(0)  # head start that rules add
    step_down: timedelta | None = None


def line_of(ticket: Ticket, outcome: Outcome, desk: DeskNow, home: QueueRow) -> Line:
    """Return where the rules' outcome sends a ticket; `home` is its queue if they say nothing."""
    queue = (desk.queue_named(outcome.queue) if outcome.queue else None) or home
    own = timedelta(seconds=queue.answer_s) if queue.answer_s else sla.TARGETS[cast(Pace, ticket.pace)]
    target = sla.shortest([own, outcome.answer_within]) or own
    by_rule = outcome.answer_within is not None and outcome.answer_within <= own
    needs: dict[str, tuple[int, str]] = {}
    for skill, level in outcome.needs.items():
        needs[skill] = (level, outcome.winners.get(f"need_skill {skill}", "a rule"))
    needs.setdefault(spoken_as(ticket.language, desk), (1, "language"))
    return Line(
        queue=queue,
        needs=needs,
        topic=topic_of(ticket, outcome, queue, desk),
        target=target,
        because=outcome.winners.get("answer_within", "a rule") if by_rule else f"queue {queue.name}",
        extra=outcome.head_start,
        step_down=outcome.step_down or (target * STEP_DOWN if outcome.needs else None),
    )


def is_sure_of_language(reading: Reading, words: str, desk: DeskNow) -> bool:
    """Say whether a message's language is believed; a short text in Latin letters is not, unless it is the brand's."""
    if reading.language == "und" or reading.language_confidence < SURE_OF_LANGUAGE:
        return False
    letters = [letter for letter in words[:1000] if letter.isalpha()]
    if reading.language == desk.brand.language or len(letters) >= ENOUGH_LETTERS:
        return True
    return not any(letter < LATIN_ENDS for letter in letters)


def together(held: Why, added: Why) -> Why:
    """Return needs that hold and needs that come, the higher level of each; a new language replaces the old one."""
    new = {skill for skill, (_, because) in added.items() if because == "language"}
    needs = {s: why for s, why in held.items() if why[1] != "language" or not new or s in new}
    for skill, why in added.items():
        if skill not in needs or needs[skill][0] < why[0]:
            needs[skill] = why
    return needs


def without(needs: Why, relaxed: Mapping[str, int]) -> Why:
    """Return needs but for those a supervisor let the ticket do without; a higher level or a transfer asks anew."""
    return {s: why for s, why in needs.items() if why[1] == "transfer" or why[0] > relaxed.get(s, 0)}


def lasting(needs: Why, desk: DeskNow) -> Why:
    """Return the needs that no time takes away: the languages."""
    return {skill: why for skill, why in needs.items() if skill in desk.languages or why[1] == "language"}


def at_first(desk: DeskNow) -> Why:
    """Return what a ticket needs that begins with us, before its customer has said a word: the brand's language."""
    return {desk.brand.language: (1, "language")}


def spoken_as(language: str, desk: DeskNow) -> str:
    """Return the skill that serves a language: its own tag, else the language it is a way of writing."""
    if language == "und":
        return desk.brand.language
    base = language.split("-")[0]
    return language if language in desk.languages or base not in desk.languages else base


def topic_of(ticket: Ticket, outcome: Outcome, queue: QueueRow, desk: DeskNow) -> str | None:
    """Return the skill that suits a ticket best: a rule's wish, else the queue's own, else the intent's group."""
    wished = (skill for skill in outcome.prefer if skill != "last_agent" and skill in desk.skills)
    return next(wished, None) or (queue.topic if queue.topic in desk.skills else None)


def enter(ticket: Ticket, line: Line, desk: DeskNow, now: datetime) -> LaneSpec:
    """Put a ticket in line: it waits from now on, with its promise and place. Returns the lane it belongs to."""
    calendar = desk.calendar(line.queue)
    ticket.queue_id = line.queue.id
    if ticket.waiting_since is None:
        ticket.waiting_since = now
    due = sla.answer_by(ticket.waiting_since, line.target, calendar)
    ticket.answer_by = due if ticket.answer_by is None else min(due, ticket.answer_by)
    ticket.head_start_extra_s = max(ticket.head_start_extra_s, int(line.extra.total_seconds()))
    if line.step_down is not None and ticket.step_down_at is None:
        ticket.step_down_at = calendar.add_working_time(ticket.waiting_since, line.step_down)
    kept_for = left_for(line.target, _heat(ticket, desk), cast(WorkClass, ticket.work_class)) if line.topic else None
    ticket.kept_until = calendar.add_working_time(ticket.waiting_since, kept_for) if kept_for else None
    ticket.state = State.WAITING
    ticket.agent_id = None
    ticket.reserved_for = None
    ticket.hold_until = None
    return rank(ticket, line, desk, now)


def rank(ticket: Ticket, line: Line, desk: DeskNow, now: datetime) -> LaneSpec:
    """Give a waiting ticket the place that its promise and heat ask for; it never falls behind the one it had."""
    extra = timedelta(seconds=ticket.head_start_extra_s)
    assert ticket.answer_by is not None
    heat = _heat(ticket, desk)
    earned = place(ticket.answer_by, heat, cast(Pace, ticket.pace), desk.calendar(line.queue), extra)
    ticket.place = earned if ticket.place is None else min(earned, ticket.place)
    if not left_for(line.target, heat, cast(WorkClass, ticket.work_class)):
        ticket.kept_until = None  # who grew frustrated meanwhile is kept no longer
    skills = {skill: level for skill, (level, _) in line.needs.items()}
    languages = frozenset(skill for skill, (_, because) in line.needs.items() if because == "language")
    needs = hard_needs(Needs(skills, step_down_at=ticket.step_down_at), now, desk.languages | languages)
    spec = LaneSpec(
        brand=ticket.brand_id,
        queue=line.queue.id,
        channel=ticket.channel,
        work_class=cast(WorkClass, ticket.work_class),
        needs=needs,
        topic=line.topic,
    )
    spec = replace(spec, kept=_is_kept(ticket, spec, desk, now))
    ticket.flag = nobody(spec, list(desk.agents.values()))
    return spec


def _is_kept(ticket: Ticket, lane: LaneSpec, desk: DeskNow, now: datetime) -> bool:
    """Say whether agents who are nearly full leave a ticket to those who know its topic: if one of them is here."""
    if lane.topic is None or ticket.kept_until is None or now >= ticket.kept_until:
        return False
    return any(
        view.skills.get(lane.topic) and view.presence is Presence.ONLINE and not standing_reasons(lane, view)
        for view in desk.agents.values()
    )


def rank_anew(ticket: Ticket, desk: DeskNow) -> None:
    """Give a ticket in line the place that its promise and heat earn now, also if that is further back."""
    if ticket.place is None or ticket.answer_by is None:
        return
    queue = desk.queues.get(ticket.queue_id) or desk.default_queue
    extra = timedelta(seconds=ticket.head_start_extra_s)
    ticket.place = place(ticket.answer_by, _heat(ticket, desk), cast(Pace, ticket.pace), desk.calendar(queue), extra)


def forget_mood(ticket: Ticket) -> None:
    """Let a ticket say nothing of how its customer feels, as where mood is switched off."""
    ticket.frustration, ticket.frustration_before, ticket.heat, ticket.urgency = 0, None, 0, 0
    ticket.sentiment, ticket.mood_read = 0.0, False


def _heat(ticket: Ticket, desk: DeskNow) -> Heat:
    """Return the heat that counts: none where mood is switched off or everyone is served in turn."""
    return cast(Heat, ticket.heat if desk.heat_counts else 0)


def line_now(ticket: Ticket, needs: Why, desk: DeskNow, *, topic: str | None = None) -> Line:
    """Return the line of a ticket that goes back to wait, from what was decided about it before."""
    queue = desk.queues.get(ticket.queue_id) or desk.default_queue
    own = timedelta(seconds=queue.answer_s) if queue.answer_s else sla.TARGETS[cast(Pace, ticket.pace)]
    return Line(
        queue=queue,
        needs=needs,
        topic=topic or (queue.topic if queue.topic in desk.skills else None),
        target=own,
        because=f"queue {queue.name}",
    )


def moved(line: Line, queue: QueueRow, desk: DeskNow) -> Line:
    """Return a line in another queue, with the same needs."""
    return replace(line, queue=queue, topic=queue.topic if queue.topic in desk.skills else None)


def leave(ticket: Ticket) -> None:
    """Take a ticket out of its lane."""
    ticket.lane_id = None
    ticket.place = None
    ticket.kept_until = None
    ticket.reserved_for = None
