"""What a database that is away looks like, for those who must answer 503 or try again without knowing SQL."""

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DATABASE_AWAY: tuple[type[Exception], ...] = (SQLAlchemyError,)
CANNOT_STORE: tuple[type[Exception], ...] = (SQLAlchemyError, OSError)  # OSError: the lock file, a full disk

# PostgreSQL: connection, rolled back for another's sake, no resources, lock, shut down, system; source: its Appendix A
_PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")
_PASSING_CODES = frozenset(  # source: sqlite.org/rescode.html
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
     sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM}
)  # fmt: skip


def will_pass(error: BaseException) -> bool:
    """Say whether a write failed for the moment alone: the same rows may be written once the database is well."""
    if isinstance(error, OSError | PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _PASSING_CODES
    return str(getattr(cause, "sqlstate", None) or "08").startswith(_PASSING_CLASSES)


def for_anothers_sake(error: BaseException) -> bool:
    """Say whether PostgreSQL ended a transaction so that another could go on: a deadlock."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "40P01"
