"""Fetches a file that a platform names by a link which needs no credential; `files.link_ref` makes the reference."""

from channels import http
from channels.errors import DeliveryFailed, NotUnderstood
from channels.payload import Fields, media_type, text_in
from channels.types import MAX_MAIL, Attachment, Connection

LASTS_S = 90.0  # seconds for a file
MAX_NAME = 255  # characters


def fetch(wanted: Fields, connection: Connection, platform: str) -> Attachment:
    """Return the file behind `url`. Raises NotUnderstood if there is none, DeliveryFailed if it is gone."""
    url = text_in(wanted, "url")
    if not url.lower().startswith(("http://", "https://")):
        raise NotUnderstood("url must begin with https:// or http://.")
    response = http.request("GET", url, connection=connection, timeout_s=LASTS_S, max_bytes=MAX_MAIL)
    if not response.ok:
        gone = 300 <= response.status < 500 and response.status not in (408, 425, 429)
        words = f"{platform} no longer has this file (HTTP {response.status}): ask the customer to send it again."
        trouble = f"{platform} could not give this file (HTTP {response.status})."
        wait_s = None if gone else http.retry_after_s(response)
        raise DeliveryFailed(words if gone else trouble, permanent=gone, retry_after_s=wait_s)
    return named(wanted, response.body)


def named(wanted: Fields, data: bytes) -> Attachment:
    """Return fetched bytes under the name and media type that their reference holds."""
    name = text_in(wanted, "name", most=MAX_NAME) or "file"
    return Attachment(name, media_type(text_in(wanted, "media_type")), data=data)
