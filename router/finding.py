"""Finds tickets and customers by what is typed into the search field, and keeps the index of what is older than it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from router import query
from router.app import Heed
from router.languages import language_key
from router.model import Scope
from router.query import Query
from router.store import desk as desk_rows
from router.store import people, search
from router.store import tickets as ticket_rows
from router.store.db import Connection as Db
from router.store.views import found, hits, lines, picking
from router.store.views.found import CustomerLine, Said
from router.store.views.hits import Hit
from router.store.views.lines import TicketLine
from router.store.views.picking import Picked
from router.terms import Wanted, has_phrase, places, wanted

UTC_ZONE = ZoneInfo("UTC")
PAGE = 20
AT_ONCE = 30  # rows of the index looked at together; each round four times as many
ROUNDS = 4
ALL_AT_ONCE = 200  # of those that are found to be acted on together
FEW = 300  # tickets that are as asked, looked at one by one where words alone find too many others
CUSTOMERS = 5
SNIPPET = 170  # characters
LOOKED_AT = 6_000  # characters of a message in which words are marked


@dataclass(frozen=True, slots=True)
class Marked:
    """Some words of a message; `is_match`: they were looked for."""

    text: str
    is_match: bool = False


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A ticket, and where the words stand in it."""

    line: TicketLine
    message_id: str | None = None
    snippet: tuple[Marked, ...] = ()
    merged: int | None = None  # the number asked for, of a ticket that is in this one now


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found."""

    query: Query
    tickets: tuple[FoundTicket, ...] = ()
    customers: tuple[CustomerLine, ...] = ()
    next: str | None = None
    cut: bool = False  # only the newest were looked through
    behind: bool = False  # older tickets are still being put into the index
    mistakes: tuple[str, ...] = ()


def find(
    heed: Heed,
    scope: Scope,
    typed: str,
    now: datetime,
    *,
    zone: ZoneInfo = UTC_ZONE,
    cursor: str | None = None,
    limit: int = PAGE,
    within: Picked | None = None,
    thorough: bool = False,
) -> Found:
    """Return what a line finds, the newest first. A cursor that is not ours begins at the start; `within` narrows.

    `thorough`: look for seconds, not for a moment, where words are neither common nor rare.
    """
    asked = query.read(typed, zone)
    patience_ms = hits.THOROUGH_MS if thorough else hits.PATIENCE_MS
    with heed.database.read() as db:
        picked, mistakes = pick(db, scope, asked, now)
        if within is not None:
            picked = _narrowed(picked, within)
        answer = Found(asked, mistakes=(*asked.mistakes, *mistakes), behind=not search.progress(db).done)
        if asked.words:
            return _by_words(db, scope, asked, picked, _number(cursor, "w"), limit, answer, patience_ms)
        if not asked.has_filters:
            return answer
        after = cursor[1:] if cursor and cursor[0] == "t" else None
        listed = picking.listed(db, scope, picked, limit + 1, before=after)
        shown = listed.ids[:limit]
        more = f"t{shown[-1]}" if len(listed.ids) > limit else None
        rows = tuple(FoundTicket(line) for line in _lines(db, scope, shown))
        return replace(answer, tickets=rows, next=more, cut=listed.cut)


def all_ids(heed: Heed, scope: Scope, typed: str, now: datetime, most: int, *, zone: ZoneInfo = UTC_ZONE) -> list[str]:
    """Return the ids of the tickets a line finds, the newest first, at most so many; none for an empty line."""
    ids: list[str] = []
    cursor: str | None = None
    while len(ids) < most:
        found = find(heed, scope, typed, now, zone=zone, cursor=cursor, limit=ALL_AT_ONCE, thorough=True)
        ids += [one.line.id for one in found.tickets]
        cursor = found.next
        if cursor is None:
            break
    return list(dict.fromkeys(ids))[:most]


def pick(db: Db, scope: Scope, asked: Query, now: datetime) -> tuple[Picked, list[str]]:
    """Return what tickets must be by a question's filters, and what is wrong with the names in it."""
    mistakes: list[str] = []

    def named(name: str, known: Mapping[str, Sequence[str]]) -> frozenset[str] | None:
        """Return the ids that go by the values given; `known` is id -> names."""
        given = asked.values(name)
        ids: set[str] = set()
        for value in given:
            meant = value.casefold()
            hit = [i for i, names in known.items() if meant in (n.casefold() for n in (i, *names))]
            hit = hit or [i for i, names in known.items() if any(n.casefold().startswith(meant) for n in names)]
            if not hit:
                mistakes.append(f"There is no {name} “{value}”.")
            ids.update(hit)
        return frozenset(ids) if given else None

    brands = {row.id: (row.key, row.name) for row in desk_rows.brands_seen_by(db, scope)} if asked.names else {}
    queues = {row.id: (row.name,) for row in desk_rows.queues_seen_by(db, scope)} if asked.values("queue") else {}
    agents: dict[str, tuple[str, ...]] = {}
    if asked.values("agent"):
        agents = {row.id: (row.name, row.email) for row in people.seen_by(db, scope)}
        agents |= {scope.agent: ("me", *agents.get(scope.agent, ()))} if scope.agent else {}
        agents[""] = ("none", "nobody")
    by_agent = named("agent", agents)
    tongues = [language_key(value) or value.casefold() for value in asked.values("language")]
    picked = Picked(
        now=now,
        states=asked.states,
        brands=named("brand", brands),
        queues=named("queue", queues),
        agents=None if by_agent is None else frozenset(one or None for one in by_agent),
        channels=frozenset(value.casefold() for value in asked.values("channel")) or None,
        languages=frozenset(tongues) or None,
        tags=frozenset(asked.values("tag")) or None,
        heat=asked.heat,
        late=asked.late,
        before=asked.before,
        after=asked.after,
    )
    return picked, mistakes


