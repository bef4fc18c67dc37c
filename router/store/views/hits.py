"""Asks the search index: the newest rows that hold every word, and never a row of a brand outside the scope.

Common words are found among the newest rows; whatever is rarer has few rows, which the index lists quickly. What lies
between is stopped after a moment, and the answer says that only the newest were looked through.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Table, and_, cast, column, func, literal, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.engine import Connection as Db
from sqlalchemy.exc import OperationalError

from router.model import Scope
from router.store.schema import brand, search_doc
from router.store.search import CUSTOMER
from router.terms import Wanted

NEWEST = 1_500  # rows that are looked through one by one
PATIENCE_MS = 60  # for the index to list what is left, while somebody types
THOROUGH_MS = 3_000  # and where they ask for everything
STEPS = 2_000  # of SQLite's machine between two looks at the clock
AMONG = 8  # rows that begin with fewer letters, for each row wanted
SHORTCUT = 3  # characters of a beginning that SQLite keeps a list for

CANCELED = "57014"  # PostgreSQL's word for a statement that took too long

_COLUMNS = [search_doc.c[name] for name in ("n", "ticket_id", "message_id", "identity_id", "contact_id")]


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of the index."""

    n: int
    ticket_id: str | None
    message_id: str | None
    identity_id: str | None
    contact_id: str | None


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows that hold every word, the newest first."""

    rows: tuple[Hit, ...]
    cut: bool = False  # only the newest rows were looked through: there may be others


def brands_of(db: Db, scope: Scope) -> list[str]:
    """Return the brands a scope reaches into."""
    return list(db.execute(select(brand.c.id)).scalars()) if scope.everything else sorted(scope.brands)


def find(
    db: Db, scope: Scope, wanted: Wanted, limit: int, *, before: int | None = None, patience_ms: int = PATIENCE_MS
) -> Hits:
    """Return at most `limit` rows below the number `before`."""
    brands = brands_of(db, scope)
    if not wanted or not brands:
        return Hits(())
    ask = _postgres if db.dialect.name == "postgresql" else _sqlite
    return ask(db, brands, wanted, limit, before, patience_ms)


def holding(db: Db, scope: Scope, wanted: Wanted, ticket_ids: Sequence[str]) -> list[Hit]:
    """Return the rows of these tickets that hold every word, the newest first."""
    query = select(*_COLUMNS).where(search_doc.c.ticket_id.in_(list(ticket_ids)))
    query = query.where(search_doc.c.brand_id.in_(brands_of(db, scope)), _holds(db, search_doc, wanted))
    return [Hit(*row) for row in db.execute(query.order_by(search_doc.c.n.desc()))]


class TooLong(Exception):
    """The index takes longer than anybody waits while typing."""


def _postgres(db: Db, brands: Sequence[str], wanted: Wanted, limit: int, before: int | None, patience_ms: int) -> Hits:
    near = _newest(db, brands, wanted, limit, before)
    if near.whole or _is_one_letter(wanted):
        return Hits(near.rows, cut=not near.whole)
    held = select(search_doc.c.brand_id, *_COLUMNS).where(*_listed(wanted))
    listed = (held if before is None else held.where(search_doc.c.n < before)).cte("held")
    listed = listed.prefix_with("MATERIALIZED", dialect="postgresql")  # or the rows are walked through in order of n
    query = select(*[listed.c[one.name] for one in _COLUMNS]).where(listed.c.brand_id.in_(brands))
    try:
        with in_time(db, patience_ms):
            return Hits(_rows(db, query.order_by(listed.c.n.desc()).limit(limit)))
    except TooLong:
        return Hits(near.rows, cut=True)


def _listed(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what the index lists, and what is only checked: one letter begins too many words to list them."""
    if len(wanted.prefix) != 1:
        return [_query(search_doc.c.words, wanted)]
    checked = func.coalesce(_query(search_doc.c.words, Wanted((), wanted.prefix)), False)
    return [_query(search_doc.c.words, Wanted(wanted.words)), checked]


def _sqlite(db: Db, brands: Sequence[str], wanted: Wanted, limit: int, before: int | None, patience_ms: int) -> Hits:
    try:
        with in_time(db, patience_ms):
            if len(wanted.prefix) in (0, 2, SHORTCUT):
                return Hits(_rows(db, _matching(brands, wanted, limit, before)))
            if not _is_one_letter(wanted):
                found = _near(db, brands, wanted, limit, before)
                return Hits(_rows(db, _matching(brands, wanted, limit, before)) if found is None else found)
    except TooLong:
        pass
    near = _newest(db, brands, wanted, limit, before)
    return Hits(near.rows, cut=not near.whole)


def _near(db: Db, brands: Sequence[str], wanted: Wanted, limit: int, before: int | None) -> tuple[Hit, ...] | None:
    """Look for a beginning that has no list of its own among the newest rows that hold the rest of the question.

    None: there are not enough among those, so it is rare, and the index can list every word that begins so.
    """
    wider = Wanted(wanted.words, wanted.prefix[:SHORTCUT] if len(wanted.prefix) > SHORTCUT else "")
    most = NEWEST if len(wanted.prefix) == 1 else limit * AMONG
    near = _matching(brands, wider, most, before).add_columns(search_doc.c.words).subquery("near")
    query = select(*[near.c[one.name] for one in _COLUMNS]).where(_begins(near.c.words, wanted.prefix))
    found = _rows(db, query.order_by(near.c.n.desc()).limit(limit))
    return found if len(found) >= limit or len(wanted.prefix) == 1 else None


