"""How the desk fares, for whoever runs it."""

from datetime import datetime

from router.app import Heed
from router.store import measures
from router.store.failures import CANNOT_STORE
from router.store.measures import Measures


def is_ready(heed: Heed, now: datetime) -> bool:
    """Say whether the database takes a write."""
    try:
        measures.try_write(heed.database, now)
    except CANNOT_STORE:
        return False
    return True


def measure(heed: Heed) -> Measures:
    """Return the figures of the whole desk, without names."""
    with heed.database.read() as db:
        return measures.read(db)
