"""Meta's webhooks: the handshake, the signature, and the batch that every post is.

Sources: developers.facebook.com/docs/graph-api/webhooks/getting-started (hub.challenge, X-Hub-Signature-256: the
HMAC-SHA256 of the raw body with the app secret; nothing in it is timed, so a replay is known by the ids inside).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from channels import verify
from channels.errors import DeliveryFailed, NotUnderstood
from channels.payload import as_list, read_object
from channels.types import Answer, Connection, Delivery, InboundMessage, Parsed, Request

SIGNATURE_HEADER = "x-hub-signature-256"
SCHEME = "sha256="
MAX_CHALLENGE = 200  # characters; Meta sends a number of about ten digits
MILLISECONDS = 100_000_000_000  # times from here on cannot be seconds: that would be the year 5138
PRODUCTS = {"whatsapp_business_account": "WhatsApp", "page": "Messenger", "instagram": "Instagram"}


def receive(request: Request, connection: Connection) -> Answer | Delivery:
    """Return the delivery to keep, the handshake's answer, or the refusal: 403 unless the app secret signed it."""
    if request.method == "GET":
        return _handshake(request, connection)
    if request.method != "POST":
        return Answer(405, "Webhooks are posted.", headers={"Allow": "GET, POST"})
    secrets = verify.given(connection, "app_secret")
    if not secrets:
        return Answer(403, "This connection has no app_secret: copy it from the app's settings, Basic.")
    sent = request.headers.get(SIGNATURE_HEADER, "")
    if not verify.is_signed(sent, secrets, lambda secret: SCHEME + verify.digest(secret, request.body)):
        return Answer(403, "X-Hub-Signature-256 is missing or wrong: check the connection's app_secret.")
    return Delivery(sha256(request.body).hexdigest(), request.url, {}, request.body)


def problems(connection: Connection) -> list[str]:
    """Return which secret of a webhook is missing, each with its remedy."""
    found = []
    if not any(connection.secrets):
        found.append("This connection has no webhook secret: make one in its settings.")
    if not verify.given(connection, "app_secret"):
        found.append("This connection has no app_secret: copy it from the app's settings, Basic.")
    return found


def verify_token(connection: Connection) -> str:
    """Return what the handshake has to carry. Raises DeliveryFailed if there is none."""
    found = next((secret for secret in connection.secrets if secret), "")
    if not found:
        raise DeliveryFailed("This connection has no webhook secret: make one in its settings.", permanent=True)
    return found


def entries(body: bytes, product: str) -> list[object]:
    """Return the entries of a post for one of Meta's products, in order. Raises NotUnderstood if it is no such post."""
    post = read_object(body)
    found = as_list(post.get("entry"), "entry")
    about = post.get("object")
    if about != product:
        other = PRODUCTS.get(about) if isinstance(about, str) else None
        if other is None:
            raise NotUnderstood(f"object must be “{product}”.")
        raise NotUnderstood(f"This post is of {other}: give that product a connection of its own.")
    return found


def once(found: Iterable[Parsed]) -> list[Parsed]:
    """Return what a post says, each message once: a post can hold the same one twice."""
    kept: dict[object, Parsed] = {}
    for at, one in enumerate(found):
        kept.setdefault(one.external_id if isinstance(one, InboundMessage) else at, one)
    return list(kept.values())


def when(value: object) -> datetime | None:
    """Return a time of Meta's, in seconds or milliseconds, as number or text; None if it cannot be read."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdecimal() and len(value) <= 15 else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < MILLISECONDS * 1000:
        return None
    seconds, rest = divmod(value, 1000) if value >= MILLISECONDS else (value, 0)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


def _handshake(request: Request, connection: Connection) -> Answer:
    """Return the challenge to who knows our verify token."""
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(request.url).query).items()}
    token, challenge = asked.get("hub.verify_token", ""), asked.get("hub.challenge", "")
    if asked.get("hub.mode") != "subscribe":
        return Answer(400, "hub.mode must be “subscribe”: this address takes Meta's webhooks.")
    if not verify.is_secret(token[: verify.MAX_HEADER], connection.secrets):
        return Answer(403, "hub.verify_token is missing or wrong: enter this connection's webhook secret in the app.")
    if not challenge or len(challenge) > MAX_CHALLENGE:
        return Answer(400, "hub.challenge is missing or too long.")
    return Answer(200, challenge)
