"""Lets data go: erases along the foreign keys, which are derived from the metadata, so that no table is forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, exists, func, or_, select, union_all, update

from router.store import blobs, early, traffic
from router.store.db import Connection
from router.store.links import family
from router.store.schema import (
    address_confirmation,
    attachment,
    blob,
    blob_chunk,
    block,
    brand,
    chat_visitor,
    connection_hour,
    contact,
    early_word,
    idempotency_key,
    identity,
    identity_link,
    inbound_event,
    lease,
    ledger_entry,
    message,
    message_party,
    metadata,
    offer,
    pass_over,
    send_pace,
    session,
    sign_in_link,
    stream,
    ticket,
    undoable,
    undoable_row,
)

ROWS = 500  # erased in one statement
PACE_KEPT = timedelta(days=2)  # longer than a platform may ask us to wait


def past_keep(db: Connection, now: datetime, most: int) -> list[str]:
    """Return tickets whose keep is over: by their own moment, or by their brand's days after they were done."""
    own = select(ticket.c.id).where(ticket.c.purge_after <= now, ticket.c.merged_into.is_(None)).limit(most)
    found = list(db.execute(own).scalars())
    kept = select(brand.c.id, brand.c.keep_days).where(brand.c.keep_days.is_not(None))
    for brand_id, days in db.execute(kept).all():
        before = now - timedelta(days=days)
        done = (ticket.c.brand_id == brand_id) & ticket.c.state.in_(("resolved", "closed"))
        done &= ticket.c.merged_into.is_(None)  # one that was merged goes with the one that shows it
        over = done & (func.coalesce(ticket.c.resolved_at, ticket.c.updated_at) < before)
        found += db.execute(select(ticket.c.id).where(over).limit(most - min(most, len(found)))).scalars()
    return list(dict.fromkeys(found))[:most]


def erase_tickets(db: Connection, ids: Sequence[str]) -> set[str]:
    """Erase tickets, those merged into them, and all that belongs to them; return the contacts they had."""
    wanted = list(ids)
    merged = select(ticket.c.id).where(ticket.c.merged_into.in_(wanted))
    wanted = list(dict.fromkeys([*wanted, *db.execute(merged).scalars()]))
    owners = select(ticket.c.contact_id).where(ticket.c.id.in_(wanted), ticket.c.contact_id.is_not(None))
    contacts = set(db.execute(owners).scalars())
    db.execute(update(block).where(block.c.ticket_id.in_(wanted)).values(ticket_id=None))  # outlives its ticket
    _erase(db, ticket, wanted)
    return {contact_id for contact_id in contacts if contact_id}


def erase_messages(db: Connection, ids: Sequence[str]) -> None:
    """Erase messages and all that belongs to them."""
    _erase(db, message, list(ids))


def tickets_of(db: Connection, contact_id: str) -> list[str]:
    """Return a contact's tickets, and those of the contacts that are one person with it."""
    return list(db.execute(select(ticket.c.id).where(ticket.c.contact_id.in_(person(db, contact_id)))).scalars())


def person(db: Connection, contact_id: str) -> list[str]:
    """Return every contact that is one person with this one."""
    into = db.execute(select(contact.c.merged_into).where(contact.c.id == contact_id)).scalar()
    return sorted(family(db, [into or contact_id]))


def brand_of(db: Connection, contact_id: str) -> str | None:
    """Return the brand a contact belongs to."""
    return db.execute(select(contact.c.brand_id).where(contact.c.id == contact_id)).scalar()


