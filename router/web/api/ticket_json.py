"""A ticket as JSON: the form of the public surface. Names are the desk's own words; agents and messages go by id."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import Field

from router.inbox import Contact, FileView, MessageView, TicketLine, TicketView, Why
from router.web.api.values import Out

TicketState: TypeAlias = Literal["new", "waiting", "offered", "open", "pending", "snoozed", "resolved", "closed"]
PREFIX = "/api/v1"
TIER = ("contact.tier", "tier")


class ContactName(Out):
    """The customer, in a list."""

    id: str
    name: str


class IdentityOut(Out):
    """One address of a customer on one channel."""

    channel: str
    address: str
    name: str


class ContactOut(ContactName):
    """The customer of a ticket."""

    tier: str | None = Field(description="As a system of the brand signed it, or an agent said.")
    identities: list[IdentityOut]


class PromiseOut(Out):
    """A moment promised to the customer."""

    kind: Literal["first_answer", "next_answer", "resolution"]
    target_s: int = Field(description="Seconds of working time.")
    starts_at: datetime
    due_at: datetime
    met_at: datetime | None
    because: str


class Address(Out):
    """Someone on a message; an agent has no address."""

    address: str | None
    name: str


class AttachmentOut(Out):
    """A file on a message."""

    id: str
    name: str
    media_type: str = Field(description="As its sender said; not to be believed.")
    size: int = Field(description="Bytes.")
    state: str = Field(description="stored, to_fetch or missing")
    url: str | None = Field(description="Where its bytes are, once stored.")


class ReadingOut(Out):
    """What triage made of one message."""

    read: bool = Field(description="No: a language without a measured figure, or no text. Never to be shown as calm.")
    language: str
    sentiment: float
    frustration: int
    urgency: int
    intent: str
    intent_confidence: float
    second_intent: str
    kind: str = Field(description="angry, confused, hesitant, worried, or nothing")
    cues: list[str] = Field(description="What was said outright, in words.")


class MessageOut(Out):
    """One message of a ticket, or a note on it."""

    id: str
    direction: Literal["inbound", "outbound", "note"]
    visibility: Literal["public", "direct", "internal"]
    external_id: str | None
    sender: Address = Field(alias="from")
    to: list[Address]
    cc: list[Address]
    subject: str
    text: str
    html: str | None = Field(description="Sanitised; still to be shown in a sandboxed frame.")
    attachments: list[AttachmentOut]
    reading: ReadingOut | None
    state: str = Field(description="received; of an answer: queued, sending, sent, delivered, read, failed or unknown")
    state_detail: str
    agent: str | None
    at: datetime


class MoodPointOut(Out):
    """How frustrated one message was."""

    at: datetime
    frustration: int


class MoodOut(Out):
    """The mood over a ticket's messages."""

    read: bool = Field(description="No: nothing could be read, so nothing is known.")
    trend: Literal["rising", "falling", "steady"]
    history: list[MoodPointOut]


class DecisionOut(Out):
    """The last automatic decision about a ticket; `/why` tells the whole of it."""

    kind: str
    because: str
    at: datetime


class OfferedOut(Out):
    """The offer of a ticket to the caller."""

    id: str
    until: datetime


class TicketHead(Out):
    """What lists and single tickets both say."""

    id: str
    number: int
    brand: str
    state: TicketState
    queue: str
    channel: str
    connection: str | None
    subject: str
    language: str
    intent: str
    intent_confidence: float = Field(description="0 … 1")
    sentiment: float | None = Field(description="−1 … 1; null: not read")
    frustration: int | None = Field(description="0 … 100; null: not read")
    heat: int = Field(description="0 … 3")
    urgency: int = Field(description="0 … 100")
    place: datetime | None = Field(description="Its order in line, smallest first; null unless it waits.")
    waiting_since: datetime | None
    answer_by: datetime | None
    tags: list[str]
    agent: str | None = Field(description="Id of whoever has it.")
    merged_into: str | None = Field(description="Id of the ticket that shows this one's messages with its own.")
    created_at: datetime
    updated_at: datetime


class TicketItem(TicketHead):
    """A ticket of a list."""

    contact: ContactName | None


class TicketPage(Out):
    """Some tickets, and the cursor of those that follow; null at the end."""

    items: list[TicketItem]
    next: str | None


