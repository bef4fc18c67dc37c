"""An agent's words: replies and notes. Never lost, doubled or blind.

A reply is stored as queued with the ticket's change and leaves by a job; the same key twice is one reply; who has not
seen the newest message is shown it first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from router.app import Heed
from router.desk import windows
from router.desk.acting import Act, acting
from router.desk.addressing import new_token, recipients
from router.desk.errors import NewerMessage, Refused
from router.desk.mentioning import tell_mentioned
from router.desk.resting import end
from router.desk.writing import Upload, answered, as_it_was, checked, connection_of, remember, said_before, write
from router.model import Scope, State
from router.store import answers, messages
from router.store.rows import Message

AT_ONCE = timedelta(0)


def reply(
    heed: Heed,
    scope: Scope,
    ticket_id: str,
    text: str,
    now: datetime,
    *,
    key: str = "",
    last_seen: str | None = None,
    keep_open: bool = False,
    to: Sequence[str] | None = None,
    cc: Sequence[str] | None = None,
    bcc: Sequence[str] = (),
    attachments: Sequence[Upload] = (),
    kept: Sequence[str] = (),
    resolve: bool = False,
    undo_for: timedelta = AT_ONCE,
) -> str:
    """Answer the customer and return the message's id. `to`, `cc` and `bcc` replace the recipients of a mail.

    `kept`: files of a message that was taken back; `resolve`: and end the ticket; `undo_for`: a mail leaves only then.
    Raises NewerMessage if a message came after `last_seen`.
    """
    text = checked(text, [*attachments, *kept])
    with acting(heed, scope, ticket_id, now) as act:
        before = said_before(act.db, act.agent, key, ticket_id, text)
        if before:
            return before
        if act.ticket.state == State.CLOSED:
            raise Refused("This ticket is closed for good. Start a new one.")
        see_newest(act, last_seen)
        connection = connection_of(heed, act)
        windows.check(act, connection, now)
        people = recipients(act.db, act.ticket, connection.connection, to, cc, bcc)
        waits = undo_for if act.ticket.work_class == "mail" else AT_ONCE
        message = write(
            act, text, connection.connection.setting("address"), people, attachments, due_at=now + waits, kept=kept
        )
        if messages.token_of(act.db, ticket_id) is None:
            act.changes.tokens.append((new_token(), ticket_id, "ticket", None))
        remember(act, key, text, message)
        was = as_it_was(act.ticket) if waits else None
        answered(act, keep_open or act.ticket.work_class != "mail")
        act.changes.event(act.ticket, "replied", message=message.id, keep_open=keep_open or None, was=was)
        if resolve:
            end(act)
    return message.id


def note(heed: Heed, scope: Scope, ticket_id: str, text: str, now: datetime, *, key: str = "") -> str:
    """Write a note that only the desk sees, and return its id."""
    text = checked(text, ())
    with acting(heed, scope, ticket_id, now, own=False) as act:
        before = said_before(act.db, act.agent, key, ticket_id, text)
        if before:
            return before
        message = write_note(act, text)
        remember(act, key, text, message)
    return message.id


def write_note(act: Act, text: str) -> Message:
    """Add a note to the ticket that is held."""
    message = Message(
        brand_id=act.ticket.brand_id,
        home_ticket_id=act.ticket.id,
        direction="note",
        visibility="internal",
        text=text,
        at=act.now,
        state="received",
        agent_id=act.scope.agent,
    )
    act.changes.messages.append(message)
    tell_mentioned(act, message)
    act.changes.event(act.ticket, "noted", message=message.id)
    return message


def see_newest(act: Act, last_seen: str | None) -> None:
    """Raise NewerMessage if somebody wrote after the message that was seen last."""
    newest = answers.newest_inbound(act.db, act.ticket.id)
    if last_seen and newest and newest != last_seen and answers.came_after(act.db, act.ticket.id, newest, last_seen):
        raise NewerMessage(newest)
