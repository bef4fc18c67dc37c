"""All that is held about a person, for them to read: found along the foreign keys, so that no table is forgotten.

What is a colleague's, a key or a copy is withheld, by name. What others wrote on a ticket of this person is in it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from router.store.db import Connection
from router.store.erasing import person, tickets_of
from router.store.reported import about
from router.store.schema import (
    address_confirmation,
    attachment,
    audit_event,
    chat_visitor,
    contact,
    identity,
    identity_link,
    message,
    metadata,
    ticket,
    ticket_event,
)

WITHHELD: Mapping[str, str] = {  # table -> why its rows are not in an export
    "assignment": "who worked on a ticket, and how it left their hands, is the agent's",
    "blob_chunk": "the bytes lie beside the data, as files",
    "draft": "an agent's words that were not sent",
    "idempotency_key": "a key",
    "ledger_entry": "the agent's alone",
    "notice": "words to an agent",
    "offer": "an agent's",
    "outgoing": "how far a reply is; its message says so too",
    "pass_over": "an agent's",
    "reply_token": "a key",
    "search_doc": "the words of the messages once more",
    "taught_source": "which model learned from an example",
    "ticket_seen": "an agent's",
    "undoable_row": "a copy of the ticket",
}
WITHHELD_COLUMNS: Mapping[str, frozenset[str]] = {
    "attachment": frozenset({"fetch"}),  # may hold a key of the platform's
    "decision": frozenset({"inputs"}),  # how other agents stood
    "merge": frozenset({"before"}),  # a copy
    "survey": frozenset({"token_hash"}),
    "ticket": frozenset({"passed_over", "spared"}),  # tell of agents
}
OF_AGENTS = ("offered", "offer_ended")  # kinds of events from which one could tell who let an offer go
JSON_IN = frozenset({("ticket_event", "data"), ("evaluation", "facts"), ("evaluation", "trace")})
ROWS = 500  # ids asked for at once

Row = Mapping[str, object]


def gather(db: Connection, contact_id: str) -> dict[str, list[Row]]:
    """Return the rows of a person, and of the contacts that are one person with them, by table, in order of their keys.

    Moments are ISO 8601, rows without the columns that are withheld.
    """
    keys = _roots(db, contact_id)
    found: dict[str, list[Row]] = {}
    for table in metadata.sorted_tables:
        if table.name in WITHHELD:
            continue
        rows = list(_own(db, table, keys))
        if table not in keys and len(table.primary_key.columns) == 1:
            (key,) = table.primary_key.columns
            keys[table] = [str(row[key.name]) for row in rows]
        if rows:
            found[table.name] = rows
    return found | _beside(db, [*keys[contact], *keys[ticket]], found.get("identity", []))


def files(rows: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Return the attachments whose bytes are stored."""
    return [row for row in rows.get(attachment.name, ()) if row["blob_id"]]


def _roots(db: Connection, contact_id: str) -> dict[Table, list[str]]:
    """Return what is theirs by itself; the rest is whatever refers to it."""
    contacts, theirs = person(db, contact_id), tickets_of(db, contact_id)
    linked = identity_link.c.contact_id.in_(contacts) & identity_link.c.valid_to.is_(None)
    addresses = list(db.execute(select(identity_link.c.identity_id).where(linked)).scalars())
    wrote = set(about(db, contact_id))
    for column, values in ((message.c.home_ticket_id, theirs), (message.c.identity_id, addresses)):
        for some in _few(values):
            wrote |= set(db.execute(select(message.c.id).where(column.in_(some))).scalars())
    return {contact: contacts, identity: addresses, ticket: theirs, message: sorted(wrote)}


def _few(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), ROWS):
        yield values[start : start + ROWS]


def _own(db: Connection, table: Table, keys: Mapping[Table, Sequence[str]]) -> Iterator[Row]:
    """Yield the rows that are a person's by their own key, or else by a row they refer to."""
    if table in keys:
        (key,) = table.primary_key.columns
        links = [(key, keys[table])]
    else:
        links = [(link.parent, keys[link.column.table]) for link in table.foreign_keys if link.column.table in keys]
    seen: dict[tuple[str, ...], Row] = {}
    for column, values in links:
        for some in _few(values):
            for row in _rows(db, table, column.in_(some)):
                seen[tuple(str(row[part.name]) for part in table.primary_key.columns)] = row
    for name in sorted(seen):
        yield seen[name]


def _rows(db: Connection, table: Table, condition: ColumnElement[bool]) -> Iterator[Row]:
    query = select(*[column for column in table.c if column.name not in WITHHELD_COLUMNS.get(table.name, ())])
    if table is ticket_event:
        condition = condition & ticket_event.c.kind.not_in(OF_AGENTS)
    for row in db.execute(query.where(condition)).mappings():
        yield {name: _plain(table.name, name, value) for name, value in row.items()}


def _plain(table: str, column: str, value: Any) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if (table, column) in JSON_IN and value:
        return json.loads(value)
    return value


def _beside(db: Connection, objects: Sequence[str], identities: Sequence[Row]) -> dict[str, list[Row]]:
    """Return what names them without a foreign key: visits of the web chat, asked confirmations, the trail."""
    addresses = [str(row["address"]) for row in identities]
    visits = list(_rows(db, chat_visitor, chat_visitor.c.thread.in_(addresses)))
    known = [*addresses, *[str(row["email"]) for row in visits]]
    of_brands = {str(row["brand_id"]) for row in identities}
    asked = address_confirmation.c.address.in_(known) & address_confirmation.c.brand_id.in_(of_brands)
    trail: list[tuple[int, Row]] = []
    for some in _few(objects):
        query = select(audit_event.c.seq, audit_event.c.at, audit_event.c.act, audit_event.c.object)
        for row in db.execute(query.where(audit_event.c.object.in_(some))):
            trail.append((row.seq, {"at": row.at.isoformat(), "act": row.act, "object": row.object}))
    found: dict[str, list[Row]] = {
        chat_visitor.name: visits,
        address_confirmation.name: list(_rows(db, address_confirmation, asked)),
        audit_event.name: [row for _, row in sorted(trail, key=lambda line: line[0])],
    }
    return {name: rows for name, rows in found.items() if rows}
