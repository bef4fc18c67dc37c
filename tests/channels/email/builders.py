"""What the e-mail tests build: raw mails in pieces, and the message that is read from them."""

from channels.email import adapter
from channels.types import Connection, Delivery, InboundMessage, Parsed

SHOP = {"address": "support@shop.example", "authserv_id": "mx.shop.example"}
HEAD = b"From: Ana <ana@customer.example>\nTo: support@shop.example\nMessage-ID: <1@customer.example>\n"


def a_connection(*secrets: str, **settings: str) -> Connection:
    """Return a connection with two active secrets."""
    return Connection("k", "email", "Shop", {**SHOP, **settings}, secrets or ("first", "second"))


def everything(raw: bytes, **settings: str) -> list[Parsed]:
    """Return all that a raw mail says."""
    return adapter.parse(Delivery("1", "imap:", {}, raw), a_connection(**settings))


def read(raw: bytes, **settings: str) -> InboundMessage:
    """Return the message of a raw mail."""
    message = everything(raw, **settings)[0]
    assert isinstance(message, InboundMessage)
    return message


def a_mail(*fields: bytes, body: bytes = b"words") -> bytes:
    """Return a raw mail with these header fields besides the usual ones."""
    return HEAD + b"".join(field + b"\n" for field in fields) + b"\n" + body


def multipart(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    """Return a raw mail of several parts, each given with its header and body."""
    body = b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"
    return a_mail(b"MIME-Version: 1.0", b"Content-Type: multipart/%s; boundary=b" % kind, body=body)


def a_part(kind: bytes, body: bytes, *fields: bytes) -> bytes:
    """Return one part."""
    return b"Content-Type: " + kind + b"\n" + b"".join(field + b"\n" for field in fields) + b"\n" + body
