"""Proofs that a request comes from who it says: shared secrets, signatures over raw bytes, times near now.

Everything compares in constant time, accepts either of a connection's active secrets and refuses when there is none.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

from channels.types import REPLAY_WINDOW, Connection

SIGNATURE_HEADER = "heed-signature"
MAX_HEADER = 2000  # characters
BEFORE = "_before"  # ends the name of the setting that holds a rotating secret's predecessor
MAX_SIGNATURES = 10  # in one header; a sender that changes its secret sends two


def is_secret(sent: str, secrets: Sequence[str]) -> bool:
    """Say whether a header's value is one of the active secrets."""
    given = sent.encode("utf-8", "backslashreplace")
    found = [hmac.compare_digest(given, secret.encode("utf-8", "backslashreplace")) for secret in secrets if secret]
    return any(found)


def given(connection: Connection, name: str) -> tuple[str, ...]:
    """Return the active secrets of a setting that `rotates`: the one there is, and the one before it if it still holds.

    Empty ones are left out, so that an empty setting verifies nothing.
    """
    found = (connection.setting(name).strip(), connection.setting(name + BEFORE).strip())
    return tuple(secret for secret in found if secret)


def is_signed(sent: str, secrets: Sequence[str], sign: Callable[[str], str]) -> bool:
    """Say whether what was sent is what one of the active secrets makes of the message; `sign` makes it."""
    return is_secret(sent[:MAX_HEADER], [sign(secret) for secret in secrets if secret])


def is_recent(seconds: str, now: datetime) -> bool:
    """Say whether a signed time, Unix seconds as text, is within `REPLAY_WINDOW` of now; no for what is no time."""
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 12):
        return False
    return abs(now.timestamp() - int(seconds)) <= REPLAY_WINDOW.total_seconds()


def digest(secret: str, message: bytes) -> str:
    """Return the HMAC-SHA256 of a message, in hex."""
    return _mac(secret, message, "sha256").hexdigest()


def digest_base64(secret: str, message: bytes, algorithm: str = "sha256") -> str:
    """Return the HMAC of a message in base64, as platforms write it that do not use hex."""
    return base64.b64encode(_mac(secret, message, algorithm).digest()).decode()


def signature(secret: str, body: bytes, at: int) -> str:
    """Return the value of Heed-Signature for a body; `at` is in Unix seconds."""
    return f"t={at},v1={digest(secret, str(at).encode() + b'.' + body)}"


def signature_problem(header: str, body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
    """Return what is wrong with a Heed-Signature and how to mend it, None if it holds."""
    active = [secret for secret in secrets if secret]
    if not active:
        return "This connection has no webhook secret: make one in its settings."
    if not header:
        return "Heed-Signature is missing: send t=<unix seconds>,v1=<hex HMAC-SHA256 of “t.body” with the secret>."
    fields = [part.strip().partition("=") for part in header[:MAX_HEADER].split(",")]
    times = [value for name, _, value in fields if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal() and len(times[0]) <= 12):
        return "Heed-Signature has no readable time: send one t=<unix seconds>."
    sent = [value.lower() for name, _, value in fields if name == "v1"][:MAX_SIGNATURES]
    signed = times[0].encode() + b"." + body
    expected = [digest(secret, signed) for secret in active]
    if not any(is_secret(value, expected) for value in sent):
        return "Heed-Signature does not match: sign “t.body” over the raw bytes with this connection's secret."
    if abs(now.timestamp() - int(times[0])) > REPLAY_WINDOW.total_seconds():
        return "Heed-Signature is more than 5 minutes off: set the sender's clock and sign every request anew."
    return None


def _mac(secret: str, message: bytes, algorithm: str) -> hmac.HMAC:
    return hmac.new(secret.encode("utf-8", "backslashreplace"), message, getattr(hashlib, algorithm))
