"""Postmark's inbound webhook: JSON for each mail, with the raw mail in `RawEmail` if that is switched on.

Sources: postmarkapp.com/developer/webhooks/inbound-webhook (fields), /developer/user-guide/inbound (ten retries over
ten and a half hours; a 403 ends them at once, so a wrong secret is answered with 401).
"""

from hashlib import sha256

from channels.email import parsed, reading
from channels.email.reading import Envelope
from channels.errors import NotUnderstood
from channels.payload import Fields, clean, decoded, read_object
from channels.types import Attachment, Connection, Parsed

LISTS = (("to", "ToFull"), ("cc", "CcFull"), ("bcc", "BccFull"))
PLAIN = (("subject", "Subject"), ("date", "Date"), ("reply-to", "ReplyTo"))
BROKEN = "The file came broken: its content was not base64."


def key_of(body: bytes) -> str:
    """Return Postmark's own id of a delivery, the body's hash if it cannot be read."""
    try:
        return _text(read_object(body), "MessageID") or sha256(body).hexdigest()
    except NotUnderstood:
        return sha256(body).hexdigest()


def read(body: bytes, connection: Connection) -> list[Parsed]:
    """Return what the mail in a post says; nothing of posts that are no mail. Raises NotUnderstood."""
    fields = read_object(body)
    if "RecordType" in fields:
        return []  # an event of another webhook: a delivery, a click
    recipient = _text(fields, "OriginalRecipient")
    envelope = Envelope((recipient,) if recipient else (), token=_text(fields, "MailboxHash"))
    raw = _text(fields, "RawEmail")
    if raw:
        return reading.read(raw.encode("utf-8", "surrogateescape"), connection, envelope)
    if not {"From", "FromFull", "TextBody", "HtmlBody", "Subject"} & fields.keys():
        raise NotUnderstood("The body holds no mail: neither From nor TextBody are there.")
    return parsed.read(
        parsed.fields_of(_pairs(fields)),
        _text(fields, "TextBody"),
        [_text(fields, "HtmlBody")],
        _files(fields),
        connection,
        envelope,
    )


def _pairs(fields: Fields) -> list[tuple[str, str]]:
    """Return the header fields: `Headers` holds them but for those that have a field of their own."""
    found = [(_text(one, "Name"), _text(one, "Value")) for one in _objects(fields, "Headers")]
    there = {name.lower() for name, _ in found}
    sender = fields.get("FromFull")
    from_ = _entry(sender) if isinstance(sender, dict) else ""
    own = [("from", from_ or _text(fields, "From"))]
    for name, list_ in LISTS:
        entries = ", ".join(entry for one in _objects(fields, list_) if (entry := _entry(one)))
        own.append((name, entries or _text(fields, list_.removesuffix("Full"))))
    own += [(name, _text(fields, field)) for name, field in PLAIN]
    return found + [(name, value) for name, value in own if value and name not in there]


def _entry(fields: Fields) -> str:
    address = _text(fields, "Email")
    return parsed.address_field(_text(fields, "Name"), address) if address else ""


def _files(fields: Fields) -> list[Attachment]:
    files = []
    for one in _objects(fields, "Attachments"):
        name, kind = _text(one, "Name"), _text(one, "ContentType")
        data = decoded(_text(one, "Content"))
        if data is None:
            files.append(Attachment(name or "file", "application/octet-stream", error=BROKEN))
        else:
            files.append(parsed.a_file(name, kind, data, _text(one, "ContentID")))
    return files


def _objects(fields: Fields, name: str) -> list[Fields]:
    value = fields.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return clean(value) if isinstance(value, str) else ""
