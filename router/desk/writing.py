"""How words get onto a ticket: checked, once for each key, to the people chosen, with files; then it is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from channels.types import MAX_MAIL, Attachment
from router import by_mail, files, placeholders, placing
from router.app import Heed
from router.desk.acting import Act
from router.desk.addressing import Recipients, message_id_for
from router.desk.errors import Refused, TakenBack
from router.giving import give
from router.model import State
from router.routing.lanes import free_slots
from router.store import answers, connections, drafts, held, roster, tickets
from router.store.db import Connection
from router.store.rows import Message, Outgoing, Ticket

MAX_TEXT = 100_000  # characters of a reply or note
MAX_KEY = 200  # characters of an idempotency key
ANSWERS = ("first_answer", "next_answer")
BEFORE = (  # of a ticket, what an answer changes and its taking back restores
    "state", "waiting_since", "last_answer_at", "hold_until", "step_down_at", "passed_over", "head_start_extra_s",
    "resolved_at", "purge_after",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that goes with a reply."""

    name: str
    media_type: str
    data: bytes


def checked(text: str, attachments: Sequence[object]) -> str:
    """Return a text as it is kept. Raises Refused for nothing, too much, or what is still to be filled in."""
    text = text.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if not text and not attachments:
        raise Refused("Write something first.")
    if len(text) > MAX_TEXT:
        raise Refused(f"The text has {len(text):,} characters; {MAX_TEXT:,} are the most.")
    marks = placeholders.unfilled(text)
    if marks:
        raise Refused(f"Fill in {', '.join(f'⟦{name}⟧' for name in marks)} first, or take it out.")
    if sum(len(one.data) for one in attachments if isinstance(one, Upload)) > MAX_MAIL:
        raise Refused("The files are larger than 25 MB together.")
    return text


def said_before(db: Connection, agent_id: str, key: str, about: str, text: str) -> str | None:
    """Return the message this key stands for.

    Raises Refused if it was another text, or about something else, and TakenBack if that message was taken back.
    """
    found = answers.by_key(db, agent_id, key) if key else None
    if found is None:
        return None
    message_id, digest = found
    if digest != _digest(about, text):
        raise Refused("This Idempotency-Key was used for another text. Take a new one for each message.")
    if held.is_withdrawn(db, message_id):
        raise TakenBack
    return message_id


def remember(act: Act, key: str, text: str, message: Message, about: str = "") -> None:
    """Remember what a key stands for; the draft that became this message is gone with the same commit."""
    drafts.drop(act.db, act.agent, act.ticket.id, key=key, text=text)
    if key:
        act.changes.keys.append((act.agent, key, _digest(about or act.ticket.id, text), message.id))


def connection_of(heed: Heed, act: Act) -> connections.ConnectionRow:
    """Return the connection that answers leave by. Raises Refused if it is gone."""
    wanted = act.ticket.connection_id
    row = connections.by_id(act.db, heed.vault, wanted) if wanted else None
    if row is None:
        raise Refused("The connection this ticket came on is gone; write to the customer on another one.")
    return row


def write(
    act: Act,
    text: str,
    own_address: str,
    people: Recipients,
    attachments: Sequence[Upload],
    visibility: str = "public",
    *,
    state: str = "queued",
    due_at: datetime | None = None,
    kept: Sequence[str] = (),
) -> Message:
    """Add a message of ours to the ticket; it leaves at `due_at`, or at once.

    `kept`: ids of files of a message that the same person took back.
    """
    ticket = act.ticket
    message = Message(
        brand_id=ticket.brand_id,
        home_ticket_id=ticket.id,
        direction="outbound",
        visibility=visibility,
        text=text,
        at=act.now,
        state=state,
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
    mine = held.files_taken_back(act.db, ticket.id, act.agent, kept, message.id) if kept else []
    changes.files.extend((row, None) for row in mine)
    for seq, (row, data) in enumerate(files.rows(message.id, given, act.now), start=len(mine)):
        row.seq = seq
        changes.files.append((row, data))
    assert ticket.connection_id is not None
    leaves = Outgoing(message.id, ticket.id, ticket.connection_id, due_at=due_at or act.now, created_at=act.now)
    changes.outgoing.append(leaves)
    by_mail.owe(act.db, ticket, act.now)
    return message


def answered(act: Act, keep_open: bool, by: str | None = None) -> None:
    """Let the ticket stand as answered: the promise is met, and a mail is the customer's turn.

    `by`: who answered, if that is not whoever acts.
    """
    ticket = act.ticket
    takes_a_slot = keep_open and ticket.agent_id is not None and ticket.state not in (State.OPEN, State.OFFERED)
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
        who = by or act.agent
        view = roster.views(act.db, act.now, ids={who})[who]
        give(act.db, act.changes, ticket, view, "answered", over=free_slots(view, ticket.work_class) <= 0)  # type: ignore[arg-type]
    ticket.state = State.OPEN if keep_open else State.PENDING
    ticket.resolved_at = ticket.purge_after = None
    if takes_a_slot:
        _note_if_over(act)


def _note_if_over(act: Act) -> None:
    """Record that a person's own answer opened a ticket at rest though none of the agent's slots was free."""
    ticket = act.ticket
    assert ticket.agent_id is not None
    view = roster.views(act.db, act.now, ids={ticket.agent_id}).get(ticket.agent_id)
    if view is not None and free_slots(view, ticket.work_class) <= 0:  # type: ignore[arg-type]
        tickets.note_over_capacity(act.db, ticket.id)
        act.changes.event(ticket, "over_capacity", agent=ticket.agent_id)


def as_it_was(ticket: Ticket) -> dict[str, object]:
    """Return what an answer is about to change on a ticket, for the history."""
    return {name: getattr(ticket, name) for name in BEFORE}


def _digest(about: str, text: str) -> str:
    return sha256(f"{about}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _answering(subject: str) -> str:
    return subject if subject[:3].lower() == "re:" or not subject else f"Re: {subject}"
