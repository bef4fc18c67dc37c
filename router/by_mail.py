"""Answers follow a visitor who has left the chat by mail; an address they typed is asked first whether it is theirs.

The clock looks after those for whom something is due. What leaves is a message of the ticket, so it is retried, fails
visibly, and its answer joins the same ticket. An address is asked once a day at most, in words that nobody typed.
"""

import hmac
import re
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from router import chat_texts
from router.app import Heed
from router.changes import Changes
from router.desk.acting import tell
from router.desk.addressing import message_id_for
from router.model import SYSTEM, State
from router.store import connections, desk, tickets, visitors
from router.store.connections import ConnectionRow
from router.store.db import Connection
from router.store.desk import Brand
from router.store.rows import Message, Outgoing, Ticket
from router.store.visitors import VisitorRow
from router.vault import derive

AWAY = timedelta(minutes=3)  # without a sign of their page a visitor has left
GATHER = timedelta(seconds=20)  # answers written close together go in one mail
ASK_EVERY = timedelta(days=1)  # an address, whoever typed it
LINK_LASTS = timedelta(days=7)
WAIT_FOR_TICKET = timedelta(seconds=5)  # between looks whether what they wrote has become one
GIVE_UP = timedelta(hours=1)  # on a visitor who gave an address and wrote nothing
LINK = re.compile(r"/chat/([0-9A-Za-z_-]{1,100})/confirm/" + chat_texts.HIDDEN)
TOKEN = re.compile(r"([0-9a-f]{24})\.([0-9]{1,12})\.([0-9a-f]{64})")


def follow_due(heed: Heed, now: datetime) -> int:
    """Write the mails that are due and return how many visitors were looked after."""
    with heed.database.read() as db:
        found = visitors.due(db, now)
    for row in found:
        _look_after(heed, row, now)
    return len(found)


def owe(db: Connection, ticket: Ticket, now: datetime) -> None:
    """Note that an answer was written on a chat: it is seen to whether it must follow by mail."""
    if ticket.channel == "webchat" and ticket.connection_id and ticket.thread:
        visitors.owe(db, ticket.connection_id, ticket.thread, now + GATHER)


def link_for(heed: Heed, chat: ConnectionRow, row: VisitorRow, now: datetime) -> str:
    """Return what ends the link by which an address is confirmed; the store never holds it."""
    ends = str(int((now + LINK_LASTS).timestamp()))
    return f"{row.thread}.{ends}.{_macs(heed, chat.id, row.thread, row.email, ends)[0]}"


def asked(heed: Heed, chat: ConnectionRow, token: str, now: datetime) -> VisitorRow | None:
    """Return the visitor whose address a link is about; None if it is over or was not made here."""
    match = TOKEN.fullmatch(token)
    if match is None:
        return None
    thread, ends, sent = match.groups()
    with heed.database.read() as db:
        row = visitors.load(db, chat.id, thread)
    email = row.email if row else ""
    good = [hmac.compare_digest(sent, mac) for mac in _macs(heed, chat.id, thread, email, ends)]
    return row if row is not None and any(good) and now.timestamp() < int(ends) else None


def confirm(heed: Heed, chat: ConnectionRow, token: str, now: datetime) -> bool:
    """Believe the address a link is about. False: the link is over, or another address was typed since."""
    row = asked(heed, chat, token, now)
    if row is None:
        return False
    with heed.database.write() as db:
        return visitors.confirm(db, row, now) or row.trust != "visitor"


def with_link(heed: Heed, db: Connection, message_id: str, text: str) -> str:
    """Return a mail as it leaves: the question whether an address is theirs gets its own link."""
    found = LINK.search(text)
    chat = connections.by_key(db, heed.vault, found.group(1)) if found else None
    asks = visitors.mail_of(db, message_id) if chat is not None else None
    row = visitors.load(db, chat.id, asks[0]) if chat is not None and asks is not None else None
    if found is None or chat is None or asks is None or row is None:
        return text
    return text.replace(found.group(), f"/chat/{found.group(1)}/confirm/{link_for(heed, chat, row, asks[1])}")


def _look_after(heed: Heed, row: VisitorRow, now: datetime) -> None:
    changes = Changes(now=now)
    with heed.database.write() as db:
        if row.trust == "visitor":
            _ask(heed, db, changes, row)
        else:
            _bring(heed, db, changes, row)
        changes.write(db)
    tell(heed, changes)


