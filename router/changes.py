"""What one use case changes: gathered while it decides, written at once, and told to open pages afterwards."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from router import sharing
from router.live_rules import interest
from router.model import Reading, State
from router.notify import Change
from router.routing.lanes import LaneSpec, lane_key
from router.store import answers, blobs, contacts, lanes, messages, notices, offers, outgoing, rulebook, search, tickets
from router.store.db import Connection
from router.store.rows import Event, File, Message, Outgoing, Promise, Ticket

as_json = json.JSONEncoder(default=str, separators=(",", ":")).encode  # made once: dumps makes one for each call


_STATE = ("state", "waited", "due_in")
TOUCHES: Mapping[str, tuple[str, ...]] = {  # kind of event -> the facts that what was done changes
    "transferred": ("queue", "transfers", "agent_online", *_STATE),
    "returned": ("agent_online", *_STATE),
    "assigned": ("agent_online", *_STATE),
    "waiting": ("queue", "agent_online", *_STATE),
    "waits_for_slot": _STATE,
    "replied": ("answered", "silence", *_STATE),
    "answered_elsewhere": ("answered", "silence", *_STATE),
    "took_back": ("answered", "silence", *_STATE),
    "snoozed": _STATE,
    "woke": _STATE,
    "quiet": _STATE,
    "resolved": _STATE,
    "reopened": ("reopened", *_STATE),
    "merged_in": ("messages_count", "tags", *_STATE),
    "tagged": ("tags",),
    "untagged": ("tags",),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that one agent, or everyone of a role, should know. `because` holds no words of a customer's."""

    brand_id: str
    ticket_id: str
    kind: str
    because: str
    agent_id: str | None = None
    role: str | None = None
    message_id: str | None = None
    by_agent_id: str | None = None