def _by_words(
    db: Db, scope: Scope, asked: Query, picked: Picked, before: int | None, limit: int, answer: Found, patience_ms: int
) -> Found:
    looked_for = wanted(asked.words)
    is_narrow = picked != Picked(now=picked.now)
    few = picking.listed(db, scope, picked, FEW) if is_narrow else picking.Listed((), cut=True)
    if not few.cut and len(few.ids) < FEW:  # each of them can be looked at
        rows, last, cut = _among(db, scope, asked, looked_for, few.ids, before), None, False
    else:
        narrowed = picked if is_narrow else None
        rows, last, cut = _collect(db, scope, asked, looked_for, narrowed, before, limit + 1, patience_ms)
        if is_narrow and before is None and len(rows) <= limit and last is not None:
            rows = _sorted(_among(db, scope, asked, looked_for, few.ids, None) | rows)
            cut, last = True, None
    kept = dict(list(rows.items())[:limit])
    more = f"w{list(kept.values())[-1].n}" if len(rows) > limit else f"w{last}" if last is not None else None
    numbered = _numbered(db, scope, asked, picked) if before is None else {}
    known: list[CustomerLine] = []
    if before is None and not is_narrow:
        theirs_too = hits.find(db, scope, search.of_customer(looked_for), CUSTOMERS * 3, patience_ms=patience_ms)
        known = found.customers(db, scope, theirs_too.rows, CUSTOMERS)
    theirs = []
    if known and more is None and not asked.phrases:
        theirs = [i for i in found.latest_of(db, scope, [one.id for one in known], limit) if i not in kept]
    ids = list(dict.fromkeys([*numbered, *kept, *theirs[: max(limit - len(kept), 0)]]))
    texts = found.said(db, [hit.message_id for hit in kept.values() if hit.message_id])
    shown = [
        FoundTicket(
            line,
            kept[line.id].message_id if line.id in kept else None,
            _snippet(texts.get(kept[line.id].message_id or ""), looked_for) if line.id in kept else (),
            numbered.get(line.id),
        )
        for line in _lines(db, scope, ids)
    ]
    return replace(answer, tickets=tuple(shown), customers=tuple(known), next=more, cut=cut)


def _among(
    db: Db, scope: Scope, asked: Query, looked_for: Wanted, ids: Sequence[str], before: int | None
) -> dict[str, Hit]:
    """Return which of these tickets are found, each with its newest row, older than one row."""
    newest = dict(reversed(_phrased(db, asked, hits.holding(db, scope, looked_for, ids))))
    return _sorted({home: hit for home, hit in newest.items() if before is None or hit.n < before})


def _sorted(rows: Mapping[str, Hit]) -> dict[str, Hit]:
    return dict(sorted(rows.items(), key=lambda pair: -pair[1].n))


