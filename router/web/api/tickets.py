"""Tickets to read, the next one, and a new one."""

from typing import Annotated

from pydantic import Field

from router import desk, inbox, looking
from router.desk.addressing import mail_address
from router.desk.writing import MAX_TEXT
from router.web.api import naming
from router.web.api.base import api
from router.web.api.errors import in_body
from router.web.api.ticket_json import (
    NextTicket,
    Ticket,
    TicketPage,
    TicketState,
    item_of,
    next_of,
    ticket_of,
)
from router.web.api.typed import Call
from router.web.api.values import Asked, Id, In, Limit, Line, Once, Words

WAITED = "It was yours and waited for a free slot of yours."

Text = Annotated[Words, Field(min_length=1, max_length=MAX_TEXT)]


class TicketsAsked(Asked):
    """Which tickets."""

    state: TicketState | None = Field(None, description="Waiting ones come in order of place, others newest first.")
    queue: Annotated[Line, Field(max_length=200)] | None = Field(None, description="Id or name.")
    agent: Annotated[Line, Field(max_length=254)] | None = Field(None, description="Id, mail address, or me.")
    q: Annotated[Line, Field(max_length=200)] | None = Field(None, description="A number, words, an address; tag:vip.")
    cursor: Annotated[str, Field(max_length=500, pattern=r"^[A-Za-z0-9_-]*$")] | None = Field(
        None, description="What `next` was."
    )
    limit: Limit = 50


class TicketAsked(Asked):
    """Which part of one ticket."""

    before: Id | None = Field(None, description="Messages before this one.")


class NewTicket(In):
    """A first mail to a customer."""

    connection: Id = Field(description="Id of a mail connection.")
    to: Annotated[Line, Field(min_length=3, max_length=320)]
    subject: Annotated[Line, Field(min_length=1, max_length=500)]
    text: Text


@api.route("GET", "/tickets", scope="tickets:read")
def list_tickets(call: Call, query: TicketsAsked) -> TicketPage:
    """List tickets."""
    page = inbox.tickets(
        call.heed,
        call.scope,
        state=query.state,
        queue=naming.queue_id(call, query.queue, {"parameter": "queue"}) if query.queue else None,
        agent=naming.agent_id(call, query.agent, {"parameter": "agent"}) if query.agent else None,
        q=query.q or None,
        cursor=query.cursor or None,
        limit=query.limit,
    )
    names = {one.id: one.name for one in inbox.connections(call.heed, call.scope)}
    return TicketPage(items=[item_of(line, names) for line in page.items], next=page.next)


@api.route("POST", "/tickets", scope="tickets:write", status=201, conflicts=True, rate="600 per minute")
def start_ticket(call: Call, body: NewTicket, headers: Once) -> Ticket:
    """Write to a customer first, by mail; the ticket waits for their answer."""
    try:
        mail_address(body.to)
    except desk.Refused as refused:
        raise in_body(refused.reason, "to") from None
    ticket_id = desk.start(
        call.heed,
        call.scope,
        call.now,
        connection_id=body.connection,
        to=body.to,
        subject=body.subject,
        text=body.text,
        key=headers.key,
    )
    return read_ticket(call, ticket_id)


@api.route("GET", "/tickets/{id}", scope="tickets:read")
def get_ticket(call: Call, ticket_id: str, query: TicketAsked) -> Ticket:
    """Read one ticket with its messages, readings, mood and last decision."""
    view = inbox.ticket(call.heed, call.scope, ticket_id, call.now, before=query.before)
    looking.note_read(call.heed, call.scope, call.me.actor, view.line, call.now)
    return ticket_of(view, inbox.why(call.heed, call.scope, ticket_id, call.now))


@api.route("POST", "/next", scope="tickets:write", conflicts=True)
def next_ticket(call: Call) -> NextTicket | None:
    """Take the caller's next ticket.

    204: nothing waits that they may take. 409: they are away or all their slots are taken; `detail` says which.
    """
    pulled = desk.pull(call.heed, call.scope, call.now)
    if pulled is None:
        return None
    view = inbox.ticket(call.heed, call.scope, pulled.ticket_id, call.now)
    why = inbox.why(call.heed, call.scope, pulled.ticket_id, call.now)
    return next_of(view, why, pulled.decision.because if pulled.decision else WAITED)


def read_ticket(call: Call, ticket_id: str, *, before: str | None = None) -> Ticket:
    """Return a ticket as the caller sees it. Raises NotFound."""
    view = inbox.ticket(call.heed, call.scope, ticket_id, call.now, before=before)
    return ticket_of(view, inbox.why(call.heed, call.scope, ticket_id, call.now))
