"""Brings a database to this release's schema; refuses one that a newer release has written."""

from pathlib import Path

from sqlalchemy import inspect, text

from router.store.db import Database

HEAD = "0013"  # the newest revision in migrations/versions; a test holds it
FOLDER = Path(__file__).parent / "migrations"


class SchemaError(Exception):
    """The schema is not one this release can work with; the message says what to do."""


def current(database: Database) -> str | None:
    """Return the revision the database is at, None for an empty one."""
    with database.read() as db:
        if not inspect(db).has_table("alembic_version"):
            return None
        return db.execute(text("SELECT version_num FROM alembic_version")).scalar()


def head() -> str:
    """Return the revision this release works with."""
    return HEAD


def check(database: Database) -> None:
    """Raise SchemaError unless the database is at this release's revision."""
    found = current(database)
    if found == HEAD:
        return
    if found is None:
        raise SchemaError("The database is empty: run `python -m router migrate`.")
    if found > HEAD:
        raise SchemaError(_newer(found))
    raise SchemaError(f"The database is at schema {found}, this release needs {HEAD}: run `python -m router migrate`.")


def migrate(database: Database) -> str | None:
    """Bring the schema up to date and return the revision it was at. Raises SchemaError if it is newer than ours."""
    found = current(database)
    if found == HEAD:
        return found
    if found is not None and found > HEAD:
        raise SchemaError(_newer(found))
    # imported here: Alembic costs most of a second, and nearly every start has nothing to do
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.write() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "head")
    return found


def _newer(found: str) -> str:
    return (
        f"The database is at schema {found}, newer than this release's {HEAD}: "
        "start the newer release, or restore a backup made before it was installed."
    )
