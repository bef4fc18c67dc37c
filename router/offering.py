"""Offers inside a transaction: a ticket that is claimed is offered, taken, or goes back with its old place.

The agent concerned is locked, then the ticket. While it is offered a ticket keeps its place but stands in no lane.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from router import preferences
from router.changes import Changes
from router.choosing import Claimed
from router.giving import give
from router.model import SYSTEM, Presence, State
from router.routing import offers as law
from router.routing.lanes import AgentView
from router.routing.record import Facts, assigned
from router.store import decisions, free, lanes, offers, presences, roster, rulebook, tickets
from router.store.db import Connection
from router.store.lanes import LaneBook
from router.store.offers import Offering, OfferRow
from router.store.rows import Ticket

MISSED = "missed offers"  # why somebody is away, and who set it


def hand_out(db: Connection, changes: Changes, claimed: Claimed, view: AgentView, how: Offering) -> None:
    """Offer a claimed ticket to an agent, or open it with them where their queue asks nobody or they want no question.

    Why is on record.
    """
    choice = claimed.choice
    ticket = changes.watch(tickets.load(db, SYSTEM, [choice.ticket_id], lock=True)[choice.ticket_id])
    at_once = how.auto_accept or preferences.of(db, view.id).auto_accept
    facts = Facts(rules=rulebook.last_rules(db, ticket.id), answer_by=ticket.answer_by, now=changes.now)
    decision = assigned(choice, facts, kind="assigned" if at_once else "offered")
    decision_id = decisions.add(db, ticket.id, view.id, decision, ticket.rules_version_id, changes.now)
    if at_once:
        give(db, changes, ticket, view, "dispatched")
    else:
        until = changes.now + law.lasts(choice.lane.work_class, how.offer_s)
        offers.add(db, ticket.id, view.id, claimed.lane_id, changes.now, until)
        ticket.state, ticket.agent_id, ticket.lane_id = State.OFFERED, view.id, None
        changes.event(ticket, "offered", agent=view.id, until=until)
    changes.event(ticket, "decided", decision=decision_id)
    tickets.count_passed(db, [choice.stood_first] if choice.stood_first else [], choice.spared)


def accept(db: Connection, changes: Changes, ticket: Ticket, view: AgentView) -> None:
    """Open an offered ticket with the agent it is offered to."""
    changes.watch(ticket)
    for offer in offers.of_agent(db, view.id):
        if offer.ticket_id == ticket.id:
            offers.end(db, offer.id, "accepted", changes.now)
    give(db, changes, ticket, view, "offered")


def take_back(db: Connection, book: LaneBook, changes: Changes, ticket: Ticket, lane_id: int | None) -> None:
    """Let an offered ticket wait again where it did, with its old place; its offer is ended by whoever writes this."""
    changes.watch(ticket)
    ticket.state, ticket.agent_id = State.WAITING, None
    if lane_id is not None:
        spec = book.read(db).spec(lane_id)  # opened if it was closed since
        kept = spec.kept and ticket.kept_until is not None and ticket.kept_until > changes.now
        changes.lanes[ticket.id] = replace(spec, kept=kept)
    changes.event(ticket, "offer_ended", queue=ticket.queue_id)


def release(db: Connection, book: LaneBook, changes: Changes, agent_id: str) -> None:
    """Take back all that is offered to an agent who is locked: they have gone, and it counts for nothing."""
    held = {offer.ticket_id: offer for offer in offers.of_agent(db, agent_id)}
    for ticket in tickets.load(db, SYSTEM, held, lock=True).values():
        if ticket.state == State.OFFERED and ticket.id not in changes.changed:
            take_back(db, book, changes, ticket, held[ticket.id].lane_id)


def let_go(
    db: Connection, book: LaneBook, changes: Changes, ticket: Ticket, offer: OfferRow, state: str, reason: str = ""
) -> None:
    """Put a ticket back that its agent declined or did not answer; the next is asked before they are again."""
    offers.end(db, offer.id, state, changes.now, reason)
    take_back(db, book, changes, ticket, offer.lane_id)
    changes.freed.add(offer.agent_id)
    passed = offers.passes(db, ticket.id, changes.now)
    lanes.pass_by(db, offer.agent_id, ticket.id, state, changes.now + law.PASSED_FOR)
    if offer.lane_id is not None:
        able = {view.id for view in free.views(db, book.read(db).spec(offer.lane_id), changes.now, full=True)}
        again = law.had_their_turn(offer.agent_id, passed, able)
        offers.drop_passes(db, ticket.id, again)
        changes.freed |= again


def away_if_missed(db: Connection, changes: Changes, agent_id: str) -> bool:
    """Set an agent away who let two offers in a row pass without a word, and say whether that is so."""
    here: Mapping[str, tuple[Presence, str]] = roster.present(db, [agent_id])
    status, _ = here.get(agent_id, (Presence.OFFLINE, ""))
    missed = offers.missed_in_a_row(db, agent_id, law.MISSED_IN_A_ROW)
    if status is not Presence.ONLINE or missed < law.MISSED_IN_A_ROW:
        return False
    presences.put(db, agent_id, Presence.AWAY, changes.now, reason=MISSED, source=MISSED)
    return True


def over(offer: OfferRow, ticket: Ticket, now: datetime) -> bool:
    """Say whether an open offer's time has passed, as its agent and ticket stand now."""
    return offer.until <= now and ticket.state == State.OFFERED and ticket.agent_id == offer.agent_id
