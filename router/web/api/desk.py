"""The desk as it is set up: queues, skills, connections; a customer; a file."""

from datetime import datetime
from typing import Literal

from flask import Response
from pydantic import Field

from router import inbox
from router.web.api.base import api
from router.web.api.ticket_json import ContactOut, IdentityOut, TicketItem, item_of, tier_of
from router.web.api.typed import Call
from router.web.api.values import Out
from router.web.inbox.files import save


class QueueOut(Out):
    """Tickets waiting for one kind of agent."""

    id: str
    brand_id: str
    name: str
    mode: Literal["pull", "push"]
    topic: str | None = Field(description="The skill that suits it best.")
    answer_s: int | None = Field(description="Promise in seconds of working time; null: that of the channel.")
    is_default: bool


class Queues(Out):
    """Every queue of the caller's brands."""

    items: list[QueueOut]


class SkillOut(Out):
    """Something agents can do, in levels 1 to 5; languages are skills."""

    key: str
    label: str
    is_language: bool


class Skills(Out):
    """Every skill of the desk."""

    items: list[SkillOut]


class ConnectionOut(Out):
    """One configured address on a channel, without its settings."""

    id: str
    brand_id: str
    channel: str
    name: str
    active: bool


class Connections(Out):
    """Every connection of the caller's brands."""

    items: list[ConnectionOut]


class FactOut(Out):
    """One thing known of a customer, and how far it is to be believed."""

    name: str
    value: str
    source: str
    trust: str
    at: datetime


class ContactWhole(ContactOut):
    """A customer with what is known of them and their last tickets."""

    brand_id: str
    since: datetime
    facts: list[FactOut]
    tickets_count: int
    open_tickets_count: int
    tickets: list[TicketItem] = Field(description="At most 100, newest first.")


@api.route("GET", "/queues", scope="tickets:read")
def list_queues(call: Call) -> Queues:
    """List queues."""
    found = inbox.queues(call.heed, call.scope)
    return Queues(items=[QueueOut.model_validate(one, from_attributes=True) for one in found])


@api.route("GET", "/skills", scope="tickets:read")
def list_skills(call: Call) -> Skills:
    """List skills."""
    return Skills(items=[SkillOut.model_validate(one, from_attributes=True) for one in inbox.skills(call.heed)])


@api.route("GET", "/connections", scope="tickets:read")
def list_connections(call: Call) -> Connections:
    """List connections."""
    found = inbox.connections(call.heed, call.scope)
    return Connections(items=[ConnectionOut.model_validate(one, from_attributes=True) for one in found])


@api.route("GET", "/contacts/{id}", scope="contacts:read")
def get_contact(call: Call, contact_id: str) -> ContactWhole:
    """Read a customer."""
    found = inbox.contact(call.heed, call.scope, contact_id, call.now)
    names = {one.id: one.name for one in inbox.connections(call.heed, call.scope)}
    return ContactWhole(
        id=found.id,
        name=found.name,
        tier=tier_of(found),
        identities=[IdentityOut.model_validate(one, from_attributes=True) for one in found.identities],
        brand_id=found.brand_id,
        since=found.since,
        facts=[FactOut.model_validate(fact, from_attributes=True) for fact in found.facts],
        tickets_count=found.tickets,
        open_tickets_count=found.open_tickets,
        tickets=[item_of(line, names) for line in found.lines],
    )


@api.route("GET", "/attachments/{id}", scope="tickets:read", produces="application/octet-stream")
def get_attachment(call: Call, attachment_id: str) -> Response:
    """Read the bytes of a file, always as a download."""
    return save(inbox.stored_file(call.heed, call.scope, attachment_id))