def _ask(heed: Heed, db: Connection, changes: Changes, row: VisitorRow) -> None:
    """Ask a typed address whether it is theirs, once there is a ticket to answer on."""
    now, ticket = changes.now, _ticket(db, row)
    if row.mailed_at is None and ticket is None and now < row.created_at + GIVE_UP:
        visitors.hold(db, row, now + WAIT_FOR_TICKET)
        return
    chat = connections.by_id(db, heed.vault, row.connection_id)
    if not visitors.hold(db, row, None) or row.mailed_at is not None or ticket is None or chat is None:
        return
    mailbox = _mailbox(heed, db, ticket)
    if mailbox is None or not visitors.may_ask(db, ticket.brand_id, row.email, now, now - ASK_EVERY):
        return
    brand = _brand(db, ticket)
    page = f"{heed.config.public_url}/chat/{chat.connection.key}/confirm/{chat_texts.HIDDEN}"
    _queue(changes, ticket, mailbox, row, brand, chat_texts.confirm(row.language, brand.name, page))
    visitors.mailed(db, row, now)


def _bring(heed: Heed, db: Connection, changes: Changes, row: VisitorRow) -> None:
    """Send what a visitor has not read after them, once they are gone for a while."""
    now, left_at = changes.now, row.seen_at + AWAY
    waiting = visitors.unread(db, row)
    if waiting and now < left_at:
        visitors.hold(db, row, left_at)
        return
    ticket = _ticket(db, row) if waiting else None
    if not visitors.hold(db, row, None) or ticket is None:
        return
    mailbox = _mailbox(heed, db, ticket)
    if mailbox is None:
        return
    brand = _brand(db, ticket)
    said = "\n\n".join(f"{one.agent}: {one.text}" if one.agent else one.text for one in waiting)
    message = _queue(changes, ticket, mailbox, row, brand, chat_texts.answers(row.language, brand.name, said))
    shared = visitors.share_files(db, [one.message_id for one in waiting], message.id)
    changes.files.extend((file, None) for file in shared)
    visitors.mailed(db, row, waiting[-1].at)


def _queue(
    changes: Changes, ticket: Ticket, mailbox: ConnectionRow, row: VisitorRow, brand: Brand, text: str
) -> Message:
    """Add a mail of ours to the ticket; it leaves at once."""
    message = Message(
        brand_id=ticket.brand_id,
        home_ticket_id=ticket.id,
        direction="outbound",
        visibility="public",
        text=text,
        at=changes.now,
        state="queued",
        connection_id=mailbox.id,
        subject=f"{brand.name} #{ticket.number}",
        thread=row.thread,
        automatic=True,
    )
    message.external_id = message_id_for(message.id, mailbox.connection.setting("address"))
    changes.watch(ticket)
    changes.messages.append(message)
    changes.parties.append((message.id, 0, "to", row.email, ""))
    changes.outgoing.append(Outgoing(message.id, ticket.id, mailbox.id, changes.now, changes.now))
    changes.event(ticket, "mailed", message=message.id)
    return message


def _ticket(db: Connection, row: VisitorRow) -> Ticket | None:
    """Return a visitor's ticket, held; None if there is none, or nobody is to write on it."""
    ticket_id = visitors.ticket_of(db, row.connection_id, row.thread)
    ticket = tickets.load(db, SYSTEM, [ticket_id], lock=True).get(ticket_id) if ticket_id else None
    return ticket if ticket is not None and not ticket.spam and ticket.state != State.CLOSED else None


def _mailbox(heed: Heed, db: Connection, ticket: Ticket) -> ConnectionRow | None:
    found = visitors.mail_connection(db, ticket.brand_id)
    return connections.by_id(db, heed.vault, found) if found else None


def _brand(db: Connection, ticket: Ticket) -> Brand:
    return next(brand for brand in desk.brands(db) if brand.id == ticket.brand_id)


def _macs(heed: Heed, chat_id: str, thread: str, email: str, ends: str) -> list[str]:
    """Return the proof of a link under each secret key, the one in use first."""
    said = f"{chat_id}.{thread}.{ends}.{email}".encode("utf-8", "replace")
    return [hmac.new(_key(secret), said, sha256).hexdigest() for secret in heed.config.secret_keys]


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return derive(secret, "chat address")
