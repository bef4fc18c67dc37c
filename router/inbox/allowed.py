"""What a channel still allows on a ticket: whether one can write at all, how long, and until when. Pure."""

from dataclasses import dataclass
from datetime import datetime

from channels.types import ChannelInfo

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


def allowed(
    info: ChannelInfo | None,
    now: datetime,
    *,
    active: bool = True,
    last_heard: datetime | None = None,
    refused: str = "",
) -> Allowed:
    """Return what a channel allows.

    `info` is None if the connection is gone; `last_heard` is when the customer wrote last; `refused` is what the
    platform said of the last answer, if nothing came since.
    """
    if info is None:
        return Allowed(False, "The connection this ticket came on is gone.", "Write to the customer on another one.")
    shows = 0 < info.max_text < 100_000
    limit = info.max_text if shows else 0
    until = last_heard + info.reply_window if info.reply_window is not None and last_heard is not None else None
    found = Allowed(max_text=limit, near=int(limit * NEAR), splits=info.splits, open_until=until)
    if until is not None and until <= now:
        return Allowed(
            False,
            f"{info.label} takes answers only for a while after the customer's last message, and that time has passed.",
            "Once the customer writes again, it opens; until then reach them on another channel, or leave a note.",
            max_text=limit, near=found.near, splits=info.splits, open_until=until,
        )  # fmt: skip
    if refused:
        return Allowed(
            True, refused, "You can try again, or reach them on another channel.",
            max_text=limit, near=found.near, splits=info.splits, open_until=until,
        )  # fmt: skip
    if not active:
        return Allowed(
            True, "This connection is paused.", "What you send waits until it is resumed.",
            max_text=limit, near=found.near, splits=info.splits, open_until=until,
        )  # fmt: skip
    return found
