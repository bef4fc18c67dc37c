"""Stored tickets with what their rules are asked about: what their customers said, as it is read now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from channels.types import Attachment, InboundMessage, Pace, Party
from router import triage, understanding
from router.app import Heed
from router.changes import Changes
from router.desknow import DeskNow
from router.model import NOT_READ, Mood, Reading
from router.store import asked, connections, corrections, merges, messages
from router.store.db import Connection
from router.store.rows import File, Message, Ticket
from router.store.views import conversation
from router.store.views.conversation import PartyRow
from router.understanding import Understood
from router.working import Conversation, Customer, Working

BY_HAND = frozenset({"language", "transfer"})  # why a need is there that no rule asked for


@dataclass(frozen=True, slots=True)
class Said:
    """One of the customer's messages, and the mood up to it."""

    message: InboundMessage
    id: str
    at: datetime
    reading: Reading
    mood: Mood


@dataclass(slots=True)
class Stored:
    """One ticket, with what its customer said; oldest first."""

    talk: Conversation
    said: Sequence[Said]
    customer: Customer
    connection: str  # its name
    home_queue_id: str | None  # where what comes on its connection goes

    def ask(self, said: Said, desk: DeskNow, changes: Changes, occasion: str) -> Understood:
        """Ask the rules about one message as it is read now."""
        first = self.said[0].id == said.id
        self.talk.is_new, self.talk.count = first, 1 + self.said.index(said)
        return understanding.ask(
            self.talk, said.message, said.id, said.reading, said.mood, self.customer, self.connection, desk, changes,
            occasion=occasion,
        )  # fmt: skip


def load(heed: Heed, db: Connection, held: Mapping[str, Ticket], now: datetime) -> dict[str, Stored]:
    """Return tickets of one brand, which are held, with what their rules are asked about."""
    if not held:
        return {}
    brand_id = next(iter(held.values())).brand_id
    working = Working(brand_id, "", "", True, now)
    working.load(db, set(held))
    working.load_customers(db, {ticket.contact_id for ticket in held.values() if ticket.contact_id})
    said = asked.said(db, merges.homes(db, held))
    ids = [one.id for of_one in said.values() for one in of_one]
    readings, cut = messages.readings_by_id(db, ids), asked.stripped(db, ids)
    files, parties = conversation.files(db, ids), conversation.parties(db, ids)
    done = asked.done(db, held)
    spoken_of = {one.message_id for one in corrections.holding(db, ids) if one.field == "language"}
    lines = {i: connections.by_id(db, heed.vault, i) for i in {t.connection_id for t in held.values()} if i}
    found: dict[str, Stored] = {}
    for ticket_id, ticket in held.items():
        talk = working.conversations[ticket_id]
        talk.ticket, talk.done = ticket, done.get(ticket_id, set())
        read: list[Reading] = []
        spoken: list[Said] = []
        for one in said.get(ticket_id, []):
            read.append(readings.get(one.id, NOT_READ))
            mood = triage.mood(read, pace=cast(Pace, ticket.pace))
            message = as_said(one, cut.get(one.id), parties.get(one.id, []), files.get(one.id, []))
            spoken.append(Said(message, one.id, one.at, read[-1], mood))
        talk.language_said = any(one.id in spoken_of for one in spoken)
        line = lines.get(ticket.connection_id or "")
        found[ticket_id] = Stored(
            talk,
            spoken,
            working.customer(ticket.contact_id, {}),
            line.connection.name if line else "",
            line.queue_id if line else None,
        )
    return found


def as_said(row: Message, own: str | None, parties: Sequence[PartyRow], files: Sequence[File]) -> InboundMessage:
    """Return a stored message as it came; `own` are its words without what was cut, None if nothing was."""
    people = tuple(Party(p.role, p.address, p.name) for p in parties)  # type: ignore[arg-type]
    return InboundMessage(
        external_id=row.external_id or row.id,
        sender=next((party for party in people if party.role == "from"), Party("from", "")),
        text=row.text,
        stripped=own,
        sent_at=row.sent_at,
        subject=row.subject,
        parties=people,
        attachments=tuple(Attachment(file.name, file.media_type) for file in files),
        proven=row.proven,
        automatic=row.automatic,
    )
