"""An agent's answer to an offer: accept it, or decline with a reason and without a penalty."""

from dataclasses import dataclass
from datetime import datetime

from router import offering
from router.app import Heed
from router.changes import Changes
from router.desk.acting import tell
from router.desk.errors import NotFound, Refused
from router.model import Scope, State
from router.store import offers, roster, tickets
from router.store.db import Connection
from router.store.offers import OfferRow
from router.store.rows import Ticket

MAX_REASON = 200  # characters
OVER = {
    "declined": "You declined this offer; the next agent was asked.",
    "lapsed": "The time for this offer is over; the next agent was asked.",
    "released": "This ticket is no longer offered to you: it went elsewhere meanwhile, or your connection was lost.",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A ticket that is offered to whoever asks."""

    id: str
    ticket_id: str
    at: datetime
    until: datetime


def offered(heed: Heed, scope: Scope) -> list[Offered]:
    """Return what is offered to whoever asks, the oldest first."""
    if scope.agent is None:
        return []
    with heed.database.read() as db:
        held = offers.of_agent(db, scope.agent)
        seen = tickets.load(db, scope, [offer.ticket_id for offer in held])
    return [Offered(one.id, one.ticket_id, one.at, one.until) for one in held if one.ticket_id in seen]


def accept(heed: Heed, scope: Scope, offer_id: str, now: datetime) -> str:
    """Open the ticket that is offered and return its id; to accept twice is to accept once.

    Raises NotFound for anybody else's offer, and Refused for one that is over.
    """
    with heed.database.write() as db:
        offer, ticket = _held(db, scope, offer_id)
        view = roster.views(db, now, ids={offer.agent_id}).get(offer.agent_id)
        if offer.state == "accepted":
            return ticket.id
        _still(offer, ticket)
        if view is None:
            raise NotFound("There is no such offer.")
        changes = Changes(now=now, by=offer.agent_id)
        offering.accept(db, changes, ticket, view)
        changes.write(db)
    tell(heed, changes)
    return ticket.id


def decline(heed: Heed, scope: Scope, offer_id: str, now: datetime, reason: str = "") -> str:
    """Let an offered ticket go to the next agent, with its old place, and return its id; to decline twice is once.

    The reason is kept with the offer for 30 days and shown to nobody by name. Raises as `accept` does.
    """
    with heed.database.write() as db:
        offer, ticket = _held(db, scope, offer_id)
        if offer.state == "declined":
            return ticket.id
        _still(offer, ticket)
        changes = Changes(now=now)  # in no one's name: who declines is nobody's history
        offering.let_go(db, heed.lanes, changes, ticket, offer, "declined", " ".join(reason.split())[:MAX_REASON])
        changes.write(db)
    tell(heed, changes)
    return ticket.id


def _held(db: Connection, scope: Scope, offer_id: str) -> tuple[OfferRow, Ticket]:
    """Return an offer to whoever asks, and its ticket, both held."""
    seen = offers.one(db, offer_id)
    if seen is None or scope.agent is None or seen.agent_id != scope.agent:
        raise NotFound("There is no such offer.")
    roster.lock(db, [scope.agent])
    ticket = tickets.load(db, scope, [seen.ticket_id], lock=True).get(seen.ticket_id)
    offer = offers.one(db, offer_id)  # again: from here on nobody else ends it
    if ticket is None or offer is None:
        raise NotFound("There is no such offer.")
    return offer, ticket


def _still(offer: OfferRow, ticket: Ticket) -> None:
    """Raise Refused unless the ticket is still offered to the agent."""
    if offer.state != "open" or ticket.state != State.OFFERED or ticket.agent_id != offer.agent_id:
        raise Refused(OVER.get(offer.state, OVER["released"]))
