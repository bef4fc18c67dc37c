"""Finds tickets and customers by what is typed into the search field, and keeps the index of what is older than it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from router import collecting, query
from router.app import Heed
from router.collecting import Sought
from router.languages import language_key
from router.model import Scope
from router.query import Query
from router.store import desk as desk_rows
from router.store import people, search
from router.store import tickets as ticket_rows
from router.store.db import Connection as Db
from router.store.views import found, hits, lines, picking
from router.store.views.found import CustomerLine, Said
from router.store.views.lines import TicketLine
from router.store.views.picking import Picked
from router.terms import Wanted, places, wanted

UTC_ZONE = ZoneInfo("UTC")
PAGE = 20
ALL_AT_ONCE = 200  # of those that are found to be acted on together
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
            picked = picked.and_(within)
        answer = Found(asked, mistakes=(*asked.mistakes, *mistakes), behind=not search.progress(db).done)
        if picked.is_impossible:
            return answer
        if asked.words:
            sought = Sought(asked, wanted(asked.words), picked, patience_ms)
            return _by_words(db, scope, sought, cursor if cursor and cursor[0] in "tw" else None, limit, answer)
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
        states=asked.states or None,
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


def _by_words(db: Db, scope: Scope, sought: Sought, cursor: str | None, limit: int, answer: Found) -> Found:
    page = collecting.collect(db, scope, sought, cursor, limit)
    numbered = {} if cursor else _numbered(db, scope, sought)
    known: list[CustomerLine] = []
    if not cursor and not sought.is_narrow:
        asked = search.of_customer(sought.words)
        answered = hits.find(db, scope, asked, CUSTOMERS * 3, patience_ms=sought.patience_ms)
        known = found.customers(db, scope, answered.rows, CUSTOMERS)
    theirs = []
    if known and page.next is None and not sought.asked.phrases:
        theirs = [i for i in found.latest_of(db, scope, [one.id for one in known], limit) if i not in page.rows]
    ids = list(dict.fromkeys([*numbered, *page.rows, *theirs[: max(limit - len(page.rows), 0)]]))
    texts = found.said(db, [hit.message_id for hit in page.rows.values() if hit.message_id])
    shown = []
    for line in _lines(db, scope, ids):
        hit = page.rows.get(line.id)
        snippet = _snippet(texts.get(hit.message_id or ""), sought.words) if hit else ()
        shown.append(FoundTicket(line, hit.message_id if hit else None, snippet, numbered.get(line.id)))
    return replace(answer, tickets=tuple(shown), customers=tuple(known), next=page.next, cut=page.cut)


def _numbered(db: Db, scope: Scope, sought: Sought) -> dict[str, int | None]:
    if sought.asked.number is None:
        return {}
    ids = picking.by_number(db, scope, sought.asked.number)
    homes = picking.homes(db, ids)
    passing = picking.passing(db, scope, sought.picked, set(homes.values()))
    return {home: sought.asked.number if home != one else None for one, home in homes.items() if home in passing}


def _lines(db: Db, scope: Scope, ids: Sequence[str]) -> list[TicketLine]:
    by_id = {line.id: line for line in lines.of_ids(db, scope, ids)}
    tags = ticket_rows.tags(db, by_id)
    return [replace(by_id[i], tags=tuple(sorted(tags.get(i, ())))) for i in ids if i in by_id]


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
