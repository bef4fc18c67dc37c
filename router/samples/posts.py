"""Turns what a customer says into the request their platform would make: signed, bearing a secret, a whole mail. Pure.

What is signed holds only for a few minutes, so a request is made right before it is posted.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime, formataddr
from functools import cache
from importlib.resources import files
from zlib import crc32

from channels import verify
from channels.telegram.adapter import PROOF_HEADER
from channels.types import Connection
from channels.webchat.adapter import VISITOR_HEADER
from router.samples.words import Customer, Said

MAIL_HOST = "post.example"  # where the sample's customers have their mailboxes
MEDIA_TYPES = {".png": "image/png", ".pdf": "application/pdf"}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Post:
    """One request to a connection's webhook."""

    headers: Mapping[str, str]
    credentials: Mapping[str, str]  # headers that prove who posts
    body: bytes


def post_of(said: Said, connection: Connection, now: datetime, visitor: str = "") -> Post:
    """Return the request that brings a message; `visitor` is the token of the browser a web chat message comes from."""
    if said.channel == "email":
        secret = {"Authorization": f"Bearer {connection.secrets[0]}"}
        return Post({"Content-Type": "message/rfc822"}, secret, mail(said, connection.setting("address"), now))
    if said.channel == "webchat":
        return Post(JSON, {VISITOR_HEADER: visitor}, _chat(said))
    if said.channel == "telegram":
        return Post(JSON, {PROOF_HEADER: connection.secrets[0]}, _update(said, now))
    body = _json({"id": said.key, "from": _from(said.who), "contact": dict(said.who.contact), "text": said.text})
    signature = verify.signature(connection.secrets[0], body, int(now.timestamp()))
    return Post(JSON, {"Heed-Signature": signature}, body)


def external_id(said: Said, visitor_id: str = "") -> str:
    """Return the id a message has on its channel once it is read."""
    if said.channel == "email":
        return message_id(said.key)
    if said.channel == "telegram":
        return f"{said.who.key}/{_number(said.key)}"
    return f"{visitor_id}/{said.key}" if said.channel == "webchat" else said.key


def message_id(key: str) -> str:
    """Return the Message-ID of a sample mail."""
    return f"<{key}@{MAIL_HOST}>"


def address(who: Customer) -> str:
    """Return a customer's mail address."""
    return f"{who.key}@{MAIL_HOST}"


def mail(said: Said, to: str, now: datetime) -> bytes:
    """Return a whole mail: text, HTML with its pictures, files, Cc, and what it answers."""
    written = EmailMessage() if not said.raw else message_from_bytes(file(said.raw), policy=default)
    written["Date"] = format_datetime(now - timedelta(minutes=said.ago_min))
    written["Message-ID"] = message_id(said.key)
    if said.raw:
        return written.as_bytes()
    written["From"] = formataddr((said.who.name, address(said.who)))
    written["To"] = to
    written["Subject"] = said.subject
    if said.cc:
        written["Cc"] = ", ".join(said.cc)
    if said.follows:
        written["In-Reply-To"] = written["References"] = message_id(said.follows)
    if said.automatic:
        written["Auto-Submitted"] = "auto-replied"
    written.set_content(said.text)
    if said.html:
        written.add_alternative(said.html, subtype="html")
    for name in said.files:
        kind, _, subtype = _media_type(name).partition("/")
        if f"cid:{name}" in said.html:
            page = next(part for part in written.iter_parts() if part.get_content_type() == "text/html")
            page.add_related(file(name), kind, subtype, cid=f"<{name}>", disposition="inline", filename=name)
        else:
            written.add_attachment(file(name), maintype=kind, subtype=subtype, filename=name)
    return written.as_bytes()


@cache
def file(name: str) -> bytes:
    """Return a file of the sample."""
    return files("router.samples").joinpath("files", name).read_bytes()


def _chat(said: Said) -> bytes:
    carried = [
        {"name": name, "media_type": _media_type(name), "data": base64.b64encode(file(name)).decode()}
        for name in said.files
    ]
    visitor = {"name": said.who.name, "page": "https://lumen.example/help"}
    return _json({"id": said.key, "text": said.text, "attachments": carried, "visitor": visitor})


def _update(said: Said, now: datetime) -> bytes:
    first, _, last = said.who.name.partition(" ")
    person = {"id": int(said.who.key), "first_name": first, "last_name": last}
    message = {
        "message_id": _number(said.key),
        "from": {**person, "is_bot": False, "language_code": "en"},
        "chat": {**person, "type": "private"},
        "date": int(now.timestamp()),
        "text": said.text,
    }
    return _json({"update_id": _number(said.key), "message": message})


def _from(who: Customer) -> dict[str, str]:
    return {"id": who.key, "name": who.name, "email": address(who)}


def _number(key: str) -> int:
    return crc32(key.encode())


def _media_type(name: str) -> str:
    return MEDIA_TYPES[name[name.rindex(".") :]]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def order(key: str) -> int:
    """Return what mixes the messages of all channels, in the same way each time."""
    return _number(f"order {key}")
