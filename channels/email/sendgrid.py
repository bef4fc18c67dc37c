"""SendGrid Inbound Parse: a form for each mail, parsed with a charset for each field, or raw (“POST the raw, full MIME
message”).

Sources: twilio.com/docs/sendgrid/for-developers/parsing-email: “Inbound Email Parse Webhook” (fields; retried for three
days), “Securing your Inbound Parse webhooks”, and the Event Webhook's security features (signature).
"""

import base64
import binascii
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from channels import verify
from channels.email import parsed, reading
from channels.email.charsets import decode
from channels.email.forms import Form
from channels.email.parts import read_fields
from channels.email.reading import Envelope
from channels.errors import NotUnderstood
from channels.payload import Fields, as_list, as_object, read_json
from channels.types import Attachment, Connection, Parsed, Request

KEY = "public_key"
SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
RETRIES_S = 3 * 24 * 3600  # how long a post is tried again
FIELDS = ("from", "to", "cc", "subject")
MAX_DOMAINS = 20  # of the DKIM results
NOT_SIGNED = "The post is not signed for this connection's public_key: copy it from the security policy in SendGrid."
TOO_OLD = "The signature is more than 5 minutes off: set the clock, or put this connection's secret into the URL."


def refusal(request: Request, connection: Connection, now: datetime, knows_secret: bool) -> str | None:
    """Return why a signed post is refused, None if it is proven.

    The signature covers time and raw body, so a repeat can only be the same mail. Nobody says whether a retry is signed
    anew; who also knows our own secret may be as late as SendGrid's retries.
    """
    timestamp = request.headers.get(TIMESTAMP, "")
    signed = timestamp.encode("utf-8", "replace") + request.body
    given = request.headers.get(SIGNATURE, "")
    if not any(_holds(key, given, signed) for key in verify.given(connection, KEY)):
        return NOT_SIGNED
    if verify.is_recent(timestamp, now):
        return None
    late = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    if knows_secret and late and 0 <= now.timestamp() - int(timestamp) <= RETRIES_S:
        return None
    return TOO_OLD


def key_problem(connection: Connection) -> str | None:
    """Return what is wrong with the public key, None if it can be used."""
    if all(_key(given) is not None for given in verify.given(connection, KEY)):
        return None
    return "public_key is no key: copy the one that SendGrid shows for the security policy, without line breaks."


def read(form: Form, connection: Connection) -> list[Parsed]:
    """Return what the mail in a form says. Raises NotUnderstood."""
    envelope = _envelope(form)
    raw = form.last("email")
    if raw is not None:
        return reading.read(raw, connection, envelope)
    if not {"headers", "from", "text", "html", "subject"} & form.names:
        raise NotUnderstood("The form holds no mail: neither headers nor email are there.")
    charsets = _object(form, "charsets")

    def text(name: str) -> str:
        charset = charsets.get(name)
        return decode(form.last(name) or b"", charset if isinstance(charset, str) else "utf-8")

    mail = read_fields((form.last("headers") or b"").lstrip())
    mail.body = b""
    pairs = [(name, text(name)) for name in FIELDS if name not in mail.fields and form.last(name) is not None]
    for name, values in parsed.fields_of(pairs).fields.items():
        mail.fields[name] = values
    return parsed.read(mail, text("text"), [text("html")], _files(form), connection, envelope)


def _holds(key: str, given: str, signed: bytes) -> bool:
    public = _key(key)
    if public is None:
        return False
    try:
        public.verify(base64.b64decode(given, validate=True), signed, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(given: str) -> EllipticCurvePublicKey | None:
    """Return a public key given as base64 DER, with or without its PEM frame."""
    lines = [line for line in given.splitlines() if not line.startswith("-----")]
    try:
        found = load_der_public_key(base64.b64decode("".join("".join(lines).split()), validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return found if isinstance(found, EllipticCurvePublicKey) else None


def _envelope(form: Form) -> Envelope:
    given = _object(form, "envelope")
    try:
        to = [one for one in as_list(given.get("to"), "to") if isinstance(one, str)]
    except NotUnderstood:
        to = []
    return Envelope(tuple(to), null_sender=given.get("from") in ("", "<>"), signed_by=_signed_by(form.text("dkim")))


def _signed_by(dkim: str) -> tuple[str, ...]:
    """Return the domains whose signatures passed, from `{@example.com : pass, @b.example : fail}`; it is no JSON."""
    found = []
    for entry in dkim[:4000].strip().strip("{}").split(",")[:MAX_DOMAINS]:
        domain, _, result = entry.rpartition(":")
        if result.strip().lower() == "pass" and domain.strip().startswith("@"):
            found.append(domain.strip()[1:].lower())
    return tuple(found)


def _files(form: Form) -> list[Attachment]:
    info = _object(form, "attachment-info")
    files = []
    for one in form.fields:
        if one.file_name is None or one.name in ("email", "text", "html", "headers"):
            continue
        about = info.get(one.name)
        said = (
            {name: value for name, value in about.items() if isinstance(value, str)} if isinstance(about, dict) else {}
        )
        name = said.get("filename") or said.get("name") or one.file_name
        files.append(parsed.a_file(name, said.get("type") or one.media_type, one.data, said.get("content-id", "")))
    return files


def _object(form: Form, name: str) -> Fields:
    try:
        return as_object(read_json(form.last(name) or b"{}"), name)
    except NotUnderstood:
        return {}
