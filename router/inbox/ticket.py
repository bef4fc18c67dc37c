"""One ticket with everything on it: messages, moods, what happened, promises, the customer, whom a reply goes to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from router.app import Heed
from router.desk.addressing import default_recipients, merged_people
from router.desk.errors import NotFound
from router.inbox import felt
from router.inbox.desk import Contact, read_contact
from router.inbox.evidence import Piece, label, pieces
from router.model import Scope
from router.store import connections, merges
from router.store import desk as desk_rows
from router.store import tickets as ticket_rows
from router.store.connections import ConnectionRow
from router.store.db import Connection as Db
from router.store.merges import Shown
from router.store.rows import Event, File, Message, Promise, ReadingRow, Ticket
from router.store.views import conversation, lines, reasons
from router.store.views.conversation import PartyRow, RenditionRow
from router.store.views.lines import TicketLine

PAGE = 100  # messages shown at once
DOUBTED_AFTER = timedelta(hours=12)  # between two messages: what joined by itself may be about something else


@dataclass(frozen=True, slots=True)
class FileView:
    """An attachment as pages show it."""

    id: str
    name: str
    media_type: str
    size: int
    state: str  # stored, to_fetch, missing
    error: str
    inline: bool
    content_id: str | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message, with what was read in it."""

    id: str
    direction: str
    visibility: str
    external_id: str | None
    sender: str  # a name for people
    agent_id: str | None
    parties: tuple[PartyRow, ...]
    subject: str
    text: str
    shown: tuple[Piece, ...]  # the new words, with what the score rests on marked
    folded: bool  # there is more in `text` than is shown
    has_html: bool
    html: str | None
    files: tuple[FileView, ...]
    reading: ReadingRow | None
    cues: tuple[str, ...]
    state: str
    state_detail: str
    automatic: bool
    proven: bool
    before_edit: tuple[str, ...]
    at: datetime
    sent_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None
    number: int | None = None  # of the ticket it came in on, where that is another one
    joined: str = ""  # what made it join by itself, where one may doubt it: reference, thread
    went_to: tuple[str, int] | None = None  # the ticket (id, number) that was started from it


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened to the ticket."""

    seq: int
    kind: str
    by: str  # a name, empty for Heed itself
    at: datetime
    data: Mapping[str, object]
    number: int | None = None  # of the ticket it happened to, where that is another one


@dataclass(frozen=True, slots=True)
class MoodPoint:
    """How frustrated one message was."""

    at: datetime
    level: int


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a reply goes to unless the agent says otherwise, and who was on the ticket before."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    known: tuple[str, ...]
    editable: bool  # mail: the agent may change them
    offered: tuple[str, ...] = ()  # who was written to on tickets merged into this one: may be added as Cc


@dataclass(frozen=True, slots=True)
class TicketView:
    """Everything about one ticket that its reader may see."""

    line: TicketLine
    connection: str
    needs: Mapping[str, tuple[int, str]]  # skill -> (level, because)
    contact: Contact | None
    messages: tuple[MessageView, ...]
    earlier: str | None  # ask for what came before this message
    events: tuple[EventView, ...]
    promises: tuple[Promise, ...]
    moods: tuple[MoodPoint, ...]
    cues: tuple[str, ...]  # of the customer's latest message that was read, in words
    recipients: Recipients
    last_seen: str | None  # the latest message from outside
    merged: tuple[tuple[str, int], ...]  # the tickets (id, number) that are shown in this one
    note: str | None  # a rule's word to the agent
    follows: str | None
    offer: tuple[str, datetime] | None  # to whoever reads: its id, and until when


def ticket(heed: Heed, scope: Scope, ticket_id: str, now: datetime, *, before: str | None = None) -> TicketView:
    """Return one ticket with its last messages, or those before one. Raises NotFound, also for another brand's."""
    with heed.database.read() as db:
        line = lines.one(db, scope, ticket_id)
        whole = ticket_rows.load(db, scope, [ticket_id]).get(ticket_id)
        if line is None or whole is None:
            raise NotFound("There is no such ticket.")
        mark = conversation.one(db, scope, before) if before else None
        shown = merges.shown(db, ticket_id)
        found, more = conversation.page(db, scope, shown, (mark.at, mark.id) if mark else None, PAGE)
        others = merges.numbers(db, {*shown.homes, *(message.home_ticket_id for message in found)} - {ticket_id})
        views = _messages(db, found, others, mood_on=line.mood_on)
        since = found[0].at if found and more else None
        events = felt.told(conversation.events(db, shown, since, mark.at if mark else None), mood_on=line.mood_on)
        said = [event_data(event) for event in events]
        people = {event.by for event in events} | {str(data["agent"]) for data in said if data.get("agent")}
        names = conversation.agent_names(db, people)
        queues = {queue.id: queue.name for queue in desk_rows.queues_seen_by(db, scope)}
        own = connections.by_id(db, heed.vault, line.connection_id) if line.connection_id else None
        tags = ticket_rows.tags(db, [ticket_id]).get(ticket_id, set())
        read = [view for view in views if view.direction == "inbound" and view.reading and view.reading.read]
        views = _with_ways(db, views, events, shown)
        return TicketView(
            line=replace(line, tags=tuple(sorted(tags))),
            connection=own.connection.name if own else "",
            needs=ticket_rows.needs(db, [ticket_id]).get(ticket_id, {}),
            contact=read_contact(db, scope, line.contact_id, now) if line.contact_id else None,
            messages=views,
            earlier=views[0].id if views and more else None,
            events=tuple(
                replace(event_view(event, names, queues, data), number=others.get(event.ticket_id))
                for event, data in zip(events, said, strict=True)
            ),
            promises=tuple(reasons.promises(db, ticket_id, line.episode)),
            moods=tuple(MoodPoint(at, level) for at, level in conversation.moods(db, shown) if line.mood_on),
            cues=read[-1].cues if read else (),
            recipients=_recipients(db, line, whole, own, shown),
            last_seen=conversation.last_id(db, shown),
            merged=tuple((home, others[home]) for home in shown.homes if home in others),
            note=whole.note,
            follows=whole.follows_ticket_id,
            offer=reasons.offered_to(db, scope.agent, ticket_id) if scope.agent else None,
        )


