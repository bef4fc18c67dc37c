"""The bytes that came with a message: an attachment, or the mail as its sender laid it out."""

from dataclasses import dataclass

from router.app import Heed
from router.desk.errors import NotFound
from router.model import Scope
from router.store import blobs
from router.store.rows import File
from router.store.views import conversation

MAX_PICTURE = 2 * 1024 * 1024  # bytes of one picture within a mail; larger ones are listed as files alone


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An attachment with its bytes."""

    name: str
    media_type: str  # as its sender said; not to be believed
    data: bytes


@dataclass(frozen=True, slots=True)
class Html:
    """The mail's own HTML, and the bytes of its pictures by content id."""

    html: str
    pictures: dict[str, bytes]


def stored_file(heed: Heed, scope: Scope, attachment_id: str) -> StoredFile:
    """Return an attachment. Raises NotFound if it is not there, not fetched yet, or another brand's."""
    with heed.database.read() as db:
        row = conversation.file(db, scope, attachment_id)
        if row is None or row.blob_id is None:
            raise NotFound("There is no such file, or it could not be fetched.")
        return StoredFile(row.name, row.media_type, blobs.read(db, row.blob_id))


def html_of(heed: Heed, scope: Scope, message_id: str) -> Html:
    """Return a message's HTML as it was stored, cleaned. Raises NotFound if it has none."""
    with heed.database.read() as db:
        message = conversation.one(db, scope, message_id)
        if message is None or not message.html:
            raise NotFound("This message has no formatted text.")
        files: list[File] = conversation.files(db, [message_id]).get(message_id, [])
        pictures: dict[str, bytes] = {}
        for file in files:
            if file.content_id and file.blob_id and file.size <= MAX_PICTURE:
                pictures[file.content_id.strip("<>")] = blobs.read(db, file.blob_id)
        return Html(message.html, pictures)
