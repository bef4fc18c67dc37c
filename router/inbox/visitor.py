"""What a visitor of the chat page reads: their own conversation, and files of it."""

from router.app import Heed
from router.desk.errors import NotFound
from router.inbox.files import StoredFile
from router.store import blobs
from router.store.views import visitor

PAGE = 200  # messages


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
