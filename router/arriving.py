"""What arrives on a connection becomes messages and tickets: one batch, decided in memory and written at once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.types import ChannelInfo, Deletion, Edit, InboundMessage, Parsed, Receipt
from router import afterwards, blocking, elsewhere, files, placing, rule_times, understanding
from router.afterwards import Word
from router.changes import Changes
from router.desknow import DeskNow
from router.giving import give as give
from router.giving import reserve as reserve
from router.giving import wake as wake
from router.model import SYSTEM, State
from router.notify import Change
from router.returning import WROTE_FIRST, hold
from router.store import connections, contacts, held, messages, roster, tickets
from router.store.connections import ConnectionRow
from router.store.db import Connection
from router.store.ids import new_id
from router.store.outgoing import Parcel
from router.store.rows import Message, Ticket
from router.working import Conversation, Found, Working, customer_of


class Stale(Exception):
    """A ticket was changed by another hand since it was read: decide again."""


@dataclass(slots=True)
class Arriving:
    """One batch of a connection's messages on their way into the store."""

    row: ConnectionRow
    info: ChannelInfo
    working: Working
    desk: DeskNow
    changes: Changes = field(init=False)
    names: dict[str, str] = field(default_factory=dict)  # of senders, by address
    authors: list[tuple[Message, str]] = field(default_factory=list)  # message and its sender's address
    owners: list[tuple[Ticket, str]] = field(default_factory=list)  # new ticket and its contact's address
    claims: list[tuple[str, str, str, str]] = field(default_factory=list)  # address, name, value, trust
    words: list[tuple[str, Word, datetime]] = field(default_factory=list)  # message, what became of it, when it came
    early: list[tuple[Word, datetime]] = field(default_factory=list)  # of messages that are not there
    lost: list[Parcel] = field(default_factory=list)  # replies of ours that were not delivered, once it is written
    lookat: set[str] = field(default_factory=set)  # tickets whose message was edited or moved on

    def __post_init__(self) -> None:
        self.changes = Changes(now=self.working.now, rules_version=self.desk.rules_version)

    def take(self, part: Parsed, at: datetime) -> None:
        """Take in one thing that was said; what came before changes nothing."""
        if isinstance(part, InboundMessage):
            if part.external_id not in self.working.seen and not self.working.is_settled(part):
                self._message(part, at)
        elif isinstance(part, Edit | Deletion | Receipt):
            if part.external_id not in self.working.seen:
                self.early.append((part, at))
                return
            message_id, ticket_id = self.working.seen[part.external_id]
            self.lookat.add(self.working.shown_in(ticket_id))
            self.words.append((message_id, part, at))

    def _message(self, said: InboundMessage, at: datetime) -> None:
        found = self.working.find(said)
        talk = self.working.conversations[found.ticket_id] if found.ticket_id else self._new(said, found, at)
        if not talk.is_new:
            self.changes.watch(talk.ticket)
        message = self._store(said, talk, found, at)
        self.working.seen[said.external_id] = (message.id, talk.ticket.id)
        if thread := self.working.thread_of(said):
            self.working.threads[thread] = talk.ticket.id
        talk.people.update(party.address for party in said.parties)
        talk.people.add(said.sender.address)
        if found.direct:
            self._third_party(talk, message)
        elif said.from_us:
            elsewhere.answer(talk, message.id, said.sent_at or at, at, self.changes)
        else:
            self._customer(said, talk, message, at, found.by)

    def _new(self, said: InboundMessage, found: Found, at: datetime) -> Conversation:
        work_class = self.info.work_class
        ticket = Ticket(
            id=new_id(),
            brand_id=self.row.brand_id,
            number=0,  # taken when it is written
            kind="conversation",
            state=State.NEW,
            channel=self.info.key,
            work_class=work_class,
            slot_key=self.desk.slot_of.get(work_class, work_class),
            pace=self.info.pace,
            connection_id=self.row.id,
            queue_id=self._home(),
            contact_id=None,
            subject=said.subject[:500],
            created_at=self.working.now,
            updated_at=self.working.now,
            thread=self.working.thread_of(said) or None,
            waiting_since=None if said.from_us else at,
            automatic=said.automatic,
            follows_ticket_id=found.follows,
        )
        talk = Conversation(ticket=ticket, is_new=True, version=0)
        self.working.conversations[ticket.id] = talk
        if said.from_us:
            talk.needs = self.changes.needs[ticket.id] = dict(placing.at_first(self.desk))
        self.changes.new.append(ticket)
        customer = customer_of(said)
        self.owners.append((ticket, customer.address))
        self.names.setdefault(customer.address, customer.name)
        self.changes.event(
            ticket, "started" if said.from_us else "opened", connection=self.row.id, follows=found.follows
        )
        return talk

    def _home(self) -> str:
        queue = self.desk.queues.get(self.row.queue_id or "") or self.desk.default_queue
        return queue.id

    def _store(self, said: InboundMessage, talk: Conversation, found: Found, at: datetime) -> Message:
        message = Message(
            brand_id=self.row.brand_id,
            home_ticket_id=talk.ticket.id,
            direction="outbound" if said.from_us else "inbound",
            visibility="direct" if found.direct else "public",
            text=said.text,
            at=at,
            state="sent" if said.from_us else "received",
            connection_id=self.row.id,
            external_id=said.external_id,
            subject=said.subject[:500],
            html=said.html,
            thread=said.thread,
            automatic=said.automatic,
            proven=said.proven,
            sent_at=said.sent_at,
        )
        self.changes.messages.append(message)
        if not said.from_us:
            self.authors.append((message, said.sender.address))
            self.names.setdefault(said.sender.address, said.sender.name)
        for seq, party in enumerate(said.parties or (said.sender,)):
            self.changes.parties.append((message.id, seq, party.role, party.address, party.name))
        if said.stripped is not None and said.stripped != said.text:
            self.changes.renditions.append((message.id, "stripped", "heed", said.stripped))
        for name, value in said.claims.items() if not said.from_us else ():
            self.claims.append(
                (said.sender.address, name, value, "signed" if name.startswith("contact.") else "visitor")
            )
        self.changes.files.extend(files.rows(message.id, said.attachments, self.working.now))
        return message

    def _customer(self, said: InboundMessage, talk: Conversation, message: Message, at: datetime, joined: str) -> None:
        ticket, changes = talk.ticket, self.changes
        known = self.working.known.get(said.sender.address)
        claims = {name: (value, trust) for who, name, value, trust in self.claims if who == said.sender.address}
        customer = self.working.customer(known.contact_id if known else None, claims)
        heat_before, silence = ticket.heat, _silence(ticket, at)
        ticket.last_customer_at = at
        talk.heard_at = max(talk.heard_at or at, said.sent_at or at)
        ticket.waiting_since = ticket.waiting_since or at
        state = State(ticket.state)
        if state in (State.PENDING, State.SNOOZED, State.RESOLVED):
            self._wake(talk, state, at)
        made = understanding.understand(
            talk, said, message.id, customer, self.row.connection.name, self.desk, changes, silence
        )
        changes.event(ticket, "message", message=message.id, joined=joined or None)
        if blocking.is_for_aside(talk, known):
            blocking.lay_aside(talk, made, self._home(), self.desk, changes)
        elif talk.is_new and made.outcome.close_as:
            ticket.state = State.CLOSED
            ticket.spam = made.outcome.close_as == "spam"
            changes.lanes.pop(ticket.id, None)
            placing.leave(ticket)
            rule = made.outcome.winners.get("close_as", "a rule")
            changes.event(ticket, "closed", close_as=made.outcome.close_as, rule=rule)
        elif talk.wakes is not None:
            understanding.wait(talk, made, self._home(), self.desk, changes, "woke")
        elif ticket.state == State.NEW or (ticket.state == State.WAITING and not ticket.reserved_for):
            understanding.wait(talk, made, self._home(), self.desk, changes)
        else:
            understanding.stays(talk, made, heat_before, self.desk, changes)
        changes.asked.add(ticket.id)
        ticket.rules_due_at = rule_times.next_moment(ticket, made.known, self.desk, changes.now)

    def _wake(self, talk: Conversation, state: State, at: datetime) -> None:
        """Let a ticket at rest wait again; who gets it is settled when it is written.

        One that was put to rest unanswered keeps the promise it has, any other waits from this message on.
        """
        ticket = talk.ticket
        talk.wakes = ticket.agent_id or ticket.last_agent_id or ""
        promised = [held.due_at for held in talk.promises if held.kind != "resolution"]
        if not promised:
            ticket.waiting_since, ticket.step_down_at = at, None
        ticket.answer_by, ticket.place = min(promised, default=None), None
        if state is State.RESOLVED:
            ticket.episode += 1
            ticket.resolved_at = None
            ticket.purge_after = None
            self.changes.event(ticket, "reopened")

    def _third_party(self, talk: Conversation, message: Message) -> None:
        """Bring a third party's answer to whoever has the ticket; the customer never sees it."""
        ticket = talk.ticket
        self.changes.event(ticket, "third_party_answered", message=message.id)
        if ticket.state in (State.PENDING, State.SNOOZED, State.RESOLVED):
            self._wake(talk, State(ticket.state), message.at)
            line = placing.line_now(ticket, talk.needs, self.desk)
            self.changes.lanes[ticket.id] = placing.enter(ticket, line, self.desk, self.changes.now)

    def write(self, db: Connection) -> None:
        """Write the batch in one transaction. Raises Stale if a ticket moved on since it was read."""
        self._hold(db)
        woken = [talk for talk in self.working.conversations.values() if talk.wakes is not None]
        agents = {talk.wakes for talk in woken} | set(self.changes.before.values())
        agents |= {ticket.reserved_for for ticket in self.changes.changed.values()}
        said = {message.home_ticket_id for message in self.changes.messages if message.direction == "inbound"}
        overtaken = held.scheduled(db, said & self.changes.changed.keys())
        agents |= {one.agent_id for one in overtaken}
        roster.lock(db, {agent for agent in agents if agent})
        locked = tickets.load(db, SYSTEM, self.changes.changed, lock=True)
        for ticket_id in self.changes.changed:
            now_there = locked.get(ticket_id)
            if now_there is None or now_there.event_seq != self.working.conversations[ticket_id].version:
                raise Stale
        for one in overtaken:
            hold(db, self.changes, self.changes.changed[one.ticket_id], one, WROTE_FIRST)
        self._name_people(db)
        if self.changes.new:
            first = tickets.take_numbers(db, self.row.brand_id, len(self.changes.new))
            for number, ticket in enumerate(self.changes.new, start=first):
                ticket.number = number
        if woken:
            wake(db, self.changes, [(talk.ticket, talk.wakes or "") for talk in woken])
        self.changes.write(db)
        self._follow_up(db)

    def _hold(self, db: Connection) -> None:
        """Let no reply of ours be named at this moment: what names it, and what speaks of it by name, must meet."""
        answers = {m.external_id for m in self.changes.messages if m.direction == "outbound" and m.external_id}
        if answers or self.early:
            connections.hold(db, self.row.id)
        if answers and messages.seen(db, self.row.id, answers):
            raise Stale

    def _follow_up(self, db: Connection) -> None:
        """Let edits, deletions and receipts take effect; those of messages that are not there yet are kept."""
        new = {m.external_id: m.id for m in self.changes.messages if m.external_id}
        there = {word.external_id for word, _ in self.early}
        named = {e: message_id for e, (message_id, _) in messages.seen(db, self.row.id, there).items()}
        words = [*self.words, *((named[w.external_id], w, at) for w, at in self.early if w.external_id in named)]
        self.lost = afterwards.catch_up(db, self.row.id, new, self.changes.now)
        for message_id, word, at in words:
            if (parcel := afterwards.note(db, message_id, word, at)) is not None:
                self.lost.append(parcel)
        unnamed = [(word, at) for word, at in self.early if word.external_id not in named]
        afterwards.keep(db, self.row.id, unnamed, self.changes.now)

    def _name_people(self, db: Connection) -> None:
        """Find out whose addresses wrote; new ones become contacts, once, however many drains meet them."""
        known = dict(self.working.known)
        strangers = {a: self.names.get(a, "") for a in self.names if a not in known}
        if strangers:
            known |= contacts.ensure(
                db, self.row.brand_id, self.info.key, strangers, f"wrote on {self.info.label}", self.working.now
            )
        for message, address in self.authors:
            message.identity_id = known[address].identity_id
        for ticket, address in self.owners:
            ticket.contact_id = known[address].own_contact
        for address, name, value, trust in dict.fromkeys(self.claims):
            who = known[address]
            if self.working.facts.get(who.contact_id, {}).get(name) != (value, trust):
                self.changes.facts.append((who.own_contact, name, value, self.info.key, trust))

    def hints(self) -> list[Change]:
        """Return what open pages should look at again."""
        told = self.changes.hints()
        named = {change.ticket for change in told}
        rest = [self.working.conversations[t].ticket for t in self.lookat - named if t in self.working.conversations]
        return told + [
            Change("ticket", t.brand_id, t.id, t.agent_id or "", thread=f"{t.connection_id}:{t.thread}") for t in rest
        ]


def _silence(ticket: Ticket, at: datetime) -> timedelta | None:
    """Return how long the customer was silent after our last answer; None without one, or if they wrote since."""
    answered, heard = ticket.last_answer_at, ticket.last_customer_at
    if answered is None or answered > at or (heard is not None and heard > answered):
        return None
    return at - answered
