"""Keeps the search index: a row of words for each message, ticket and address, written with what it tells of.

The higher a row's number, the newer it is. What was there before the index gets numbers below zero, the newest first,
so that the order holds while it is being read in the background. A customer's own words carry a sign in front: who
looks for customers never walks through the words of messages.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from sqlalchemy import ARRAY, Text, Update, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.sql.dml import Insert

from router.store import desk
from router.store.db import Connection
from router.store.rows import Message, Ticket
from router.store.schema import contact, identity, identity_link, message, message_party, search_doc, ticket
from router.terms import Wanted, words_of

CUSTOMER = "\ue010"  # before every word of an address or a customer's name
SETTING = "search index"  # of the whole desk: how far the background has come, as JSON


@dataclass(frozen=True, slots=True)
class Doc:
    """What is to be found, and by which words."""

    brand_id: str
    at: datetime
    words: Sequence[str]
    ticket_id: str | None = None
    message_id: str | None = None
    identity_id: str | None = None
    contact_id: str | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the background has come: tickets first, then addresses, then names; newest first."""

    part: str = "tickets"  # tickets, identities, contacts, done
    before: str = ""  # the id it goes on below
    n: int = 0  # the lowest number given

    @property
    def done(self) -> bool:
        """Say whether everything is in the index."""
        return self.part == "done"


def of_customer(looked_for: Wanted) -> Wanted:
    """Return the same question, asked of customers."""
    prefix = CUSTOMER + looked_for.prefix if looked_for.prefix else ""
    return Wanted(tuple(CUSTOMER + word for word in looked_for.words), prefix)


def add(db: Connection, docs: Iterable[Doc]) -> None:
    """Put rows into the index; those without a word are left out."""
    rows = [doc for doc in docs if doc.words]
    for numbered in (False, True):
        values = [_values(db, doc) for doc in rows if (doc.n is not None) is numbered]
        if values:
            db.execute(_insert(db.dialect.name, numbered), values)


def add_tickets(db: Connection, rows: Iterable[Ticket]) -> None:
    """Let new tickets be found by number and subject."""
    add(db, [_of_ticket(row.brand_id, row.id, row.number, row.subject, row.created_at) for row in rows])


def add_messages(
    db: Connection, rows: Iterable[Message], parties: Iterable[tuple[str, int, str, str, str]] = ()
) -> None:
    """Let new messages be found by their words and by who wrote them; `parties` as they are stored."""
    senders = {m: f"{name} {address}" for m, _, role, address, name in parties if role == "from"}
    told = [row for row in rows if row.deleted_at is None]
    add(
        db,
        [_of_message(m.brand_id, m.home_ticket_id, m.id, senders.get(m.id, ""), m.subject, m.text, m.at) for m in told],
    )


def add_identities(db: Connection, rows: Iterable[tuple[str, str, str, str]], now: datetime) -> None:
    """Let addresses be found: (identity id, brand id, address, name)."""
    add(db, [_of_customer(brand, f"{address} {name}", now, identity_id=i) for i, brand, address, name in rows])


def change_message(db: Connection, message_id: str) -> None:
    """Let an edited message be found by the words it has now; one that was taken back is found no longer."""
    for doc in _messages(db, message.c.id == message_id):
        db.execute(_update(db.dialect.name), {"m": message_id, "w": _words(db, doc)})


def drop_message(db: Connection, message_id: str) -> None:
    """Let a message be found no longer."""
    db.execute(delete(search_doc).where(search_doc.c.message_id == message_id))


def progress(db: Connection) -> Progress:
    """Return how far the index has come with what was there before it."""
    return Progress(**json.loads(desk.setting(db, SETTING) or "{}"))


def begin(db: Connection) -> None:
    """Say that nothing is older than the index, on a desk that was just made."""
    desk.put_setting(db, SETTING, json.dumps({"part": "done"}))


def forget(db: Connection, most: int) -> int:
    """Empty the index, some rows at a time, and let it be made anew; return how many rows went."""
    desk.put_setting(db, SETTING, json.dumps({}))
    some = select(search_doc.c.n).limit(most).scalar_subquery()
    return db.execute(delete(search_doc).where(search_doc.c.n.in_(some))).rowcount


def read_on(db: Connection, most: int, now: datetime) -> Progress:
    """Put the next piece of what the index misses into it: `most` tickets with their messages, or addresses."""
    here = progress(db)
    if here.done:
        return here
    piece = {"tickets": _tickets, "identities": _identities, "contacts": _names}[here.part]
    ids, docs = piece(db, here.before, most, now)
    numbered = [replace(doc, n=here.n - step) for step, doc in enumerate((d for d in docs if d.words), start=1)]
    add(db, numbered)
    following = {"tickets": "identities", "identities": "contacts", "contacts": "done"}
    part, before = (here.part, ids[-1]) if len(ids) == most else (following[here.part], "")
    there = Progress(part, before, here.n - len(numbered))
    desk.put_setting(db, SETTING, json.dumps({"part": there.part, "before": there.before, "n": there.n}))
    return there


