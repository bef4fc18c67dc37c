"""Two tickets become one conversation.

No message moves: the ticket that goes in says into which one, and the other shows what lies in both. What a merge
touches besides (state, promises, place, tags, needs) it remembers, so that it can be taken back in any order.
"""

from datetime import datetime
from typing import cast

from router import placing, returning
from router.app import Heed
from router.changes import Changes, as_json
from router.desk.acting import refill, tell
from router.desk.errors import NotFound, Refused
from router.desknow import DeskNow, desk_now
from router.giving import give, wake
from router.merging import images
from router.merging.facts import facts_of, hands_in, needs_in, put
from router.merging.holding import hold, line_up, may_take, read_mood, take_slot
from router.merging.images import Image
from router.model import Scope, State
from router.store import held as unsent
from router.store import merges, roster, tickets
from router.store.db import Connection
from router.store.ids import new_id
from router.store.merges import MergeRow
from router.store.rows import Ticket

MERGED_FIRST = "The ticket was merged before your scheduled reply left. It is your draft again."
SAME, DIFFERENT = "same customer", "said to be different people"


def merge(heed: Heed, scope: Scope, ticket_id: str, into_id: str, now: datetime, *, different: bool = False) -> str:
    """Merge a ticket into another of the same brand, and return the id of the one that shows both from now on.

    `different`: whoever asks confirms that the customers are different people. Raises NotFound, also for another brand.
    """
    with heed.database.write() as db:
        seen = tickets.load(db, scope, [ticket_id, into_id])
        if len(seen) < len({ticket_id, into_id}):
            raise NotFound("There is no such ticket.")
        source, into = seen[ticket_id], seen[into_id]
        into = tickets.load(db, scope, [into.merged_into])[into.merged_into] if into.merged_into else into
        if source.merged_into == into.id:
            return into.id
        _check(db, scope, source, into, different)
        inside = [home for home in merges.homes(db, [source.id]) if home != source.id]
        later = unsent.scheduled(db, [source.id])
        agents = [scope.agent, *(reply.agent_id for reply in later)]
        held = hold(db, [source, into, *tickets.load(db, scope, inside).values()], agents)
        source, into = held[source.id], held[into.id]
        changes = Changes(now=now, by=scope.agent or "heed")
        changes.watch(source)
        changes.watch(into)
        row = MergeRow(
            id=new_id(), brand_id=source.brand_id, kind="ticket", evidence=DIFFERENT if different else SAME,
            by_agent_id=scope.agent, at=now, before="{}", from_ticket_id=source.id, into_ticket_id=into.id,
        )  # fmt: skip
        image = Image(facts_of(db, source), facts_of(db, into), {}, newer=_is_newer(source, into))
        _close(db, changes, source, into)
        merges.point_tickets(db, inside, into.id)
        tickets.save(db, [source])  # what is read from here on is read of both
        for reply in later:
            returning.hold(db, changes, source, reply, MERGED_FIRST)
        merges.copy_drafts(db, source.id, into.id)
        changes.event(source, "merged", other=into.id, number=into.number)
        changes.event(into, "merged_in", other=source.id, number=source.number)
        _unite(db, changes, into, image, desk_now(db, source.brand_id, now))
        for agent_id in sorted({a for a in (*changes.before.values(), scope.agent) if a}):
            refill(db, changes, agent_id)
        changes.write(db)
        image.after = facts_of(db, into)
        row.before = as_json(image.as_dict())
        merges.add(db, row)
    tell(heed, changes)
    return into.id


def _check(db: Connection, scope: Scope, source: Ticket, into: Ticket, different: bool) -> None:
    if source.brand_id != into.brand_id:
        raise NotFound("There is no such ticket.")
    if source.id == into.id:
        raise Refused("This would merge a ticket into itself.")
    if source.merged_into:
        raise Refused("This ticket is merged already.")
    may_take(scope, source, into)
    if into.state == State.CLOSED:
        raise Refused("That ticket is closed for good. Merge it into this one instead.")
    if source.spam:
        raise Refused("This ticket is marked as spam.")
    who = merges.owners(db, [one for one in (source.contact_id, into.contact_id) if one])
    if who.get(source.contact_id or "") != who.get(into.contact_id or "") and not different:
        raise Refused("These tickets are of different customers. Confirm that they belong together.")


def _close(db: Connection, changes: Changes, source: Ticket, into: Ticket) -> None:
    """Take the ticket that goes in out of line and out of hands; what it promised is promised by the other."""
    placing.leave(source)
    tickets.end_assignment(db, source.id, "merged", changes.now)
    tickets.drop_promises(db, source.id, changes.now)
    source.state = State.CLOSED
    source.merged_into = into.id
    source.last_agent_id = source.agent_id or source.last_agent_id
    source.agent_id = source.hold_until = source.waiting_since = source.answer_by = source.step_down_at = None
    source.flag = None


def _unite(db: Connection, changes: Changes, into: Ticket, image: Image, desk: DeskNow) -> None:
    """Let the ticket that stays stand for both: who waits for an answer is not put to rest by a merge."""
    before, source = image.before, image.source
    wanted = images.joined(before, source, newer=image.newer)
    hands, was = hands_in(source), State(into.state)
    wakes = images.wakes(before, source)
    if was in images.AT_REST and not wakes:
        still = (*images.LOWEST, "resolution") if was is State.RESOLVED else images.LOWEST
        wanted |= {name: before[name] for name in still}
    put(db, changes, into, before, wanted)
    read_mood(db, into, desk, at_least=into.heat)
    needs = needs_in(wanted)
    if wakes:
        owner = into.agent_id or into.last_agent_id or ""
        if was is State.RESOLVED:
            into.episode += 1
            into.resolved_at = into.purge_after = None
            changes.event(into, "reopened")
        into.place = None
        changes.lanes[into.id] = placing.enter(into, placing.line_now(into, needs, desk), desk, changes.now)
        tickets.save(db, list(changes.changed.values()))
        wake(db, changes, [(into, owner)])
        return
    agent_id = cast("str | None", hands["agent_id"])
    if images.hands_over(before, source) and agent_id and take_slot(db, changes, into, agent_id):
        view = roster.views(db, changes.now, ids={agent_id})[agent_id]
        give(db, changes, into, view, "merged")
        return
    line_up(db, changes, into, needs, desk)


def _is_newer(source: Ticket, into: Ticket) -> bool:
    if source.last_customer_at is None:
        return False
    return into.last_customer_at is None or source.last_customer_at > into.last_customer_at