def _matching(brands: Sequence[str], wanted: Wanted, limit: int, before: int | None) -> Select[Any]:
    """Return the newest rows of SQLite's index; the walls stand within it, and once more outside."""
    older = " AND rowid < :before" if before is not None else ""
    index = text(
        f"SELECT rowid AS n FROM search_index WHERE search_index MATCH :match{older} ORDER BY rowid DESC LIMIT :most"  # noqa: S608 - nothing of the question is in it
    ).bindparams(match=_match(brands, wanted), most=limit, **({} if before is None else {"before": before}))
    listed = index.columns(column("n")).subquery("listed")
    rows = select(*_COLUMNS).select_from(listed).join(search_doc, search_doc.c.n == listed.c.n)
    return rows.where(search_doc.c.brand_id.in_(brands)).order_by(listed.c.n.desc())


def _match(brands: Sequence[str], wanted: Wanted) -> str:
    """Return the question as FTS5 reads it; words hold letters and digits alone, quotes are doubled all the same."""
    inside = " OR ".join(f"brand_id : {_quoted(one)}" for one in brands)
    words = [_quoted(word) for word in wanted.words] + ([_quoted(wanted.prefix) + " *"] if wanted.prefix else [])
    return f"words : ({' AND '.join(words)}) AND ({inside})"


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class _Newest:
    rows: tuple[Hit, ...]
    whole: bool  # nothing older could stand among them


def _newest(db: Db, brands: Sequence[str], wanted: Wanted, limit: int, before: int | None) -> _Newest:
    """Look through the newest rows of each brand one by one."""
    most = max(NEWEST // len(brands), limit)
    found: list[Hit] = []
    ends: list[int] = []
    for brand_id in brands:
        rows = select(search_doc).where(search_doc.c.brand_id == brand_id)
        rows = (rows if before is None else rows.where(search_doc.c.n < before)).order_by(search_doc.c.n.desc())
        near = rows.limit(most).subquery("newest")
        query = select(*[near.c[one.name] for one in _COLUMNS]).where(_holds(db, near, wanted))
        here = _rows(db, query.order_by(near.c.n.desc()).limit(limit))
        found += here
        if len(here) < limit:
            end = db.execute(rows.with_only_columns(search_doc.c.n).offset(most - 1).limit(1)).scalar()
            ends += [end] if end is not None else []
    found.sort(key=lambda hit: -hit.n)
    floor = max(ends, default=None)
    sure = [hit for hit in found if floor is None or hit.n >= floor]
    return _Newest(tuple(found[:limit]), floor is None or len(sure) >= limit)


def _holds(db: Db, rows: Subquery | Table, wanted: Wanted) -> ColumnElement[bool]:
    """Return the condition that a row holds every word; on SQLite each row is read for it."""
    words = rows.c.words
    if db.dialect.name == "postgresql":
        return _query(words, wanted)
    tests = [func.instr(literal(" ").concat(words).concat(" "), f" {word} ") > 0 for word in wanted.words]
    return and_(*tests, *([_begins(words, wanted.prefix)] if wanted.prefix else []))


def _begins(words: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    return func.instr(literal(" ").concat(words), f" {prefix}") > 0


def _query(words: ColumnElement[Any], wanted: Wanted) -> ColumnElement[bool]:
    terms = [f"'{word}'" for word in wanted.words] + ([f"'{wanted.prefix}':*"] if wanted.prefix else [])
    return words.bool_op("@@")(cast(literal(" & ".join(terms)), TSQUERY))


def _is_one_letter(wanted: Wanted) -> bool:
    return not wanted.words and len(wanted.prefix.removeprefix(CUSTOMER)) == 1


def _rows(db: Db, query: Select[Any]) -> tuple[Hit, ...]:
    return tuple(Hit(*row) for row in db.execute(query))


@contextmanager
def in_time(db: Db, patience_ms: int = PATIENCE_MS) -> Iterator[None]:
    """Stop what takes longer than this. Raises TooLong."""
    postgres = db.dialect.name == "postgresql"
    savepoint = db.begin_nested() if postgres else None
    if postgres:
        settings = (("statement_timeout", str(patience_ms)), ("enable_seqscan", "off"), ("jit", "off"))
        db.execute(select(*[func.set_config(name, value, True) for name, value in settings]))
    else:
        until = time.thread_time() + patience_ms / 1000  # of work: a busy machine finds no less
        _driver(db).set_progress_handler(lambda: int(time.thread_time() > until), STEPS)
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == CANCELED or "interrupted" in str(error.orig):
            raise TooLong from None
        raise
    finally:
        if savepoint is not None:
            savepoint.rollback()  # the settings go with it
        else:
            _driver(db).set_progress_handler(None, 0)


def _driver(db: Db) -> Any:
    return db.connection.dbapi_connection
