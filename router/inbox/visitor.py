"""What a visitor of the chat page reads: their own conversation, files of it, and where they stand in line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from router.app import Heed
from router.calendars import Calendar, NeverOpen
from router.desk.errors import NotFound
from router.desknow import ALWAYS
from router.inbox.files import StoredFile
from router.model import State
from router.routing.wait import expected_wait
from router.store import blobs, desk, visitors
from router.store.connections import ConnectionRow, KnownConnections
from router.store.db import Connection
from router.store.views import visitor

PAGE = 200  # messages
MAX_KEY = 100  # characters

LATELY = timedelta(hours=1)  # whose answers tell the pace of a line
MOMENT = timedelta(seconds=1)

Chat = ConnectionRow  # of channel webchat


@dataclass(frozen=True, slots=True)
class Standing:
    """What a visitor is told beside the conversation."""

    is_open: bool  # by the calendar of the queue
    back_at: datetime | None  # when it opens again, if that is known
    by_mail: bool  # answers can follow them by mail
    address: str = ""  # theirs, if they have said one
    trust: str = ""  # what it is worth: visitor, confirmed, signed
    place: int | None = None  # 1 is the head of the line; None: they do not wait
    wait_min: tuple[int, int] | None = None  # least and most minutes; None: unknown
    agent: str = ""  # who is with them


class Chats:
    """The web chats of one process, by the key in their address."""

    def __init__(self, heed: Heed) -> None:
        self._known = KnownConnections(heed.database, heed.vault)

    def by_key(self, key: str) -> Chat | None:
        """Return a chat, None if no web chat has this key; whether it is active is for the page to say."""
        row = self._known.by_key(key) if key.isascii() and len(key) <= MAX_KEY else None
        return row if row is not None and row.connection.channel == "webchat" else None


def language(heed: Heed, chat: Chat) -> str:
    """Return the language of a chat's brand."""
    with heed.database.read() as db:
        return next((brand.language for brand in desk.brands(db) if brand.id == chat.brand_id), "en")


def front(heed: Heed, chat: Chat, now: datetime) -> Standing:
    """Return what somebody is told who has not written yet."""
    with heed.database.read() as db:
        is_open, back_at = _opening(db, chat, None, now)
        return Standing(is_open, back_at, by_mail=visitors.mail_connection(db, chat.brand_id) is not None)


def standing(heed: Heed, chat: Chat, thread: str, now: datetime) -> Standing:
    """Return how a visitor stands: whether anybody is there, their place and a wait that recent answers bear out."""
    with heed.database.read() as db:
        one = visitor.ticket_now(db, chat.id, thread)
        known = visitors.load(db, chat.id, thread)
        is_open, back_at = _opening(db, chat, one.queue_id if one else None, now)
        place = wait = None
        if one is not None and one.state == State.WAITING and one.lane_id is not None and one.place is not None:
            place = 1 + visitor.ahead(db, one)
            if is_open:
                answered = visitor.answered_since(db, one.queue_id, "webchat", now - LATELY)
                wait = expected_wait(place, answered, LATELY.total_seconds())
        return Standing(
            is_open=is_open,
            back_at=back_at,
            by_mail=visitors.mail_connection(db, chat.brand_id) is not None,
            address=known.email if known else "",
            trust=known.trust if known else "",
            place=place,
            wait_min=wait,
            agent=one.agent.split(" ")[0] if one is not None and one.state == State.OPEN else "",
        )


def seen_until(heed: Heed, connection_id: str, thread: str) -> datetime | None:
    """Return up to when somebody at the desk has seen what a visitor wrote."""
    with heed.database.read() as db:
        return visitor.seen_until(db, connection_id, thread)


def _opening(db: Connection, chat: Chat, queue_id: str | None, now: datetime) -> tuple[bool, datetime | None]:
    queues = desk.queues(db, chat.brand_id)
    wanted = queue_id or chat.queue_id
    queue = next((q for q in queues if q.id == wanted), next((q for q in queues if q.is_default), None))
    calendar: Calendar = desk.calendars(db).get((queue.calendar_id if queue else None) or "", ALWAYS)
    if calendar.is_open(now):
        return True, None
    try:
        return False, calendar.add_working_time(now, MOMENT) - MOMENT
    except NeverOpen:
        return False, None


def conversation(heed: Heed, connection_id: str, thread: str, after: str | None) -> list[dict[str, object]]:
    """Return the public messages of one thread, oldest first, as the page shows them."""
    with heed.database.read() as db:
        lines = visitor.lines(db, connection_id, thread, after, PAGE)
        files = visitor.files(db, [line.id for line in lines])
    return [
        {
            "id": line.id,
            "client": (line.external_id or "").partition("/")[2] if line.direction == "inbound" else "",
            "ours": line.direction == "inbound",
            "who": line.agent.split(" ")[0],
            "text": line.text,
            "at": line.at.isoformat(),
            "files": [{"id": file_id, "name": name} for file_id, name in files.get(line.id, [])],
        }
        for line in lines
    ]


def visitor_file(heed: Heed, connection_id: str, thread: str, attachment_id: str) -> StoredFile:
    """Return a file of one thread. Raises NotFound for any other."""
    with heed.database.read() as db:
        row = visitor.file(db, connection_id, thread, attachment_id)
        if row is None:
            raise NotFound("There is no such file.")
        name, media_type, blob_id = row
        return StoredFile(name, media_type, blobs.read(db, blob_id))
