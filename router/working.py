"""A drain's working set: the tickets its messages belong to, as they become while the batch is decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.types import InboundMessage, Party
from router.model import SYSTEM, Reading, State
from router.store import contacts, merges, messages, rulebook, tickets
from router.store.contacts import Known
from router.store.db import Connection
from router.store.rows import Promise, Ticket

REOPENS_FOR = timedelta(days=14)  # after that a message starts a new ticket that points to the old one


@dataclass(slots=True)
class Conversation:
    """One ticket with what its next message is decided from."""

    ticket: Ticket
    is_new: bool
    version: int  # event_seq when it was read: another hand changed it if it differs when written
    readings: list[Reading] = field(default_factory=list)
    people: set[str] = field(default_factory=set)  # addresses that take part
    tags: set[str] = field(default_factory=set)
    needs: dict[str, tuple[int, str]] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    count: int = 0  # messages from the customer
    missed: int = 0
    wakes: str | None = None  # the agent who is to get it back, if they can take it
    held: dict[str, str | None] = field(default_factory=dict)  # rules that held when they were last asked -> since
    done: set[tuple[str, str]] = field(default_factory=set)  # rule and effect asked for; looked up for a publish alone
    language_said: bool = False  # somebody corrected it; looked up where nobody writes
    transfers: int = 0  # by people
    relaxed: Mapping[str, int] = field(default_factory=dict)  # needs it does without: skill -> up to which level
    heard_at: datetime | None = None  # when the customer wrote last; looked up for answers from elsewhere alone


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of whoever wrote, from before this message."""

    facts: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # name -> (value, trust)
    tickets: int = 0
    since: datetime | None = None  # known to the brand
    last_agent: str | None = None  # who served them last


@dataclass(slots=True)
class Found:
    """Where a message belongs: a ticket it joins, or one it only points to."""

    ticket_id: str | None = None
    follows: str | None = None
    direct: bool = False  # an answer from a third party: never shown to the customer
    by: str = ""  # what made it join: token, reference, thread


def customer_of(said: InboundMessage) -> Party:
    """Return the customer on a message: who sent it, or whom an agent wrote to in the platform's own app."""
    if not said.from_us:
        return said.sender
    written_to = (party for party in said.parties if party.role == "to")
    return next(written_to, Party("to", said.thread or ""))


