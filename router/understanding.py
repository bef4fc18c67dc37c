"""What a customer's message does to its ticket: read, mood, rules, promise, line. No I/O: everything was looked up.

A message whose reading fails is stored with an empty one and waits like any other.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from channels.types import InboundMessage, Pace
from router import factual, placing, recording, triage
from router.changes import Changes, Notice
from router.desknow import DeskNow
from router.model import AUTO_REPLIED, NOT_READ, WITHOUT_MOOD, Heat, Mood, Reading, Role, State
from router.placing import Line
from router.recording import QUIET
from router.store.rows import Promise, Ticket
from router.working import Conversation, Customer
from rules.evaluate import evaluate
from rules.facts import trusted
from rules.tally import Outcome, part
from rules.values import FactValue

log = logging.getLogger(__name__)

NO_REQUEST = frozenset({"small_talk", "other"})  # an intent that does not replace a better one
HOT: Heat = 2  # the line a mood must cross to renew a promise
RISES = 8  # points, so that a mood that wavers about the line alerts nobody; as Mood.trend has it
GREW = "Your customer grew frustrated. Answer soon, or ask for help."
GREW_SOMEWHERE = "A customer grew frustrated on a ticket that somebody has."


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of one message."""

    reading: Reading
    outcome: Outcome  # on a quiet occasion what the rules that hold newly decide
    evaluation_id: str | None
    known: Mapping[str, FactValue]  # the facts that the rules saw


def read(said: InboundMessage, channel: str, pace: str, desk: DeskNow) -> Reading:
    """Return the reading of a message with what its brand taught; an empty one if triage fails."""
    own = None if said.stripped is None else factual.own_words(said)
    try:
        found = triage.read(
            said.text, stripped=own, subject=said.subject, channel=channel, pace=pace,
            taught=desk.taught, scale=desk.scale,
        )  # fmt: skip
    except Exception as error:  # a message is never lost to its reading; the type alone is logged, no text
        log.error("triage failed on a message, stored unread: %s", type(error).__name__)
        return NOT_READ
    return replace(found, version=found.version + desk.lessons)


def understand(
    talk: Conversation,
    said: InboundMessage,
    message_id: str,
    customer: Customer,
    connection_name: str,
    desk: DeskNow,
    changes: Changes,
    silence: timedelta | None = None,
) -> Understood:
    """Read a message, move the ticket's mood and intent, and ask the rules; `silence` is from our answer to it."""
    ticket = talk.ticket
    reading = read(said, ticket.channel, ticket.pace, desk)
    if silence is not None:
        reading = replace(reading, silence_s=int(silence.total_seconds()))
    if said.auto_replied:
        reading = reading.without_mood(AUTO_REPLIED)
    elif not desk.brand.mood_on:
        reading = reading.without_mood(WITHOUT_MOOD)
    changes.readings.append((message_id, reading))
    talk.readings.append(reading)
    talk.count += 1
    mood = triage.mood(talk.readings, pace=cast(Pace, ticket.pace))
    if desk.brand.mood_on:
        _feel(talk, mood, reading)
    else:
        placing.forget_mood(ticket)
    _want(talk, said, reading, desk)
    return ask(talk, said, message_id, reading, mood, customer, connection_name, desk, changes)


def ask(
    talk: Conversation,
    said: InboundMessage,
    message_id: str,
    reading: Reading,
    mood: Mood,
    customer: Customer,
    connection_name: str,
    desk: DeskNow,
    changes: Changes,
    *,
    occasion: str = "message",
) -> Understood:
    """Ask the rules about a message as it is read; `occasion` says why they are asked."""
    ticket, now = talk.ticket, changes.now
    facts = factual.of_message(said, reading, mood, ticket, desk, connection_name, now)
    facts |= factual.of_contact(customer, desk, now, proven=said.proven)
    facts |= factual.of_ticket(talk, desk, now)
    known = trusted(facts, desk.rules.custom_facts)
    outcome = evaluate(desk.rules, known, now)
    if not desk.brand.mood_on:
        outcome = replace(outcome, heat_at_least=0)
    fresh = frozenset(outcome.matched) - talk.held.keys()
    news = part(desk.rules, outcome, fresh, machine=said.automatic) if talk.held else outcome
    evaluation_id = None
    if desk.rules_version and (occasion not in QUIET or talk.held.keys() != set(outcome.matched)):
        evaluation_id = recording.evaluation(talk, message_id, known, outcome, news, desk, changes, occasion)
    if outcome.notes:
        ticket.note = " ".join(outcome.notes)
    outcome = news if occasion in QUIET else outcome
    _tag(talk, outcome, changes)
    _untag(talk, [tag for tag in (news if talk.held else outcome).untag if tag not in outcome.tags], changes)
    if outcome.language and occasion != "correction" and not talk.language_said:
        ticket.language = outcome.language
    return Understood(reading, outcome, evaluation_id, known)


def _feel(talk: Conversation, mood: Mood, reading: Reading) -> None:
    ticket = talk.ticket
    ticket.frustration_before = ticket.frustration if talk.count > 1 else None
    ticket.mood_read = ticket.mood_read or reading.read
    ticket.frustration = mood.level
    ticket.heat = mood.heat
    ticket.urgency = max(reading.urgency, ticket.urgency if talk.count > 1 else 0)
    ticket.sentiment = reading.sentiment


