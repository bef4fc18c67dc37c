"""An agent corrects what was read in a message, and the ticket stands at once where it belongs.

What a person said stays: the table of readings holds the corrected one, so every later mood and merge starts from it.
A waiting ticket is asked about again and gets the place that the corrected reading earns, later or sooner; a promise
that was made is not taken back, nor is a transfer by hand. One that somebody has stays with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast, get_args

from channels.types import Pace
from router import rule_times, triage, understanding
from router.app import Heed
from router.desk.acting import Act, acting
from router.desk.errors import NotFound, Refused
from router.languages import LANGUAGES
from router.model import AUTO_REPLIED, WITHOUT_MOOD, Mood, Reading, Scope, State
from router.store import connections, corrections, merges, messages
from router.store.connections import ConnectionRow
from router.store.merges import Shown
from router.store.rows import Message
from router.store.views import conversation
from router.stored import BY_HAND, as_said
from router.triage.corrections import ANGRIER, DISMISSED, RIGHT, Correction, Field, corrected, figure
from router.triage.intents import INTENTS
from router.triage.moods import ANCHORS, CUTS
from router.understanding import NO_REQUEST, Understood
from router.working import Conversation, Working

ASKED_ABOUT = (State.NEW, State.WAITING, State.OFFERED, State.OPEN, State.PENDING)


@dataclass(frozen=True, slots=True)
class _Said:
    """One message of a ticket, and the words that were read."""

    row: Message
    own: str | None  # without quotes and signature, if some were cut
    channel: str
    pace: str
    shown: Shown
    is_first: bool


def correct(heed: Heed, scope: Scope, ticket_id: str, message_id: str, field: str, value: str, now: datetime) -> None:
    """Store what somebody says about a reading and let the ticket stand accordingly; an empty `value` takes it back.

    `field` is intent (a key), language (a tag) or frustration (right, dismissed, angrier). Raises NotFound, Refused.
    """
    if field not in get_args(Field):
        raise Refused(f"There is no “{field[:40]}” to correct. Choose intent, language or frustration.")
    with acting(heed, scope, ticket_id, now, own=False) as act:
        said = _said(act, message_id)
        if corrections.as_read(act.db, message_id) is None:
            raise Refused("This message was not read: there is nothing to correct.")
        if value:
            current = messages.readings_of(act.db, [message_id])[0]
            cuts = CUTS.get(cast(Pace, said.pace), ANCHORS)
            _check(act, field, value, current)
            chosen = figure(value, current, cuts) if field == "frustration" else None
            corrections.put(act.db, message_id, field, value, chosen, act.agent, now)
        elif not corrections.take_back(act.db, message_id, field, now):
            raise Refused("Nothing was corrected here.")
        if field == "language":
            found = _read_in(act, said, [value] if value else None)
            messages.put_evidence(act.db, message_id, found.evidence if act.desk.brand.mood_on else ())
        reading = _reading(act, said)
        corrections.put_reading(act.db, message_id, reading)
        act.changes.event(act.ticket, "corrected", message=message_id, field=field, value=value or None)
        _stand(heed, act, said, reading, language_said=field == "language")


def _said(act: Act, message_id: str) -> _Said:
    """Return a customer's message that the ticket shows. Raises NotFound, or Refused for any other message."""
    row = conversation.one(act.db, act.scope, message_id)
    shown = merges.shown(act.db, act.ticket.id)
    if row is None or (row.home_ticket_id not in shown.homes and message_id not in shown.messages):
        raise NotFound("There is no such message.")
    if row.direction != "inbound" or row.visibility != "public":
        raise Refused("Only a customer's message is read, so only that can be corrected.")
    own = corrections.stripped(act.db, message_id)
    is_first = corrections.first_of(act.db, act.ticket.id) == message_id
    return _Said(row, own, act.ticket.channel, act.ticket.pace, shown, is_first)


def _check(act: Act, field: str, value: str, current: Reading) -> None:
    if field == "intent" and value not in INTENTS and value not in act.desk.intents:
        raise Refused(f"There is no intent “{value[:40]}”. Choose one of the list.")
    if field == "language" and value not in LANGUAGES:
        raise Refused(f"“{value[:40]}” is no language that Heed knows. Choose one of the list.")
    if field == "frustration":
        if value not in (RIGHT, DISMISSED, ANGRIER):
            raise Refused("Say right, dismissed or angrier.")
        if not act.desk.brand.mood_on:
            raise Refused("Mood is switched off for this brand: there is no frustration to correct.")
        if not current.read and value != ANGRIER:
            raise Refused("How they feel was not read here. You can say that they are angrier than calm.")


