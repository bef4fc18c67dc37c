"""Reads one Telegram update: what the customer wrote, changed or pressed. Pure.

Source: core.telegram.org/bots/api (Update, Message, CallbackQuery). Only private chats are tickets; groups, channels
and bots are not, and neither are service messages (a pinned message, a new title).
"""

import json

from channels.errors import NotUnderstood
from channels.payload import Fields, as_list, as_object, clean, media_type, moment, number_in, text_in
from channels.types import Attachment, Edit, InboundMessage, Parsed, Party

MAX_DOWNLOAD = 20 * 1024 * 1024  # bytes a bot may fetch; source: core.telegram.org/bots/api#getfile

FILES = (
    # field, name if it has none, media type if it says none
    ("animation", "animation.mp4", "video/mp4"),
    ("document", "document", "application/octet-stream"),
    ("video", "video.mp4", "video/mp4"),
    ("video_note", "video.mp4", "video/mp4"),
    ("audio", "audio.mp3", "audio/mpeg"),
    ("voice", "voice.ogg", "audio/ogg"),
)
NOT_SHOWN = ("checklist", "dice", "game", "giveaway", "invoice", "paid_media", "story")  # content, but none we can show


def read(update: Fields) -> list[Parsed]:
    """Return what one update says; an empty list for what is no customer's message. Raises NotUnderstood."""
    if "message" in update:
        return _message(as_object(update["message"], "message"))
    if "edited_message" in update:
        return _edit(as_object(update["edited_message"], "edited_message"))
    if "callback_query" in update:
        return _button(as_object(update["callback_query"], "callback_query"))
    return []


def message_id(external_id: str, chat: str) -> int | None:
    """Return Telegram's number of one of our external ids, None if it is of another chat or no message."""
    of_chat, _, number = external_id.partition("/")
    return int(number) if of_chat == chat and number.isascii() and number.isdecimal() else None


def _message(message: Fields) -> list[Parsed]:
    chat = _private_chat(message)
    if chat is None:
        return []
    text = _words(message)
    files = _attachments(message)
    if _is_start(text) or not (text or files):
        return []
    answered = message.get("reply_to_message")
    answers = (f"{chat}/{number_in(as_object(answered, 'reply_to_message'), 'message_id')}",) if answered else ()
    sender = as_object(message.get("from"), "from")
    return [
        InboundMessage(
            external_id=f"{chat}/{number_in(message, 'message_id')}",
            sender=_party(sender),
            text=text,
            sent_at=moment(message.get("date"), "date"),
            parties=(_party(sender),),
            thread=str(chat),
            answers=answers,
            attachments=files,
            proven=True,
            claims=_claims(sender),
        )
    ]


def _edit(message: Fields) -> list[Parsed]:
    chat = _private_chat(message)
    text = _words(message)
    if chat is None or _is_start(text):
        return []
    at = moment(message.get("edit_date"), "edit_date")
    return [Edit(f"{chat}/{number_in(message, 'message_id')}", text, at)]


def _button(query: Fields) -> list[Parsed]:
    """Return the press of a button under a message of ours, as if its label had been written."""
    sender = as_object(query.get("from"), "from")
    below = query.get("message")
    message = as_object(below, "message") if below else None
    if sender.get("is_bot") is True or (message is not None and _chat_type(message) != "private"):
        return []
    data = text_in(query, "data")
    text = (_label(message, data) if message else "") or data
    if not text:
        return []
    chat = number_in(as_object(message["chat"], "chat") if message else sender, "id")
    return [
        InboundMessage(
            external_id=f"{chat}/callback-{text_in(query, 'id', most=64)}",
            sender=_party(sender),
            text=text,
            parties=(_party(sender),),
            thread=str(chat),
            answers=(f"{chat}/{number_in(message, 'message_id')}",) if message else (),
            proven=True,
            claims=_claims(sender),
        )
    ]


def _private_chat(message: Fields) -> int | None:
    """Return the chat's id if a person wrote this in a private chat."""
    if _chat_type(message) != "private":
        return None
    if as_object(message.get("from"), "from").get("is_bot") is True:
        return None
    return number_in(as_object(message["chat"], "chat"), "id")


