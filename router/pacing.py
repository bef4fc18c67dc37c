"""When a reply may leave, where a platform takes only so many messages in a time. Pure.

A connection gives out its moments one by one, so that a hundred waiting replies do not all try at the same one; a
conversation needs none of that, for its replies leave in order anyway.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a connection, or one conversation on it, may be written to."""

    next_at: datetime  # the first moment that nobody has yet
    paused_until: datetime | None = None  # the platform asked us to wait


@dataclass(frozen=True, slots=True)
class Turn:
    """When it is a reply's turn, and what that makes of the connection's moments."""

    at: datetime  # now: it leaves
    reserved: datetime | None = None  # its moment, if it must wait for one
    next_at: datetime | None = None  # the connection's next moment; None: as it was
    in_chat: bool = False  # it is its own conversation that it waits for


def turn(
    now: datetime, connection: Pace | None, chat: Pace | None, gap: timedelta, reserved: datetime | None = None
) -> Turn:
    """Return when a reply may leave; `gap` lies between two of a connection, `reserved` is the moment it was given."""
    if chat is not None and (chat_at := max(chat.next_at, chat.paused_until or now)) > now:
        return Turn(chat_at, reserved, in_chat=True)
    if connection is None:
        return Turn(now)
    paused_until = connection.paused_until or now
    if reserved is not None and paused_until <= max(reserved, now):
        return Turn(max(reserved, now), reserved)
    free_at = max(now, paused_until, connection.next_at if gap else now)
    return Turn(free_at, free_at if free_at > now else None, free_at + gap)