def _reading(act: Act, said: _Said) -> Reading:
    """Return a message's reading with all that people say about it; another language is read anew.

    Where there is no measure for that language it is not read.
    """
    as_read = corrections.as_read(act.db, said.row.id)
    assert as_read is not None
    held = corrections.holding(act.db, [said.row.id])
    words = [Correction(cast(Field, one.field), one.value, one.figure) for one in held]
    spoken = next((one.value for one in words if one.field == "language"), as_read.language)
    if spoken != as_read.language:
        left_out = "" if act.desk.brand.mood_on else WITHOUT_MOOD
        left_out = AUTO_REPLIED if as_read.version == AUTO_REPLIED else left_out
        found = _read_in(act, said, [spoken])
        found = replace(found, silence_s=as_read.silence_s)
        as_read = found if found.language == spoken else replace(found, language=spoken, read=False)
        if left_out:
            as_read = as_read.without_mood(left_out)
    return corrected(as_read, words)


def _read_in(act: Act, said: _Said, languages: list[str] | None) -> Reading:
    """Return the reading of a message that is in one of these languages, or in any."""
    row = said.row
    return triage.read(
        row.text, stripped=said.own, subject=row.subject, channel=said.channel, pace=said.pace, languages=languages,
        taught=act.desk.taught, scale=act.desk.scale,
    )  # fmt: skip


def _stand(heed: Heed, act: Act, said: _Said, reading: Reading, *, language_said: bool) -> None:
    """Let the ticket's mood, intent, language, queue and place be what its readings now say."""
    ticket, desk, changes = act.ticket, act.desk, act.changes
    working = Working(ticket.brand_id, ticket.connection_id or "", ticket.channel, True, act.now)
    working.load(act.db, {ticket.id})
    talk = working.conversations[ticket.id]
    talk.ticket, talk.is_new = ticket, said.is_first
    readings = messages.readings_of(act.db, said.shown.messages) + talk.readings
    heat_before, mood = ticket.heat, triage.mood(readings, pace=cast(Pace, ticket.pace))
    if desk.brand.mood_on:
        _feel(act, mood, readings)
    _want(act, readings)
    if language_said:
        ticket.language = reading.language
    if ticket.state not in ASKED_ABOUT:
        return
    own = connections.by_id(act.db, heed.vault, ticket.connection_id) if ticket.connection_id else None
    waits = ticket.state in (State.NEW, State.WAITING) and not ticket.reserved_for
    by_hand = corrections.was_transferred(act.db, ticket.id, ticket.episode)
    if waits and not by_hand:  # it stands where it came in, unless the rules name a queue
        came_in = desk.queues.get((own and own.queue_id) or "") or desk.default_queue
        ticket.queue_id = came_in.id
    if waits:
        talk.needs = {skill: why for skill, why in talk.needs.items() if why[1] in BY_HAND}
    made = _ask(act, talk, said, reading, mood, own)
    if by_hand:
        made = replace(made, outcome=replace(made.outcome, queue=None))
    if waits:
        ticket.place, ticket.head_start_extra_s = None, 0
        understanding.wait(talk, made, ticket.queue_id, desk, changes)
        changes.needs[ticket.id] = talk.needs
    elif any(promise.kind != "resolution" for promise in talk.promises):  # the customer waits for an answer
        ticket.heat = max(ticket.heat, made.outcome.heat_at_least)
        ticket.place = None if ticket.reserved_for else ticket.place
        understanding.stays(talk, made, heat_before, desk, changes)


def _feel(act: Act, mood: Mood, readings: Sequence[Reading]) -> None:
    ticket = act.ticket
    ticket.frustration, ticket.frustration_before, ticket.heat = mood.level, mood.before, mood.heat
    ticket.mood_read = any(reading.read for reading in readings)
    ticket.urgency = max(reading.urgency for reading in readings)
    ticket.sentiment = readings[-1].sentiment


def _want(act: Act, readings: Sequence[Reading]) -> None:
    """Let the ticket's intent be the last that asks for something."""
    asking = [reading for reading in readings[1:] if reading.intent not in NO_REQUEST]
    said = asking[-1] if asking else readings[0]
    act.ticket.intent, act.ticket.intent_confidence = said.intent, said.intent_confidence


def _ask(
    act: Act, talk: Conversation, said: _Said, reading: Reading, mood: Mood, own: ConnectionRow | None
) -> Understood:
    row, ticket, db = said.row, act.ticket, act.db
    files = conversation.files(db, [row.id]).get(row.id, [])
    message = as_said(row, said.own, conversation.parties(db, [row.id]).get(row.id, []), files)
    working = Working(ticket.brand_id, "", ticket.channel, True, act.now)
    working.load_customers(db, {ticket.contact_id} if ticket.contact_id else set())
    customer = working.customer(ticket.contact_id, {})
    name = own.connection.name if own else ""
    made = understanding.ask(
        talk, message, row.id, reading, mood, customer, name, act.desk, act.changes, occasion="correction"
    )
    act.changes.asked.add(ticket.id)
    ticket.rules_due_at = rule_times.next_moment(ticket, made.known, act.desk, act.now)
    return made
