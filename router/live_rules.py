"""The live rules of a brand, each version read once per process, since none ever changes."""

import logging
from functools import lru_cache

from router.store import rulebook
from router.store.db import Connection
from rules.errors import RuleErrors
from rules.load import load
from rules.model import RuleSet
from rules.timing import Timing, timing_of

log = logging.getLogger(__name__)

NO_RULES = RuleSet(())
NO_TIMING = timing_of(NO_RULES)
MOST = 100  # versions whose facts are remembered

_asked: dict[str, frozenset[str]] = {}  # version -> facts


@lru_cache(maxsize=32)
def read(version_id: str, source: str) -> RuleSet | None:
    """Return a stored version; it was checked against the desk when it was published.

    None for one that this release cannot read: messages then wait without rules, rather than not at all.
    """
    try:
        return load(source)
    except RuleErrors as wrong:
        log.error("the live rules %s cannot be read, none are applied: %s", version_id, wrong)
        return None


@lru_cache(maxsize=32)
def timing(version_id: str, source: str) -> Timing:
    """Return what a version asks for that changes while nobody writes."""
    return timing_of(read(version_id, source) or NO_RULES)


def interest(db: Connection, brand_id: str) -> frozenset[str]:
    """Return the facts that a brand's live rules ask for, to know whether what was done concerns them."""
    live_id = rulebook.live_id(db, brand_id)
    if live_id is None:
        return frozenset()
    if live_id not in _asked:
        live = rulebook.live(db, brand_id)
        if live is None:
            return frozenset()
        if len(_asked) >= MOST:
            _asked.clear()
        live_id = live[0]
        _asked[live_id] = timing(*live).asked
    return _asked[live_id]
