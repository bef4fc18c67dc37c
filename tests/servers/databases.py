"""PostgreSQL databases for one test after the other, each with an empty, migrated schema and a name of its own.

Making one and dropping it costs seconds of CPU where a test itself costs a tenth. So one that a test left with the
schema as it was is emptied, renamed and given to the next; whoever still writes to the old name finds nothing there.
"""

from itertools import count

import psycopg
from psycopg.sql import SQL, Identifier

from tests.servers.postgres import Postgres

TEMPLATE = "migrated"
SPARE = 2  # our session at the one given back last may not have ended yet; PostgreSQL would wait for it
CATALOGS = (
    # table, what tells that a row is ours and not PostgreSQL's
    ("pg_class", "oid"),
    ("pg_attribute", "attrelid"),
    ("pg_attrdef", "oid"),
    ("pg_constraint", "oid"),
    ("pg_index", "indexrelid"),
    ("pg_trigger", "oid"),
    ("pg_proc", "oid"),
    ("pg_type", "oid"),
    ("pg_extension", "oid"),
    ("pg_namespace", "oid"),
)
FIRST_OURS = 16384  # source: PostgreSQL, FirstNormalObjectId
# Whatever is created, dropped or altered changes a row's transaction or the number of rows.
SCHEMA = "SELECT concat_ws(' ', (SELECT string_agg(version_num, ' ') FROM alembic_version), {})".format(
    ", ".join(
        f"(SELECT concat(count(*), '+', sum(xmin::text::bigint)) FROM {catalog} WHERE {oid} >= {FIRST_OURS})"
        for catalog, oid in CATALOGS
    )
)
OTHERS_END = """
SELECT pg_terminate_backend(pid, CASE WHEN xact_start IS NULL THEN 0 ELSE 5000 END) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
EMPTY = """
DO $$
DECLARE
    name text;
    filled boolean;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);  -- no foreign keys, no triggers
    FOR name IN
        SELECT oid::regclass FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
            AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO filled;
        IF filled THEN
            EXECUTE 'DELETE FROM ' || name;
        END IF;
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""


class Databases:
    """The databases of one server, whose template is migrated."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._numbers = count()
        self._free: list[str] = []
        self._admin = self._session("postgres")
        self._schema = ""

    def close(self) -> None:
        """Leave the server."""
        self._admin.close()

    def template(self) -> str:
        """Make the template and return its name; it is to be migrated before anything is taken."""
        self._run("CREATE DATABASE {}", TEMPLATE)
        return TEMPLATE

    def take(self) -> str:
        """Return the name of an empty database."""
        name = f"test_{next(self._numbers)}"
        if not self._schema:
            with self._session(TEMPLATE) as db:
                self._schema = _schema(db)
        if len(self._free) < SPARE:
            self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, TEMPLATE)
            return name
        again = self._free.pop(0)
        self._run("ALTER DATABASE {} RENAME TO {}", again, name)
        self._run("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
        return name

    def give_back(self, name: str) -> None:
        """Empty a database for another test; drop it if its schema is another now."""
        with self._session(name) as db:
            self._run("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
            db.execute(OTHERS_END)
            as_it_was = _schema(db) == self._schema
            if as_it_was:
                db.execute(EMPTY)
                self._free.append(name)
        if not as_it_was:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _session(self, database: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self._server.folder), user="heed", dbname=database, autocommit=True)

    def _run(self, statement: str, *names: str) -> None:
        self._admin.execute(SQL(statement).format(*map(Identifier, names)))  # type: ignore[arg-type]


def _schema(db: psycopg.Connection) -> str:
    """Return what tells one schema from another that came of the same template."""
    row = db.execute(SCHEMA).fetchone()
    assert row is not None
    return str(row[0])
