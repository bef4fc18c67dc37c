"""Reads a post of Messenger or Instagram: messages, buttons, edits, deletions and receipts, one event after another.

Both come as `entry[].messaging[]`, or from the app dashboard's Test button as `entry[].changes[].value`. Events of
other pages, reactions, referrals, handovers and `standby` (another app has the conversation) say nothing here. Pure.
Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events (each
event has a page) and …/instagram-messaging/webhooks.
"""

from collections.abc import Iterator
from functools import partial

from channels import batches
from channels.errors import NotUnderstood
from channels.meta import hooks, pieces
from channels.meta.words import line, loose, not_shown, part
from channels.payload import Fields, id_in, text_in
from channels.types import Deletion, Delivery, Edit, InboundMessage, Parsed, Party, Receipt

CHANGES = frozenset({"messages", "messaging_postbacks", "message_edits", "message_deliveries", "messaging_seen"})


def read(delivery: Delivery, product: str, ours: str, app: str) -> list[Parsed]:
    """Return what a post says to `ours`, the page's or account's id (empty: to whichever). Raises NotUnderstood.

    `app` is our app's id: what it sent itself is left out of the echoes. A message twice in a post is read once.
    """
    return hooks.once(batches.each(_events(delivery, product), partial(_read, ours, app), "messaging: each"))


def _events(delivery: Delivery, product: str) -> Iterator[object]:
    """Return every event of a post; what is no entry or no list stands for itself, to be found unreadable."""
    for entry in hooks.entries(delivery.body, product):
        if not isinstance(entry, dict):
            yield entry
            continue
        for name in ("messaging", "changes"):
            found = entry.get(name)
            if not isinstance(found, list):
                yield from () if found is None else (found,)
                continue
            yield from found if name == "messaging" else filter(None, map(_changed, found))


def _changed(change: object) -> object:
    """Return the event of a change, None for one of another kind, such as a comment."""
    if not isinstance(change, dict):
        return change
    return change.get("value") if loose(change, "field") in CHANGES else None


def _read(ours: str, app: str, event: Fields) -> list[Parsed]:
    """Return what one event says. Raises NotUnderstood."""
    for name, reader in READERS.items():
        if name not in event:
            continue
        sender, recipient = part(event, "sender"), part(event, "recipient")
        echo = name == "message" and part(event, "message").get("is_echo") is True
        us, them = (sender, recipient) if echo else (recipient, sender)
        if echo and ours and loose(recipient, "id") == ours:
            us, them = recipient, sender  # older echoes come the other way round
        if ours and loose(us, "id") != ours:
            return []
        if loose(them, "id") == loose(us, "id") != "":
            return []  # an account that writes to itself
        return reader(event, part(event, name), us, them, app)
    return []


def _message(event: Fields, message: Fields, us: Fields, them: Fields, app: str) -> list[Parsed]:
    at = hooks.when(event.get("timestamp"))
    echo = message.get("is_echo") is True
    if echo and app and loose(message, "app_id") == app:
        return []
    mid = id_in(message, "mid", most=500)
    if message.get("is_deleted") is True:
        return [Deletion(mid, at)]
    lines, files = pieces.read(message)
    reply_to = part(message, "reply_to")
    story = part(reply_to, "story")
    answered = loose(reply_to, "mid")[:500]
    about = [line("Reply to your story", loose(story, "url"))] if story else []
    text = "\n".join(filter(None, (text_in(message, "text"), *lines, *about)))
    if not text and not files:
        if echo:
            return []
        text = not_shown("")
    customer = Party("to" if echo else "from", id_in(them, "id"))
    sender = Party("from", id_in(us, "id")) if echo else customer
    return [
        InboundMessage(
            external_id=mid,
            sender=sender,
            text=text,
            sent_at=at,
            parties=(sender, customer) if echo else (customer,),
            thread=customer.address,
            answers=(answered,) if answered else (),
            attachments=tuple(files),
            proven=True,
            from_us=echo,
        )
    ]


def _postback(event: Fields, postback: Fields, us: Fields, them: Fields, app: str) -> list[Parsed]:
    """Return the press of a button, as if its label had been written."""
    customer = Party("from", id_in(them, "id"))
    stamp = loose(event, "timestamp")
    mid = loose(postback, "mid")[:500] or (f"postback-{customer.address}-{stamp}" if stamp else "")
    if not mid:
        raise NotUnderstood("postback must have a mid or a timestamp.")
    text = text_in(postback, "title") or text_in(postback, "payload")
    if not text:
        return []
    at = hooks.when(event.get("timestamp"))
    return [InboundMessage(mid, customer, text, at, parties=(customer,), thread=customer.address, proven=True)]


def _edit(event: Fields, edit: Fields, us: Fields, them: Fields, app: str) -> list[Parsed]:
    """Return an edit; one without its text says nothing that could be shown."""
    text = text_in(edit, "text")
    return [Edit(id_in(edit, "mid", most=500), text, hooks.when(event.get("timestamp")))] if text else []


def _delivered(event: Fields, delivery: Fields, us: Fields, them: Fields, app: str) -> list[Parsed]:
    at = hooks.when(event.get("timestamp")) or hooks.when(delivery.get("watermark"))
    mids = delivery.get("mids")
    named = [mid for mid in mids if isinstance(mid, str) and mid.strip()] if isinstance(mids, list) else []
    return [Receipt(id_in({"mid": mid}, "mid", most=500), "delivered", at) for mid in named]


def _seen(event: Fields, read_: Fields, us: Fields, them: Fields, app: str) -> list[Parsed]:
    """Return a receipt where the message is named, as Instagram does; Messenger tells a time alone."""
    mid = loose(read_, "mid").strip()[:500]
    return [Receipt(mid, "read", hooks.when(event.get("timestamp")))] if mid else []


READERS = {
    "message": _message,
    "postback": _postback,
    "message_edit": _edit,
    "delivery": _delivered,
    "read": _seen,
}
