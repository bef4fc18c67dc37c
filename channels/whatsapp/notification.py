"""Reads a post of the WhatsApp Business Platform: messages, echoes of the phone app, edits, deletions, receipts. Pure.

Groups, reactions, calls, changes of number, templates and the account's own news say nothing here. Sources:
developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/{messages, smb_message_echoes} and
…/business-scoped-user-ids (a person may come without a phone number).
"""

from collections.abc import Iterator
from functools import partial
from typing import Literal

from channels import batches
from channels.errors import NotUnderstood
from channels.meta import hooks
from channels.meta.words import items, loose, not_shown, part
from channels.payload import Fields, as_object, id_in, text_in
from channels.types import Deletion, Delivery, Edit, InboundMessage, Parsed, Party, Receipt
from channels.whatsapp import cloud, content

PRODUCT = "whatsapp_business_account"
MESSAGES, ECHOES = "messages", "smb_message_echoes"  # fields of a change that hold what people said
NO_WORDS = frozenset({"reaction", "system", "request_welcome", "ephemeral"})  # types of message
NO_WORDS_EITHER = frozenset({"reaction", "pin", "keep_in_chat"})  # of messages that are not passed on
STATES: dict[str, Literal["sent", "delivered", "read", "failed"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}


def read(delivery: Delivery, phone_number_id: str) -> list[Parsed]:
    """Return what a post says to one of our numbers (empty: to whichever). Raises NotUnderstood.

    A message twice in a post is read once.
    """
    entries = hooks.entries(delivery.body, PRODUCT)
    return hooks.once(batches.each(entries, partial(_entry, phone_number_id), "entry: each"))


def _entry(number: str, entry: Fields) -> list[Parsed]:
    changes = entry.get("changes")
    if not isinstance(changes, list):
        raise NotUnderstood("changes must be a list.")
    return batches.each(changes, partial(_change, number), "changes: each")


def _change(number: str, change: Fields) -> list[Parsed]:
    """Return what one change says; each message and each status is read by itself."""
    if change.get("field") not in (MESSAGES, ECHOES):
        return []
    value = as_object(change.get("value"), "value")
    to = loose(part(value, "metadata"), "phone_number_id")
    if number and to != number:
        return []
    people = {key: person for person in items(value, "contacts") for key in _names_of(person)}
    us = loose(part(value, "metadata"), "display_phone_number") or to
    found = batches.each(_elements(value, "messages"), partial(_message, people), "messages: each")
    found += batches.each(_elements(value, "message_echoes"), partial(_echo, us), "message_echoes: each")
    found += batches.each(_elements(value, "statuses"), _status, "statuses: each")
    return found + batches.each(_elements(value, "errors"), _trouble, "errors: each")


def _elements(value: Fields, name: str) -> Iterator[object]:
    found = value.get(name)
    yield from found if isinstance(found, list) else () if found is None else (found,)


def _names_of(person: Fields) -> list[str]:
    return [key for name in ("wa_id", "user_id") if (key := _plain(loose(person, name)))]


def _message(people: dict[str, Fields], message: Fields) -> list[Parsed]:
    if _says_nothing(message):
        return []
    if changed := _changed(message):
        return changed
    keys = _ids_of(message) or list(people)[:1]
    person = next((people[key] for key in keys if key in people), {})
    address = keys[0] if keys else ""
    sender = Party("from", id_in({"from": address}, "from"), loose(part(person, "profile"), "name"))
    text, files = content.read(message)
    answered = loose(part(message, "context"), "id")
    return [
        InboundMessage(
            external_id=id_in(message, "id"),
            sender=sender,
            text=text if text or files else not_shown(""),
            sent_at=hooks.when(message.get("timestamp")),
            parties=(sender,),
            thread=sender.address,
            answers=(answered[:200],) if answered else (),
            attachments=files,
            proven=True,
            claims=_claims(person),
        )
    ]


def _echo(us: str, message: Fields) -> list[Parsed]:
    """Return what somebody of ours wrote in the WhatsApp Business app."""
    if _says_nothing(message):
        return []
    if changed := _changed(message):
        return changed
    customer = Party("to", _plain(id_in({"to": loose(message, "to") or loose(message, "to_user_id")}, "to")))
    sender = Party("from", _plain(id_in({"from": loose(message, "from") or us}, "from")))
    text, files = content.read(message)
    return [
        InboundMessage(
            external_id=id_in(message, "id"),
            sender=sender,
            text=text,
            sent_at=hooks.when(message.get("timestamp")),
            parties=(sender, customer),
            thread=customer.address,
            attachments=files,
            proven=True,
            from_us=True,
        )
    ]


def _says_nothing(message: Fields) -> bool:
    """Say whether a message is a group's, or none that a person wrote."""
    kept_back = loose(part(message, "unsupported"), "type") if loose(message, "type") == "unsupported" else ""
    return bool(loose(message, "group_id")) or loose(message, "type") in NO_WORDS or kept_back in NO_WORDS_EITHER


def _ids_of(message: Fields) -> list[str]:
    """Return how a message names who sent it: a phone number, and the id that Meta made for this business."""
    return [key for name in ("from", "from_user_id") if (key := _plain(loose(message, name)))]


def _changed(message: Fields) -> list[Parsed]:
    """Return the edit or the deletion that a message is, an empty list for one that is neither."""
    kind = loose(message, "type")
    if kind not in ("edit", "revoke") or kind not in message:
        return []
    change = part(message, kind)
    original = id_in(change, "original_message_id")
    at = hooks.when(message.get("timestamp"))
    return [
        Deletion(original, at) if kind == "revoke" else Edit(original, content.read(part(change, "message"))[0], at)
    ]


def _status(status: Fields) -> list[Parsed]:
    """Return the receipt that a status is; an empty list for states we have no use for."""
    known = STATES.get(loose(status, "status"))
    at = hooks.when(status.get("timestamp"))
    if known == "failed":
        return [Receipt(id_in(status, "id"), "failed", at, cloud.failed(items(status, "errors")))]
    return [Receipt(id_in(status, "id"), known, at)] if known else []


def _trouble(error: Fields) -> list[Parsed]:
    """Tell ops of a problem with the account; it is about no message."""
    raise NotUnderstood(f"WhatsApp reports a problem with this number: {cloud.failed([error])}")


def _claims(person: Fields) -> dict[str, str]:
    username = text_in(part(person, "profile"), "username")
    return {"username": username} if username else {}


def _plain(number: str) -> str:
    """Return a phone number as WhatsApp writes ids: digits without the plus; any other id as it is."""
    digits = number.removeprefix("+").replace(" ", "").replace("-", "")
    return digits if digits.isascii() and digits.isdecimal() else number.strip()
