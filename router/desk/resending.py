"""Sending once more what was given up or may not have arrived: only ever by a person's word."""

from datetime import datetime

from router.app import Heed
from router.desk.acting import acting
from router.desk.errors import NotAllowed, NotFound, Refused
from router.desk.writing import answered
from router.model import Role, Scope, State
from router.store import held


def send_again(heed: Heed, scope: Scope, message_id: str, now: datetime) -> str:
    """Queue a reply anew that failed, or that may not have arrived, and return its ticket.

    It stays the same message, so that a mail that did arrive is known as the same. By whoever wrote it, whoever has the
    ticket, or a supervisor. Raises Refused if it is on its way or has arrived meanwhile.
    """
    with heed.database.read() as db:
        found = held.one(db, scope, message_id)
    if found is None:
        raise NotFound("There is no such message.")
    author = [found.agent_id] if found.agent_id else []
    with acting(heed, scope, found.ticket_id, now, *author, own=False) as act:
        mine = scope.agent in (found.agent_id, act.ticket.agent_id)
        if not mine and scope.role.rank < Role.SUPERVISOR.rank:
            raise NotAllowed("Only who wrote a message, or has its ticket, can send it again.")
        if not held.send_again(act.db, message_id, now):
            raise Refused("It is on its way, or has arrived meanwhile.")
        if found.visibility == "public" and act.ticket.state not in (State.RESOLVED, State.CLOSED):
            answered(act, act.ticket.work_class != "mail" and act.ticket.state == State.OPEN)
        act.changes.event(act.ticket, "sent_again", message=message_id)
    heed.background.deliver([message_id])
    return found.ticket_id
