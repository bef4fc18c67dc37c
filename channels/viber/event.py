"""Reads one callback of Viber: what a person wrote, or what became of a message of ours. Pure.

Source: developers.viber.com/docs/api/rest-bot-api/ (Callbacks). Subscriptions and opened conversations are no messages.
"""

from collections.abc import Mapping
from typing import Literal

from channels.batches import moment_ms
from channels.errors import NotUnderstood
from channels.files import link_ref
from channels.payload import Fields, as_object, clean, id_in, text_in
from channels.types import MAX_MAIL, Attachment, InboundMessage, Parsed, Party, Receipt, Unreadable
from channels.wording import card, place, sticker

MAX_TOKEN = 2**64  # of a message_token, a number of 64 bits
RECEIPTS: Mapping[str, Literal["delivered", "read", "failed"]] = {
    "delivered": "delivered",
    "seen": "read",
    "failed": "failed",
}
FAILED = "Viber could not deliver it to the customer's device."
FILES = {
    # type of message: name if it has none, media type
    "picture": ("picture.jpg", "image/jpeg"),
    "video": ("video.mp4", "video/mp4"),
    "file": ("file", "application/octet-stream"),
}


def read(callback: Fields) -> list[Parsed]:
    """Return what one callback says; an empty list for what is no message. Raises NotUnderstood."""
    kind = text_in(callback, "event")
    if kind in RECEIPTS:
        at = moment_ms(callback, "timestamp")
        return [Receipt(message_token(callback), RECEIPTS[kind], at, FAILED if kind == "failed" else "")]
    if kind != "message":
        return []
    message = as_object(callback.get("message"), "message")
    text, files = _words(message), _files(message)
    if text is None:
        return [Unreadable("Viber sent a message of a kind (message.type) that Heed does not know.")]
    if not text and not files:
        return []
    who = as_object(callback.get("sender"), "sender")
    sender = Party("from", id_in(who, "id"), text_in(who, "name"))
    return [
        InboundMessage(
            external_id=message_token(callback),
            sender=sender,
            text=text,
            sent_at=moment_ms(callback, "timestamp"),
            parties=(sender,),
            thread=sender.address,
            attachments=files,
            proven=True,
            claims={name: value for name in ("language", "country") if (value := text_in(who, name))},
        )
    ]


def message_token(fields: Fields) -> str:
    """Return a message's number as text, every digit of it. Raises NotUnderstood."""
    token = fields.get("message_token")
    if isinstance(token, int) and not isinstance(token, bool) and 0 <= token < MAX_TOKEN:
        return str(token)
    written = text_in(fields, "message_token", most=20) if isinstance(token, str) else ""
    if not (written.isascii() and written.isdecimal()):
        raise NotUnderstood("message_token must be a whole number of 64 bits.")
    return written


def _words(message: Fields) -> str | None:
    """Return what was written, and in words what was sent besides; None for a kind nobody knows."""
    kind = text_in(message, "type")
    written = text_in(message, "text")
    if kind == "text" or kind in FILES:
        return written
    if kind == "sticker":
        besides = sticker()
    elif kind == "url":
        besides = text_in(message, "media")
    elif kind == "contact":
        who = as_object(message.get("contact"), "contact")
        besides = card(text_in(who, "name"), text_in(who, "phone_number"))
    elif kind == "location":
        where = as_object(message.get("location"), "location")
        besides = place(where.get("lat"), where.get("lon"), text_in(where, "address"))
    else:
        return None
    return "\n".join(filter(None, (written if written != besides else "", besides)))


def _files(message: Fields) -> tuple[Attachment, ...]:
    kind = text_in(message, "type")
    if kind not in FILES:
        return ()
    plain, media = FILES[kind]
    name = clean(text_in(message, "file_name")) or plain
    size = message.get("size")
    if isinstance(size, int) and size > MAX_MAIL:
        words = f"The file is larger than {MAX_MAIL // 2**20} MB: ask for another way."
        return (Attachment(name, media, error=words),)
    url = text_in(message, "media", most=2000)
    if not url.lower().startswith(("http://", "https://")):
        raise NotUnderstood("media must begin with https://.")
    return (Attachment(name, media, fetch=link_ref(url, name, media)),)
