"""Mood switched off or on for a brand: its tickets then stand by promise and age alone, or by how customers feel again.

That a switch is still to be settled is kept as a setting of the brand, in the transaction that makes it; whoever comes
next, a job or the sweep, goes on from there ticket by ticket. What was promised stays promised.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from channels.types import InboundMessage, Pace, Party
from router import placing, understanding
from router.app import Heed
from router.desk.acting import Act, acting
from router.desk.errors import DeskError
from router.merging.holding import read_mood
from router.model import SYSTEM
from router.store import desk, feelings, merges, surveys
from router.store.db import Connection

JOB = "router.jobs.settle_mood"
SETTING = "mood_switch"  # settling: tickets may still stand as before; settled: none does
SETTLES_FOR = timedelta(seconds=30)  # what was being decided when it was switched is written by then


def switched(db: Connection, brand_id: str, now: datetime) -> None:
    """Keep in mind that a brand's tickets are to be settled."""
    surveys.put_setting(db, brand_id, SETTING, f"settling since {now.isoformat()}", now)


def hand_on(heed: Heed, brand_id: str) -> None:
    """Let a worker settle a brand's tickets; without a broker the sweep does."""
    heed.background.enqueue("slow", JOB, brand_id)


def unsettled(heed: Heed) -> list[str]:
    """Return the brands with a switch that is not settled."""
    with heed.database.read() as db:
        held = surveys.settings(db)
    return sorted(brand for brand, found in held.items() if found.get(SETTING, ("settled",))[0] != "settled")


def settle(heed: Heed, brand_id: str, now: datetime) -> int:
    """Let a brand's tickets stand as its switch says; return how many changed."""
    with heed.database.read() as db:
        is_on = _is_on(db, brand_id)
        found = feelings.not_felt(db, brand_id) if is_on else feelings.still_felt(db, brand_id)
        value, since = surveys.settings(db, brand_id).get(brand_id, {}).get(SETTING, ("settled", now))
    settled = sum(_one(heed, ticket_id, now, _feel if is_on else _forget) for ticket_id in found)
    if value != "settled" and now - since >= SETTLES_FOR:
        with heed.database.write() as db:
            if _is_on(db, brand_id) == is_on:
                surveys.put_setting(db, brand_id, SETTING, "settled", now)
    return settled


def _is_on(db: Connection, brand_id: str) -> bool:
    return any(brand.mood_on for brand in desk.brands(db) if brand.id == brand_id)


def _one(heed: Heed, ticket_id: str, now: datetime, change: Callable[[Act], None]) -> bool:
    """Change one ticket. False: another hand had it at this moment; it is looked at again."""
    try:
        with acting(heed, SYSTEM, ticket_id, now, own=False) as act:
            change(act)
            placing.rank_anew(act.ticket, act.desk)
    except DeskError:
        return False
    return True


def _forget(act: Act) -> None:
    placing.forget_mood(act.ticket)
    act.changes.event(act.ticket, "mood_off")


def _feel(act: Act) -> None:
    ticket = act.ticket
    for said in feelings.unfelt(act.db, sorted(merges.homes(act.db, [ticket.id]))):
        words = InboundMessage(said.id, Party("from", ""), said.text, stripped=said.stripped, subject=said.subject)
        feelings.put(act.db, said.id, understanding.read(words, ticket.channel, cast(Pace, ticket.pace), act.desk))
    read_mood(act.db, ticket, act.desk, at_least=0)
    act.changes.event(ticket, "mood_on")
