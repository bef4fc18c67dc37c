"""The database: one way to read, one way to write, the same on SQLite and PostgreSQL.

A SQLite file takes one writer at a time and its own waiting is unfair, so writers queue at a lock of ours first: of
this process, then of all processes on this file.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url

POOL = 12  # connections kept open per process
OVERFLOW = 24  # more, for a moment
BUSY_MS = 30_000  # how long SQLite waits for a reader's checkpoint before it gives up

__all__ = ["Connection", "Database", "open_database"]


class Database:
    """An open database. `read()` sees one moment; `write()` is one transaction, committed unless it raises."""

    def __init__(self, engine: Engine, lock_file: Path | None) -> None:
        self.engine = engine
        self._reading = engine.execution_options(postgresql_readonly=True) if lock_file is None else engine
        self.dialect: str = engine.dialect.name
        self._lock_file = lock_file
        self._turn = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection for reading; nothing that is written on it is kept, and PostgreSQL refuses it."""
        with self._reading.connect() as connection:
            yield connection
            if self.dialect == "postgresql":
                connection.commit()  # psycopg lets go of its prepared statements with a rollback: all are planned anew
            else:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside a transaction that commits at the end, or rolls back if anything is raised."""
        if self._lock_file is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._turn, self._lock_file.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # let go when the file is closed, also by a kill
            with self.engine.connect() as connection:
                connection.execution_options(heed_write=True)
                with connection.begin():
                    yield connection

    def close(self) -> None:
        """Close every connection of this process."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql+psycopg://…`; the folder of a SQLite file must exist."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return Database(create_engine(parsed, pool_size=POOL, max_overflow=OVERFLOW, pool_pre_ping=True), None)
    path = Path(parsed.database or "")
    engine = create_engine(
        parsed, pool_size=POOL, max_overflow=OVERFLOW, connect_args={"isolation_level": None, "timeout": BUSY_MS / 1000}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, path.with_name(path.name + ".lock"))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("heed_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
