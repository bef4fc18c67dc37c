"""What pages and programs show of teaching: what was said about readings, and what may be chosen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from router.app import Heed
from router.model import Scope
from router.store import corrections, teaching
from router.triage.intents import INTENTS


@dataclass(frozen=True, slots=True)
class Said:
    """A correction that holds."""

    value: str
    by: str  # a name


def said_about(heed: Heed, message_ids: Collection[str]) -> Mapping[str, Mapping[str, Said]]:
    """Return what people said about the readings of messages that the asker sees: message -> field -> what."""
    found: dict[str, dict[str, Said]] = {}
    with heed.database.read() as db:
        for row in corrections.holding(db, message_ids):
            found.setdefault(row.message_id, {})[row.field] = Said(row.value, row.by)
    return found


def intents(heed: Heed, brand_id: str) -> Mapping[str, Mapping[str, str]]:
    """Return what customers of a brand may want, by group: key -> label; the brand's own beside those that came."""
    found: dict[str, dict[str, str]] = {}
    for intent in INTENTS.values():
        found.setdefault(intent.group, {})[intent.key] = intent.label
    with heed.database.read() as db:
        for own in teaching.intents(db, brand_id).values():
            found.setdefault(own.group, {})[own.key] = own.label
    return found


def labels(heed: Heed, scope: Scope) -> Mapping[str, str]:
    """Return what the scope's brands call intents that they made, by key."""
    with heed.database.read() as db:
        return teaching.labels(db, scope.brands)