def _chat_type(message: Fields) -> str:
    return text_in(as_object(message.get("chat"), "chat"), "type")


def _is_start(text: str) -> bool:
    return text.split(maxsplit=1)[:1] == ["/start"]


def _party(sender: Fields) -> Party:
    name = " ".join(filter(None, (text_in(sender, "first_name"), text_in(sender, "last_name"))))
    return Party("from", str(number_in(sender, "id")), name)


def _claims(sender: Fields) -> dict[str, str]:
    return {name: value for name in ("username", "language_code") if (value := text_in(sender, name))}


def _words(message: Fields) -> str:
    """Return what was written, and in words what was sent instead of writing."""
    written = text_in(message, "text") or text_in(message, "caption")
    described = [line for line in (_sticker(message), _place(message), _contact(message), _other(message)) if line]
    return "\n".join(filter(None, (written, *described)))


def _sticker(message: Fields) -> str:
    if "sticker" not in message:
        return ""
    return f"[Sticker] {text_in(as_object(message['sticker'], 'sticker'), 'emoji')}".rstrip()


def _place(message: Fields) -> str:
    """Return a venue or a location; a venue carries its location twice."""
    if "venue" in message:
        venue = as_object(message["venue"], "venue")
        named = ", ".join(filter(None, (text_in(venue, "title"), text_in(venue, "address"))))
        return f"[Place] {named} ({_coordinates(as_object(venue.get('location'), 'location'))})"
    if "location" in message:
        return f"[Location] {_coordinates(as_object(message['location'], 'location'))}"
    return ""


def _coordinates(location: Fields) -> str:
    found = [location.get("latitude"), location.get("longitude")]
    if not all(isinstance(value, int | float) and abs(value) <= 180 for value in found):
        raise NotUnderstood("location must have a latitude and a longitude.")
    return ", ".join(f"{value:.6f}" for value in found)


def _contact(message: Fields) -> str:
    if "contact" not in message:
        return ""
    contact = as_object(message["contact"], "contact")
    parts = (text_in(contact, name) for name in ("first_name", "last_name", "phone_number"))
    return f"[Contact] {' '.join(filter(None, parts))}"


def _other(message: Fields) -> str:
    if "poll" in message:
        return f"[Poll] {text_in(as_object(message['poll'], 'poll'), 'question')}"
    kind = next((name for name in NOT_SHOWN if name in message), None)
    return f"[Cannot be shown here: {kind.replace('_', ' ')}]" if kind else ""


def _label(message: Fields, data: str) -> str:
    """Return the text on the button that carries this data."""
    if not isinstance(message.get("reply_markup"), dict):
        return ""
    keyboard = as_object(message["reply_markup"], "reply_markup").get("inline_keyboard")
    for row in as_list(keyboard, "inline_keyboard") if keyboard else []:
        for button in as_list(row, "inline_keyboard row"):
            if isinstance(button, dict) and button.get("callback_data") == data:
                return text_in(button, "text")
    return ""


def _attachments(message: Fields) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    if "photo" in message:
        sizes = [as_object(size, "photo size") for size in as_list(message["photo"], "photo")]
        if sizes:
            found.append(_attachment(max(sizes, key=_area), "photo.jpg", "image/jpeg"))
    for field, name, kind in FILES:
        if field in message and not (field == "document" and "animation" in message):  # an animation is both
            found.append(_attachment(as_object(message[field], field), name, kind))
    return tuple(found)


def _area(size: Fields) -> int:
    return number_in(size, "width") * number_in(size, "height")


def _attachment(file: Fields, name: str, kind: str) -> Attachment:
    name = text_in(file, "file_name") or name
    kind = media_type(text_in(file, "mime_type") or kind)
    size = file.get("file_size")
    if isinstance(size, int) and size > MAX_DOWNLOAD:
        return Attachment(name, kind, error="Telegram gives bots files of at most 20 MB; this one is larger.")
    file_id = text_in(file, "file_id", most=512)
    if not file_id:
        raise NotUnderstood("file_id is missing.")
    return Attachment(name, kind, fetch=json.dumps({"file_id": file_id, "name": clean(name), "media_type": kind}))