@dataclass(slots=True)
class Working:
    """What one batch reads before it decides."""

    brand_id: str
    connection_id: str
    channel: str
    conversational: bool
    now: datetime
    known: dict[str, Known] = field(default_factory=dict)  # by address
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)  # external id -> (message, ticket)
    ours: set[str] = field(default_factory=set)  # external ids of messages of ours that are reported on
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    threads: dict[str, str] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)  # the same of what was set aside, where a sender is blocked
    conversations: dict[str, Conversation] = field(default_factory=dict)
    facts: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)  # by contact
    counts: dict[str, int] = field(default_factory=dict)  # tickets, by contact
    served: dict[str, contacts.Served] = field(default_factory=dict)  # by contact

    def read(self, db: Connection, said: Iterable[InboundMessage], others: Iterable[str]) -> None:
        """Look up everything the messages may refer to; `others` are external ids of edits and receipts."""
        said = list(said)
        addresses = {customer_of(m).address for m in said}
        self.known = contacts.known(db, self.brand_id, self.channel, addresses) if addresses else {}
        ids = {m.external_id for m in said} | {a for m in said for a in m.answers} | set(others)
        reported = {r for m in said for r in m.reports_on}
        self.seen = messages.seen(db, self.connection_id, ids | reported)
        if reported := reported & self.seen.keys():
            sent = messages.sent(db, {self.seen[r][0] for r in reported})
            self.ours = {r for r in reported if self.seen[r][0] in sent}
        tokens = {m.reply_token for m in said if m.reply_token}
        self.tokens = messages.tokens(db, self.brand_id, tokens) if tokens else {}
        threads = {t for t in map(self.thread_of, said) if t}
        self.threads = messages.threads(db, self.connection_id, threads) if threads else {}
        if threads and any(known.blocked for known in self.known.values()):
            self.aside = messages.threads(db, self.connection_id, threads, aside=True)
        wanted = {t for _, t in self.seen.values()} | {t for t, _ in self.tokens.values()} | set(self.threads.values())
        wanted |= set(self.aside.values())
        self.load(db, wanted)
        if any(m.from_us for m in said):
            for ticket_id, at in messages.heard(db, self.conversations).items():
                self.conversations[ticket_id].heard_at = at
        self.load_customers(db, {k.contact_id for k in self.known.values()})

    def load_customers(self, db: Connection, owners: set[str]) -> None:
        """Look up what is known of contacts."""
        if owners:
            self.facts = contacts.facts(db, owners, self.now)
            self.counts = contacts.ticket_counts(db, owners)
            self.served = contacts.served(db, owners)

    def customer(self, contact_id: str | None, claims: Mapping[str, tuple[str, str]]) -> Customer:
        """Return what is known of a contact, and what comes with their message."""
        if contact_id is None:
            return Customer(claims)
        served = self.served.get(contact_id)
        return Customer(
            {**self.facts.get(contact_id, {}), **claims},
            self.counts.get(contact_id, 0),
            served.since if served else None,
            served.last_agent if served else None,
        )

    def load(self, db: Connection, wanted: set[str]) -> None:
        """Look up tickets, those that show them if they were merged, and what the next message is decided from."""
        rows = tickets.load(db, SYSTEM, wanted)
        while merged := {t.merged_into for t in rows.values() if t.merged_into} - rows.keys():
            rows |= tickets.load(db, SYSTEM, {m for m in merged if m})
        if not rows:
            return
        shown = {i: row.merged_into or i for i, row in rows.items()} | merges.homes(db, rows)  # home -> where it shows
        readings, people = messages.readings(db, shown, shown), messages.participants(db, shown, shown)
        tags, needs, promises = tickets.tags(db, rows), tickets.needs(db, rows), tickets.open_promises(db, rows)
        counts, missed = messages.counts(db, shown, shown), tickets.missed(db, rows, self.now)
        held, transfers = rulebook.held(db, rows), tickets.transfers(db, rows)
        relaxed = tickets.relaxed(db, rows)
        for ticket_id, row in rows.items():
            self.conversations[ticket_id] = Conversation(
                ticket=row,
                is_new=False,
                version=row.event_seq,
                readings=readings.get(ticket_id, []),
                people=people.get(ticket_id, set()),
                tags=tags.get(ticket_id, set()),
                needs=needs.get(ticket_id, {}),
                promises=promises.get(ticket_id, []),
                count=counts.get(ticket_id, 0),
                missed=missed.get(ticket_id, 0),
                held=held.get(ticket_id, {}),
                transfers=transfers.get(ticket_id, 0),
                relaxed=relaxed.get(ticket_id, {}),
            )

    def thread_of(self, said: InboundMessage) -> str:
        """Return what keeps a conversation together: the channel's thread, else its customer; nothing for mail."""
        return (said.thread or customer_of(said).address) if self.conversational else ""

    def is_settled(self, said: InboundMessage) -> bool:
        """Say whether a message only reports on one of ours, at which its receipt says all there is to say."""
        return not self.ours.isdisjoint(said.reports_on)

    def find(self, said: InboundMessage) -> Found:
        """Return where a message belongs: reply token, then what it answers, then its thread; else a new ticket."""
        found = self._referred(said)
        if found.ticket_id is None:
            return self._aside(said) or found
        ticket_id = self.shown_in(found.ticket_id)
        ticket = self.conversations[ticket_id].ticket
        aside = self._is_blocked(said) and ticket.state in (State.RESOLVED, State.CLOSED)
        if found.direct or (ticket.spam if aside else not self._is_over(ticket)):
            return Found(ticket_id=ticket_id, direct=found.direct, by=found.by)
        return self._aside(said) or Found(follows=ticket_id)

    def _aside(self, said: InboundMessage) -> Found | None:
        """Return the ticket on which a blocked sender's thread was set aside, if there is one."""
        ticket_id = self.aside.get(self.thread_of(said)) if self._is_blocked(said) else None
        return Found(ticket_id=ticket_id, by="thread") if ticket_id in self.conversations else None

    def _is_blocked(self, said: InboundMessage) -> bool:
        known = self.known.get(said.sender.address)
        return known is not None and known.blocked and not said.from_us

    def shown_in(self, ticket_id: str) -> str:
        """Return the ticket that shows this one: the one it was merged into, else itself."""
        while (into := self.conversations[ticket_id].ticket.merged_into) and into in self.conversations:
            ticket_id = into
        return ticket_id

    def _referred(self, said: InboundMessage) -> Found:
        if said.reply_token and said.reply_token in self.tokens:
            ticket_id, kind = self.tokens[said.reply_token]
            return Found(ticket_id=ticket_id, direct=kind == "forward", by="token")
        follows = None
        for external_id in said.answers:
            if external_id not in self.seen:
                continue
            ticket_id = self.seen[external_id][1]
            if self.conversational or said.sender.address in self.conversations[self.shown_in(ticket_id)].people:
                return Found(ticket_id=ticket_id, by="reference")
            follows = follows or ticket_id  # a stranger to the thread: linked, not joined
        thread = self.thread_of(said)
        if thread in self.threads:
            return Found(ticket_id=self.threads[thread], by="thread")
        return Found(follows=follows)

    def _is_over(self, ticket: Ticket) -> bool:
        if ticket.state == State.CLOSED:
            return True
        resolved = ticket.state == State.RESOLVED and ticket.resolved_at is not None
        return resolved and ticket.resolved_at is not None and ticket.resolved_at < self.now - REOPENS_FOR
