"""Chooses the next ticket for an agent who is locked and claims it: when they pull, and when it is offered to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from router.model import Heat
from router.routing.choose import Choice, Head, choose_ticket
from router.routing.lanes import AgentView, LaneSpec, free_slots, left_to_others
from router.routing.policy import SLOT_ORDER
from router.store import lanes, tickets
from router.store.db import Connection
from router.store.lanes import HeadRow, LaneBook

HEADS = 24  # of the lanes open to an agent, in order of place; beyond the 15th no score can win


@dataclass(frozen=True, slots=True)
class Claimed:
    """A ticket that this transaction holds, where it waited, and what it was chosen from."""

    choice: Choice
    lane_id: int


def claim_next(
    db: Connection, book: LaneBook, view: AgentView, now: datetime, queues: Collection[str] | None = None
) -> Claimed | None:
    """Claim the best head that nobody else holds; if all are held, wait for those who hold them, as most let go.

    `queues`: only what waits in these.
    """
    for slot in SLOT_ORDER:
        if free_slots(view, slot) <= 0:
            continue
        open_to = [
            lane_id
            for lane_id, spec in book.open_to(view, slot)
            if (queues is None or spec.queue in queues) and not left_to_others(spec, view)
        ]
        for patient in (False, True):
            tried: set[str] = set()  # tickets that others hold at this moment
            found = _heads(db, open_to, view, now, tried, HEADS)
            while choice := choose_ticket([head_of(row, book.spec(row.lane_id), view.id) for row in found], view):
                lane_id = next(row.lane_id for row in found if row.ticket_id == choice.ticket_id)
                if tickets.claim(db, choice.ticket_id, lane_id, patient=patient):
                    return Claimed(choice, lane_id)
                tried.add(choice.ticket_id)
                others = [row for row in found if row.lane_id != lane_id]
                found = others + _heads(db, [lane_id], view, now, tried, 1)
            if not tried:
                break
    return None


def head_of(row: HeadRow, spec: LaneSpec, agent_id: str = "") -> Head:
    """Return the first ticket of a lane as an agent would meet it."""
    return Head(
        ticket_id=row.ticket_id,
        lane=spec,
        place=row.place,
        heat=cast(Heat, row.heat),
        topic_confidence=row.intent_confidence,
        same_agent=row.last_agent_id == agent_id,
        passed=row.spared,
        passed_over_count=row.passed_over,
    )


def _heads(
    db: Connection, lane_ids: list[int], view: AgentView, now: datetime, tried: set[str], most: int
) -> list[HeadRow]:
    return lanes.heads(db, lane_ids, view.id, now, most, tried) if lane_ids else []
