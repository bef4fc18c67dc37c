"""Leaves it to the system when what SQLite commits reaches the disk, as PostgreSQL's test server does.

A process that is killed loses nothing by it; a power cut would, and no test makes one. The suite commits tens of
thousands of times, and each would wait for the disk. Processes that tests start do the same, benchmarks do not.
"""

import os
from typing import Any

from router.store import db

MARK = "HEED_TESTS_UNSYNCED"  # set by the suite alone, for the processes it starts
as_heed_does = db._prepare_sqlite


def here() -> None:
    """Wait for no disk from here on, nor let processes started from here."""
    os.environ[MARK] = "1"
    db._prepare_sqlite = _prepare


def _prepare(connection: Any, record: object) -> None:
    as_heed_does(connection, record)
    connection.execute("PRAGMA synchronous=OFF").close()


if MARK in os.environ:
    here()
