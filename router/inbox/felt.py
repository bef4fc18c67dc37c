"""What pages may say of how customers feel: all that was read, or nothing where a brand switched mood off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from router.model import Evidence
from router.store import messages
from router.store.db import Connection as Db
from router.store.rows import Event, ReadingRow
from router.store.views import conversation

FELT = frozenset({"mood_rose"})  # events that say how they feel


def read(
    db: Db, message_ids: Collection[str], *, mood_on: bool
) -> tuple[Mapping[str, ReadingRow], Mapping[str, list[Evidence]]]:
    """Return the readings of messages and the words they rest on; without mood, language and intent alone."""
    ids = list(message_ids)
    found = conversation.readings(db, ids)
    if mood_on:
        return found, messages.evidence(db, ids)
    return {key: _without_mood(row) for key, row in found.items()}, {}


def told(events: Sequence[Event], *, mood_on: bool) -> list[Event]:
    """Return the events that may be told."""
    return [event for event in events if mood_on or event.kind not in FELT]


def _without_mood(row: ReadingRow) -> ReadingRow:
    return replace(row, sentiment=0.0, frustration=0, calm_frustration=0, urgency=0, kind="", read=False)
