"""Posts replies to the sender's own address, signed as what it sends is; README.md beside this file says the form."""

import base64
import json
import time
from urllib.parse import urlsplit

from channels import http, verify
from channels.errors import DeliveryFailed
from channels.payload import media_type
from channels.types import Connection, Reply, Sent

RETRIABLE = frozenset({408, 425, 429})  # of the 4xx, those that a later attempt may pass
FILES_S = 60.0  # seconds for a request that carries files, either way


def url_of(connection: Connection) -> str:
    """Return where replies are posted, empty if they are read by REST."""
    return connection.setting("reply_url") or connection.setting("base_url")


def post(reply: Reply, connection: Connection) -> Sent:
    """Post one reply; without an address it is sent at once, to be read. Raises DeliveryFailed."""
    url = url_of(connection)
    if not url:
        return Sent(())
    body = json.dumps(_reply_body(reply)).encode()
    response = http.request(
        "POST",
        url,
        connection=connection,
        credential_hosts=(_host(url),),
        credentials=_signed(connection, body) | {"Idempotency-Key": reply.key},
        headers={"Content-Type": "application/json"},
        data=body,
        timeout_s=FILES_S if reply.attachments else http.TIMEOUT_S,
    )
    if response.ok:
        return Sent((reply.key,))
    reason = f"The address for replies answered HTTP {response.status}"
    if response.status >= 500 or response.status in RETRIABLE:
        raise DeliveryFailed(f"{reason}.", retry_after_s=http.retry_after_s(response))
    if 300 <= response.status < 400:
        raise DeliveryFailed(f"{reason}: set reply_url to where it redirects.", permanent=True)
    raise DeliveryFailed(f"{reason}: check reply_url, and that it accepts the signature.", permanent=True)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _signed(connection: Connection, body: bytes) -> dict[str, str]:
    secret = next((secret for secret in connection.secrets if secret), "")
    if not secret:
        raise DeliveryFailed("This connection has no secret to sign with: make one in its settings.", permanent=True)
    return {"Heed-Signature": verify.signature(secret, body, int(time.time()))}


def _reply_body(reply: Reply) -> dict[str, object]:
    """Return the JSON of one reply. Raises DeliveryFailed if a file of it has no bytes."""
    if any(attachment.data is None for attachment in reply.attachments):
        raise DeliveryFailed("A file of the reply has no bytes: attach it again.", permanent=True)
    return {
        "id": reply.key,
        "to": {"id": reply.to.address, "name": reply.to.name},
        "thread": reply.thread,
        "text": reply.text,
        "in_reply_to": reply.answers[-1] if reply.answers else None,
        "automatic": reply.automatic,
        "attachments": [
            {
                "name": attachment.name,
                "media_type": media_type(attachment.media_type),
                "data": base64.b64encode(attachment.data or b"").decode(),
            }
            for attachment in reply.attachments
        ],
    }
