"""Sends direct messages of Messenger and Instagram: text in parts, then each file, uploaded first and sent by its id.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api,
…/reference/attachment-upload-api, …/instagram-messaging/features/attachment-upload; codes from …/error-codes.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from channels.errors import DeliveryFailed
from channels.http import FilePart
from channels.meta import graph
from channels.payload import clean, media_type
from channels.refusals import Refusal, send_all
from channels.text import split_text
from channels.types import Attachment, Connection, Reply, Sent

STANDARD_WINDOW = timedelta(hours=24)  # from the customer's last words; then only people answer, with HUMAN_AGENT
REPLY_WINDOW = timedelta(days=7)  # …/policy: with the HUMAN_AGENT tag
MARGIN = timedelta(minutes=1)  # for the way there and clocks that differ
CUSTOMER = re.compile(r"[0-9]{1,32}")

OUTSIDE = "Meta takes no answer here any more: the customer last wrote too long ago, or Human Agent is not approved."
UNKNOWN = "Meta knows no such customer for this account: is it another account's token?"
GONE = "This person cannot be written to now: they left, blocked this account, or took no message requests."
REFUSALS = {
    **graph.REFUSALS,
    "10/2018065": Refusal(OUTSIDE),
    "10/2018278": Refusal(OUTSIDE),
    "10/2534022": Refusal(OUTSIDE),
    "100/2018001": Refusal(UNKNOWN),
    "100/2018109": Refusal("Meta finds the file too large: send a link instead."),
    "100/2534014": Refusal(UNKNOWN),
    "200/1545041": Refusal(GONE),
    "200/2018028": Refusal(
        "The app is in development mode: Meta lets it write to its own testers alone until it is live."
    ),
    "200/2018108": Refusal(GONE),
    "551": Refusal(GONE),
    "1200": Refusal("Meta has trouble of its own.", passes=True),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file a platform takes: its limit in bytes and its media types, none for any."""

    most: int
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Platform:
    """What differs between the two."""

    name: str
    nodes: tuple[str, ...]  # settings that name who sends, the first filled in is taken
    max_text: int  # UTF-16 units of one message
    max_bytes: int | None  # of one message in UTF-8, where that is the limit
    kinds: Mapping[str, Kind]  # image, video, audio, file
    upload: Mapping[str, str]  # more fields of an upload


def send(reply: Reply, connection: Connection, platform: Platform) -> Sent:
    """Send a reply as one message for each part of its text and each file. Raises DeliveryFailed.

    There is no idempotency key: once a part is out, a failure says `may_have_arrived`.
    """
    customer = (reply.thread or reply.to.address).strip()
    if not CUSTOMER.fullmatch(customer):
        raise DeliveryFailed(f"The customer has no {platform.name} id to answer to.", permanent=True)
    texts = _texts(clean(reply.text), platform.max_text, platform.max_bytes)
    files = [(kind_of(attachment, platform), graph.file_part(attachment)) for attachment in reply.attachments]
    if not texts and not files:
        raise DeliveryFailed("The reply has neither text nor files.", permanent=True)
    frame = {"recipient": {"id": customer}, **_type(reply)}
    node = graph.node(connection, *platform.nodes)
    steps = [partial(_message, connection, node, {**frame, "message": {"text": text}}) for text in texts]
    sends = [partial(_file, connection, node, platform, frame, kind, part) for kind, part in files]
    return send_all([*steps, *sends])


def _type(reply: Reply) -> dict[str, str]:
    """Return how the message is to be taken; a day after the customer's last words only a person may answer."""
    if reply.heard_at is None or datetime.now(UTC) - reply.heard_at < STANDARD_WINDOW - MARGIN:
        return {"messaging_type": "RESPONSE"}
    if reply.automatic:
        words = "The customer last wrote more than 24 hours ago: now only a person may answer, no automatic message."
        raise DeliveryFailed(words, permanent=True)
    return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


def _message(connection: Connection, node: str, message: Mapping[str, object]) -> str:
    """Send one message and return its id."""
    answer = graph.call(connection, "POST", f"{node}/messages", json=message, table=REFUSALS)
    return graph.text_of(answer, "message_id", reason="Meta's answer names no message.")


def _file(
    connection: Connection, node: str, platform: Platform, frame: Mapping[str, object], kind: str, part: FilePart
) -> str:
    """Upload one file, then send it, and return the message's id."""
    form = {"message": json.dumps({"attachment": {"type": kind, "payload": {"is_reusable": True}}}), **platform.upload}
    path = f"{node}/message_attachments"
    uploaded = graph.call(connection, "POST", path, form=form, file=("filedata", part), table=REFUSALS, safe=True)
    number = uploaded.get("attachment_id")
    if not isinstance(number, str) or not number:
        raise DeliveryFailed("Meta's answer names no file.")
    attachment = {"type": kind, "payload": {"attachment_id": number}}
    return _message(connection, node, {**frame, "message": {"attachment": attachment}})


def _texts(text: str, most: int, most_bytes: int | None) -> list[str]:
    """Return the text in parts; where bytes count, a part that has too many is cut again."""
    found: list[str] = []
    for part in split_text(text, most):
        fits = most_bytes is None or len(part.encode()) <= most_bytes
        found += [part] if fits else _texts(part, max(2, min(most, len(part)) * 2 // 3), most_bytes)
    return found


def kind_of(attachment: Attachment, platform: Platform) -> str:
    """Return what the platform calls a file of this type. Raises DeliveryFailed if it takes none such."""
    plain = media_type(attachment.media_type)
    size = len(attachment.data or b"")
    for name in (plain.partition("/")[0], "file"):
        kind = platform.kinds.get(name)
        if kind is not None and size <= kind.most and (not kind.types or plain in kind.types):
            return name
    words = f"{platform.name} does not take this file: its kind or its size. Send a link instead."
    raise DeliveryFailed(words, permanent=True)
