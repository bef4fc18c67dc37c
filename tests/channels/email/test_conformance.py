"""Every way mail is posted to the webhook, held to what every channel must do."""

import base64
import dataclasses
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels import verify
from channels.email import mailgun, sendgrid
from channels.types import Connection, Request
from tests.channels.builders import a_connection, a_request
from tests.channels.conformance import Case, Conformance, holds, keeps

OURS = {"address": "support@shop.example", "authserv_id": "mx.shop.example"}
FORM = "application/x-www-form-urlencoded"
CURVE = ec.SECP256R1()


def raw(body: bytes, secret: str, at: datetime) -> Request:
    """Post a raw mail with the secret as a bearer."""
    return a_request(body, content_type="message/rfc822", authorization=f"Bearer {secret}")


def by_postmark(body: bytes, secret: str, at: datetime) -> Request:
    """Post JSON with the secret as the password of the URL."""
    word = base64.b64encode(f"heed:{secret}".encode()).decode()
    return a_request(body, content_type="application/json", authorization=f"Basic {word}")


def kind_of(body: bytes) -> str:
    """Return the content type of a form; that of one with files names its boundary."""
    if not body.startswith(b"--"):
        return FORM
    return "multipart/form-data; boundary=" + body[2:].partition(b"\r\n")[0].decode("latin-1")


def by_mailgun(body: bytes, secret: str, at: datetime) -> Request:
    """Post a form with a signature over its time and token."""
    timestamp, token = str(int(at.timestamp())), sha256(body).hexdigest()[:50]
    proof = {"timestamp": timestamp, "token": token}
    proof["signature"] = verify.digest(secret, f"{timestamp}{token}".encode())
    kind = kind_of(body)
    if kind == FORM:
        return a_request(body + b"&" + urlencode(proof).encode(), content_type=kind)
    line = body.partition(b"\r\n")[0]
    for name, value in proof.items():
        head = b'Content-Disposition: form-data; name="%s"' % name.encode()
        body = line + b"\r\n" + head + b"\r\n\r\n" + value.encode() + b"\r\n" + body
    return a_request(body, content_type=kind)


def without_signature(request: Request) -> Sequence[Request]:
    """Return a form without its signature, with a part of it, and without what it signs."""
    body = request.body
    found = [body.replace(name, b"x-" + name) for name in (b"signature", b"token", b"timestamp")]
    found.append(body[:-1])
    return [dataclasses.replace(request, body=one) for one in found]


def key_of(secret: str) -> ec.EllipticCurvePrivateKey:
    """Return the key pair that a secret of the tests stands for."""
    return ec.derive_private_key(int.from_bytes(sha256(secret.encode()).digest()[:31]) + 1, CURVE)


def with_public_keys(secrets: tuple[str, ...]) -> Connection:
    """Return a connection that holds the public keys of these."""
    keys = [
        base64.b64encode(
            key_of(secret).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        ).decode()
        if secret
        else ""
        for secret in secrets
    ]
    named = dict(zip((sendgrid.KEY, sendgrid.KEY + verify.BEFORE), keys, strict=False))
    return a_connection("email", secrets=(), provider="sendgrid", **OURS, **named)


def by_sendgrid(body: bytes, secret: str, at: datetime) -> Request:
    """Post a form with a signature over the time and its raw bytes."""
    timestamp = str(int(at.timestamp()))
    signature = key_of(secret).sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    headers = {sendgrid.SIGNATURE: base64.b64encode(signature).decode(), sendgrid.TIMESTAMP: timestamp}
    return a_request(body, content_type=kind_of(body), **headers)


class TestRawPosts(Conformance):
    case = Case(
        channel="email",
        connection=keeps("email", **OURS),
        post=raw,
        samples="*.eml",
        sizes=True,
        proves_body=False,
        unknown=(),
    )


class TestMailgun(Conformance):
    case = Case(
        channel="email",
        connection=holds("email", mailgun.KEY, provider="mailgun", **OURS),
        post=by_mailgun,
        samples="mailgun_*",
        sizes=True,
        timed=True,
        proves_body=False,
        unproven=without_signature,
        unknown=(),
    )


class TestSendGrid(Conformance):
    case = Case(
        channel="email",
        connection=with_public_keys,
        post=by_sendgrid,
        samples="sendgrid_*",
        sizes=True,
        timed=True,
        unknown=(),
    )


class TestPostmark(Conformance):
    case = Case(
        channel="email",
        connection=keeps("email", provider="postmark", **OURS),
        post=by_postmark,
        samples="postmark_*",
        sizes=True,
        proves_body=False,
        unknown=(b'{"RecordType": "Open", "MessageID": "1"}',),
    )
