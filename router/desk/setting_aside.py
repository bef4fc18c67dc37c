"""Spam: set aside by a person's word alone, undone for 30 days; and blocked senders, whose later messages follow it.

Nothing is deleted. What was set aside is listed, and comes back with the age and place it would have had.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from router.app import Heed
from router.desk import resting
from router.desk.acting import Act, acting
from router.desk.errors import NotFound, Refused
from router.desk.restoring import remember, wait_anew
from router.model import Scope, State
from router.store import audit, blocks, tickets, undoing
from router.store.audit import Actor
from router.store.blocks import Block, Sender
from router.store.db import Connection
from router.store.ids import new_id
from router.store.views import aside
from router.store.views.aside import AsideLine

UNDO_FOR = timedelta(days=30)
SPAM, BACK = "spam", "back"
PAGE = 50
MOST_BACK = 1000  # tickets that come back with a sender at once


@dataclass(frozen=True, slots=True)
class Aside:
    """Some of what was set aside, the newest first; how many there are in all, and where the next ones begin."""

    items: tuple[AsideLine, ...]
    count: int  # aside.COUNTED + 1 means more
    next: str | None


def spam(heed: Heed, scope: Scope, ticket_id: str, now: datetime, *, block: Collection[str] = ()) -> str:
    """Set a ticket aside as spam and return the id by which that is undone; `block`: identities of its senders."""
    undoable_id = new_id()
    with acting(heed, scope, ticket_id, now) as act:
        known = {sender.identity_id for sender in blocks.senders(act.db, ticket_id)} if block else set()
        if unknown := set(block) - known:
            raise Refused(f"{len(unknown)} of those to block did not write on this ticket.")
        before = remember(act)
        set_aside(act)
        undoing.begin(act.db, undoable_id, SPAM, act.agent, [ticket_id], now, now + UNDO_FOR)
        seq = act.ticket.event_seq
        undoing.settle(act.db, undoable_id, ticket_id, undoing.TO_DO, undoing.DONE, before=before, event_seq=seq)
        for identity_id in sorted(block):
            _block(act, identity_id)
    return undoable_id


def set_aside(act: Act) -> None:
    """Set the ticket that is held aside as spam."""
    if act.ticket.spam and act.ticket.state == State.CLOSED:
        raise Refused("It is set aside already.")
    act.become(State.CLOSED)
    resting.rest(act, SPAM)
    act.ticket.spam = True
    act.changes.event(act.ticket, "spam")
    _audit(act, "ticket marked as spam")


def bring_back(act: Act) -> None:
    """Let the ticket that is held, and was set aside, wait in line again."""
    if not (act.ticket.spam and act.ticket.state == State.CLOSED):
        raise Refused("It is not set aside.")
    if act.ticket.merged_into:
        raise Refused("It was merged into another ticket.")
    wait_anew(act, "not spam")
    act.changes.event(act.ticket, "not_spam")
    _audit(act, "ticket brought back")


def bring_back_one(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> None:
    """Let a ticket that was set aside wait in line again: it is no spam."""
    with acting(heed, scope, ticket_id, now, own=False) as act:
        bring_back(act)


def block(heed: Heed, scope: Scope, ticket_id: str, identity_id: str, now: datetime) -> None:
    """Block somebody who wrote on a ticket: what they send from now on is set aside. Raises NotFound."""
    with acting(heed, scope, ticket_id, now, own=False) as act:
        if identity_id not in {sender.identity_id for sender in blocks.senders(act.db, ticket_id)}:
            raise NotFound("There is no such sender on this ticket.")
        _block(act, identity_id)


def unblock(heed: Heed, scope: Scope, block_id: str, now: datetime) -> list[str]:
    """End a block and return the tickets it had set aside, to be brought back. Raises NotFound."""
    with heed.database.write() as db:
        found = blocks.one(db, scope, block_id)
        if found is None:
            raise NotFound("There is no such block.")
        _end(db, scope, found, now)
        aside_by = blocks.set_aside_by(db, found, MOST_BACK)
        decided_on = tickets.load(db, scope, [found.ticket_id] if found.ticket_id else []).values()
        return [*(t.id for t in decided_on if t.spam and t.state == State.CLOSED and t.id not in aside_by), *aside_by]


def end_blocks_of(act: Act) -> None:
    """End the blocks that were decided on the ticket that is held; called when its spam mark is undone."""
    for found in blocks.decided_on(act.db, act.scope, act.ticket.id):
        _end(act.db, act.scope, found, act.now)


def senders(heed: Heed, scope: Scope, ticket_id: str) -> list[Sender]:
    """Return who wrote on a ticket from outside, and whether they are blocked. Raises NotFound."""
    with heed.database.read() as db:
        if ticket_id not in tickets.load(db, scope, [ticket_id]):
            raise NotFound("There is no such ticket.")
        return blocks.senders(db, ticket_id)


def listed(heed: Heed, scope: Scope, cursor: str | None = None) -> Aside:
    """Return what was set aside within a scope, the newest first. A cursor that is none begins anew."""
    with heed.database.read() as db:
        found = aside.lines(db, scope, cursor, PAGE + 1)
        more = found[PAGE - 1].line.id if len(found) > PAGE else None
        return Aside(tuple(found[:PAGE]), aside.count(db, scope), more)


def all_ids(heed: Heed, scope: Scope, limit: int) -> list[str]:
    """Return the ids of what was set aside within a scope, the newest first."""
    with heed.database.read() as db:
        return aside.ids(db, scope, limit)


def count(heed: Heed, scope: Scope) -> int:
    """Return how many tickets are set aside within a scope, at most aside.COUNTED + 1."""
    with heed.database.read() as db:
        return aside.count(db, scope)


def _block(act: Act, identity_id: str) -> None:
    made = blocks.add(act.db, act.ticket.brand_id, identity_id, act.agent, act.ticket.id, act.now)
    if made is not None:
        act.changes.event(act.ticket, "blocked")
        _audit(act, "sender blocked", block=made, identity=identity_id)


def _end(db: Connection, scope: Scope, found: Block, now: datetime) -> None:
    if blocks.end(db, found.id, scope.agent, now):
        actor = Actor("agent", scope.agent) if scope.agent else Actor("heed")
        change = {"identity": found.identity_id}
        audit.append(db, actor, "sender unblocked", found.id, now, brand_id=found.brand_id, change=change)


def _audit(act: Act, what: str, **change: object) -> None:
    actor = Actor("agent", act.agent)
    audit.append(act.db, actor, what, act.ticket.id, act.now, brand_id=act.ticket.brand_id, change=change)
