"""The metadata, and the few kinds of column every table is made of."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, timestamptz in PostgreSQL, sortable text in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time, so that none is stored by mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone: give aware UTC.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC."""
        return None if value is None else _aware(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Return what reads a stored moment; the text of SQLite in one step, since years of moments are read."""
        return _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _read_text(value: str | None) -> datetime | None:
    return None if value is None else _aware(datetime.fromisoformat(value))


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def ident() -> Column[str]:
    """Return the opaque id that rows and URLs share (router.store.ids.new_id)."""
    return Column("id", Text, primary_key=True)


def link(name: str, to: str, *, nullable: bool = False, index: bool = True, primary_key: bool = False) -> Column[Any]:
    """Return a foreign key, indexed unless a wider index already begins with it."""
    return Column(name, ForeignKey(to), nullable=nullable, index=index, primary_key=primary_key)


def moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    """Return a column for a moment in time."""
    return Column(name, Utc, nullable=nullable)


def since_until() -> tuple[Column[datetime], Column[datetime]]:
    """Return the two columns of a row with history: `valid_to` is null while it holds."""
    return moment("valid_from"), moment("valid_to", nullable=True)
