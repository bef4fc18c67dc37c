"""Offers to the caller: what is theirs to accept or to decline."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from router.desk import offers
from router.desk.offers import MAX_REASON
from router.web.api.base import api
from router.web.api.ticket_json import Ticket
from router.web.api.tickets import read_ticket
from router.web.api.typed import Call
from router.web.api.values import In, Line, Out


class OfferOut(Out):
    """A ticket offered to the caller."""

    id: str
    ticket: str = Field(description="Its id.")
    at: datetime
    until: datetime = Field(description="Then it goes to the next agent.")


class Offers(Out):
    """What is offered to the caller now, the oldest first."""

    items: list[OfferOut]


class DeclineIn(In):
    """Why an offer is declined, if the caller wants to say."""

    reason: Annotated[Line, Field(max_length=MAX_REASON)] = Field(
        "", description="Kept with the offer for 30 days; shown to nobody by name."
    )


@api.route("GET", "/offers", scope="tickets:read")
def list_offers(call: Call) -> Offers:
    """List what is offered to the caller."""
    found = offers.offered(call.heed, call.scope)
    return Offers(items=[OfferOut(id=one.id, ticket=one.ticket_id, at=one.at, until=one.until) for one in found])


@api.route("POST", "/offers/{id}/accept", scope="tickets:write", conflicts=True)
def accept_offer(call: Call, offer_id: str) -> Ticket:
    """Take the ticket that is offered.

    409: the offer is over; `detail` says why.
    """
    return read_ticket(call, offers.accept(call.heed, call.scope, offer_id, call.now))


@api.route("POST", "/offers/{id}/decline", scope="tickets:write", conflicts=True)
def decline_offer(call: Call, offer_id: str, body: DeclineIn) -> Ticket:
    """Let the offered ticket go to the next agent; it keeps its place, and declining counts for nothing.

    409: the offer is over; `detail` says why.
    """
    return read_ticket(call, offers.decline(call.heed, call.scope, offer_id, call.now, body.reason))
