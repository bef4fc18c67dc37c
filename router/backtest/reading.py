"""Reads a period out of the store as a replay wants it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from router.backtest import attendance
from router.backtest.asking import WORDS, Asking, asked_facts, facts_of, heat_of
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
    db: Connection,
    start: datetime,
    end: datetime,
    now: datetime,
    sets: Mapping[str, Sequence[RuleSet]] | None,
    most: int,
    *,
    latest: bool = True,
) -> tuple[Days, dict[str, DeskNow]]:
    """Return a period of the whole desk, and each brand's desk.

    `sets`: brand id -> the sets of rules to compare, other brands keep theirs; None: nothing is replayed, so no rules
    are asked. `most`: tickets read at most; a longer period loses whole days, the first ones, or the last without
    `latest`.
    """
    desks = {brand.id: desk_now(db, brand.id, now) for brand in desk_rows.brands(db)}
    width = max((len(held) for held in (sets or {}).values()), default=1)
    asking = {i: Asking(desk, (sets or {}).get(i) or (desk.rules,) * width) for i, desk in desks.items()}
    start, end = _no_more(db, start, end, most, latest)
    begin = start - RUN_IN
    words = sets is not None and any(WORDS & asked_facts(rules) for one in asking.values() for rules in one.sets)
    tickets = [
        ticket
        for piece in recorded.pieces(db, begin, end, words=words)
        for row in piece.tickets
        if (ticket := _ticket(row, piece, asking[row.brand_id], asks=sets is not None)) is not None
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


def _no_more(db: Connection, start: datetime, end: datetime, most: int, latest: bool) -> tuple[datetime, datetime]:
    """Return a period cut down by whole days until at most so many tickets were opened in it."""
    day = timedelta(days=1)
    while recorded.count(db, start, end) > most and start + day < end:
        start, end = (start + day, end) if latest else (start, end - day)
    return start, end


def _ticket(row: TicketRow, piece: Piece, asking: Asking, *, asks: bool) -> Recorded | None:
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
        if seen is not None and not asks:
            heats.append(heat_of(facts_of(seen.facts)))
        if seen is None or not asks:
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
