"""Collects tickets in which words stand, a page at a time.

Without filters the index is asked, newest words first. With filters the newest tickets that are as asked are looked at
first: where the words are common among them, that fills a page, and the next goes on below it. Where they are not, the
index is asked for rows of such tickets. A message of a merged ticket counts for the one it is in.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from router.model import Scope
from router.query import Query
from router.store.db import Connection as Db
from router.store.views import found, hits, picking
from router.store.views.hits import Hit
from router.store.views.picking import Picked
from router.terms import Wanted, has_phrase

AT_ONCE = 30  # rows of the index looked at together; each round four times as many
LOOKED_AT = 300  # tickets that are as asked, looked at together
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for, and for how long."""

    asked: Query
    words: Wanted
    picked: Picked
    patience_ms: int

    @property
    def is_narrow(self) -> bool:
        """Say whether tickets must be anything but hold the words."""
        return self.picked != Picked(now=self.picked.now)


@dataclass(frozen=True, slots=True)
class Collected:
    """Tickets, each with the newest row that holds the words, in the order in which they are shown."""

    rows: Mapping[str, Hit]
    next: str | None = None  # where to go on, if there may be more
    cut: bool = False  # only the newest were looked through


def collect(db: Db, scope: Scope, sought: Sought, cursor: str | None, limit: int) -> Collected:
    """Return the tickets of one page: those below a ticket (t…) or below a row of the index (w…)."""
    below_row = _number(cursor)
    if not sought.is_narrow or below_row is not None:
        return _by_index(db, scope, sought, below_row, limit)
    below = cursor[1:] if cursor and cursor[0] == "t" else None
    page = _by_tickets(db, scope, sought, below, limit, 1 if below is None else ROUNDS)
    if below is not None or len(page.rows) >= limit or (page.next is None and not page.cut):
        return page
    deeper = _by_index(db, scope, sought, None, limit)
    if not deeper.cut:
        return deeper
    rows = sorted({**page.rows, **deeper.rows}.items(), key=lambda pair: -pair[1].n)
    return Collected(dict(rows[:limit]), cut=True)


def _by_tickets(db: Db, scope: Scope, sought: Sought, below: str | None, limit: int, rounds: int) -> Collected:
    """Look at the newest tickets that are as asked, one by one."""
    rows: dict[str, Hit] = {}
    at = below
    for _ in range(rounds):
        near = picking.listed(db, scope, sought.picked, LOOKED_AT, before=at)
        holding = _holding(db, scope, sought, near.ids)
        rows |= {one: holding[one] for one in near.ids if one in holding}
        is_last = not near.ids or (len(near.ids) < LOOKED_AT and not near.cut)
        at = None if is_last else near.ids[-1]
        if is_last or len(rows) >= limit:
            break
    kept = dict(list(rows.items())[:limit])
    at = list(kept)[-1] if len(rows) > limit else at
    return Collected(kept, f"t{at}" if at is not None else None, near.cut and not near.ids)


def _by_index(db: Db, scope: Scope, sought: Sought, before: int | None, limit: int) -> Collected:
    """Ask the index for rows, until there are enough tickets or it has no more."""
    rows: dict[str, Hit] = {}
    at, size, cut, ended = before, AT_ONCE, False, False
    among = picking.among(sought.picked) if sought.is_narrow else None
    for _ in range(ROUNDS):
        answer = hits.find(db, scope, sought.words, size, before=at, patience_ms=sought.patience_ms, among=among)
        cut, ended = cut or answer.cut, len(answer.rows) < size
        fresh = _phrased(db, sought.asked, [hit for hit in answer.rows if hit.ticket_id])
        homes = {home for home, _ in fresh} - rows.keys()
        if before is not None and homes:  # those that stood on an earlier page
            homes -= {home for home, hit in _holding(db, scope, sought, homes).items() if hit.n >= before}
        if among is not None:  # what was merged is as the ticket it is in now
            homes = picking.passing(db, scope, sought.picked, homes)
        for home, hit in fresh:
            if home in homes:
                rows.setdefault(home, hit)
        if ended or len(rows) > limit:
            break
        at, size = answer.rows[-1].n, size * 4
    kept = dict(list(rows.items())[:limit])
    if len(rows) > limit:
        return Collected(kept, f"w{list(kept.values())[-1].n}", cut)
    return Collected(kept, None if ended else f"w{at}", cut)


def _holding(db: Db, scope: Scope, sought: Sought, ids: Collection[str]) -> dict[str, Hit]:
    """Return which of these tickets hold the words, each with its newest row that does."""
    rows = hits.holding(db, scope, sought.words, picking.with_merged(db, ids))
    return dict(reversed(_phrased(db, sought.asked, rows)))


def _phrased(db: Db, asked: Query, rows: Sequence[Hit]) -> list[tuple[str, Hit]]:
    """Return rows with the ticket they are shown in, without those in which a phrase does not stand."""
    if asked.phrases:
        texts = found.said(db, [hit.message_id for hit in rows if hit.message_id])
        whole = {i: f"{text.subject}\n{text.text}" for i, text in texts.items()}
        rows = [hit for hit in rows if all(has_phrase(whole.get(hit.message_id or "", ""), p) for p in asked.phrases)]
    homes = picking.homes(db, {hit.ticket_id for hit in rows if hit.ticket_id}) if rows else {}
    return [(homes[hit.ticket_id], hit) for hit in rows if hit.ticket_id]


def _number(cursor: str | None) -> int | None:
    if not cursor or cursor[0] != "w" or not cursor[1:].lstrip("-").isascii():
        return None
    return int(cursor[1:]) if cursor[1:].removeprefix("-").isdigit() and len(cursor) < 19 else None
