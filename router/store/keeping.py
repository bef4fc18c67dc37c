"""The whole store at once, copied out and back in a form both databases read.

What is copied is derived from the metadata, so that a new table is never forgotten.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Date, LargeBinary, Table, delete, func, insert, select, text, update

from router.store import search
from router.store.db import Connection, Database
from router.store.schema import (
    Utc,
    desk_setting,
    metadata,
)

OF_THE_MOMENT = frozenset({"lease", "stream", "session", "sign_in_link"})  # true of running processes and browsers only
MADE_ANEW = frozenset({"search_doc"})  # from what a backup holds: the two databases keep words differently
ROWS = 500  # written in one statement
EVER_WRITTEN = frozenset({"lease", "desk_setting"})  # an empty desk's processes write them too


def tables() -> list[Table]:
    """Return the tables a backup holds, each after those it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in OF_THE_MOMENT | MADE_ANEW]


@contextmanager
def one_moment(database: Database) -> Iterator[Connection]:
    """Yield a connection that sees the whole store as it is at this moment, while others go on writing."""
    level = {"isolation_level": "REPEATABLE READ"} if database.dialect == "postgresql" else {}
    with database.engine.connect().execution_options(**level) as db:
        if database.dialect == "postgresql":
            db.execute(text("SET TRANSACTION READ ONLY"))
        yield db
        db.rollback()


def read_rows(db: Connection, table: Table) -> Iterator[list[object]]:
    """Yield the rows of a table in order of its key, as values JSON can hold."""
    forms = [_out(column) for column in table.c]
    query = select(table).order_by(*table.primary_key.columns).execution_options(stream_results=True, yield_per=ROWS)
    for row in db.execute(query):
        yield [None if value is None else form(value) for form, value in zip(forms, row, strict=True)]


def write_rows(db: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert rows as `read_rows` gave them; `names` are their columns. Raises KeyError for an unknown column.

    What refers to a row of the same table is left out: `link_rows` adds it when all are there.
    """
    forms = [(name, _in(table.c[name])) for name in names]
    later = _own_links(table)
    values = [
        {
            name: None if value is None or name in later else form(value)
            for (name, form), value in zip(forms, row, strict=True)
        }
        for row in rows
    ]
    if values:
        db.execute(insert(table), values)


def link_rows(db: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Let rows that are there refer to rows of the same table, as `read_rows` gave them."""
    for name in _own_links(table):
        (key,) = table.primary_key.columns
        at, own = list(names).index(name), list(names).index(key.name)
        for row in rows:
            if row[at] is not None:
                db.execute(update(table).where(key == row[own]).values({name: row[at]}))


def refers_to_itself(table: Table) -> bool:
    """Say whether rows of a table refer to rows of the same table."""
    return bool(_own_links(table))


def _own_links(table: Table) -> set[str]:
    return {link.parent.name for link in table.foreign_keys if link.column.table is table}


def finish(db: Connection) -> None:
    """Let numbers that the database counts go on after the highest one restored, and the index be made anew."""
    db.execute(delete(desk_setting).where(desk_setting.c.name == search.SETTING))
    if db.dialect.name != "postgresql":
        return  # SQLite counts on from the highest by itself
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and column.autoincrement is True:
            highest = db.execute(select(func.max(column))).scalar()
            if highest is not None:
                name = func.pg_get_serial_sequence(table.name, column.name)
                db.execute(select(func.setval(name, highest)))


def is_empty(db: Connection) -> bool:
    """Say whether the store holds nothing that anybody would miss."""
    return not any(
        db.execute(select(next(iter(table.c))).limit(1)).first()
        for table in metadata.sorted_tables
        if table.name not in EVER_WRITTEN
    )


def wipe(db: Connection) -> None:
    """Delete everything."""
    for table in reversed(metadata.sorted_tables):
        db.execute(delete(table))


def _out(column: Column[Any]) -> Callable[[Any], object]:
    if isinstance(column.type, Utc):
        return lambda value: value.astimezone(UTC).isoformat()
    if isinstance(column.type, Date):
        return lambda value: value.isoformat()
    if isinstance(column.type, LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    return lambda value: value


def _in(column: Column[Any]) -> Callable[[Any], object]:
    if isinstance(column.type, Utc):
        return datetime.fromisoformat
    if isinstance(column.type, Date):
        return date.fromisoformat
    if isinstance(column.type, LargeBinary):
        return base64.b64decode
    return lambda value: value
