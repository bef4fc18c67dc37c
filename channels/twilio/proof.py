"""Proves that a request comes from Twilio: a keyed hash over the public URL and the form's sorted fields.

The same URL is tried with and without its port, for Twilio is not of one mind there. A body that is no form is proven
by its hash in the URL. Sources: twilio.com/docs/usage/webhooks/webhooks-security, .../webhook-shared-keys and
github.com/twilio/twilio-python twilio/request_validator.py 9.13.
"""

import hashlib
from collections.abc import Sequence
from functools import partial
from urllib.parse import SplitResult, urlsplit

from channels import verify
from channels.errors import NotUnderstood
from channels.twilio import form
from channels.types import Request

SIGNATURE = "x-twilio-signature"
SIGNATURE_SETTINGS = "x-twilio-webhooks-signature-settings"  # key=<id>,algorithm=<name>, on what a shared key signed
ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}  # as Twilio names them: as hashlib does
FORM = "application/x-www-form-urlencoded"
BODY_HASH = "bodySHA256"  # of the query: the hex hash of a body that is no form
PORTS = {"https": 443, "http": 80}


def problem(request: Request, secrets: Sequence[str]) -> str | None:
    """Return what is wrong with a request's proof and how to mend it, None if it holds."""
    if not any(secrets):
        return "This connection has no auth token: copy it from the Twilio Console into its settings."
    sent = request.headers.get(SIGNATURE, "")
    if not sent:
        return "X-Twilio-Signature is missing: only Twilio may post here."
    named = _algorithm(request.headers.get(SIGNATURE_SETTINGS, ""))
    if named not in ALGORITHMS:
        return "X-Twilio-Webhooks-Signature-Settings names an algorithm we do not know: choose HMAC_SHA256."
    try:
        signed = _signed_fields(request)
        spellings = _spellings(urlsplit(request.url))
    except (NotUnderstood, ValueError):
        return "The form or the address cannot be read, so its signature cannot be checked."
    if signed is None:
        return "The body is no form and bodySHA256 of the URL does not prove it: let Twilio post forms."
    for url in spellings:
        if verify.is_signed(sent, secrets, partial(_sign, ALGORITHMS[named], url.encode() + signed)):
            return None
    return (
        "X-Twilio-Signature does not match: the address in the Twilio Console must be this connection's, letter by "
        "letter, PUBLIC_URL must be what Twilio calls, and the auth token must be this account's."
    )


def _sign(algorithm: str, message: bytes, secret: str) -> str:
    return verify.digest_base64(secret, message, algorithm)


def _algorithm(settings: str) -> str:
    """Return the algorithm that a signature's settings name; without settings it is the old one."""
    named = [part.partition("=") for part in settings[: verify.MAX_HEADER].split(",")]
    found = [value.strip().upper() for name, _, value in named if name.strip() == "algorithm"]
    return next(filter(None, found), "HMAC_SHA1")


def _signed_fields(request: Request) -> bytes | None:
    """Return what the signature covers beside the URL; None if nothing there covers the body."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in (FORM, ""):
        found = sorted(set(form.pairs(request.body)))
        return b"".join(name + value for name, value in found)
    if not request.body:
        return b""
    told = form.query(request.url, BODY_HASH)
    return b"" if verify.is_secret(told, [hashlib.sha256(request.body).hexdigest()]) else None


def _spellings(url: SplitResult) -> tuple[str, ...]:
    """Return the URL as it is, with its port and without."""
    user, at, host = url.netloc.rpartition("@")
    bare = host if url.port is None else host.rpartition(":")[0]
    ported = host if url.port is not None else f"{host}:{PORTS.get(url.scheme, 443)}"
    return (
        url.geturl(),
        url._replace(netloc=user + at + bare).geturl(),
        url._replace(netloc=user + at + ported).geturl(),
    )
