"""Lets writes that arrive together share one commit: as durable as one each, at a fraction of the price."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from router.store.db import Connection, Database
from router.store.failures import for_anothers_sake, will_pass

log = logging.getLogger(__name__)

Row = TypeVar("Row")
MOST = 128  # rows in one commit


class _Entry(Generic[Row]):
    __slots__ = ("error", "finished", "lead", "row", "wake")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.wake = threading.Lock()  # held until this entry is finished, or has to lead
        self.wake.acquire()
        self.finished = False
        self.lead = False
        self.error: BaseException | None = None


class Together(Generic[Row]):
    """Commits rows in groups: one of the waiting callers writes for all, then hands the lead to the next."""

    def __init__(
        self,
        database: Database,
        write: Callable[[Connection, Sequence[Row]], None],
        after: Callable[[Sequence[Row]], None],
    ) -> None:
        self._database = database
        self._write = write
        self._after = after
        self._lock = threading.Lock()
        self._pending: list[_Entry[Row]] = []
        self._led = False

    def add(self, row: Row) -> None:
        """Return once the row is committed. Raises what the commit raised; then the row may be given again."""
        entry = _Entry(row)
        with self._lock:
            self._pending.append(entry)
            entry.lead = not self._led
            self._led = True
        if not entry.lead:
            entry.wake.acquire()
        if not entry.finished:
            self._lead()
        if entry.error is not None:
            raise entry.error

    def _lead(self) -> None:
        with self._lock:
            batch, self._pending = self._pending[:MOST], self._pending[MOST:]
        self._commit(batch)
        with self._lock:
            successor = self._pending[0] if self._pending else None
            self._led = successor is not None
        if successor is not None:
            successor.wake.release()
        for entry in batch:
            entry.finished = True
            entry.wake.release()

    def _commit(self, batch: Sequence[_Entry[Row]]) -> None:
        """Write a group; if one of its rows is at fault, each alone, so that none fails for its neighbour."""
        rows = [entry.row for entry in batch]
        try:
            with self._database.write() as db:
                self._write(db, rows)
        except BaseException as error:  # handed to every caller that waits
            if len(batch) > 1 and (for_anothers_sake(error) or not will_pass(error)):
                for entry in batch:
                    self._commit([entry])
                return
            for entry in batch:
                entry.error = error
            return
        try:
            self._after(rows)
        except Exception as error:  # they are stored; whoever waits is told so
            log.exception("what follows a commit failed: %s", type(error).__name__)
