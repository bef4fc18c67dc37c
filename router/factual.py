"""The facts that rules see of one message: gathered from the message, its reading, its ticket and the desk.

Each comes with the trust it really has, so that nothing a visitor can set reaches a rule as if it were vouched for.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from channels.types import InboundMessage, WorkClass
from router.desknow import DeskNow
from router.model import Mood, Presence, Reading
from router.routing.lanes import free_slots
from router.store.rows import Ticket
from router.triage.intents import INTENTS, OTHER
from router.working import Conversation, Customer
from rules.facts import Trust
from rules.values import FactValue

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FELT = frozenset({"read", "sentiment", "frustration", "heat", "mood_trend", "urgency", "cues", "kind"})
TEXTS = frozenset({"text", "subject", "contact.name"})  # a customer's words: never copied into a record


Facts = dict[str, tuple[FactValue, Trust]]


def own_words(said: InboundMessage) -> str:
    """Return the new words of a message without the lines of ours between which they were written."""
    return said.text if said.stripped is None else own_lines(said.stripped)


def own_lines(stripped: str) -> str:
    """Return a text without the lines of others that it quotes; the whole text if there is nothing else."""
    lines = [line for line in stripped.splitlines() if not line.startswith(">")]
    return "\n".join(lines).strip() or stripped


def of_message(
    said: InboundMessage, reading: Reading, mood: Mood, ticket: Ticket, desk: DeskNow, connection: str, now: datetime
) -> Facts:
    """Return what a message and its ticket say; how they feel is not known where mood is switched off."""
    queue = desk.queues.get(ticket.queue_id) or desk.default_queue
    local = now.astimezone(ZoneInfo(desk.brand.zone))
    visitor, inferred, recorded = Trust.VISITOR, Trust.INFERRED, Trust.RECORDED
    words = own_words(said)
    recipients = sum(1 for party in said.parties if party.role in ("to", "cc"))
    found: Facts = {
        "channel": (ticket.channel, recorded),
        "connection": (connection, recorded),
        "brand": (desk.brand.name, recorded),
        "subject": (said.subject, visitor),
        "text": (words, visitor),
        "message_length": (len(words), visitor),
        "recipients_count": (recipients, visitor),
        "has_attachments": (bool(said.attachments), visitor),
        "attachment_types": (frozenset(a.media_type for a in said.attachments), visitor),
        "automatic": (said.automatic, visitor),
        "sender_proven": (said.proven, recorded),
        "read": (reading.read, inferred),
        "language": (reading.language, inferred),
        "language_confidence": (round(reading.language_confidence * 100), inferred),
        "intent": (reading.intent, inferred),
        "intent_confidence": (round(reading.intent_confidence * 100), inferred),
        "second_intent": (reading.second_intent, inferred),
        "intent_group": (group_of(reading.intent, desk), inferred),
        "sentiment": (reading.sentiment, inferred),
        "frustration": (reading.calm_frustration, inferred),
        "heat": (mood.heat, inferred),
        "mood_trend": (mood.trend, inferred),
        "urgency": (reading.urgency, inferred),
        "cues": (frozenset(reading.cues), inferred),
        "kind": (reading.kind, inferred),
        "contact.name": (said.sender.name, visitor),
        "state": (str(ticket.state), recorded),
        "queue": (queue.name, recorded),
        "opened_at": (ticket.created_at, recorded),
        "reopened": (ticket.episode > 1, recorded),
        "working_hours": (desk.calendar(queue).is_open(now), recorded),
        "weekday": (_DAYS[local.weekday()], recorded),
        "time_of_day": (local.time(), recorded),
        "now": (now, recorded),
    }
    return found if desk.brand.mood_on else {name: fact for name, fact in found.items() if name not in FELT}


def group_of(intent: str, desk: DeskNow) -> str:
    """Return the group of an intent, the brand's own included."""
    own = desk.intents.get(intent)
    return own.group if own else INTENTS[intent if intent in INTENTS else OTHER].group


def of_contact(who: Customer, desk: DeskNow, now: datetime, *, proven: bool) -> Facts:
    """Return what is known about the contact; worth no more than a visitor's word if the sender is not proven."""
    found: Facts = {"contact.tickets": (who.tickets, Trust.VISITOR)}
    recorded = Trust.RECORDED if proven else Trust.VISITOR
    for name, (value, trust) in who.facts.items():
        found[name] = (value, Trust[trust.upper()] if proven else Trust.VISITOR)
    if who.since is not None:
        found["contact.known_for"] = (now - who.since, recorded)
    if who.last_agent is not None:
        found["contact.last_agent_online"] = (is_online(who.last_agent, desk), recorded)
    return found


def of_ticket(talk: Conversation, desk: DeskNow, now: datetime) -> Facts:
    """Return how a ticket stands: what was done on it, and how long it has waited or been silent."""
    ticket = talk.ticket
    calendar = desk.calendar(desk.queues.get(ticket.queue_id) or desk.default_queue)
    answered, heard = ticket.last_answer_at, ticket.last_customer_at
    found: dict[str, FactValue | None] = {
        "is_first_message": talk.is_new and talk.count == 1,
        "messages_count": talk.count,
        "promises_missed": talk.missed,
        "tags": frozenset(talk.tags),
        "transfers": talk.transfers,
        "answered": answered is not None,
        "age": now - ticket.created_at,
        "waited": calendar.working_time_between(ticket.waiting_since or now, now),
        "due_in": calendar.working_time_between(now, ticket.answer_by) if ticket.answer_by else None,
        "silence": now - answered if answered and (heard is None or heard <= answered) else None,
        "agent_online": is_online(ticket.agent_id, desk) if ticket.agent_id else None,
        **of_desk(ticket.queue_id, ticket.work_class, desk),
    }
    trusts = {"messages_count": Trust.VISITOR, "tags": Trust.AGENT}
    return {n: (value, trusts.get(n, Trust.RECORDED)) for n, value in found.items() if value is not None}


def of_desk(queue_id: str, work_class: str, desk: DeskNow) -> dict[str, FactValue | None]:
    """Return how busy the desk is, as a queue and a kind of work see it."""
    here = [agent for agent in desk.agents.values() if agent.presence is Presence.ONLINE]
    return {
        "agents_online": len(here),
        "agents_free": sum(1 for agent in here if free_slots(agent, cast(WorkClass, work_class)) > 0),
        "queue_waiting": desk.waiting.get(queue_id, 0) if desk.waiting is not None else None,
    }


def is_online(agent_id: str, desk: DeskNow) -> bool:
    """Say whether an agent of the brand is here to take work."""
    view = desk.agents.get(agent_id)
    return view is not None and view.presence is Presence.ONLINE


def recordable(facts: Mapping[str, FactValue]) -> dict[str, object]:
    """Return the facts a record may keep: no customer's words."""
    return {
        name: sorted(map(str, value)) if isinstance(value, frozenset | set) else value
        for name, value in facts.items()
        if name not in TEXTS and not name.startswith("contact.") and value is not None
    }
