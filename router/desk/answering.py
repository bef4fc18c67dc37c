"""An agent's words: replies, forwards and notes. Never lost, doubled or blind.

A reply is stored as queued with the ticket's change and leaves by a job; the same key twice is one reply; who has not
seen the newest message is shown it first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from channels import adapter
from channels.types import Party
from router.app import Heed
from router.changes import Changes
from router.desk.acting import Act, acting, tell
from router.desk.addressing import Recipients, mail_address, new_token, recipients
from router.desk.errors import NewerMessage, NotAllowed, NotFound, Refused
from router.desk.resting import end
from router.desk.writing import Upload, answered, as_it_was, checked, connection_of, remember, said_before, write
from router.model import Scope, State
from router.store import answers, connections, contacts, desk, messages, roster, tickets
from router.store.ids import new_id
from router.store.rows import Message, Ticket

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


def forward(heed: Heed, scope: Scope, ticket_id: str, to: str, text: str, now: datetime, *, key: str = "") -> str:
    """Ask a third party about a ticket and return the message's id; their answer comes back unseen by the customer.

    What the customer wrote last goes along, with its files.
    """
    text = checked(text, ())
    with acting(heed, scope, ticket_id, now) as act:
        before = said_before(act.db, act.agent, key, ticket_id, text)
        if before:
            return before
        if act.ticket.work_class != "mail":
            raise Refused("Only mail can be forwarded.")
        connection = connection_of(heed, act)
        people = Recipients(to=(Party("to", mail_address(to)),))
        whole = text + _quoted(act)
        message = write(act, whole, connection.connection.setting("address"), people, (), visibility="direct")
        message.subject = f"Fwd: {act.ticket.subject}"[:500]
        act.changes.files.extend((row, None) for row in answers.files_of_last(act.db, ticket_id, message.id))
        act.changes.tokens.append((new_token(), ticket_id, "forward", message.id))
        remember(act, key, text, message)
        act.changes.event(act.ticket, "forwarded", message=message.id)
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


def start(
    heed: Heed, scope: Scope, now: datetime, *, connection_id: str, to: str, subject: str, text: str, key: str = ""
) -> str:
    """Write to a customer first, by mail, and return the new ticket's id; it waits for their answer."""
    text = checked(text, ())
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk can write to a customer.")
    about = f"{connection_id} {to} {subject}"
    with heed.database.write() as db:
        roster.lock(db, [scope.agent])
        before = said_before(db, scope.agent, key, about, text)
        if before:
            return answers.ticket_of(db, before)
        row = connections.by_id(db, heed.vault, connection_id)
        if row is None or not scope.sees(row.brand_id):
            raise NotFound("There is no such connection.")
        info = adapter(row.connection.channel).INFO
        if info.work_class != "mail":
            raise Refused("Only by mail can a customer be written to first.")
        address = mail_address(to)
        known = contacts.ensure(db, row.brand_id, info.key, {address: ""}, "we wrote to it", now)[address]
        queue = row.queue_id or next(q.id for q in desk.queues(db, row.brand_id) if q.is_default)
        ticket = Ticket(
            id=new_id(), brand_id=row.brand_id, number=tickets.take_numbers(db, row.brand_id, 1), kind="conversation",
            state=State.PENDING, channel=info.key, work_class=info.work_class, slot_key=info.work_class, pace=info.pace,
            connection_id=row.id, queue_id=queue, contact_id=known.contact_id, subject=subject[:500], created_at=now,
            updated_at=now, agent_id=scope.agent, last_agent_id=scope.agent,
        )  # fmt: skip
        changes = Changes(now=now, by=scope.agent)
        changes.new.append(ticket)
        act = Act(db, scope, ticket, changes)
        people = Recipients(to=(Party("to", address),))
        message = write(act, text, row.connection.setting("address"), people, ())
        message.subject = subject[:500]
        remember(act, key, text, message, about)
        changes.event(ticket, "started", message=message.id)
        changes.tokens.append((new_token(), ticket.id, "ticket", None))
        changes.write(db)
    tell(heed, changes)
    return ticket.id


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
    act.changes.event(act.ticket, "noted", message=message.id)
    return message


def see_newest(act: Act, last_seen: str | None) -> None:
    """Raise NewerMessage if somebody wrote after the message that was seen last."""
    newest = answers.newest_inbound(act.db, act.ticket.id)
    if last_seen and newest and newest != last_seen and answers.came_after(act.db, act.ticket.id, newest, last_seen):
        raise NewerMessage(newest)


def _quoted(act: Act) -> str:
    last = answers.last_words(act.db, act.ticket.id)
    return "\n\n" + "\n".join(f"> {line}" for line in last.splitlines()) if last else ""
