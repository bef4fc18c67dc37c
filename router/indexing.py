"""Brings what is older than the search index into it: in pieces, the newest first, while everything runs."""

import time
from collections.abc import Callable
from datetime import datetime

from router.app import Heed
from router.store import search
from router.store.search import Progress

PIECE = 200  # tickets of one transaction
ROWS = 2_000  # forgotten in one transaction
AT_ONCE_S = 2.0  # of one sweep


def read_on(heed: Heed, now: datetime) -> Progress:
    """Put the next piece into the index."""
    with heed.database.write() as db:
        return search.read_on(db, PIECE, now)


def read_for_a_while(heed: Heed, now: datetime) -> bool:
    """Put pieces into the index for two seconds; True: everything is in it."""
    until = time.monotonic() + AT_ONCE_S
    while not (here := read_on(heed, now)).done:
        if time.monotonic() > until:
            return False
    return here.done


def anew(heed: Heed, now: datetime, tell: Callable[[str], None]) -> None:
    """Empty the index and fill it again; `tell` hears how far it is. What is found meanwhile is not everything."""
    gone = 0
    while True:
        with heed.database.write() as db:
            count = search.forget(db, ROWS)
        gone += count
        if not count:
            break
    tell(f"The index held {gone:,} rows.")
    pieces = 0
    while not (here := read_on(heed, now)).done:
        pieces += 1
        if pieces % 50 == 0:
            tell(f"{-here.n:,} rows, {here.part} …")
    tell(f"It holds {-here.n:,} rows.")
