"""Sends a reply through the Cloud API: its text in parts, then each file, uploaded first and sent by its id.

Source: developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages.
"""

import re
from collections.abc import Mapping
from functools import partial

from channels.errors import DeliveryFailed
from channels.http import FilePart
from channels.meta import graph
from channels.payload import clean
from channels.refusals import send_all
from channels.text import split_text
from channels.types import Connection, Reply, Sent
from channels.whatsapp import cloud

MB = 1024 * 1024
MAX_TEXT = 4096  # source: …/messages/text-messages; counted in UTF-16 units, the stricter reading
KINDS: tuple[tuple[str, frozenset[str], int], ...] = (
    # what WhatsApp calls it, its media types (none: any), its limit in bytes; source: …/business-phone-numbers/media
    ("image", frozenset({"image/jpeg", "image/png"}), 5 * MB),
    ("video", frozenset({"video/mp4", "video/3gpp"}), 16 * MB),
    ("audio", frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}), 16 * MB),
    ("document", frozenset(), 100 * MB),
)
PHONE = re.compile(r"\+?[0-9]{5,20}")
USER_ID = re.compile(r"[A-Z]{2}(?:\.ENT)?\.[A-Za-z0-9]{1,128}")  # source: …/business-scoped-user-ids
MESSAGE_ID = re.compile(r"wamid\.[A-Za-z0-9+/=_-]{1,200}")

To = Mapping[str, object]  # who a message is for, and what it quotes


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply. Raises DeliveryFailed.

    The Cloud API takes no idempotency key: once a part is out, a failure says `may_have_arrived`.
    """
    customer = _customer((reply.thread or reply.to.address).strip())
    texts = split_text(clean(reply.text), MAX_TEXT)
    files = [graph.file_part(attachment) for attachment in reply.attachments]
    if not texts and not files:
        raise DeliveryFailed("The reply has neither text nor files.", permanent=True)
    number = graph.node(connection, "phone_number_id")
    quoted = {"context": {"message_id": reply.answers[-1]}} if _can_be_quoted(reply) else {}
    steps = [partial(_send_text, connection, number, text) for text in texts]
    sends = [partial(_send_file, connection, number, part) for part in files]
    return send_all([partial(step, customer | ({} if at else quoted)) for at, step in enumerate([*steps, *sends])])


def kind_of(part: FilePart) -> str:
    """Return as what WhatsApp shows a file best: a picture, a video, a sound, else a document."""
    _, data, plain = part
    return next(kind for kind, types, most in KINDS if not types or (plain in types and len(data) <= most))


def _customer(address: str) -> dict[str, object]:
    """Return how a message names its recipient: `to` for a phone number, `recipient` for an id without one."""
    if PHONE.fullmatch(address):
        return {"to": address.removeprefix("+")}
    if USER_ID.fullmatch(address):
        return {"recipient": address}
    raise DeliveryFailed("The customer has neither a phone number nor a WhatsApp id to answer to.", permanent=True)


def _can_be_quoted(reply: Reply) -> bool:
    return bool(reply.answers) and MESSAGE_ID.fullmatch(reply.answers[-1]) is not None


def _send_text(connection: Connection, number: str, text: str, to: To) -> str:
    return cloud.send(connection, number, {**to, "type": "text", "text": {"body": text}})


def _send_file(connection: Connection, number: str, part: FilePart, to: To) -> str:
    """Upload one file, then send it."""
    kind = kind_of(part)
    media = {"id": cloud.upload(connection, number, part), **({"filename": part[0]} if kind == "document" else {})}
    return cloud.send(connection, number, {**to, "type": kind, kind: media})
