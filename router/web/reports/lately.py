"""Reports made lately: the page and its file show the same figures, and one process makes one report at a time."""

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from flask import current_app

from router.reports import Report

FRESH = timedelta(seconds=60)
MOST = 32


class Lately:
    """The last reports of one process, each for a minute."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[datetime, Report]] = {}
        self._one_at_a_time = threading.Lock()

    @staticmethod
    def of() -> "Lately":
        """Return those of the running application."""
        found = current_app.extensions["heed.reports"]
        assert isinstance(found, Lately)
        return found

    def get(self, key: Hashable, now: datetime, make: Callable[[], Report]) -> Report:
        """Return the report of a key, made anew if it is older than a minute."""
        with self._one_at_a_time:
            made_at, report = self._kept.get(key, (None, None))
            if made_at is None or report is None or not now - FRESH < made_at <= now:
                report = make()
                self._kept.pop(key, None)
                while len(self._kept) >= MOST:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = (now, report)
            return report
