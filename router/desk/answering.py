"""An agent's words: replies, forwards and notes. Never lost, doubled or blind.

A reply is stored as queued with the ticket's change and leaves by a job; the same key twice is one reply; who has not
seen the newest message is shown it first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from channels import adapter
from channels.types import MAX_MAIL, Attachment, Party
from router import files, placing
from router.app import Heed
from router.arriving import give
from router.changes import Changes
from router.desk.acting import Act, acting, tell
from router.desk.addressing import Recipients, mail_address, message_id_for, new_token, recipients
from router.desk.errors import NewerMessage, NotAllowed, NotFound, Refused
from router.model import Scope, State
from router.routing.lanes import free_slots
from router.store import answers, connections, contacts, desk, messages, roster, tickets
from router.store.db import Connection
from router.store.ids import new_id
from router.store.rows import Message, Outgoing, Ticket

MAX_TEXT = 100_000  # characters of a reply or note
MAX_KEY = 200  # characters of an idempotency key
ANSWERS = ("first_answer", "next_answer")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that goes with a reply."""

    name: str
    media_type: str
    data: bytes


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
    attachments: Sequence[Upload] = (),
) -> str:
    """Answer the customer and return the message's id. `to` and `cc` replace the recipients of a mail.

    Raises NewerMessage if a message came after `last_seen`.
    """
    text = _checked(text, attachments)
    with acting(heed, scope, ticket_id, now) as act:
        before = _said_before(act.db, act.agent, key, ticket_id, text)
        if before:
            return before
        if act.ticket.state == State.CLOSED:
            raise Refused("This ticket is closed for good. Start a new one.")
        _see_newest(act, last_seen)
        connection = _connection(heed, act)
        people = recipients(act.db, act.ticket, connection.connection, to, cc)
        message = _write(act, text, connection.connection.setting("address"), people, attachments)
        if messages.token_of(act.db, ticket_id) is None:
            act.changes.tokens.append((new_token(), ticket_id, "ticket", None))
        _remember(act, key, text, message)
        _answered(act, keep_open or act.ticket.work_class != "mail")
        act.changes.event(act.ticket, "replied", message=message.id, keep_open=keep_open or None)
    return message.id


def forward(heed: Heed, scope: Scope, ticket_id: str, to: str, text: str, now: datetime, *, key: str = "") -> str:
    """Ask a third party about a ticket and return the message's id; their answer comes back unseen by the customer.

    What the customer wrote last goes along, with its files.
    """
    text = _checked(text, ())
    with acting(heed, scope, ticket_id, now) as act:
        before = _said_before(act.db, act.agent, key, ticket_id, text)
        if before:
            return before
        if act.ticket.work_class != "mail":
            raise Refused("Only mail can be forwarded.")
        connection = _connection(heed, act)
        people = Recipients(to=(Party("to", mail_address(to)),))
        whole = text + _quoted(act)
        message = _write(act, whole, connection.connection.setting("address"), people, (), visibility="direct")
        message.subject = f"Fwd: {act.ticket.subject}"[:500]
        act.changes.files.extend((row, None) for row in answers.files_of_last(act.db, ticket_id, message.id))
        act.changes.tokens.append((new_token(), ticket_id, "forward", message.id))
        _remember(act, key, text, message)
        act.changes.event(act.ticket, "forwarded", message=message.id)
    return message.id


def note(heed: Heed, scope: Scope, ticket_id: str, text: str, now: datetime, *, key: str = "") -> str:
    """Write a note that only the desk sees, and return its id."""
    text = _checked(text, ())
    with acting(heed, scope, ticket_id, now, own=False) as act:
        before = _said_before(act.db, act.agent, key, ticket_id, text)
        if before:
            return before
        message = write_note(act, text)
        _remember(act, key, text, message)
    return message.id


def start(
    heed: Heed, scope: Scope, now: datetime, *, connection_id: str, to: str, subject: str, text: str, key: str = ""
) -> str:
    """Write to a customer first, by mail, and return the new ticket's id; it waits for their answer."""
    text = _checked(text, ())
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk can write to a customer.")
    about = f"{connection_id} {to} {subject}"
    with heed.database.write() as db:
        roster.lock(db, [scope.agent])
        before = _said_before(db, scope.agent, key, about, text)
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
        message = _write(act, text, row.connection.setting("address"), people, ())
        message.subject = subject[:500]
        _remember(act, key, text, message, about)
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


