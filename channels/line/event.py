"""Reads LINE's webhook events: what a person wrote, pressed, changed or took back in a chat of their own. Pure.

Sources: developers.line.biz/en/reference/messaging-api/#webhook-event-objects and github.com/line/line-openapi,
webhook.yml. Groups and rooms are no tickets, so what is edited or taken back there names nothing we know; neither are
follows, joins, beacons and the like.
"""

import json

from channels.batches import each, moment_ms
from channels.errors import NotUnderstood
from channels.files import link_ref
from channels.payload import Fields, as_list, as_object, clean, id_in, media_type, text_in
from channels.types import MAX_MAIL, Attachment, Deletion, Edit, InboundMessage, Parsed, Party, Unreadable
from channels.wording import place, sticker

FILES = {
    # type of message: name if it has none, media type; source: #get-content of the reference
    "image": ("image.jpg", "image/jpeg"),
    "video": ("video.mp4", "video/mp4"),
    "audio": ("audio.m4a", "audio/x-m4a"),
    "file": ("file", "application/octet-stream"),
}


def read(callback: Fields) -> list[Parsed]:
    """Return what one request says, event by event. Raises NotUnderstood if it has no list of events."""
    return each(as_list(callback.get("events"), "events"), _event, "events: each")


def event_ids(callback: Fields) -> list[str]:
    """Return the ids of a request's events. Raises NotUnderstood if one has none."""
    events = as_list(callback.get("events"), "events")
    return [id_in(as_object(event, "events: each"), "webhookEventId") for event in events]


def _event(event: Fields) -> list[Parsed]:
    kind = event.get("type")
    if kind not in ("message", "messageEdited", "unsend", "postback"):
        return []
    at = moment_ms(event, "timestamp")
    if kind == "unsend":
        return [Deletion(id_in(as_object(event.get("unsend"), "unsend"), "messageId"), at)]
    if kind == "messageEdited":
        message = as_object(event.get("message"), "message")
        return [Edit(id_in(message, "id"), text_in(message, "text"), at)] if message.get("type") == "text" else []
    source = as_object(event.get("source"), "source")
    if source.get("type") != "user":
        return []
    if kind == "postback":
        text = _pressed(as_object(event.get("postback"), "postback"))
        name = "webhookEventId" if event.get("webhookEventId") is not None else "replyToken"
        return [_message(event, source, id_in(event, name), text)] if text else []
    return _said(event, source, as_object(event.get("message"), "message"))


def _said(event: Fields, source: Fields, message: Fields) -> list[Parsed]:
    kind, external_id = text_in(message, "type"), id_in(message, "id")
    if kind in FILES:
        return [_message(event, source, external_id, "", message, (_file(message, kind, external_id),))]
    if kind == "text":
        text = text_in(message, "text")
    elif kind == "sticker":
        text = _sticker(message)
    elif kind == "location":
        names = (text_in(message, "title"), text_in(message, "address"))
        text = place(message.get("latitude"), message.get("longitude"), *names)
    else:
        return [Unreadable("LINE sent a message of a kind (message.type) that Heed does not know.")]
    return [_message(event, source, external_id, text, message)] if text else []


def _message(
    event: Fields,
    source: Fields,
    external_id: str,
    text: str,
    message: Fields | None = None,
    files: tuple[Attachment, ...] = (),
) -> InboundMessage:
    sender = Party("from", id_in(source, "userId"))
    quoted = message is not None and message.get("quotedMessageId") is not None
    return InboundMessage(
        external_id=external_id,
        sender=sender,
        text=text,
        sent_at=moment_ms(event, "timestamp"),
        parties=(sender,),
        thread=sender.address,
        answers=(id_in(message, "quotedMessageId"),) if message is not None and quoted else (),
        attachments=files,
        proven=True,
    )


def _pressed(postback: Fields) -> str:
    """Return what a press means: the label, else its data, and what was picked; nothing for a turn of the menu's page.

    Source: #postback-event and #postback-params-object of the reference.
    """
    params = postback.get("params")
    picked = as_object(params, "params") if params is not None else {}
    if "newRichMenuAliasId" in picked:
        return ""
    label = text_in(postback, "displayText") or text_in(postback, "data")
    when = next((text_in(picked, name) for name in ("datetime", "date", "time") if name in picked), "")
    return f"{label} ({when})" if label and when else label or when


def _sticker(message: Fields) -> str:
    known = message.get("keywords")
    words = [clean(word) for word in (known if isinstance(known, list) else []) if isinstance(word, str)]
    written = text_in(message, "text")  # on a sticker that people write on
    if not written:
        return sticker(words)
    return sticker((written,)) + (f" ({', '.join(words)})" if words else "")


def _file(message: Fields, kind: str, external_id: str) -> Attachment:
    plain, media = FILES[kind]
    name = text_in(message, "fileName") or plain
    size = message.get("fileSize")
    if isinstance(size, int) and size > MAX_MAIL:
        return Attachment(name, media, error=f"The file is larger than {MAX_MAIL // 2**20} MB: ask for another way.")
    provider = message.get("contentProvider")
    outside = as_object(provider, "contentProvider") if provider is not None else {}
    if outside.get("type") == "external":
        url = text_in(outside, "originalContentUrl", most=2000)
        if not url.lower().startswith(("http://", "https://")):
            raise NotUnderstood("originalContentUrl must begin with https://.")
        return Attachment(name, media, fetch=link_ref(url, clean(name), media_type(media)))
    ref = {"message_id": external_id, "name": clean(name), "media_type": media}
    return Attachment(name, media, fetch=json.dumps(ref))
