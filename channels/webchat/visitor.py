"""Who a visitor's browser is, and from which pages it may speak. Pure but for the random id of a new visitor.

A token is `v1.<visitor id>.<issued>.<hex HMAC>`, times in Unix seconds. It proves one thing: that this is the browser
we gave that visitor id to, on this connection. It does not end, but dies when the secret it was signed with is taken
away. A customer whom the site vouches for has `v2.<visitor id>.<ends>.<hex HMAC>`: it opens the same conversation on
each of their devices, for as long as the site's word holds.
"""

import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from channels.errors import ChannelError
from channels.types import Connection
from channels.verify import digest, is_secret
from channels.webchat.identity import Identity, visitor_id

TOKEN = re.compile(r"(v[12])\.([0-9a-f]{24})\.([0-9]{1,12})\.([0-9a-f]{64})")
PORTS = {"http": 80, "https": 443}


def issue_visitor(connection: Connection, now: datetime) -> str:
    """Return the token of a new visitor. Raises ChannelError if the connection has no secret."""
    return _token(connection, "v1", secrets.token_hex(12), int(now.timestamp()))


def issue_known(connection: Connection, identity: Identity) -> str:
    """Return the token of a customer the site vouches for; it ends when that does. Raises ChannelError as above."""
    return _token(connection, "v2", visitor_id(identity, connection), int(identity.ends_at.timestamp()))


def visitor_of(token: str, connection: Connection, now: datetime) -> str | None:
    """Return the visitor a token belongs to, None unless this connection issued it and it has not ended."""
    match = TOKEN.fullmatch(token)
    if match is None:
        return None
    version, visitor, at, mac = match.groups()
    message = _signed(connection, version, visitor, at)
    expected = [digest(secret, message) for secret in connection.secrets if secret]
    if not is_secret(mac, expected) or (version == "v2" and int(at) <= now.timestamp()):
        return None
    return visitor


def allowed_origins(connection: Connection) -> tuple[str, ...]:
    """Return the origins of the pages that may embed this chat; entries that are no origin are left out."""
    listed = connection.setting("allowed_origins").split(",")
    return tuple(origin for entry in listed if (origin := _normal(entry)))


def bad_origins(connection: Connection) -> tuple[str, ...]:
    """Return the entries of `allowed_origins` that are no origin."""
    listed = [entry.strip() for entry in connection.setting("allowed_origins").split(",")]
    return tuple(entry for entry in listed if entry and _normal(entry) is None)


def origin_allowed(origin: str, connection: Connection, own_origin: str) -> bool:
    """Say whether a page of this origin may speak: Heed's own always, others if they are listed; `null` never."""
    given = _normal(origin)
    if given is None:
        return False
    return any(hmac.compare_digest(given, known) for known in (_normal(own_origin) or "", *allowed_origins(connection)))


def origin_of(url: str) -> str:
    """Return the origin of a URL, empty if it has none."""
    try:
        split = urlsplit(url)
        return _normal(f"{split.scheme}://{split.netloc}") or ""
    except ValueError:
        return ""


def _token(connection: Connection, version: str, visitor: str, at: int) -> str:
    secret = next((secret for secret in connection.secrets if secret), "")
    if not secret:
        raise ChannelError(f"The web chat “{connection.name}” has no secret: make one in its settings.")
    return f"{version}.{visitor}.{at}.{digest(secret, _signed(connection, version, visitor, str(at)))}"


def _signed(connection: Connection, version: str, visitor: str, at: str) -> bytes:
    return f"heed-visitor.{version}.{connection.key}.{visitor}.{at}".encode("utf-8", "backslashreplace")


def _normal(origin: str) -> str | None:
    """Return an origin in one form, None if it is not exactly scheme, host and perhaps port."""
    text = origin.strip()
    if not text.isascii() or any(character in text for character in "*\\@? \t\r\n;'\"<>#"):
        return None
    try:
        split = urlsplit(text.lower())
        port = split.port
    except ValueError:
        return None
    if split.scheme not in PORTS or not split.hostname or split.path not in ("", "/"):
        return None
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    shown = "" if port is None or port == PORTS[split.scheme] else f":{port}"
    return f"{split.scheme}://{host}{shown}"