def spoke_between(db: Connection, contact_id: str) -> dict[str, tuple[datetime, datetime]]:
    """Return on which connections a contact wrote or was written to, from when until when."""
    contacts = person(db, contact_id)
    now_theirs = identity_link.c.contact_id.in_(contacts) & identity_link.c.valid_to.is_(None)
    theirs = select(identity_link.c.identity_id).where(now_theirs)
    named = select(identity.c.address).where(identity.c.id.in_(theirs))
    on = select(ticket.c.id).where(ticket.c.contact_id.in_(contacts))
    to = select(message_party.c.message_id).where(message_party.c.address.in_(named))
    said = select(message.c.connection_id, message.c.at).where(
        message.c.connection_id.is_not(None), message.c.brand_id == brand_of(db, contact_id)
    )
    spoken = union_all(
        said.where(message.c.identity_id.in_(theirs)),
        said.where(message.c.home_ticket_id.in_(on)),
        said.where(message.c.id.in_(to)),
    ).subquery()
    between = select(spoken.c.connection_id, func.min(spoken.c.at), func.max(spoken.c.at))
    return {row[0]: (row[1], row[2]) for row in db.execute(between.group_by(spoken.c.connection_id))}


def erase_raw(db: Connection, connection_id: str, after: datetime, before: datetime) -> int:
    """Erase the raw deliveries of a connection that were read and came in a span of time; their keys stay."""
    table = inbound_event
    read = table.c.state.in_(("done", "duplicate")) & (table.c.connection_id == connection_id)
    rows = db.execute(select(table.c.id, table.c.blob_id).where(read, table.c.received_at.between(after, before))).all()
    db.execute(delete(table).where(table.c.id.in_([row.id for row in rows])))
    for row in rows:
        if row.blob_id:
            blobs.drop(db, row.blob_id)
    return len(rows)


def erase_contacts(db: Connection, ids: Sequence[str]) -> int:
    """Erase contacts, their addresses and whatever they wrote on other people's tickets; return how many."""
    here = list(db.execute(select(contact.c.id).where(contact.c.id.in_(list(ids)))).scalars())
    addresses = select(identity.c.id, identity.c.address, identity.c.brand_id).join(
        identity_link, identity_link.c.identity_id == identity.c.id
    )
    rows = db.execute(addresses.where(identity_link.c.contact_id.in_(here), identity_link.c.valid_to.is_(None))).all()
    theirs = [row.id for row in rows]
    wrote = list(db.execute(select(message.c.id).where(message.c.identity_id.in_(theirs))).scalars())
    _erase(db, message, wrote)
    for row in rows:
        of_brand = select(message.c.id).where(message.c.brand_id == row.brand_id)
        named = (message_party.c.address == row.address) & message_party.c.message_id.in_(of_brand)
        db.execute(delete(message_party).where(named))
        visits = delete(chat_visitor).where(chat_visitor.c.thread == row.address).returning(chat_visitor.c.email)
        known = [row.address, *db.execute(visits).scalars()]
        asked = (address_confirmation.c.brand_id == row.brand_id) & address_confirmation.c.address.in_(known)
        db.execute(delete(address_confirmation).where(asked))
    db.execute(update(ticket).where(ticket.c.contact_id.in_(here)).values(contact_id=None))
    _erase(db, contact, here)
    _erase(db, identity, theirs)
    return len(here)


def without_tickets(db: Connection, ids: Sequence[str]) -> list[str]:
    """Return those contacts who have no ticket, wrote nothing that is left, and are not blocked by address."""
    wrote = (
        exists()
        .where(identity_link.c.contact_id == contact.c.id, message.c.identity_id == identity_link.c.identity_id)
        .correlate(contact)
    )
    has = exists().where(ticket.c.contact_id == contact.c.id)
    blocked = (
        exists()
        .where(identity_link.c.contact_id == contact.c.id, identity_link.c.valid_to.is_(None))
        .where(block.c.identity_id == identity_link.c.identity_id, block.c.ended_at.is_(None))
        .correlate(contact)
    )
    return list(db.execute(select(contact.c.id).where(contact.c.id.in_(list(ids)), ~has, ~wrote, ~blocked)).scalars())


