"""Asks the search index: the newest rows that hold every word, and never a row of a brand outside the scope.

Common words are found among the newest rows; whatever is rarer has few rows, which the index lists quickly. What lies
between is stopped after a moment, and the answer says that only the newest were looked through.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Table, and_, cast, column, func, literal, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.engine import Connection as Db
from sqlalchemy.exc import OperationalError

from router.model import Scope
from router.store.checking import checked
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

Among = Callable[[ColumnElement[Any]], ColumnElement[bool]]  # a row's ticket_id -> whether that ticket is as asked

_INDEX = table("search_index", column("rowid"))  # SQLite's
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
    db: Db,
    scope: Scope,
    wanted: Wanted,
    limit: int,
    *,
    before: int | None = None,
    patience_ms: int = PATIENCE_MS,
    among: Among | None = None,
) -> Hits:
    """Return at most `limit` rows below the number `before`; `among`: only those of some tickets."""
    brands = brands_of(db, scope)
    if not wanted or not brands:
        return Hits(())
    ask = _postgres if db.dialect.name == "postgresql" else _sqlite
    return ask(db, _Asked(brands, wanted, limit, before, among), patience_ms)


def holding(db: Db, scope: Scope, wanted: Wanted, ticket_ids: Sequence[str]) -> list[Hit]:
    """Return the rows of these tickets that hold every word, the newest first."""
    query = select(*_COLUMNS).where(search_doc.c.ticket_id.in_(list(ticket_ids)))
    query = query.where(checked(search_doc.c.brand_id).in_(brands_of(db, scope)), _holds(db, search_doc, wanted))
    return sorted((Hit(*row) for row in db.execute(query)), key=lambda hit: -hit.n)


class TooLong(Exception):
    """The index takes longer than anybody waits while typing."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as both databases are asked it."""

    brands: Sequence[str]
    wanted: Wanted
    limit: int
    before: int | None
    among: Among | None

    def of(self, rows: Subquery | Table) -> list[ColumnElement[bool]]:
        """Return the condition that a row is of a ticket as asked."""
        return [] if self.among is None else [self.among(rows.c.ticket_id)]


def _postgres(db: Db, asked: _Asked, patience_ms: int) -> Hits:
    near = _newest(db, asked)
    if near.whole or _is_one_letter(asked.wanted):
        return Hits(near.rows, cut=not near.whole)
    held = select(search_doc.c.brand_id, *_COLUMNS).where(*_listed(asked.wanted), *asked.of(search_doc))
    held = held if asked.before is None else held.where(search_doc.c.n < asked.before)
    listed = held.cte("held").prefix_with("MATERIALIZED", dialect="postgresql")  # or rows are walked in order of n
    query = select(*[listed.c[one.name] for one in _COLUMNS]).where(listed.c.brand_id.in_(asked.brands))
    try:
        with in_time(db, patience_ms):
            return Hits(_rows(db, query.order_by(listed.c.n.desc()).limit(asked.limit)))
    except TooLong:
        return Hits(near.rows, cut=True)


def _listed(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what the index lists, and what is only checked: one letter begins too many words to list them."""
    if len(wanted.prefix) != 1:
        return [_query(search_doc.c.words, wanted)]
    checked = func.coalesce(_query(search_doc.c.words, Wanted((), wanted.prefix)), False)
    return [_query(search_doc.c.words, Wanted(wanted.words)), checked]


def _sqlite(db: Db, asked: _Asked, patience_ms: int) -> Hits:
    prefix = asked.wanted.prefix
    try:
        with in_time(db, patience_ms):
            if not _is_one_letter(asked.wanted):
                found = None if len(prefix) in (0, 2, SHORTCUT) else _beginning(db, asked)
                return Hits(_rows(db, _matching(asked, asked.wanted)) if found is None else found)
    except TooLong:
        pass
    near = _newest(db, asked)
    return Hits(near.rows, cut=not near.whole)


def _beginning(db: Db, asked: _Asked) -> tuple[Hit, ...] | None:
    """Look for a beginning that has no list of its own among the rows that hold the rest of the question.

    None: hardly any of the newest of them do, so it is rare, and the index can list every word that begins so.
    """
    prefix, is_long = asked.wanted.prefix, len(asked.wanted.prefix) > SHORTCUT
    wider = Wanted(asked.wanted.words, prefix[:SHORTCUT] if is_long else "")
    if is_long:
        newest = replace(asked, limit=asked.limit * AMONG, among=None)
        near = _matching(newest, wider).add_columns(search_doc.c.words).subquery("near")
        query = select(*[near.c[one.name] for one in _COLUMNS]).where(_begins(near.c.words, prefix))
        found = _rows(db, query.order_by(near.c.n.desc()).limit(asked.limit))
        if len(found) < asked.limit:
            return None
        if asked.among is None:
            return found
    return _rows(db, _matching(asked, wider, _begins(search_doc.c.words, prefix)))


def _matching(asked: _Asked, wanted: Wanted, *more: ColumnElement[bool]) -> Select[Any]:
    """Return the newest rows of SQLite's index; the walls stand within it, and once more outside."""
    match = text("search_index MATCH :match").bindparams(match=_match(asked.brands, wanted))
    index = [match] if asked.before is None else [match, _INDEX.c.rowid < asked.before]
    rows = select(*_COLUMNS).join_from(_INDEX, search_doc, search_doc.c.n == checked(_INDEX.c.rowid)).where(*index)
    rows = rows.where(checked(search_doc.c.brand_id).in_(asked.brands), *more, *asked.of(search_doc))
    return rows.order_by(_INDEX.c.rowid.desc()).limit(asked.limit)


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


def _newest(db: Db, asked: _Asked) -> _Newest:
    """Look through the newest rows of each brand one by one."""
    most = max(NEWEST // len(asked.brands), asked.limit)
    found: list[Hit] = []
    ends: list[int] = []
    for brand_id in asked.brands:
        rows = select(search_doc).where(search_doc.c.brand_id == brand_id)
        rows = rows if asked.before is None else rows.where(search_doc.c.n < asked.before)
        rows = rows.order_by(search_doc.c.n.desc())
        near = rows.limit(most).subquery("newest")
        query = select(*[near.c[one.name] for one in _COLUMNS])
        query = query.where(_holds(db, near, asked.wanted), *asked.of(near))
        here = _rows(db, query.order_by(near.c.n.desc()).limit(asked.limit))
        found += here
        if len(here) < asked.limit:
            end = db.execute(rows.with_only_columns(search_doc.c.n).offset(most - 1).limit(1)).scalar()
            ends += [end] if end is not None else []
    found.sort(key=lambda hit: -hit.n)
    floor = max(ends, default=None)
    sure = [hit for hit in found if floor is None or hit.n >= floor]
    return _Newest(tuple(found[: asked.limit]), floor is None or len(sure) >= asked.limit)


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
