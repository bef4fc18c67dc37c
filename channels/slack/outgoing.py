"""Puts an answer together: texts into the thread as they stand, files by way of an upload."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from channels.errors import DeliveryFailed
from channels.payload import clean
from channels.slack import mrkdwn, web_api
from channels.slack.event import TS
from channels.text import split_text
from channels.types import Attachment, Connection, Reply

MAX_TEXT = 4000  # characters; what docs.slack.dev/reference/methods/chat.postMessage advises, it cuts at 40,000
CHANNEL = re.compile(r"[A-Z0-9]{2,40}")


def steps(reply: Reply, connection: Connection) -> Sequence[Callable[[], str]]:
    """Return what sends a reply, part by part, each giving its external id. Raises DeliveryFailed if it cannot go."""
    channel, _, thread = (reply.thread or reply.to.address).strip().partition(":")
    if not CHANNEL.fullmatch(channel) or (thread and not TS.fullmatch(thread)):
        raise DeliveryFailed("The customer has no Slack conversation to answer in.", permanent=True)
    texts = split_text(clean(reply.text), MAX_TEXT)
    if not texts and not reply.attachments:
        raise DeliveryFailed("The reply has neither text nor files.", permanent=True)
    if any(file.data is None for file in reply.attachments):
        raise DeliveryFailed("A file of the reply has no bytes: attach it again.", permanent=True)
    if channel[0] in "UW" and reply.attachments:  # a member: files go only into a conversation that is open
        channel = _opened(connection, channel)
    where = {"thread_ts": thread} if thread else {}
    return [
        *(partial(_post, connection, {"channel": channel, **where}, text) for text in texts),
        *(partial(_share, connection, {"channel_id": channel, **where}, file) for file in reply.attachments),
    ]


def _post(connection: Connection, where: dict[str, str], text: str) -> str:
    """Post one text as it stands, and return its external id."""
    said = {**where, "text": mrkdwn.escaped(text), "mrkdwn": False}
    answer = web_api.call(connection, "chat.postMessage", said, shows=True)
    channel, ts = answer.get("channel"), answer.get("ts")
    if isinstance(channel, str) and isinstance(ts, str):
        return f"{channel}/{ts}"
    raise DeliveryFailed("Slack's answer names no message.", may_have_arrived=True)


def _share(connection: Connection, where: dict[str, str], file: Attachment) -> str:
    """Share one file. Slack names no message for it, so there is no external id."""
    name = clean(file.name) or "file"
    file_id = web_api.upload(connection, name, file.data or b"")
    shared = {**where, "files": [{"id": file_id, "title": name}]}
    web_api.call(connection, "files.completeUploadExternal", shared, shows=True)
    return ""


def _opened(connection: Connection, member: str) -> str:
    """Return the direct conversation with a member. Raises DeliveryFailed."""
    opened = web_api.call(connection, "conversations.open", {"users": member}).get("channel")
    channel = opened.get("id") if isinstance(opened, dict) else None
    if not isinstance(channel, str):
        raise DeliveryFailed("Slack opens no conversation with this member.", permanent=True)
    return channel
