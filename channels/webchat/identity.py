"""Who a site says its signed-in customer is: a token the site signs, believed for as long as it says. Pure.

The token is a JSON Web Token signed with HS256, because every language has a library that makes one. Its claims: `sub`
(the site's own id of the customer), `name`, `email`, `exp`. Sources: RFC 7519 (claims), RFC 7515 section 3 (form) and
RFC 8725 section 3.1 (take one algorithm, whatever the token names).
"""

import hmac
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from channels.errors import NotUnderstood
from channels.payload import Fields, id_in, number_in, read_object, text_in
from channels.types import Connection
from channels.verify import given

SETTING = "identity_secret"
LEAST_SECRET = 32  # characters; RFC 7518 section 3.2 asks for as many bytes as the hash has
LONGEST = timedelta(hours=24)  # a token may be good for; a longer one is refused
MAX_TOKEN = 4000  # characters
MAX_NAME, MAX_EMAIL = 200, 254  # characters; an address: RFC 5321 section 4.5.3.1.3
PART = re.compile(r"[A-Za-z0-9_-]{1,4000}")
EMAIL = re.compile(r"[^@\s<>,;:\"\\()\[\]]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the site vouches for."""

    user_id: str
    name: str
    email: str  # lower case; empty if the site names none
    ends_at: datetime


def identity_of(token: str, connection: Connection, now: datetime) -> Identity | None:
    """Return whom a site's token vouches for; None if it is not signed with an active secret, over, or not in form."""
    parts = token.split(".")
    if len(token) > MAX_TOKEN or len(parts) != 3 or not all(map(PART.fullmatch, parts)):
        return None
    signed = f"{parts[0]}.{parts[1]}".encode()
    sent = _decoded(parts[2])
    good = [hmac.compare_digest(sent, hmac.digest(s.encode(), signed, sha256)) for s in active_secrets(connection)]
    if not any(good):
        return None
    try:
        if text_in(read_object(_decoded(parts[0])), "alg") != "HS256":
            return None
        return _identity(read_object(_decoded(parts[1])), now)
    except NotUnderstood:
        return None


def active_secrets(connection: Connection) -> tuple[str, ...]:
    """Return the secrets a site may sign with; one that is too short to be one proves nothing."""
    return tuple(secret for secret in given(connection, SETTING) if len(secret) >= LEAST_SECRET)


def visitor_id(identity: Identity, connection: Connection) -> str:
    """Return the visitor a customer of the site is on every device, in the form of `visitor.issue_visitor`."""
    return sha256(f"heed-user.v1.{connection.key}.{identity.user_id}".encode("utf-8", "replace")).hexdigest()[:24]


def mail_address(typed: str) -> str:
    """Return a mail address in lower case, empty if it has not the form of one."""
    found = typed.strip().lower()
    return found if len(found) <= MAX_EMAIL and EMAIL.fullmatch(found) else ""


def _identity(claims: Fields, now: datetime) -> Identity | None:
    try:
        ends_at = datetime.fromtimestamp(number_in(claims, "exp"), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if not now < ends_at <= now + LONGEST:
        return None
    name = " ".join(text_in(claims, "name", most=MAX_NAME).split())
    return Identity(id_in(claims, "sub"), name, mail_address(text_in(claims, "email")), ends_at)


def _decoded(part: str) -> bytes:
    """Return the bytes of one part, in base64url without padding (RFC 7515); empty if it is none."""
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return b""
