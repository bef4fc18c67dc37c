"""Puts an answer together: texts and files, five to a call, each call with a retry key of its own.

The key is the same at every attempt. LINE shows pictures and videos that it fetches by link; of other files it gets
the link alone.
Sources: developers.line.biz/en/reference/messaging-api/ (#image-message, #video-message, #text-message).
"""

import re
from functools import partial
from uuid import UUID, uuid5

from channels.errors import DeliveryFailed
from channels.files import is_mp4, lent, picture_type
from channels.line import messaging_api
from channels.payload import clean
from channels.refusals import send_all
from channels.text import split_text
from channels.types import Attachment, Connection, Reply, Sent

MAX_TEXT = (
    5000  # UTF-16 units; sources: /reference/messaging-api/#text-message, /docs/messaging-api/text-character-count
)
MOST = 5  # messages of one call; source: /reference/messaging-api/#send-push-message
USER = re.compile(r"U[A-Za-z0-9._-]{1,99}")  # U and 32 hexadecimal digits, as LINE has it now
KEYS = UUID("6f0f5c1e-5a34-5d0c-9c1b-2f8f4d1b7a55")  # the space our retry keys are made in; any fixed one would do
PICTURES = ("image/jpeg", "image/png")
MAX_PICTURE = 10_000_000  # bytes
MAX_PREVIEW = 1_000_000  # bytes; a larger picture needs another one that stands for it

Message = dict[str, str]


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply's text and files. Raises DeliveryFailed, before anything is sent if a file has no link."""
    to = (reply.thread or reply.to.address).strip()
    if not USER.fullmatch(to):
        raise DeliveryFailed("The customer has no LINE user id to answer to.", permanent=True)
    messages = [{"type": "text", "text": text} for text in split_text(clean(reply.text), MAX_TEXT)]
    messages += [_shown(file) for file in reply.attachments]
    if not messages:
        raise DeliveryFailed("The reply has no text.", permanent=True)
    calls = [messages[start : start + MOST] for start in range(0, len(messages), MOST)]
    sent: list[str] = []
    send_all([partial(_push, connection, to, part, f"{reply.key}/{n}", sent) for n, part in enumerate(calls)])
    return Sent(tuple(sent))


def _shown(file: Attachment) -> Message:
    """Return the message that shows a file, or leads to it where LINE has none for its kind."""
    link, data = lent(file, "LINE")
    preview = file.preview or link
    if picture_type(data) in PICTURES and len(data) <= MAX_PICTURE:
        small = link if len(data) <= MAX_PREVIEW else preview
        return {"type": "image", "originalContentUrl": link, "previewImageUrl": small}
    if is_mp4(file):
        return {"type": "video", "originalContentUrl": link, "previewImageUrl": preview}
    return {"type": "text", "text": f"{clean(file.name)}\n{link}"}


def _push(connection: Connection, to: str, messages: list[Message], key: str, sent: list[str]) -> str:
    """Make one call and note the ids of its messages."""
    sent.extend(messaging_api.push(connection, to, messages, str(uuid5(KEYS, key))))
    return ""