def raw_kept_for(db: Connection, most: timedelta) -> dict[str, timedelta]:
    """Return for how long each brand's raw deliveries are kept: no longer than its tickets."""
    rows = db.execute(select(brand.c.id, brand.c.keep_days)).all()
    return {row.id: most if row.keep_days is None else min(most, timedelta(days=row.keep_days)) for row in rows}


def forget(db: Connection, now: datetime, after: timedelta) -> int:
    """Delete what has no use after a while: ended sessions, old links, the ledger, used keys, visitors gone."""
    old = now - after
    over = select(undoable.c.id).where(undoable.c.until < old)
    spoke = exists().where(ticket.c.connection_id == chat_visitor.c.connection_id)
    spoke = spoke.where(ticket.c.thread == chat_visitor.c.thread)
    gone = (
        delete(address_confirmation).where(address_confirmation.c.sent_at < old),
        delete(chat_visitor).where(chat_visitor.c.seen_at < old, ~spoke),
        delete(session).where(or_(session.c.ends_at < now, session.c.ended_at < now)),
        delete(sign_in_link).where(sign_in_link.c.until < now),
        delete(ledger_entry).where(ledger_entry.c.at < old),
        delete(offer).where(offer.c.ended_at < old),
        delete(idempotency_key).where(idempotency_key.c.at < old),
        delete(pass_over).where(pass_over.c.until < now),
        delete(undoable_row).where(undoable_row.c.undoable_id.in_(over)),
        delete(undoable).where(undoable.c.until < old),
        delete(lease).where(lease.c.until < old),
        delete(stream).where(stream.c.seen_at < old),
        delete(connection_hour).where(connection_hour.c.at < now - traffic.KEPT),
        delete(early_word).where(early_word.c.came_at < now - early.KEPT),
        delete(send_pace).where(send_pace.c.next_at < now - PACE_KEPT),
    )
    return sum(db.execute(statement).rowcount for statement in gone)


def drop_strays(db: Connection, before: datetime, most: int) -> int:
    """Erase bytes that nothing refers to any more, such as those of a delivery that came twice."""
    used = exists().where(attachment.c.blob_id == blob.c.id), exists().where(inbound_event.c.blob_id == blob.c.id)
    query = select(blob.c.id).where(blob.c.created_at < before, ~used[0], ~used[1]).limit(most)
    ids = list(db.execute(query).scalars())
    db.execute(delete(blob_chunk).where(blob_chunk.c.blob_id.in_(ids)))
    db.execute(delete(blob).where(blob.c.id.in_(ids)))
    return len(ids)


def _erase(db: Connection, table: Table, keys: Sequence[object]) -> None:
    """Delete rows by their key, and first all that refers to them; a row of the same table only lets go of them."""
    for start in range(0, len(keys), ROWS):
        _erase_some(db, table, keys[start : start + ROWS])


def _erase_some(db: Connection, table: Table, keys: Sequence[object]) -> None:
    (key,) = table.primary_key.columns
    for child in reversed(metadata.sorted_tables):
        for link in child.foreign_keys:
            if link.column is not key:
                continue
            refers = link.parent.in_(keys)
            if child is table:
                db.execute(update(child).where(refers).values({link.parent.name: None}))
            elif _is_referred_to(child):
                (child_key,) = child.primary_key.columns
                _erase(db, child, list(db.execute(select(child_key).where(refers)).scalars()))
            else:
                _delete(db, child, refers)
    _delete(db, table, key.in_(keys))


def _delete(db: Connection, table: Table, condition: Any) -> None:
    """Delete rows, and give back the bytes they held."""
    if "blob_id" in table.c and table is not blob_chunk:
        held = select(table.c.blob_id).where(condition, table.c.blob_id.is_not(None))
        blob_ids = list(db.execute(held).scalars())
        db.execute(delete(table).where(condition))
        for blob_id in blob_ids:
            blobs.drop(db, blob_id)
        return
    db.execute(delete(table).where(condition))


def _is_referred_to(table: Table) -> bool:
    return any(link.column.table is table for other in metadata.tables.values() for link in other.foreign_keys)