def _collect(
    db: Db,
    scope: Scope,
    asked: Query,
    looked_for: Wanted,
    picked: Picked | None,
    before: int | None,
    limit: int,
    patience_ms: int,
) -> tuple[dict[str, Hit], int | None, bool]:
    """Return tickets with their newest row, where to go on if there may be more, and whether only the newest count."""
    rows: dict[str, Hit] = {}
    at, size, cut = before, AT_ONCE, False
    for _ in range(ROUNDS):
        answer = hits.find(db, scope, looked_for, size, before=at, patience_ms=patience_ms)
        cut = cut or answer.cut
        fresh = _phrased(db, asked, [hit for hit in answer.rows if hit.ticket_id])
        homes = {home for home, _ in fresh} - rows.keys()
        if before is not None and homes:  # those that stood on an earlier page
            homes -= {hit.ticket_id for hit in hits.holding(db, scope, looked_for, sorted(homes)) if hit.n >= before}
        if picked is not None:
            homes = picking.passing(db, scope, picked, homes)
        for home, hit in fresh:
            if home in homes and home not in rows:
                rows[home] = hit
        if len(answer.rows) < size:
            return rows, None, cut
        if len(rows) >= limit:
            break
        at, size = answer.rows[-1].n, size * 4
    return rows, at, cut


def _phrased(db: Db, asked: Query, rows: Sequence[Hit]) -> list[tuple[str, Hit]]:
    """Return rows with the ticket they are shown in, without those in which a phrase does not stand."""
    if asked.phrases:
        texts = found.said(db, [hit.message_id for hit in rows if hit.message_id])
        whole = {i: f"{text.subject}\n{text.text}" for i, text in texts.items()}
        rows = [hit for hit in rows if all(has_phrase(whole.get(hit.message_id or "", ""), p) for p in asked.phrases)]
    homes = picking.homes(db, {hit.ticket_id for hit in rows if hit.ticket_id}) if rows else {}
    return [(homes[hit.ticket_id], hit) for hit in rows if hit.ticket_id]


def _numbered(db: Db, scope: Scope, asked: Query, picked: Picked) -> dict[str, int | None]:
    if asked.number is None:
        return {}
    ids = picking.by_number(db, scope, asked.number)
    homes = picking.homes(db, ids)
    passing = picking.passing(db, scope, picked, set(homes.values()))
    return {home: asked.number if home != one else None for one, home in homes.items() if home in passing}


def _lines(db: Db, scope: Scope, ids: Sequence[str]) -> list[TicketLine]:
    by_id = {line.id: line for line in lines.of_ids(db, scope, ids)}
    tags = ticket_rows.tags(db, by_id)
    return [replace(by_id[i], tags=tuple(sorted(tags.get(i, ())))) for i in ids if i in by_id]


def _narrowed(picked: Picked, within: Picked) -> Picked:
    """Return both at once: what the question asks, and what it is asked within."""

    def both(name: str) -> object:
        mine, theirs = getattr(picked, name), getattr(within, name)
        return theirs if not mine else mine if not theirs else mine & theirs

    return replace(picked, **{name: both(name) for name in ("states", "brands", "queues", "agents")})  # type: ignore[arg-type]


def _snippet(said: Said | None, looked_for: Wanted) -> tuple[Marked, ...]:
    """Return the words around the first that was looked for, with all of those marked."""
    if said is None:
        return ()
    text = " ".join(said.text[:LOOKED_AT].split())
    spans = places(text, [looked_for])
    start = max(0, spans[0][0] - SNIPPET // 3) if spans else 0
    start = text.find(" ", start) + 1 if start else 0
    end = min(len(text), start + SNIPPET)
    pieces, at = [Marked("… ")] if start else [], start
    for first, last in spans:
        if start <= first and last <= end:
            pieces += [Marked(text[at:first])] if first > at else []
            pieces.append(Marked(text[first:last], is_match=True))
            at = last
    pieces.append(Marked(text[at:end] + (" …" if end < len(text) else "")))
    return tuple(piece for piece in pieces if piece.text)


def _number(cursor: str | None, kind: str) -> int | None:
    if not cursor or cursor[0] != kind or not cursor[1:].lstrip("-").isascii():
        return None
    return int(cursor[1:]) if cursor[1:].removeprefix("-").isdigit() and len(cursor) < 19 else None
