"""Reads a period out of the store as a replay wants it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from router.backtest import attendance
from router.backtest.asking import WORDS, Asking, asked_facts
from router.backtest.records import Days, Recorded, Sent
from router.backtest.turns import turns_of
from router.desknow import DeskNow, desk_now
from router.model import Heat, State
from router.store import desk as desk_rows
from router.store.db import Connection
from router.store.rows import Ticket
from router.store.views import recorded
from router.store.views.recorded import Piece, TicketRow
from rules.model import RuleSet

RUN_IN = timedelta(days=1)  # before the period: what the agents were busy with when it began


def read(
    db: Connection, start: datetime, end: datetime, now: datetime, sets: Mapping[str, Sequence[RuleSet]], most: int
) -> tuple[Days, dict[str, DeskNow]]:
    """Return a period of the whole desk, and each brand's desk.

    `sets`: brand id -> the sets of rules to compare; other brands keep theirs. `most`: tickets read at most; the
    period then begins later. Raises NothingRecorded if no ticket was opened in it.
    """
    width = max((len(held) for held in sets.values()), default=1)
    desks = {brand.id: desk_now(db, brand.id, now) for brand in desk_rows.brands(db)}
    asking = {brand_id: Asking(desk, sets.get(brand_id) or (desk.rules,) * width) for brand_id, desk in desks.items()}
    start = _no_more(db, start, end, most)
    begin = start - RUN_IN
    words = any(WORDS & asked_facts(rules) for one in asking.values() for rules in one.sets)
    tickets = [
        ticket
        for piece in recorded.pieces(db, begin, end, words=words)
        for row in piece.tickets
        if (ticket := _ticket(row, piece, asking[row.brand_id])) is not None
    ]
    held = recorded.held(db, begin, now)
    days = Days(
        start=start,
        end=end,
        known_until=now,
        tickets=sorted(tickets, key=lambda ticket: (ticket.opened_at, ticket.id)),
        presence=attendance.views(held, recorded.agents(db), recorded.usual_slots(db), begin),
        hours=attendance.hours_online(held, start, end),
    )
    return days, desks


def _no_more(db: Connection, start: datetime, end: datetime, most: int) -> datetime:
    """Return from when on at most so many tickets were opened, by whole days."""
    while recorded.count(db, start, end) > most and start + timedelta(days=1) < end:
        start += timedelta(days=1)
    return start


def _ticket(row: TicketRow, piece: Piece, asking: Asking) -> Recorded | None:
    """Return a ticket as it was; None if it never waited for anybody."""
    known = piece.known.get(row.contact_id or "", ())
    as_row = Ticket(
        id=row.id, brand_id=row.brand_id, number=0, kind="conversation", state=State.NEW, channel=row.channel,
        work_class=row.work_class, slot_key=row.slot_key, pace=row.pace, connection_id=None, queue_id=row.queue_id,
        contact_id=None, subject="", created_at=row.created_at, updated_at=row.created_at, language=row.language,
        intent=row.intent, intent_confidence=row.intent_confidence,
    )  # fmt: skip
    heats: list[Heat] = []

    def ask(evaluation: str | None, queue_id: str) -> tuple[Sent, ...]:
        as_row.queue_id = queue_id
        seen = piece.facts.get(evaluation or "")
        if seen is None:
            return asking.unasked(as_row, queue_id, heats[-1] if heats else 0)
        heat, sent = asking.about(as_row, seen, known)
        heats.append(heat)
        return sent

    turns = turns_of(piece.events.get(row.id, ()), row.queue_id, ask)
    if not turns:
        return None
    return Recorded(
        id=row.id, brand_id=row.brand_id, channel=row.channel, work_class=row.work_class, slot_key=row.slot_key,
        pace=row.pace, language=row.language, intent=row.intent, intent_confidence=row.intent_confidence,
        heat=heats[0] if heats else 0, turns=turns,
    )  # fmt: skip
