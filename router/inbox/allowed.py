"""What a channel still allows on a ticket: whether one can write at all, how long, and until when. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from channels.types import ChannelInfo

AFTER_WINDOW = "Once the customer writes again, it opens; until then reach them on another channel, or leave a note."
NEAR = 0.85  # of the limit, from which the characters that are left are shown


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be written to a customer now."""

    may_write: bool = True
    why_not: str = ""  # what stands in the way, or what the writer should know first; empty: nothing
    instead: str = ""  # what can be done then
    max_text: int = 0  # characters of one message; 0: no limit worth showing
    near: int = 0  # characters from which the limit is shown
    splits: bool = False  # longer texts leave as several messages
    open_until: datetime | None = None  # the channel's window for answers


def closes_at(info: ChannelInfo, last_heard: datetime | None, thread: str = "") -> datetime | None:
    """Return when a thread takes no answer any more to what the customer wrote last; None: it always does."""
    if info.reply_window is None or last_heard is None or not thread.startswith(info.window_threads):
        return None
    return last_heard + info.reply_window


def closed(info: ChannelInfo, now: datetime, last_heard: datetime | None, thread: str = "") -> Allowed | None:
    """Return why a thread takes no answer any more, and what can be done then; None: it does."""
    until = closes_at(info, last_heard, thread)
    if until is None or info.reply_window is None or until > now:
        return None
    return Allowed(
        False,
        f"{info.label} takes answers only within {_long(info.reply_window)} after the customer's last message, "
        "and that time has passed.",
        info.after_window or AFTER_WINDOW,
        open_until=until,
    )


def _long(window: timedelta) -> str:
    """Return a window in words: whole days from two days on, else hours."""
    hours = round(window.total_seconds() / 3600)
    return f"{hours // 24} days" if hours >= 48 and hours % 24 == 0 else f"{hours} hours"


def allowed(
    info: ChannelInfo | None,
    now: datetime,
    *,
    active: bool = True,
    last_heard: datetime | None = None,
    thread: str = "",
    refused: str = "",
) -> Allowed:
    """Return what a channel allows.

    `info` is None if the connection is gone; `last_heard` is when the customer wrote last on `thread`; `refused` is
    what the platform said of the last answer, if nothing came since.
    """
    if info is None:
        return Allowed(False, "The connection this ticket came on is gone.", "Write to the customer on another one.")
    shows = 0 < info.max_text < 100_000
    limit = info.max_text if shows else 0
    until = closes_at(info, last_heard, thread)
    found = Allowed(max_text=limit, near=int(limit * NEAR), splits=info.splits, open_until=until)
    if (shut := closed(info, now, last_heard, thread)) is not None:
        return replace(found, may_write=False, why_not=shut.why_not, instead=shut.instead)
    if refused:
        return replace(found, why_not=refused, instead="You can try again, or reach them on another channel.")
    if not active:
        return replace(found, why_not="This connection is paused.", instead="What you send waits until it is resumed.")
    return found