def _want(talk: Conversation, said: InboundMessage, reading: Reading, desk: DeskNow) -> None:
    ticket = talk.ticket
    words = factual.own_words(said)
    if placing.is_sure_of_language(reading, words, desk):
        ticket.language = reading.language
    elif talk.count == 1:
        ticket.language = "und"
    if talk.count == 1 or reading.intent not in NO_REQUEST:
        ticket.intent, ticket.intent_confidence = reading.intent, reading.intent_confidence


def wait(
    talk: Conversation,
    understood: Understood,
    home_queue_id: str,
    desk: DeskNow,
    changes: Changes,
    kind: str = "waiting",
) -> None:
    """Put a new, waiting or reopened ticket where the rules' outcome sends it; `kind` is the event this makes."""
    ticket, outcome = talk.ticket, understood.outcome
    line_up(talk, outcome, home_queue_id, desk, changes)
    changes.event(
        ticket, kind, queue=ticket.queue_id, answer_by=ticket.answer_by, heat=ticket.heat,
        rules=list(outcome.matched), evaluation=understood.evaluation_id, flag=ticket.flag,
    )  # fmt: skip


def line_up(talk: Conversation, outcome: Outcome, home_queue_id: str, desk: DeskNow, changes: Changes) -> None:
    """Put a ticket in line where the rules' outcome sends it, with the promises it makes."""
    ticket = talk.ticket
    ticket.heat = max(ticket.heat, outcome.heat_at_least)
    home = desk.queues.get(ticket.queue_id if not talk.is_new else home_queue_id) or desk.default_queue
    take_place(talk, outcome, placing.line_of(ticket, outcome, desk, home), desk, changes)


def take_place(talk: Conversation, outcome: Outcome, line: Line, desk: DeskNow, changes: Changes) -> None:
    """Put a ticket in a line, with the promises that the rules' outcome makes."""
    ticket = talk.ticket
    line = replace(line, needs=placing.without(placing.together(talk.needs, line.needs), talk.relaxed))
    changes.lanes[ticket.id] = placing.enter(ticket, line, desk, changes.now)
    if line.needs != talk.needs:
        changes.needs[ticket.id] = talk.needs = dict(line.needs)
    promise(talk, line.target, line.because, desk, changes)
    if outcome.resolve_within:
        promise(
            talk, outcome.resolve_within, outcome.winners.get("resolve_within", "a rule"), desk, changes, "resolution"
        )


def promise(
    talk: Conversation,
    target: timedelta,
    because: str,
    desk: DeskNow,
    changes: Changes,
    kind: str = "",
) -> Promise | None:
    """Promise an answer, unless one is promised that is due no later; the shorter one holds."""
    ticket = talk.ticket
    kind = kind or ("first_answer" if ticket.last_answer_at is None else "next_answer")
    calendar = desk.calendar(desk.queues.get(ticket.queue_id) or desk.default_queue)
    start = ticket.waiting_since or changes.now
    due = calendar.add_working_time(start, target)
    same = [p for p in talk.promises if (p.kind == "resolution") == (kind == "resolution")]
    if any(p.due_at <= due for p in same):
        return None
    for held in same:
        talk.promises.remove(held)
        if held in changes.promises:
            changes.promises.remove(held)
        else:
            changes.ended_promises.append(held.id)
    made = Promise(ticket.id, ticket.episode, kind, int(target.total_seconds()), start, due, because)
    talk.promises.append(made)
    changes.promises.append(made)
    return made


def stays(talk: Conversation, understood: Understood, heat_before: int, desk: DeskNow, changes: Changes) -> None:
    """Let a message on an open ticket count: the next answer is promised, sooner if the mood rose past the line."""
    ticket = talk.ticket
    queue = desk.queues.get(ticket.queue_id) or desk.default_queue
    line = placing.line_of(ticket, understood.outcome, desk, queue)
    made = promise(talk, line.target, line.because, desk, changes)
    if made is not None:
        ticket.answer_by = made.due_at
    if ticket.reserved_for or ticket.state == State.OFFERED:  # it has a place, for its agent or to go back to
        needs = placing.without(placing.together(talk.needs, line.needs), talk.relaxed)
        placing.rank(ticket, replace(line, queue=queue, needs=needs), desk, changes.now)
    if heat_before < HOT <= ticket.heat:
        changes.event(ticket, "mood_rose", level=ticket.frustration, before=ticket.frustration_before, heat=ticket.heat)
        if ticket.frustration - (ticket.frustration_before or 0) >= RISES:
            _alert(ticket, changes)


def _alert(ticket: Ticket, changes: Changes) -> None:
    """Tell whoever has the ticket, and the supervisors, that its customer grew frustrated meanwhile."""
    if ticket.agent_id:
        changes.notices.append(Notice(ticket.brand_id, ticket.id, "mood", GREW, agent_id=ticket.agent_id))
    changes.notices.append(Notice(ticket.brand_id, ticket.id, "mood", GREW_SOMEWHERE, role=Role.SUPERVISOR))


def _tag(talk: Conversation, outcome: Outcome, changes: Changes) -> None:
    for tag in outcome.tags:
        if tag not in talk.tags:
            talk.tags.add(tag)
            changes.tags.append((talk.ticket.id, tag, outcome.winners.get(f"tag {tag}", "a rule")))


def _untag(talk: Conversation, tags: Iterable[str], changes: Changes) -> None:
    for tag in tags:
        if tag in talk.tags:
            talk.tags.discard(tag)
            changes.tags[:] = [row for row in changes.tags if row[:2] != (talk.ticket.id, tag)]
            changes.untags.append((talk.ticket.id, tag))
