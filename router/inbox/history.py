"""A ticket's whole history: every event, message, reading, rule, promise, decision and correction in order of time.

What happened to tickets merged into it is part of it. Nothing here judges an agent: declines and hard work stay out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from router.app import Heed
from router.desk.errors import NotFound
from router.inbox import felt
from router.inbox.reasons import LEFT_OUT, Candidate, candidates_of
from router.inbox.ticket import EventView, event_data, event_view
from router.model import Scope
from router.routing.record import for_reader
from router.store import desk as desk_rows
from router.store.db import Connection as Db
from router.store.rows import Promise, ReadingRow
from router.store.views import conversation, history, lines
from router.store.views.history import CorrectionRow, MessageRow, Span
from router.store.views.lines import TicketLine
from router.store.views.reasons import DecisionRow, EvaluationRow

PAGE = 100  # entries
BEGINNINGS = frozenset({"opened", "started", "reopened", "woke"})
ORDER = ("beginning", "message", "rules", "promise", "decision", "event", "correction")  # of one moment: cause first


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision with who or what was considered, as the reader may see it."""

    row: DecisionRow
    asked: str
    candidates: tuple[Candidate, ...]
    left_out: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PromiseStep:
    """A promise made, kept, given late, or dropped."""

    promise: Promise
    step: str  # made, kept, late, dropped


@dataclass(frozen=True, slots=True)
class Written:
    """A message on record, with what was read in it."""

    row: MessageRow
    sender: str
    reading: ReadingRow | None
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on record."""

    at: datetime
    kind: str  # one of ORDER but beginning
    number: int  # of the ticket it happened to
    by: str  # a name, empty for Heed itself or the customer
    what: EventView | Decided | EvaluationRow | PromiseStep | Written | CorrectionRow


@dataclass(frozen=True, slots=True)
class History:
    """One page of a ticket's history, oldest first."""

    line: TicketLine
    entries: tuple[Entry, ...]
    merged: tuple[int, ...]  # numbers of the tickets that became part of it
    after: datetime | None  # ask for what came after this moment; None: this was all


def history_of(heed: Heed, scope: Scope, ticket_id: str, after: datetime | None = None) -> History:
    """Return a page of a ticket's history, from the beginning or after a moment. Raises NotFound."""
    with heed.database.read() as db:
        line = lines.one(db, scope, ticket_id)
        numbers = history.family(db, scope, ticket_id)
        if line is None or not numbers:
            raise NotFound("There is no such ticket.")
        span = Span(list(numbers), after, None)
        until = history.page_end(db, span, PAGE)
        span = replace(span, until=until)
        entries = sorted(_entries(db, scope, span, numbers, mood_on=line.mood_on), key=_order)
        return History(line, tuple(entries), tuple(sorted(set(numbers.values()) - {line.number})), until)


def _order(entry: Entry) -> tuple[datetime, int]:
    begins = isinstance(entry.what, EventView) and entry.what.kind in BEGINNINGS
    return entry.at, ORDER.index("beginning" if begins else entry.kind)


def _entries(db: Db, scope: Scope, span: Span, numbers: Mapping[str, int], *, mood_on: bool) -> Iterator[Entry]:
    events, written = history.events(db, span), history.messages(db, span)
    corrected = history.corrections(db, span)
    events = felt.told(events, mood_on=mood_on)
    if not mood_on:
        corrected = [row for row in corrected if row.field != "frustration"]
    told = [event_data(event) for event in events]
    people = {one.by for one in events} | {str(data["agent"]) for data in told if data.get("agent")}
    people |= {row.agent_id for row in written if row.agent_id} | {row.agent_id for row in corrected}
    names = conversation.agent_names(db, people)
    queues = {queue.id: queue.name for queue in desk_rows.queues_seen_by(db, scope)}
    for event, data in zip(events, told, strict=True):
        view = event_view(event, names, queues, data)
        yield Entry(event.at, "event", numbers[event.ticket_id], view.by, view)
    yield from _written(db, written, names, numbers, mood_on=mood_on)
    for ticket_id, decided in history.decisions(db, span):
        yield Entry(decided.at, "decision", numbers[ticket_id], "", _decided(db, scope, decided))
    for ticket_id, evaluated in history.evaluations(db, span):
        yield Entry(evaluated.at, "rules", numbers[ticket_id], "", evaluated)
    for promise in history.promises(db, span):
        for at, step in _steps(promise):
            if (span.after is None or at > span.after) and (span.until is None or at <= span.until):
                yield Entry(at, "promise", numbers[promise.ticket_id], "", PromiseStep(promise, step))
    for row in corrected:
        yield Entry(row.at, "correction", numbers[row.ticket_id], names.get(row.agent_id, ""), row)


def _written(
    db: Db, rows: Sequence[MessageRow], names: Mapping[str, str], numbers: Mapping[str, int], *, mood_on: bool
) -> Iterator[Entry]:
    ids = [row.id for row in rows]
    readings, evidence = felt.read(db, ids, mood_on=mood_on)
    parties = conversation.parties(db, ids)
    for row in rows:
        sender = next((p.name or p.address for p in parties.get(row.id, []) if p.role == "from"), "")
        cues = tuple(dict.fromkeys(span.cue for span in evidence.get(row.id, [])))
        by = names.get(row.agent_id or "", "")
        yield Entry(
            row.at, "message", numbers[row.ticket_id], by, Written(row, by or sender, readings.get(row.id), cues)
        )


def _decided(db: Db, scope: Scope, row: DecisionRow) -> Decided:
    inputs = for_reader(row.inputs, scope.agent or "")
    asked = str(inputs.get("asked", ""))
    counted = inputs.get("left_out", {})
    left = tuple((LEFT_OUT.get(k, k), n) for k, n in counted.items() if n) if isinstance(counted, dict) else ()
    return Decided(row, asked, candidates_of(db, scope, inputs), left)


def _steps(promise: Promise) -> Iterator[tuple[datetime, str]]:
    yield promise.starts_at, "made"
    if promise.met_at is not None:
        yield promise.met_at, "kept" if promise.met_at <= promise.due_at else "late"
    elif promise.ended_at is not None:
        yield promise.ended_at, "dropped"
