"""What can be done to many tickets at once: one row each, read by the page, the dry run and whoever does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from router.desk.errors import Refused
from router.model import Role

MOST = 1000  # tickets of one act
UNDO_FOR = timedelta(minutes=30)
UNDO_SPAM_FOR = timedelta(days=30)
LONGEST_TAG = 40  # characters


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act."""

    key: str
    words: str  # on its button
    needs: str = ""  # what must be said with it: agent, queue, tag, moment; nothing
    role: Role = Role.AGENT
    undo_for: timedelta = UNDO_FOR


ACTS = (
    Kind("assign", "Assign", "agent", Role.SUPERVISOR),
    Kind("transfer", "Transfer", "queue"),
    Kind("tag", "Tag", "tag"),
    Kind("untag", "Remove a tag", "tag"),
    Kind("snooze", "Snooze", "moment"),
    Kind("resolve", "Resolve"),
    Kind("return", "Return to the queue"),
    Kind("spam", "Spam", undo_for=UNDO_SPAM_FOR),
    Kind("back", "Bring back"),
)
BY_KEY: Mapping[str, Kind] = {kind.key: kind for kind in ACTS}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: an act, and what was said with it. Raises Refused if that does not fit."""

    kind: Kind
    given: str = ""

    def __post_init__(self) -> None:
        """Check what was said as far as that goes without looking anything up."""
        if bool(self.given) != bool(self.kind.needs):
            raise Refused(f"“{self.kind.words}” needs to know: {self.kind.needs}." if self.kind.needs else "Say less.")
        if self.kind.needs == "tag" and tag(self.given) != self.given:
            raise Refused(f"A tag has one to {LONGEST_TAG} characters and no line break.")
        if self.kind.needs == "moment":
            moment(self.given)

    @property
    def stored(self) -> str:
        """Return it as it is kept with its tickets."""
        return f"{self.kind.key} {self.given}".strip()


def read(stored: str) -> Order:
    """Return an order from how it is kept."""
    key, _, given = stored.partition(" ")
    return Order(BY_KEY[key], given)


def tag(typed: str) -> str:
    """Return a tag as it is kept: one line, no blanks around it, at most 40 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in typed).split())[:LONGEST_TAG].strip()


def moment(given: str) -> datetime:
    """Return a moment from ISO 8601 with its offset. Raises Refused."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise Refused("Choose until when.") from None
    if found.tzinfo is None:
        raise Refused("Choose until when.")
    return found
