"""What time does to offers: they lapse, an exclusion ends, and what a process that died left behind is put right.

Each change is decided again under the locks of its agent and ticket, so that two clocks, or a clock and a person, do it
once.
"""

from datetime import datetime

from router import dispatch, offering, placing
from router.app import Heed
from router.changes import Changes
from router.desk.acting import tell
from router.desknow import desk_now
from router.model import SYSTEM, State
from router.notify import Change
from router.store import offers, roster, tickets
from router.store.offers import OfferRow


def lapse(heed: Heed, now: datetime) -> int:
    """End the offers that nobody answered in time; the next agents are asked. Return how many there were."""
    with heed.database.read() as db:
        found = offers.over(db, now)
        gone = [agent_id for agent_id in offers.cut_off(db) if agent_id not in {one.agent_id for one in found}]
    for offer in found:
        _lapse(heed, offer, now)
    for agent_id in gone:  # their process ended before it could say so
        _release(heed, agent_id, now)
    return len(found)


def ask_again(heed: Heed, now: datetime) -> None:
    """Let agents be asked again about what they let go long enough ago, and look after whatever was left behind."""
    with heed.database.read() as db:
        ended, strays = offers.has_ended_passes(db, now), offers.stray(db)
    if ended:
        with heed.database.write() as db:
            agents = offers.end_passes(db, now)
        dispatch.after(heed, Changes(now=now, freed=set(agents)))
    for ticket_id, agent_id in strays:
        _put_right(heed, ticket_id, agent_id, now)
    dispatch.catch_up(heed, now)


def _lapse(heed: Heed, seen: OfferRow, now: datetime) -> None:
    away = False
    with heed.database.write() as db:
        roster.lock(db, [seen.agent_id])
        ticket = tickets.load(db, SYSTEM, [seen.ticket_id], lock=True).get(seen.ticket_id)
        offer = offers.one(db, seen.id)
        if ticket is None or offer is None or offer.state != "open" or not offering.over(offer, ticket, now):
            return
        changes = Changes(now=now)
        offering.let_go(db, heed.lanes, changes, ticket, offer, "lapsed")
        if offering.away_if_missed(db, changes, offer.agent_id):
            away = True
            offering.release(db, heed.lanes, changes, offer.agent_id)
        changes.write(db)
    tell(heed, changes, *([Change("presence", agent=seen.agent_id)] if away else []))


def _release(heed: Heed, agent_id: str, now: datetime) -> None:
    changes = Changes(now=now)
    with heed.database.write() as db:
        roster.lock(db, [agent_id])
        if offers.is_cut_off(db, agent_id):
            offering.release(db, heed.lanes, changes, agent_id)
            changes.write(db)
    tell(heed, changes)


def _put_right(heed: Heed, ticket_id: str, agent_id: str, now: datetime) -> None:
    """Put a ticket in line that stands as offered to nobody, as after the undo of what ended its offer."""
    with heed.database.write() as db:
        roster.lock(db, [agent_id])
        ticket = tickets.load(db, SYSTEM, [ticket_id], lock=True)[ticket_id]
        if ticket.state != State.OFFERED or offers.of_ticket(db, ticket_id) is not None:
            return
        changes = Changes(now=now)
        changes.watch(ticket)
        desk = desk_now(db, ticket.brand_id, now)
        line = placing.line_now(ticket, tickets.needs(db, [ticket_id]).get(ticket_id, {}), desk)
        changes.lanes[ticket_id] = placing.enter(ticket, line, desk, now)
        changes.event(ticket, "waiting", queue=ticket.queue_id, because="put back", answer_by=ticket.answer_by)
        changes.write(db)
    tell(heed, changes)
