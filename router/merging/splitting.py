"""A message that joined a ticket by itself, and wrongly, becomes the beginning of a ticket of its own.

It stays where it came in, as every message does: the new ticket shows it and says from where it is. The new ticket
takes over the thread, so that what is written on comes in there.
"""

from datetime import datetime
from typing import cast

from channels.types import Pace
from router import placing, sla, triage
from router.app import Heed
from router.desk.acting import acting
from router.desk.errors import NotFound, Refused
from router.model import Scope, State
from router.store import contacts, merges, messages, tickets
from router.store.ids import new_id
from router.store.merges import SPLIT
from router.store.rows import Promise, Ticket
from router.store.views import conversation


def split(heed: Heed, scope: Scope, ticket_id: str, message_id: str, now: datetime) -> str:
    """Start a ticket from one message of another, and return its id; it waits in the same queue. Raises NotFound."""
    with acting(heed, scope, ticket_id, now) as act:
        db, old, changes = act.db, act.ticket, act.changes
        message = conversation.one(db, scope, message_id)
        shown = merges.shown(db, ticket_id)
        if message is None or message.home_ticket_id not in shown.homes:
            raise NotFound("There is no such message.")
        if message.direction != "inbound" or message.visibility != "public":
            raise Refused("Only a customer's message becomes a ticket of its own.")
        if merges.started_by(db, ticket_id, message_id):
            raise Refused("There is a ticket from this message already.")
        owner = contacts.owner_of(db, message.identity_id) if message.identity_id else None
        ticket = Ticket(
            id=new_id(), brand_id=old.brand_id, number=tickets.take_numbers(db, old.brand_id, 1), kind="conversation",
            state=State.NEW, channel=old.channel, work_class=old.work_class, slot_key=old.slot_key, pace=old.pace,
            connection_id=message.connection_id or old.connection_id, queue_id=old.queue_id,
            contact_id=owner or old.contact_id, subject=message.subject or old.subject, created_at=now, updated_at=now,
            thread=message.thread or old.thread, waiting_since=message.at, follows_ticket_id=old.id,
            language=old.language, last_customer_at=message.at,
        )  # fmt: skip
        changes.new.append(ticket)
        readings = messages.readings_of(db, [message_id])
        mood = triage.mood(readings, pace=cast(Pace, ticket.pace))
        if readings and act.desk.brand.mood_on:
            ticket.frustration, ticket.heat, ticket.mood_read = mood.level, mood.heat, readings[0].read
            ticket.urgency, ticket.sentiment = readings[0].urgency, readings[0].sentiment
        for reading in readings:
            ticket.intent, ticket.intent_confidence = reading.intent, reading.intent_confidence
            ticket.language = (
                reading.language if placing.is_sure_of_language(reading, message.text, act.desk) else "und"
            )
        needs = {placing.spoken_as(ticket.language, act.desk): (1, "language")}
        line = placing.line_now(ticket, needs, act.desk)
        changes.needs[ticket.id] = needs
        changes.lanes[ticket.id] = placing.enter(ticket, line, act.desk, now)
        due = sla.answer_by(message.at, line.target, act.desk.calendar(line.queue))
        changes.promises.append(
            Promise(ticket.id, 1, "first_answer", int(line.target.total_seconds()), message.at, due, line.because)
        )
        changes.event(ticket, SPLIT, message=message_id, other=old.id, number=old.number)
        changes.event(ticket, "waiting", queue=ticket.queue_id, answer_by=ticket.answer_by, flag=ticket.flag)
        changes.event(old, "split_off", message=message_id, other=ticket.id, number=ticket.number)
    return ticket.id
