"""Sends a reply by X: a direct message to the customer, or public answers below one another.

Sources: docs.x.com/x-api/direct-messages/manage/integrate, docs.x.com/x-api/posts/creation-of-a-post,
developer.x.com/en/docs/counting-characters.
"""

from functools import partial

from channels.errors import DeliveryFailed
from channels.http import FilePart
from channels.payload import clean, media_type
from channels.refusals import send_all
from channels.text import split_text
from channels.types import Attachment, Connection, Reply, Sent
from channels.x import api
from channels.x.activity import PUBLIC

MAX_TEXT = 10_000  # of a direct message; source: docs.x.com/x-api/direct-messages/manage/integrate
MAX_POST = 280  # weighted; source: developer.x.com/en/docs/counting-characters
LINK = 23  # what any link counts as, as the short one it becomes; the same source
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # code points that count once, all others twice
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})  # taken in one piece; docs.x.com/x-api/media
MAX_PICTURE = 5 * 1024 * 1024  # bytes; source: docs.x.com/x-api/media/quickstart/best-practices


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply's text in parts, then each picture, privately or publicly as the customer wrote."""
    thread = (reply.thread or reply.to.address).strip()
    number = thread.removeprefix(PUBLIC)
    if not (number.isascii() and number.isdecimal() and len(number) <= 20):
        raise DeliveryFailed("The customer has no X account or post to answer to.", permanent=True)
    files = [_picture(file) for file in reply.attachments]
    text = clean(reply.text)
    public = thread != number
    texts = post_parts(text) if public else split_text(text, MAX_TEXT)
    if not texts and not files:
        raise DeliveryFailed("The reply has neither text nor files.", permanent=True)
    if not public:
        steps = [partial(_message, connection, number, text=part) for part in texts]
        return send_all([*steps, *(partial(_message, connection, number, file=file) for file in files)])
    chain = [_answered(reply, number)]
    steps = [partial(_post, connection, chain, text=part) for part in texts]
    return send_all([*steps, *(partial(_post, connection, chain, file=file) for file in files)])


def weight(text: str) -> int:
    """Return how much of a post's 280 a text takes, never less than X counts: whatever may be a link counts as one."""
    letters = sum(1 if any(first <= ord(one) <= last for first, last in LIGHT) else 2 for one in text)
    links = [word for word in text.split() if "." in word.strip(".") and len(word) < LINK]
    return letters + sum(LINK - len(word) for word in links)


def post_parts(text: str) -> list[str]:
    """Return a text in parts that each fit a post."""
    most = MAX_POST
    parts = split_text(text, most)
    while any(weight(part) > MAX_POST for part in parts) and most > 1:
        most //= 2
        parts = split_text(text, most)
    return parts


def _message(connection: Connection, customer: str, text: str = "", file: FilePart | None = None) -> str:
    body: dict[str, object] = {"text": text} if text else {}
    if file is not None:
        body["attachments"] = [{"media_id": api.upload(connection, file, "dm_image")}]
    return _id(api.call(connection, "POST", f"/2/dm_conversations/with/{customer}/messages", body).get("dm_event_id"))


def _post(connection: Connection, chain: list[str], text: str = "", file: FilePart | None = None) -> str:
    """Post below the last of the chain, and make this the last."""
    body: dict[str, object] = {"reply": {"in_reply_to_tweet_id": chain[-1]}}
    if text:
        body["text"] = text
    if file is not None:
        body["media"] = {"media_ids": [api.upload(connection, file, "tweet_image")]}
    number = _id(api.call(connection, "POST", "/2/tweets", body).get("id"))
    chain.append(number)
    return number


def _answered(reply: Reply, root: str) -> str:
    """Return the post to answer: what the customer said last, else the one their conversation began with."""
    last = reply.answers[-1] if reply.answers else ""
    return last if last.isascii() and last.isdecimal() else root


def _id(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise DeliveryFailed("X's answer names no message.", may_have_arrived=True)
    return value


def _picture(file: Attachment) -> FilePart:
    kind = media_type(file.media_type)
    if file.data is None:
        raise DeliveryFailed("A file of the reply has no bytes: attach it again.", permanent=True)
    if kind not in PICTURES or len(file.data) > MAX_PICTURE:
        reason = "X takes only pictures from us (JPEG, PNG or WebP, at most 5 MB): send a link to the file instead."
        raise DeliveryFailed(reason, permanent=True)
    return clean(file.name) or "picture", file.data, kind