@dataclass(slots=True)
class Changes:
    """Rows to write in one transaction. `by` is the agent who acts, or heed."""

    now: datetime
    by: str = "heed"
    rules_version: str | None = None
    new: list[Ticket] = field(default_factory=list)
    changed: dict[str, Ticket] = field(default_factory=dict)
    before: dict[str, str | None] = field(default_factory=dict)  # ticket id -> the agent who had it
    lanes: dict[str, LaneSpec] = field(default_factory=dict)  # ticket id -> where it waits
    events: list[Event] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    ended_promises: list[str] = field(default_factory=list)
    met_promises: list[tuple[str, datetime]] = field(default_factory=list)  # by an answer that came with this
    needs: dict[str, Mapping[str, tuple[int, str]]] = field(default_factory=dict)
    tags: list[tuple[str, str, str]] = field(default_factory=list)
    untags: list[tuple[str, str]] = field(default_factory=list)  # ticket id, tag
    messages: list[Message] = field(default_factory=list)
    parties: list[tuple[str, int, str, str, str]] = field(default_factory=list)
    renditions: list[tuple[str, str, str, str]] = field(default_factory=list)
    readings: list[tuple[str, Reading]] = field(default_factory=list)
    files: list[tuple[File, bytes | None]] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    tokens: list[tuple[str, str, str, str | None]] = field(default_factory=list)  # token, ticket, kind, message
    keys: list[tuple[str, str, str, str]] = field(default_factory=list)  # agent, idempotency key, digest, message
    facts: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    evaluations: list[Mapping[str, object]] = field(default_factory=list)
    matched: list[tuple[str, str, str | None]] = field(default_factory=list)  # evaluation, rule, since
    effects: list[Mapping[str, object]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # tickets whose rules were asked just now, or that rules changed
    rings: bool = False  # rules are to be asked about what was written
    notices: list[Notice] = field(default_factory=list)
    offered: set[str] = field(default_factory=set)  # ticket ids that stood as offered
    freed: set[str] = field(default_factory=set)  # agents who may take more from now on

    def watch(self, ticket: Ticket) -> Ticket:
        """Remember a loaded ticket as it was, and that it is to be saved."""
        if ticket.id not in self.changed:
            self.changed[ticket.id] = ticket
            self.before[ticket.id] = ticket.agent_id
            if ticket.state == State.OFFERED:
                self.offered.add(ticket.id)
        return ticket

    def event(self, ticket: Ticket, kind: str, **data: object) -> None:
        """Add to a ticket's history; `data` holds ids and facts, no text of a customer's."""
        ticket.event_seq += 1
        ticket.updated_at = self.now
        said = as_json({k: v for k, v in data.items() if v is not None})
        row = Event(
            ticket_id=ticket.id, seq=ticket.event_seq, episode=ticket.episode, kind=kind, by=self.by, at=self.now,
            data=said, rules_version_id=self.rules_version,
        )  # fmt: skip
        self.events.append(row)

    def write(self, db: Connection) -> None:
        """Write everything, in an order that foreign keys and locks allow."""
        self._find_lanes(db)
        for ticket, agent_id in self._left(db):
            sharing.left(db, agent_id, ticket, self.now)
        self._ask_rules(db)
        tickets.insert(db, self.new)
        tickets.save(db, list(self.changed.values()))
        offers.release(db, [i for i in self.offered if self.changed[i].state != State.OFFERED], self.now)
        messages.insert(db, self.messages)
        messages.add_parties(db, self.parties)
        messages.add_renditions(db, self.renditions, self.now)
        search.add_tickets(db, self.new)
        search.add_messages(db, self.messages, self.parties)
        self._keep_files(db)
        messages.add_readings(db, self.readings)
        tickets.add_promises(db, self.promises)
        tickets.end_promises(db, self.ended_promises, self.now)
        tickets.meet(db, self.met_promises)
        tickets.set_needs(db, self.needs)
        tickets.add_tags(db, self.tags)
        for ticket_id, tag in self.untags:
            tickets.remove_tags(db, ticket_id, [tag])
        tickets.add_events(db, self.events)
        rulebook.add_evaluations(db, self.evaluations, self.matched)
        rulebook.add_effects(db, self.effects)
        contacts.add_facts(db, self.facts, self.now)
        outgoing.add(db, self.outgoing)
        for token, ticket_id, kind, message_id in self.tokens:
            messages.add_token(db, token, ticket_id, kind, message_id, self.now)
        answers.add_keys(db, self.keys, self.now)
        for told in self.notices:
            notices.add(db, now=self.now, **asdict(told))

    def _left(self, db: Connection) -> list[tuple[Ticket, str]]:
        """Return the tickets that were open with an agent and are so no more."""
        held = [(ticket, self.before[ticket.id]) for ticket in self.changed.values()]
        gone = [(t, was) for t, was in held if was and (t.agent_id != was or t.state != State.OPEN)]
        return [(ticket, was) for ticket, was in gone if tickets.state_of(db, ticket.id) == State.OPEN]

    def _ask_rules(self, db: Connection) -> None:
        """Let the rules be asked again about the tickets on which something was done that a rule asks for."""
        touched: dict[str, set[str]] = {}
        for event in self.events:
            if event.kind in TOUCHES and event.ticket_id in self.changed.keys() - self.asked:
                touched.setdefault(event.ticket_id, set()).update(TOUCHES[event.kind])
        for brand_id in {self.changed[ticket_id].brand_id for ticket_id in touched}:
            wanted = interest(db, brand_id)
            for ticket_id, facts in touched.items():
                if self.changed[ticket_id].brand_id == brand_id and facts & wanted:
                    self.changed[ticket_id].rules_due_at = self.now
                    self.rings = True

    def _keep_files(self, db: Connection) -> None:
        brands = {message.id: message.brand_id for message in self.messages}
        for row, data in self.files:
            if data is not None:
                row.blob_id = blobs.put(db, brands[row.message_id], data, self.now)
        messages.add_files(db, [row for row, _ in self.files])

    def hints(self) -> list[Change]:
        """Return what open pages should look at again."""
        rows = [*self.new, *self.changed.values()]
        hints = [
            Change(
                kind="ticket",
                brand=ticket.brand_id,
                ticket=ticket.id,
                agent=ticket.agent_id or ticket.reserved_for or "",
                before=self.before.get(ticket.id) or "",
                thread=f"{ticket.connection_id}:{ticket.thread}" if ticket.thread else "",
            )
            for ticket in rows
        ]
        return hints + [Change("notice", told.brand_id, told.ticket_id, told.agent_id or "") for told in self.notices]

    def _find_lanes(self, db: Connection) -> None:
        keys = {ticket_id: lane_key(spec) for ticket_id, spec in self.lanes.items()}
        wanted: dict[str, Mapping[str, object]] = {}
        needs: dict[str, Mapping[str, int]] = {}
        by_id = {ticket.id: ticket for ticket in (*self.new, *self.changed.values())}
        for ticket_id, spec in self.lanes.items():
            key = keys[ticket_id]
            needs[key] = spec.needs
            wanted[key] = {
                "brand_id": spec.brand,
                "queue_id": spec.queue,
                "channel": spec.channel,
                "work_class": spec.work_class,
                "slot_key": by_id[ticket_id].slot_key,
                "topic": spec.topic,
                "kept": spec.kept,
            }
        ids = lanes.ensure(db, wanted, needs, self.now)
        for ticket_id, key in keys.items():
            by_id[ticket_id].lane_id = ids[key]
