"""Brings a database to this release and gives an empty one its desk; says so when that is not ours to do."""

from datetime import datetime

from router import equipping
from router.app import Heed
from router.store import migrate
from router.store.migrate import SchemaError


def bring_up_to_date(heed: Heed) -> None:
    """Bring the schema up to date. Raises SchemaError for a newer one."""
    migrate.migrate(heed.database)


def make_ready(heed: Heed, now: datetime) -> tuple[str | None, str]:
    """Bring schema and desk up to date; return the revisions before and after. Raises SchemaError for a newer one."""
    before = migrate.migrate(heed.database)
    equipping.ensure_desk(heed, now)
    return before, migrate.head()


def check(heed: Heed) -> None:
    """Raise SchemaError unless the schema is this release's."""
    migrate.check(heed.database)


__all__ = ["SchemaError", "bring_up_to_date", "check", "make_ready"]
