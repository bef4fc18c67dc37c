"""Mailgun routes: a form for each mail, parsed or (for a URL that ends in `mime`) with the raw mail in `body-mime`.

Sources: documentation.mailgun.com, user manual: “Receiving messages via HTTP through a forward() action” (fields, 406
ends the retries, any other code is retried over 8 hours), “Securing webhooks” (signature).
"""

from datetime import datetime

from channels import verify
from channels.email import parsed, reading
from channels.email.forms import Form
from channels.email.reading import Envelope
from channels.errors import NotUnderstood
from channels.payload import as_list, as_object, read_json
from channels.types import Attachment, Connection, Parsed

KEY = "webhook_signing_key"
RETRIES_S = 9 * 3600  # Mailgun tries again for 8 hours, each time with the signature of the first attempt
FIELDS = ("from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "reply-to", "sender")
NOT_SIGNED = "The form is not signed with this connection's webhook_signing_key: copy it from Mailgun, API security."
TOO_OLD = "The signature is more than 5 minutes off: set the clock, or put this connection's secret into the URL."
NOT_A_MAIL = "This is no mail but an event or a store() notice: use forward() with this address, and no webhook."


def refusal(form: Form, connection: Connection, now: datetime, knows_secret: bool) -> str | None:
    """Return why a form is refused, None if it is signed. Of fields given several times the last counts.

    The signature covers time and token alone, so a token is taken once (it is the delivery's key) and for five minutes.
    A retry carries the first attempt's signature; who also knows our own secret may be as late as Mailgun's retries.
    """
    timestamp, token, given = form.text("timestamp"), form.text("token"), form.text("signature").strip().lower()
    signed = f"{timestamp}{token}".encode()
    if not token or not verify.is_signed(given, verify.given(connection, KEY), lambda key: verify.digest(key, signed)):
        return NOT_SIGNED
    if verify.is_recent(timestamp, now):
        return None
    late = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    if knows_secret and late and 0 <= now.timestamp() - int(timestamp) <= RETRIES_S:
        return None
    return TOO_OLD


def is_no_mail(form: Form) -> bool:
    """Say whether this is what Mailgun posts beside mails: events, and notices of store(). A 406 ends their retries."""
    is_event = form.text("event") not in ("", "inbound") or "event-data" in form.names
    return is_event or bool({"message-url", "attachments"} & form.names)


def read(form: Form, connection: Connection) -> list[Parsed]:
    """Return what the mail in a form says. Raises NotUnderstood."""
    envelope = Envelope(
        tuple(part.strip() for part in form.text("recipient").split(",") if part.strip()),
        null_sender=form.last("sender") is not None and form.text("sender").strip(" <>") == "",
    )
    raw = form.last("body-mime")
    if raw is not None:
        return reading.read(raw, connection, envelope)
    if not {"from", "sender", "subject", "body-plain", "body-html", "message-headers"} & form.names:
        raise NotUnderstood("The form holds no mail: neither message-headers nor body-mime are there.")
    return parsed.read(
        parsed.fields_of(_pairs(form)),
        form.text("body-plain"),
        [page.decode("utf-8", "replace") for name in ("body-html", "body-html[]") for page in form.all(name)],
        _files(form),
        connection,
        envelope,
    )


def _pairs(form: Form) -> list[tuple[str, str]]:
    """Return the header fields: all of them from message-headers, else those the form repeats."""
    try:
        items = as_list(read_json(form.last("message-headers") or b"[]"), "message-headers")
    except NotUnderstood:
        items = []
    pairs = [(one[0], one[1]) for one in items if isinstance(one, list) and len(one) == 2]
    found = [(name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str)]
    there = {name.lower() for name, _ in found}
    for field in form.fields:
        name = field.name.lower()
        if name in FIELDS and name not in there and field.name != "sender":
            found.append((name, field.data.decode("utf-8", "replace")))
            there.add(name)
    if "from" not in there and form.text("sender"):
        found.append(("from", form.text("sender")))
    return found


def _files(form: Form) -> list[Attachment]:
    content_ids = _content_ids(form)
    files = [one for one in form.fields if one.file_name is not None and one.name not in ("body-plain", "body-html")]
    return [
        parsed.a_file(one.file_name or "", one.media_type, one.data, content_ids.get(one.name, "")) for one in files
    ]


def _content_ids(form: Form) -> dict[str, str]:
    """Return the Content-ID of each file field: `content-id-map` holds them the other way round."""
    try:
        given = as_object(read_json(form.last("content-id-map") or b"{}"), "content-id-map")
    except NotUnderstood:
        return {}
    return {field: content_id for content_id, field in given.items() if isinstance(field, str)}