def _write(
    act: Act,
    text: str,
    own_address: str,
    people: Recipients,
    attachments: Sequence[Upload],
    visibility: str = "public",
) -> Message:
    ticket = act.ticket
    message = Message(
        brand_id=ticket.brand_id,
        home_ticket_id=ticket.id,
        direction="outbound",
        visibility=visibility,
        text=text,
        at=act.now,
        state="queued",
        connection_id=ticket.connection_id,
        agent_id=act.scope.agent,
        subject=_answering(ticket.subject),
        thread=ticket.thread,
    )
    if ticket.work_class == "mail":
        message.external_id = message_id_for(message.id, own_address)
    changes = act.changes
    changes.messages.append(message)
    for seq, party in enumerate(people.everyone):
        changes.parties.append((message.id, seq, party.role, party.address, party.name))
    given = [Attachment(u.name, u.media_type, u.data) for u in attachments]
    changes.files.extend(files.rows(message.id, given, act.now))
    assert ticket.connection_id is not None
    changes.outgoing.append(Outgoing(message.id, ticket.id, ticket.connection_id, due_at=act.now, created_at=act.now))
    return message


def _answered(act: Act, keep_open: bool) -> None:
    """Let the ticket stand as answered: the promise is met, and a mail is the customer's turn."""
    ticket = act.ticket
    if ticket.state == State.RESOLVED:
        ticket.episode += 1
        act.changes.event(ticket, "reopened")
    tickets.meet_promises(act.db, ticket.id, ANSWERS, act.now)
    ticket.last_answer_at = act.now
    ticket.waiting_since = ticket.answer_by = ticket.step_down_at = None
    ticket.passed_over, ticket.head_start_extra_s = 0, 0
    placing.leave(ticket)
    ticket.flag = ticket.hold_until = None
    if ticket.agent_id is None:  # a supervisor, or the one it waited for, answered out of line
        ticket.state = State.PENDING
        view = roster.views(act.db, act.now, ids={act.agent})[act.agent]
        give(act.db, act.changes, ticket, view, "answered", over=free_slots(view, ticket.work_class) <= 0)  # type: ignore[arg-type]
    ticket.state = State.OPEN if keep_open else State.PENDING
    ticket.resolved_at = ticket.purge_after = None


def _said_before(db: Connection, agent_id: str, key: str, about: str, text: str) -> str | None:
    """Return the message this key stands for. Raises Refused if it was another text, or about something else."""
    found = answers.by_key(db, agent_id, key) if key else None
    if found is None:
        return None
    message_id, digest = found
    if digest != _digest(about, text):
        raise Refused("This Idempotency-Key was used for another text. Take a new one for each message.")
    return message_id


def _remember(act: Act, key: str, text: str, message: Message, about: str = "") -> None:
    if key:
        act.changes.keys.append((act.agent, key, _digest(about or act.ticket.id, text), message.id))


def _digest(about: str, text: str) -> str:
    return sha256(f"{about}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _see_newest(act: Act, last_seen: str | None) -> None:
    newest = answers.newest_inbound(act.db, act.ticket.id)
    if last_seen and newest and newest != last_seen and answers.came_after(act.db, act.ticket.id, newest, last_seen):
        raise NewerMessage(newest)


def _connection(heed: Heed, act: Act) -> connections.ConnectionRow:
    wanted = act.ticket.connection_id
    row = connections.by_id(act.db, heed.vault, wanted) if wanted else None
    if row is None:
        raise Refused("The connection this ticket came on is gone; write to the customer on another one.")
    return row


def _answering(subject: str) -> str:
    return subject if subject[:3].lower() == "re:" or not subject else f"Re: {subject}"


def _quoted(act: Act) -> str:
    last = answers.last_words(act.db, act.ticket.id)
    return "\n\n" + "\n".join(f"> {line}" for line in last.splitlines()) if last else ""


def _checked(text: str, attachments: Sequence[Upload]) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if not text and not attachments:
        raise Refused("Write something first.")
    if len(text) > MAX_TEXT:
        raise Refused(f"The text has {len(text):,} characters; {MAX_TEXT:,} are the most.")
    if sum(len(one.data) for one in attachments) > MAX_MAIL:
        raise Refused("The files are larger than 25 MB together.")
    return text
