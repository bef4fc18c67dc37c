"""Puts an answer together: texts in parts, then files, each as the kind of message that shows it best.

Viber fetches files by link and looks at how the link ends. Sources: developers.viber.com/docs/api/rest-bot-api/
(#text-message, #picture-message, #video-message, #file-message).
"""

from functools import partial

from channels.errors import DeliveryFailed, NotUnderstood
from channels.files import is_mp4, lent, picture_type
from channels.payload import clean
from channels.refusals import send_all
from channels.text import split_text
from channels.types import Attachment, Connection, Reply, Sent
from channels.viber import bot_api, event

LABEL = "Viber"
MAX_TEXT = 7000  # characters
MAX_NAME = 28  # characters of the sender's name; source: #general-send-message-parameters
MAX_ID = 200  # characters of a customer's id
PICTURES = ("image/jpeg", "image/png")  # GIF only if it stands still, so it goes as a file
MAX_PICTURE = 1_000_000  # bytes; larger ones go as a file
MAX_VIDEO = 26_000_000  # bytes
MAX_FILE_NAME = 256  # characters, with its ending

Message = dict[str, str | int]


def send(reply: Reply, connection: Connection) -> Sent:
    """Send a reply's text and files. Raises DeliveryFailed, before anything is sent if a file has no link."""
    receiver = (reply.thread or reply.to.address).strip()
    if not receiver or len(receiver) > MAX_ID:
        raise DeliveryFailed("The customer has no Viber id to answer to.", permanent=True)
    messages: list[Message] = [{"type": "text", "text": text} for text in split_text(clean(reply.text), MAX_TEXT)]
    messages += [_shown(file) for file in reply.attachments]
    if not messages:
        raise DeliveryFailed("The reply has no text.", permanent=True)
    name = clean(connection.setting("sender_name") or connection.name)[:MAX_NAME].strip() or LABEL
    return send_all([partial(_post, connection, receiver, name, message) for message in messages])


def _shown(file: Attachment) -> Message:
    """Return the message that carries a file."""
    link, data = lent(file, LABEL)
    if picture_type(data) in PICTURES and len(data) <= MAX_PICTURE:
        return {"type": "picture", "text": "", "media": link}
    if is_mp4(file) and len(data) <= MAX_VIDEO and link.endswith(".mp4"):
        return {"type": "video", "media": link, "size": len(data)}
    return {"type": "file", "media": link, "size": len(data), "file_name": clean(file.name)[-MAX_FILE_NAME:]}


def _post(connection: Connection, receiver: str, name: str, message: Message) -> str:
    """Send one message and return its external id."""
    said = {"receiver": receiver, **message, "sender": {"name": name}}
    answer = bot_api.call(connection, "send_message", said, shows=True)
    try:
        return event.message_token(answer)
    except NotUnderstood:
        raise DeliveryFailed("Viber's answer names no message.", may_have_arrived=True) from None