def _tickets(db: Connection, before: str, most: int, now: datetime) -> tuple[list[str], list[Doc]]:
    query = select(ticket.c.id, ticket.c.brand_id, ticket.c.number, ticket.c.subject, ticket.c.created_at)
    query = query.where(ticket.c.id < before) if before else query
    rows = db.execute(query.order_by(ticket.c.id.desc()).limit(most)).all()
    ids = [row.id for row in rows]
    found = search_doc.c.ticket_id.in_(ids)
    has = set(db.execute(select(search_doc.c.ticket_id).where(found, search_doc.c.message_id.is_(None))).scalars())
    said: dict[str, list[Doc]] = {}
    missing = message.c.home_ticket_id.in_(ids) & ~exists().where(search_doc.c.message_id == message.c.id)
    for doc in _messages(db, missing):
        said.setdefault(doc.ticket_id or "", []).append(doc)
    docs = []
    for row in rows:
        docs += said.get(row.id, [])
        if row.id not in has:
            docs.append(_of_ticket(row.brand_id, row.id, row.number, row.subject, row.created_at))
    return ids, docs


def _identities(db: Connection, before: str, most: int, now: datetime) -> tuple[list[str], list[Doc]]:
    query = select(identity.c.id, identity.c.brand_id, identity.c.address, identity.c.name, identity.c.created_at)
    query = query.where(identity.c.id < before) if before else query
    rows = db.execute(query.order_by(identity.c.id.desc()).limit(most)).all()
    ids = [row.id for row in rows]
    has = set(db.execute(select(search_doc.c.identity_id).where(search_doc.c.identity_id.in_(ids))).scalars())
    said = [_of_customer(r.brand_id, f"{r.address} {r.name}", r.created_at, identity_id=r.id) for r in rows]
    return ids, [doc for doc in said if doc.identity_id not in has]


def _names(db: Connection, before: str, most: int, now: datetime) -> tuple[list[str], list[Doc]]:
    query = select(contact.c.id, contact.c.brand_id, contact.c.name, contact.c.created_at)
    query = query.where(contact.c.id < before) if before else query
    rows = db.execute(query.order_by(contact.c.id.desc()).limit(most)).all()
    ids = [row.id for row in rows]
    told = select(identity_link.c.contact_id, identity.c.name).join(
        identity, identity.c.id == identity_link.c.identity_id
    )
    known = {tuple(row) for row in db.execute(told.where(identity_link.c.contact_id.in_(ids)))}
    has = set(db.execute(select(search_doc.c.contact_id).where(search_doc.c.contact_id.in_(ids))).scalars())
    docs = [
        _of_customer(r.brand_id, r.name, r.created_at, contact_id=r.id)
        for r in rows
        if r.id not in has and (r.id, r.name) not in known
    ]
    return ids, docs


def _messages(db: Connection, which: object) -> list[Doc]:
    """Return messages as the index should hold them, newest first."""
    own = ("id", "brand_id", "home_ticket_id", "subject", "text", "at")
    query = select(*[message.c[name] for name in own]).where(which, message.c.deleted_at.is_(None))  # type: ignore[arg-type]
    rows = db.execute(query.order_by(message.c.at.desc(), message.c.id.desc())).all()
    said = select(message_party.c.message_id, message_party.c.name, message_party.c.address)
    said = said.where(message_party.c.message_id.in_([row.id for row in rows]), message_party.c.role == "from")
    senders: Mapping[str, str] = {row[0]: f"{row[1]} {row[2]}" for row in db.execute(said)} if rows else {}
    return [
        _of_message(r.brand_id, r.home_ticket_id, r.id, senders.get(r.id, ""), r.subject, r.text, r.at) for r in rows
    ]


def _of_ticket(brand_id: str, ticket_id: str, number: int, subject: str, at: datetime) -> Doc:
    return Doc(brand_id, at, words_of(f"{number} {subject}"), ticket_id=ticket_id)


def _of_message(
    brand_id: str, ticket_id: str, message_id: str, sender: str, subject: str, text: str, at: datetime
) -> Doc:
    words = words_of(f"{sender}\n{subject}\n{text}")
    return Doc(brand_id, at, words, ticket_id=ticket_id, message_id=message_id)


def _of_customer(
    brand_id: str, said: str, at: datetime, *, identity_id: str | None = None, contact_id: str | None = None
) -> Doc:
    words = [CUSTOMER + word for word in words_of(said)]
    return Doc(brand_id, at, words, identity_id=identity_id, contact_id=contact_id)


def _words(db: Connection, doc: Doc) -> object:
    return list(doc.words) if db.dialect.name == "postgresql" else " ".join(doc.words)


def _values(db: Connection, doc: Doc) -> dict[str, object]:
    own = {"brand_id": doc.brand_id, "at": doc.at, "ticket_id": doc.ticket_id, "message_id": doc.message_id}
    own |= {"identity_id": doc.identity_id, "contact_id": doc.contact_id, "w": _words(db, doc)}
    return own if doc.n is None else {**own, "n": doc.n}


@cache
def _insert(dialect: str, numbered: bool) -> Insert:
    names = ["brand_id", "at", "ticket_id", "message_id", "identity_id", "contact_id", *(["n"] if numbered else [])]
    return insert(search_doc).values(words=_index_form(dialect), **{name: bindparam(name) for name in names})


@cache
def _update(dialect: str) -> Update:
    return update(search_doc).where(search_doc.c.message_id == bindparam("m")).values(words=_index_form(dialect))


def _index_form(dialect: str) -> object:
    return func.array_to_tsvector(bindparam("w", type_=ARRAY(Text))) if dialect == "postgresql" else bindparam("w")
