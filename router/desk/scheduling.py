"""Replies for later: they wait with their ticket, leave at their moment, and never leave blind.

Nothing is kept until they leave: the promise stays open and the ticket sleeps till then. If the customer writes first,
the reply becomes its writer's draft again and they are told.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from router import by_mail
from router.app import Heed
from router.desk import windows
from router.desk.acting import acting
from router.desk.addressing import new_token, recipients
from router.desk.answering import see_newest
from router.desk.errors import DeskError, NotAllowed, NotFound, Refused
from router.desk.writing import Upload, answered, checked, connection_of, remember, said_before, write
from router.model import SYSTEM, Role, Scope, State
from router.placing import leave
from router.returning import CLOSED, WROTE_FIRST, hold
from router.store import answers, held, messages

log = logging.getLogger(__name__)

LATEST = timedelta(days=366)
SOONEST = timedelta(seconds=30)  # sooner is now


def send_later(
    heed: Heed,
    scope: Scope,
    ticket_id: str,
    text: str,
    at: datetime,
    now: datetime,
    *,
    key: str = "",
    last_seen: str | None = None,
    to: Sequence[str] | None = None,
    cc: Sequence[str] | None = None,
    bcc: Sequence[str] = (),
    attachments: Sequence[Upload] = (),
    kept: Sequence[str] = (),
) -> str:
    """Let a reply leave at a moment to come and return its id; its ticket sleeps till then.

    Raises NewerMessage as a reply does, and Refused for a moment that is not within a year.
    """
    if not now + SOONEST <= at <= now + LATEST:
        raise Refused("Choose a moment to come, within a year.")
    text = checked(text, [*attachments, *kept])
    with acting(heed, scope, ticket_id, now) as act:
        before = said_before(act.db, act.agent, key, ticket_id, text)
        if before:
            return before
        see_newest(act, last_seen)
        act.become(State.SNOOZED)
        connection = connection_of(heed, act)
        windows.check(act, connection, at)
        people = recipients(act.db, act.ticket, connection.connection, to, cc, bcc)
        message = write(
            act, text, connection.connection.setting("address"), people, attachments,
            state="scheduled", due_at=at, kept=kept,
        )  # fmt: skip
        act.changes.outgoing[-1].created_at = at  # replies written meanwhile need not wait for it
        if messages.token_of(act.db, ticket_id) is None:
            act.changes.tokens.append((new_token(), ticket_id, "ticket", None))
        remember(act, key, text, message)
        leave(act.ticket)
        act.ticket.agent_id = act.ticket.agent_id or act.agent
        act.ticket.hold_until = at
        act.changes.event(act.ticket, "scheduled", message=message.id, until=at)
    return message.id


def send_now(heed: Heed, scope: Scope, message_id: str, now: datetime) -> str:
    """Let a reply that waits for its moment leave at once, by whoever wrote it or a supervisor; return its ticket."""
    with heed.database.read() as db:
        found = held.one(db, scope, message_id)
    if found is None:
        raise NotFound("There is no such message.")
    if scope.agent != found.agent_id and scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("Only who wrote a message can send it earlier.")
    _release(heed, scope, message_id, found.ticket_id, found.agent_id, now)
    return found.ticket_id


def release_due(heed: Heed, now: datetime) -> int:
    """Let the replies leave whose moment has come; return how many were looked at."""
    with heed.database.read() as db:
        found = held.scheduled_due(db, now)
    for one in found:
        try:
            _release(heed, SYSTEM, one.message_id, one.ticket_id, one.agent_id, now)
        except DeskError as refused:
            log.info("a reply that was left for later leaves with the next look: %s", refused.reason)
    return len(found)


def _release(heed: Heed, scope: Scope, message_id: str, ticket_id: str, agent_id: str | None, now: datetime) -> None:
    """Let one reply leave, unless the customer wrote after it was written: then it is held."""
    with acting(heed, scope, ticket_id, now, *([agent_id] if agent_id else []), own=False) as act:
        one = held.one(act.db, SYSTEM, message_id)
        if one is None or one.state != "scheduled":
            return
        newest = answers.newest_inbound_at(act.db, ticket_id)
        gone = act.ticket.state == State.CLOSED or act.ticket.spam
        if gone or (newest is not None and newest > one.at):
            hold(act.db, act.changes, act.ticket, one, CLOSED if gone else WROTE_FIRST)
            return
        held.release(act.db, message_id, now)
        by_mail.owe(act.db, act.ticket, now)
        if act.ticket.state != State.RESOLVED:
            answered(act, act.ticket.work_class != "mail" and act.ticket.state == State.OPEN, by=agent_id)
        act.ticket.last_answer_at = now
        act.changes.event(act.ticket, "replied", message=message_id, scheduled=True)
    heed.background.deliver([message_id])