def _messages(db: Db, found: list[Message], numbers: Mapping[str, int], *, mood_on: bool) -> tuple[MessageView, ...]:
    ids = [message.id for message in found]
    parties, files = conversation.parties(db, ids), conversation.files(db, ids)
    readings, evidence = felt.read(db, ids, mood_on=mood_on)
    others = conversation.renditions(db, ids)
    names = conversation.agent_names(db, {message.agent_id for message in found if message.agent_id})
    views = []
    for message in found:
        on_it = parties.get(message.id, [])
        stripped = _stripped(message, others.get(message.id, []))
        spans = evidence.get(message.id, []) if message.edited_at is None else []  # they lie in the first words
        views.append(
            MessageView(
                id=message.id,
                direction=message.direction,
                visibility=message.visibility,
                external_id=message.external_id,
                sender=names.get(message.agent_id or "", "") or _sender(on_it),
                agent_id=message.agent_id,
                parties=tuple(on_it),
                subject=message.subject,
                text=message.text,
                shown=pieces(message.text, stripped, spans),
                folded=len(stripped.strip()) < len(message.text.strip()),
                has_html=bool(message.html),
                html=message.html,
                files=tuple(_file(file) for file in files.get(message.id, [])),
                reading=readings.get(message.id),
                cues=tuple(dict.fromkeys(label(span.cue) for span in spans)),
                state=message.state,
                state_detail=message.state_detail,
                automatic=message.automatic,
                proven=message.proven,
                before_edit=tuple(r.text for r in others.get(message.id, []) if r.kind == "before_edit"),
                at=message.at,
                sent_at=message.sent_at,
                edited_at=message.edited_at,
                deleted_at=message.deleted_at,
                number=numbers.get(message.home_ticket_id),
            )
        )
    return tuple(views)


def _with_ways(db: Db, views: tuple[MessageView, ...], events: list[Event], shown: Shown) -> tuple[MessageView, ...]:
    """Return messages with how they came to this ticket by themselves, and with the ticket started from each.

    A reply token proves that a message belongs here, and whoever writes on in one go does so too: that is not told.
    """
    joined = {
        str(event_data(e).get("message")): str(event_data(e).get("joined") or "") for e in events if e.kind == "message"
    }
    split = {
        str(event_data(e).get("message")): str(event_data(e).get("other")) for e in events if e.kind == "split_off"
    }
    numbers = merges.numbers(db, split.values()) if split else {}
    found, before = [], None
    for view in views:
        way = joined.get(view.id, "")
        doubted = way in ("reference", "thread") and (
            before is None or _from(before) != _from(view) or view.at - before.at > DOUBTED_AFTER
        )
        there = split.get(view.id, "")
        went_to = (there, numbers[there]) if there in numbers else None
        found.append(replace(view, joined=way if doubted and view.id not in shown.messages else "", went_to=went_to))
        before = view if view.direction == "inbound" else before
    return tuple(found)


def _from(view: MessageView) -> str:
    return next((party.address for party in view.parties if party.role == "from"), "")


def _stripped(message: Message, others: list[RenditionRow]) -> str:
    """Return the new words of a message; all of it where nothing was cut, or everything would be."""
    if message.edited_at is not None:
        return message.text
    cut = next((r.text for r in reversed(others) if r.kind == "stripped"), "")
    return cut if cut.strip() else message.text


def _sender(parties: list[PartyRow]) -> str:
    sender = next((party for party in parties if party.role == "from"), None)
    return (sender.name or sender.address) if sender else ""


def _file(file: File) -> FileView:
    return FileView(
        file.id, file.name, file.media_type, file.size, file.state, file.error or "", file.inline, file.content_id
    )


def event_view(
    event: Event, names: Mapping[str, str], queues: Mapping[str, str], data: Mapping[str, object]
) -> EventView:
    """Return what happened with names for the people and queues it tells of."""
    told = dict(data)
    if data.get("agent"):
        told["agent_name"] = names.get(str(data["agent"]), "")
    if data.get("queue"):
        told["queue_name"] = queues.get(str(data["queue"]), "")
    return EventView(event.seq, event.kind, names.get(event.by, ""), event.at, told)


def event_data(event: Event) -> Mapping[str, object]:
    """Return what an event tells besides its kind."""
    said = json.loads(event.data) if event.data else {}
    return said if isinstance(said, dict) else {}


def _recipients(db: Db, line: TicketLine, whole: Ticket, own: ConnectionRow | None, shown: Shown) -> Recipients:
    """Return whom a reply goes to, as sending it would decide."""
    if own is None:
        return Recipients((), (), (), False)
    default = default_recipients(db, whole, own.connection)
    return Recipients(
        to=tuple(party.address for party in default.to),
        cc=tuple(party.address for party in default.cc),
        known=tuple(sorted({*conversation.addresses(db, shown), *(p.address for p in default.everyone)})),
        editable=line.channel == "email",
        offered=merged_people(db, whole, own.connection) if len(shown.homes) > 1 else (),
    )
