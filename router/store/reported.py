"""What machines reported about a person: mails that name their address, and why our mails did not reach it.

A bounce comes from a post office, so no link leads from the person to it: it is found by their addresses.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, false, func, or_, select, update

from router.model import AUTO_REPLIED
from router.store import names
from router.store.db import Connection
from router.store.erasing import brand_of, erase_messages, erase_tickets, person
from router.store.schema import (
    chat_visitor,
    connection,
    early_word,
    identity,
    identity_link,
    message,
    message_party,
    notice,
    reading,
)

UNNAMED = "The platform did not deliver it."  # where a reason names somebody in a way that was not foreseen
OF_AN_ADDRESS = frozenset("._+-")  # what stands in one beside letters and digits


def about(db: Connection, contact_id: str) -> list[str]:
    """Return the messages in which a machine reported on a person."""
    addresses = _addresses(db, contact_id)
    words = (message.c.subject, message.c.text, message.c.html)
    said = or_(
        false(), *(func.lower(word).contains(one.lower(), autoescape=True) for word in words for one in addresses)
    )
    query = (
        select(message.c.id, *words)
        .join(reading, reading.c.message_id == message.c.id)
        .where(reading.c.version == AUTO_REPLIED, message.c.brand_id == brand_of(db, contact_id), said)
    )
    return [row[0] for row in db.execute(query) if any(names_one(text, addresses) for text in row[1:] if text)]


def forget(db: Connection, contact_id: str) -> None:
    """Erase what was reported about a person. Why a mail to several did not reach them stays, without their address."""
    addresses, brand_id = _addresses(db, contact_id), brand_of(db, contact_id)
    reports = about(db, contact_id)
    homes = set(db.execute(select(message.c.home_ticket_id).where(message.c.id.in_(reports))).scalars())
    erase_messages(db, reports)
    erase_tickets(db, [ticket_id for ticket_id in sorted(homes) if names.is_empty(db, ticket_id)])
    to_them = select(message_party.c.message_id).where(message_party.c.address.in_(addresses))
    here = message.c.id.in_(to_them) & (message.c.brand_id == brand_id) & (message.c.state_detail != "")
    for message_id, detail in db.execute(select(message.c.id, message.c.state_detail).where(here)).all():
        db.execute(update(message).where(message.c.id == message_id).values(state_detail=without(detail, addresses)))
        told = notice.c.message_id == message_id
        for notice_id, because in db.execute(select(notice.c.id, notice.c.because).where(told)).all():
            db.execute(update(notice).where(notice.c.id == notice_id).values(because=without(because, addresses)))
    waiting = select(early_word.c.id, early_word.c.text).join(connection).where(connection.c.brand_id == brand_id)
    early = [row.id for row in db.execute(waiting) if names_one(row.text, addresses)]
    db.execute(delete(early_word).where(early_word.c.id.in_(early)))


def names_one(text: str, addresses: Iterable[str]) -> bool:
    """Say whether a text names one of these addresses, and not only a longer one that holds it."""
    lower = text.lower()
    for address in (one.lower() for one in addresses):
        at = lower.find(address)
        while at >= 0:
            if not _goes_on(lower[:at][-1:]) and not _goes_on(lower[at + len(address) :].lstrip(".")[:1]):
                return True
            at = lower.find(address, at + 1)
    return False


def without(reason: str, addresses: Collection[str]) -> str:
    """Return why a mail was not delivered, as `channels` words it, without these addresses."""
    for address in addresses:
        place = f" to {address.lower()}:"
        while (at := reason.lower().find(place)) >= 0:
            reason = f"{reason[:at]}:{reason[at + len(place) :]}"
    return UNNAMED if names_one(reason, addresses) else reason


def _goes_on(char: str) -> bool:
    """Say whether an address goes on with this character."""
    return char.isalnum() or char in OF_AN_ADDRESS


def _addresses(db: Connection, contact_id: str) -> list[str]:
    """Return a person's mail addresses, those they gave in a web chat included."""
    linked = identity_link.c.contact_id.in_(person(db, contact_id)) & identity_link.c.valid_to.is_(None)
    query = select(identity.c.address).join(identity_link, identity_link.c.identity_id == identity.c.id)
    found = set(db.execute(query.where(linked)).scalars())
    found |= set(db.execute(select(chat_visitor.c.email).where(chat_visitor.c.thread.in_(found))).scalars())
    return sorted(address for address in found if "@" in address)