class Ticket(TicketHead):
    """One ticket with its messages; the last 100, or those before `?before=`."""

    contact: ContactOut | None
    promises: list[PromiseOut]
    needs: dict[str, int] = Field(description="Skill to lowest level; languages are skills.")
    mood: MoodOut
    decision: DecisionOut | None
    offer: OfferedOut | None = Field(description="While it is offered to the caller: accept or decline it.")
    messages: list[MessageOut]
    earlier: str | None = Field(description="There are messages before these: ask with `?before=` and this id.")


class NextTicket(Ticket):
    """The ticket that was given, and why."""

    because: str


def item_of(line: TicketLine, connections: Mapping[str, str]) -> TicketItem:
    """Return a ticket of a list; `connections` are names by id."""
    contact = ContactName(id=line.contact_id, name=line.contact) if line.contact_id else None
    return TicketItem.model_validate(_head(line, connections.get(line.connection_id or "")) | {"contact": contact})


def ticket_of(view: TicketView, why: Why) -> Ticket:
    """Return one ticket."""
    return Ticket.model_validate(_whole(view, why))


def next_of(view: TicketView, why: Why, because: str) -> NextTicket:
    """Return the ticket that was given."""
    return NextTicket.model_validate(_whole(view, why) | {"because": because})


def _whole(view: TicketView, why: Why) -> dict[str, object]:
    line = view.line
    decided = DecisionOut(kind=why.kind, because=why.because, at=why.decided_at) if why.decided_at else None
    history = [MoodPointOut(at=point.at, frustration=point.level) for point in view.moods]
    return {
        **_head(line, view.connection or None),
        "contact": _contact(view.contact, line.contact) if view.contact else None,
        "promises": [PromiseOut.model_validate(promise, from_attributes=True) for promise in view.promises],
        "needs": {skill: level for skill, (level, _) in sorted(view.needs.items())},
        "mood": {"read": line.mood_read, "trend": line.trend, "history": history},
        "decision": decided,
        "offer": OfferedOut(id=view.offer[0], until=view.offer[1]) if view.offer else None,
        "messages": [_message(message) for message in view.messages],
        "earlier": view.earlier,
    }


def _head(line: TicketLine, connection: str | None) -> dict[str, object]:
    same = ("id", "number", "brand", "state", "queue", "channel", "subject", "language", "intent", "intent_confidence")
    moments = ("place", "waiting_since", "answer_by", "created_at", "updated_at")
    return {
        **{name: getattr(line, name) for name in (*same, *moments, "heat", "urgency")},
        "connection": connection,
        "sentiment": line.sentiment if line.mood_read else None,
        "frustration": line.frustration if line.mood_read else None,
        "tags": list(line.tags),
        "agent": line.agent_id,
        "merged_into": line.merged_into,
    }


def _contact(contact: Contact, name: str) -> ContactOut:
    known = [IdentityOut(channel=i.channel, address=i.address, name=i.name) for i in contact.identities]
    return ContactOut(id=contact.id, name=contact.name or name, tier=tier_of(contact), identities=known)


def tier_of(contact: Contact) -> str | None:
    """Return the customer's tier; not one that only a visitor claimed."""
    vouched = (fact for fact in contact.facts if fact.name in TIER and fact.trust != "visitor")
    return next((fact.value for fact in vouched), None)


def _message(view: MessageView) -> MessageOut:
    by_role: dict[str, list[Address]] = {}
    for party in view.parties:
        by_role.setdefault(party.role, []).append(Address(address=party.address, name=party.name))
    sender = None if view.agent_id else next(iter(by_role.get("from", ())), None)
    same = ("id", "direction", "visibility", "external_id", "subject", "text", "html", "state", "state_detail", "at")
    told = {name: getattr(view, name) for name in same}
    told["from"] = sender or Address(address=None, name=view.sender)
    told["to"], told["cc"] = by_role.get("to", []), by_role.get("cc", [])
    told["attachments"] = [_attachment(file) for file in view.files]
    told["reading"], told["agent"] = _reading(view), view.agent_id
    return MessageOut.model_validate(told)


def _attachment(file: FileView) -> AttachmentOut:
    url = f"{PREFIX}/attachments/{file.id}" if file.state == "stored" else None
    return AttachmentOut(
        id=file.id, name=file.name, media_type=file.media_type, size=file.size, state=file.state, url=url
    )


def _reading(view: MessageView) -> ReadingOut | None:
    row = view.reading
    if row is None:
        return None
    same = ("read", "language", "sentiment", "frustration", "urgency", "intent", "intent_confidence", "second_intent")
    return ReadingOut(**{name: getattr(row, name) for name in same}, kind=row.kind, cues=list(view.cues))
