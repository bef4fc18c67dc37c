"""Writes many rows at once, and spells the statements that the two databases word differently."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Table, insert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from router.store.db import Connection


@cache
def _names(row_type: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cast(Any, row_type)))


def values(row: Any) -> dict[str, Any]:
    """Return a row's fields by column name."""
    return {name: getattr(row, name) for name in _names(cast(Hashable, type(row)))}


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _insert_new(table: Table, dialect: str) -> Any:
    statement = insert_postgresql(table) if dialect == "postgresql" else insert_sqlite(table)
    return statement.on_conflict_do_nothing()


def add(db: Connection, table: Table, rows: Iterable[Any]) -> None:
    """Insert rows, given as dataclasses named like the columns."""
    given = [values(row) for row in rows]
    if given:
        db.execute(_insert(table), given)


def add_values(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, given as mappings of the same keys."""
    if rows:
        db.execute(_insert(table), list(rows))


def add_new(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows that break no unique constraint; the others change nothing."""
    if rows:
        db.execute(_insert_new(table, db.dialect.name), list(rows))


def is_new(db: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless it breaks a unique constraint, and say whether it was inserted."""
    statement = _insert_new(table, db.dialect.name).returning(*table.primary_key)
    return db.execute(statement, dict(row)).first() is not None
