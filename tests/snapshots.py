"""A database as it stood once, put into another: making the same desk anew takes more CPU than many of the tests.

The other has the same schema and nothing in it.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

FILLED = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""
EMPTY = """
SELECT version_num FROM alembic_version
WHERE NOT EXISTS (SELECT FROM brand) AND NOT EXISTS (SELECT FROM agent) AND NOT EXISTS (SELECT FROM desk_setting)
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """All that a PostgreSQL database holds."""

    tables: list[tuple[str, bytes]]  # name, rows as COPY writes them
    sequences: list[tuple[str, int]]  # name, the number given last


Snapshot = Rows | bytes  # a SQLite database is its file


def key(url: str) -> str:
    """Return what is the same for databases of the same schema with nothing in them; "" for any other."""
    if _is_postgres(url):
        with _session(url) as db:
            return "".join(version for (version,) in db.execute(EMPTY))
    file = b"" if _file(url).with_name(_file(url).name + "-wal").exists() else _file(url).read_bytes()
    return sha256(file).hexdigest() if file else ""


def take(url: str) -> Snapshot:
    """Return what a database holds that nobody has open."""
    if not _is_postgres(url):
        return _file(url).read_bytes()
    with _session(url) as db:
        tables = [(name, _out(db, name)) for (name,) in db.execute(FILLED).fetchall()]
        sequences = db.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        return Rows(tables, sequences.fetchall())


def put(url: str, snapshot: Snapshot) -> None:
    """Let an empty database hold this."""
    if isinstance(snapshot, bytes):
        _file(url).write_bytes(snapshot)
        return
    with _session(url) as db:
        db.execute("SET LOCAL session_replication_role = replica")  # no foreign keys, no triggers
        for name, rows in snapshot.tables:
            with db.cursor().copy(SQL("COPY {} FROM STDIN (FORMAT binary)").format(Identifier(name))) as copy:
                copy.write(rows)
        for name, last in snapshot.sequences:
            db.execute("SELECT setval(quote_ident(%s)::regclass, %s)", (name, last))


def _out(db: psycopg.Connection, table: str) -> bytes:
    with db.cursor().copy(SQL("COPY {} TO STDOUT (FORMAT binary)").format(Identifier(table))) as copy:
        return b"".join(map(bytes, copy))


def _session(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""))


def _is_postgres(url: str) -> bool:
    return make_url(url).get_backend_name() == "postgresql"


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")
