"""Reads what one WhatsApp message holds: its words, its files, and in words what is neither. Pure.

Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/<type>, one page
for each type.
"""

import json
from collections.abc import Callable

from channels import wording
from channels.errors import NotUnderstood
from channels.files import MAX_NAME
from channels.meta.words import items, line, loose, not_shown, part
from channels.payload import Fields, media_type, read_object, text_in
from channels.types import Attachment

FILES = {
    # type: name if it has none, media type if it says none
    "audio": ("audio.ogg", "audio/ogg"),
    "document": ("document", "application/octet-stream"),
    "image": ("image.jpg", "image/jpeg"),
    "sticker": ("sticker.webp", "image/webp"),
    "video": ("video.mp4", "video/mp4"),
    "voice": ("voice.ogg", "audio/ogg"),
}
MAX_ID = 200  # characters of a media id
MAX_FIELDS = 50  # of a form; more are no form people filled in
NOT_ANSWERS = frozenset({"flow_token", "wa_flow_response_params"})  # fields of a form that people did not fill in

Content = tuple[str, tuple[Attachment, ...]]


def read(message: Fields) -> Content:
    """Return the words and files of a message, of whatever type. Raises NotUnderstood."""
    kind = text_in(message, "type", most=50) or next((name for name in (*WORDS, *FILES) if name in message), "")
    about = part(part(message, "context"), "referred_product")
    product = [line("About product", loose(about, "product_retailer_id"))] if about else []
    text, files = _of(kind, message)
    return "\n".join(filter(None, (text, *product))), files


def _of(kind: str, message: Fields) -> Content:
    if kind in FILES and kind in message:
        held = part(message, kind)
        caption = loose(held, "caption") or (wording.sticker() if kind == "sticker" else "")
        return caption, (_file(kind, held),)
    if kind in WORDS and kind in message:
        return WORDS[kind](message), ()
    if words := _text(message):
        return words, ()
    errors = items(message, "errors")
    named = loose(part(message, "unsupported"), "type") if kind == "unsupported" else kind
    return not_shown("" if errors and named in ("", "unknown", "unsupported", "errors") else named), ()


def _file(kind: str, held: Fields) -> Attachment:
    name, usual = FILES[kind]
    name = loose(held, "filename")[:MAX_NAME] or name
    held_type = media_type(loose(held, "mime_type") or usual)
    number = loose(held, "id")
    if not number or len(number) > MAX_ID:
        return Attachment(
            name, held_type, error="WhatsApp passed on no file to fetch: ask the customer to send it again."
        )
    return Attachment(name, held_type, fetch=json.dumps({"id": number, "name": name, "media_type": held_type}))


def _text(message: Fields) -> str:
    return text_in(part(message, "text"), "body")


def _button(message: Fields) -> str:
    button = part(message, "button")
    return loose(button, "text") or loose(button, "payload")


def _interactive(message: Fields) -> str:
    """Return which button or row was chosen, or what was filled into a form."""
    interactive = part(message, "interactive")
    kind = loose(interactive, "type")
    chosen = part(interactive, kind) if kind else {}
    if kind == "nfm_reply":
        return _form(chosen)
    if kind == "call_permission_reply":
        return line("May we call", loose(chosen, "response"))
    said = [loose(chosen, "title"), loose(chosen, "description")]
    return "\n".join(filter(None, said)) or not_shown(kind or "interactive")


def _form(reply: Fields) -> str:
    """Return a filled-in form, a line for each field."""
    try:
        answers = read_object(loose(reply, "response_json").encode())
    except NotUnderstood:
        answers = {}
    kept = [(name, value) for name, value in answers.items() if name not in NOT_ANSWERS][:MAX_FIELDS]
    filled = [line(str(name), *_values(value)) for name, value in kept]
    return "\n".join(filter(None, (loose(reply, "body"), *filled))) or not_shown("form")


def _values(value: object) -> list[str]:
    """Return an answer as text: one value, the values of a list, or those of a group."""
    if isinstance(value, dict):
        value = list(value.values())
    found = value if isinstance(value, list) else [value]
    words = [str(one).lower() if isinstance(one, bool) else loose({"": one}, "") for one in found[:MAX_FIELDS]]
    return [word for word in words if word]


def _location(message: Fields) -> str:
    location = part(message, "location")
    names = (loose(location, "name"), loose(location, "address"))
    try:
        return wording.place(location.get("latitude"), location.get("longitude"), *names)
    except NotUnderstood:
        return line("Location", *names, loose(location, "url"))


def _contacts(message: Fields) -> str:
    cards = [
        wording.card(
            loose(part(contact, "name"), "formatted_name"),
            loose(part(contact, "org"), "company"),
            *(loose(phone, "phone") or loose(phone, "wa_id") for phone in items(contact, "phones")),
            *(loose(email, "email") for email in items(contact, "emails")),
        )
        for contact in items(message, "contacts")
    ]
    return "\n".join(cards) or not_shown("contacts")


def _order(message: Fields) -> str:
    order = part(message, "order")
    lines = [
        f"{loose(item, 'quantity') or '1'} x {loose(item, 'product_retailer_id') or 'product'}"
        f" at {loose(item, 'item_price')} {loose(item, 'currency')}".rstrip()
        for item in items(order, "product_items")
    ]
    return "\n".join(filter(None, (line("Order", *lines), loose(order, "text"))))


WORDS: dict[str, Callable[[Fields], str]] = {
    "button": _button,
    "contacts": _contacts,
    "interactive": _interactive,
    "location": _location,
    "order": _order,
    "text": _text,
}
