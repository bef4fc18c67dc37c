"""Puts an answer together: texts, five to a call, each call with a retry key that is the same at every attempt."""

import re
from functools import partial
from uuid import UUID, uuid5

from channels.errors import DeliveryFailed
from channels.line import messaging_api
from channels.payload import clean
from channels.refusals import send_all
from channels.text import split_text
from channels.types import Connection, Reply, Sent

MAX_TEXT = (
    5000  # UTF-16 units; sources: /reference/messaging-api/#text-message, /docs/messaging-api/text-character-count
)
MOST = 5  # messages of one call; source: /reference/messaging-api/#send-push-message
USER = re.compile(r"U[A-Za-z0-9._-]{1,99}")  # U and 32 hexadecimal digits, as LINE has it now
KEYS = UUID("6f0f5c1e-5a34-5d0c-9c1b-2f8f4d1b7a55")  # the space our retry keys are made in; any fixed one would do
NO_FILES = (
    "LINE takes pictures and videos from a public web address alone, and other files not at all: send the text "
    "without the file, and where it can be found."
)


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply's text. Raises DeliveryFailed, for ever if the reply has files."""
    to = (reply.thread or reply.to.address).strip()
    if not USER.fullmatch(to):
        raise DeliveryFailed("The customer has no LINE user id to answer to.", permanent=True)
    if reply.attachments:
        raise DeliveryFailed(NO_FILES, permanent=True)
    texts = split_text(clean(reply.text), MAX_TEXT)
    if not texts:
        raise DeliveryFailed("The reply has no text.", permanent=True)
    calls = [texts[start : start + MOST] for start in range(0, len(texts), MOST)]
    sent: list[str] = []
    send_all([partial(_push, connection, to, part, f"{reply.key}/{n}", sent) for n, part in enumerate(calls)])
    return Sent(tuple(sent))


def _push(connection: Connection, to: str, texts: list[str], key: str, sent: list[str]) -> str:
    """Make one call and note the ids of its messages."""
    sent.extend(messaging_api.push(connection, to, texts, str(uuid5(KEYS, key))))
    return ""
