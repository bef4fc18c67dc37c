"""Asking a third party about a ticket: what goes along is chosen, notes never do, the answer stays with the desk."""

from collections.abc import Sequence
from datetime import datetime

from channels.types import MAX_MAIL
from router.app import Heed
from router.desk.acting import Act, acting
from router.desk.addressing import message_id_for, new_token, typed_recipients
from router.desk.errors import NotFound, Refused
from router.desk.writing import MAX_TEXT, checked, connection_of, remember, said_before, write
from router.model import Scope
from router.store import connections, forwards, tickets
from router.store.connections import ConnectionRow
from router.store.db import Connection
from router.store.forwards import Letter
from router.store.rows import Message

MAIL = "email"


def forward(
    heed: Heed,
    scope: Scope,
    ticket_id: str,
    to: str | Sequence[str],
    text: str,
    now: datetime,
    *,
    key: str = "",
    cc: Sequence[str] = (),
    messages: Sequence[str] | None = None,
    files: Sequence[str] | None = None,
) -> str:
    """Ask a third party about a ticket and return the message's id; their answer comes back unseen by the customer.

    `messages` and `files` are those that go along; without them what the customer wrote last does, with its files.
    Raises Refused for what never goes along: notes, and what was forwarded before.
    """
    text = checked(text, ())
    people = typed_recipients([to] if isinstance(to, str) else to, cc)
    with acting(heed, scope, ticket_id, now) as act:
        before = said_before(act.db, act.agent, key, ticket_id, text)
        if before:
            return before
        row = _sent_by(heed, act)
        may_go = forwards.letters(act.db, ticket_id)
        letters = _chosen(may_go, messages)
        enclosed = _enclosed(may_go, letters, files)
        whole = text + "".join(f"\n\n{quoted(letter)}" for letter in letters)
        if len(whole) > MAX_TEXT:
            raise Refused(f"With all these messages it has {len(whole):,} characters; {MAX_TEXT:,} are the most.")
        message = write(act, whole, row.connection.setting("address"), people, (), visibility="direct")
        _send_by(act, message, row)
        message.subject = f"Fwd: {act.ticket.subject}"[:500]
        act.changes.files.extend((file, None) for file in forwards.take_files(act.db, enclosed, message.id))
        act.changes.tokens.append((new_token(), ticket_id, "forward", message.id))
        remember(act, key, text, message)
        act.changes.event(act.ticket, "forwarded", message=message.id, with_messages=len(letters))
    return message.id


def may_be_forwarded(heed: Heed, scope: Scope, ticket_id: str) -> tuple[list[Letter], str]:
    """Return the messages of a ticket that may go along, oldest first, and by which connection it would leave.

    Raises NotFound, and Refused where there is no mail to send it by.
    """
    with heed.database.read() as db:
        ticket = tickets.load(db, scope, [ticket_id]).get(ticket_id)
        if ticket is None:
            raise NotFound("There is no such ticket.")
        own = connections.by_id(db, heed.vault, ticket.connection_id) if ticket.connection_id else None
        row = own if own and ticket.work_class == "mail" else _mail_of(heed, db, scope, ticket.brand_id)
        return forwards.letters(db, ticket_id), row.connection.setting("address") or row.connection.name


def quoted(letter: Letter) -> str:
    """Return a message as it stands under the words it is forwarded with."""
    lines = "\n".join(f"> {line}" for line in letter.text.strip().splitlines())
    return f"{letter.who}, {letter.at:%Y-%m-%d %H:%M} UTC\n{lines}"


def _chosen(may_go: Sequence[Letter], messages: Sequence[str] | None) -> list[Letter]:
    if messages is None:
        return [letter for letter in may_go if letter.inbound][-1:]
    wrong = set(messages) - {letter.id for letter in may_go}
    if wrong:
        raise Refused("Notes and what was forwarded before never go along. Choose other messages.")
    return [letter for letter in may_go if letter.id in messages]


def _enclosed(may_go: Sequence[Letter], letters: Sequence[Letter], files: Sequence[str] | None) -> list[str]:
    """Return the ids of the files that go along."""
    sizes = {file.id: file.size for letter in may_go for file in letter.files}
    if files is not None and set(files) - set(sizes):
        raise Refused("One of these files is not of a message that may be forwarded. Choose others.")
    found = [file.id for letter in letters for file in letter.files] if files is None else list(dict.fromkeys(files))
    if sum(sizes[one] for one in found) > MAX_MAIL:
        raise Refused("The files are larger than 25 MB together. Leave some out.")
    return found


def _sent_by(heed: Heed, act: Act) -> ConnectionRow:
    if act.ticket.work_class == "mail":
        return connection_of(heed, act)
    return _mail_of(heed, act.db, act.scope, act.ticket.brand_id)


def _mail_of(heed: Heed, db: Connection, scope: Scope, brand_id: str) -> ConnectionRow:
    """Return the mail connection by which a brand can ask others. Raises Refused if there is none."""
    for row in connections.seen_by(db, heed.vault, scope):
        if row.brand_id == brand_id and row.connection.channel == MAIL and row.active:
            return row
    raise Refused("Only mail can be forwarded, and this brand has no mail connection to send it by.")


def _send_by(act: Act, message: Message, row: ConnectionRow) -> None:
    """Let a message leave by a mail connection that is not its ticket's own."""
    if act.ticket.connection_id == row.id:
        return
    message.connection_id, message.thread = row.id, ""
    message.external_id = message_id_for(message.id, row.connection.setting("address"))
    act.changes.outgoing[-1].connection_id = row.id
