"""Taking an act back: each of its tickets as it stood before, unless somebody changed it since."""

from datetime import datetime

from router.app import Heed
from router.desk.acting import acting
from router.desk.errors import DeskError, NotAllowed, NotFound, Refused
from router.desk.restoring import HARMLESS, holders, put_back
from router.desk.setting_aside import SPAM, end_blocks_of
from router.model import Role, Scope
from router.store import audit, tickets, undoing
from router.store.audit import Actor
from router.store.undoing import DONE, TO_DO, UNDONE, Row, Undoable

CHANGED = "Changed since by {who}."


def undo(heed: Heed, scope: Scope, undoable_id: str, now: datetime, *, most: int = 1) -> Undoable:
    """Take an act back and return it; at most so many of its tickets at once, the others when it is asked again.

    Only whoever did it, or a supervisor of all its brands. Raises NotFound, NotAllowed, or Refused when its time is up.
    """
    found = seen(heed, scope, undoable_id)
    if scope.agent != found.agent_id and scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("This was done by somebody else. They or a supervisor can undo it.")
    if found.undone_at is None and found.until <= now:
        raise Refused("It is too late to undo this.")
    with heed.database.write() as db:
        if undoing.take_back(db, undoable_id, scope.agent, now):
            actor = Actor("agent", scope.agent) if scope.agent else Actor("heed")
            audit.append(db, actor, "act undone", undoable_id, now, change={"act": kind_of(found), "n": found.count})
        rows = undoing.rows(db, undoable_id, DONE, most)
    for row in rows:
        _undo_one(heed, scope, found, row, now)
    return found


def seen(heed: Heed, scope: Scope, undoable_id: str) -> Undoable:
    """Return an act of which every ticket lies within a scope. Raises NotFound."""
    with heed.database.read() as db:
        found = undoing.one(db, undoable_id)
        if found is None or not undoing.is_within(db, scope, undoable_id):
            raise NotFound("There is no such act.")
        return found


def kind_of(act: Undoable) -> str:
    """Return what kind of act it was: spam, assign, transfer …"""
    return act.act.partition(" ")[0]


def last_spam(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> Undoable | None:
    """Return the act by which a ticket was set aside as spam, while it can be undone."""
    with heed.database.read() as db:
        if ticket_id not in tickets.load(db, scope, [ticket_id]):
            raise NotFound("There is no such ticket.")
        return undoing.last_of(db, ticket_id, SPAM, now)


def _undo_one(heed: Heed, scope: Scope, found: Undoable, row: Row, now: datetime) -> None:
    """Put one ticket back, or note why not."""
    try:
        with acting(heed, scope, row.ticket_id, now, *holders(row.before), own=False) as act:
            harmless = (*HARMLESS, "message") if kind_of(found) == SPAM else HARMLESS  # set aside: nobody acted on it
            other = undoing.changed_since(act.db, row.ticket_id, row.event_seq, harmless)
            result = UNDONE if other is None else CHANGED.format(who=other)
            if undoing.settle(act.db, found.id, row.ticket_id, DONE, result) and other is None:
                put_back(heed, act, row.before, kind_of(found))
                if kind_of(found) == SPAM:
                    end_blocks_of(act)
    except DeskError as error:
        with heed.database.write() as db:
            undoing.settle(db, found.id, row.ticket_id, DONE, error.reason)


__all__ = ["CHANGED", "DONE", "TO_DO", "UNDONE", "Undoable", "kind_of", "last_spam", "seen", "undo"]
