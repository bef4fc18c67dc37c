"""What a visitor of the chat page reads: their own conversation, and files of it."""

from router.app import Heed
from router.desk.errors import NotFound
from router.inbox.files import StoredFile
from router.store import blobs, desk
from router.store.connections import ConnectionRow, KnownConnections
from router.store.views import visitor

PAGE = 200  # messages
MAX_KEY = 100  # characters

Chat = ConnectionRow  # of channel webchat


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
