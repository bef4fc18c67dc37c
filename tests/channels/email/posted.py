"""What the tests of posted mail build: posts, forms with files, and one mail that every provider takes apart."""

import base64
from collections.abc import Mapping
from datetime import datetime

from channels.email import adapter
from channels.types import Answer, Connection, Delivery, InboundMessage, Request
from tests.channels.builders import NOON

FORM = "application/x-www-form-urlencoded"
Files = Mapping[str, tuple[str, str, bytes]]


def basic(user: str, password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def a_post(body: bytes, kind: str = FORM, **headers: str) -> Request:
    named = {"content-type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request("POST", "https://desk.example/hooks/k", named, body)


def a_multipart(fields: Mapping[str, bytes], files: Files | None = None) -> tuple[bytes, str]:
    """Return a form with files as providers post it, and its content type."""
    body = b""
    for name, value in fields.items():
        body += b'--xYz\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
    for name, (file_name, kind, data) in (files or {}).items():
        head = f'--xYz\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: {kind}'
        body += head.encode() + b"\r\n\r\n" + data + b"\r\n"
    return body + b"--xYz--\r\n", "multipart/form-data; boundary=xYz"


def received(request: Request, connection: Connection, at: datetime = NOON) -> Answer | Delivery:
    return adapter.receive(request, connection, at)


def status(request: Request, connection: Connection, at: datetime = NOON) -> int:
    answer = received(request, connection, at)
    return answer.status if isinstance(answer, Answer) else answer.answer.status


def kept(request: Request, connection: Connection) -> Delivery:
    delivery = received(request, connection)
    assert isinstance(delivery, Delivery)
    return delivery


def message_of(request: Request, connection: Connection) -> InboundMessage:
    message = adapter.parse(kept(request, connection), connection)[0]
    assert isinstance(message, InboundMessage)
    return message


HEADERS = [
    ["From", "=?utf-8?Q?J=C3=BCrgen?= <jue@customer.example>"],
    ["To", "support+tok@shop.example, luis@customer.example"],
    ["Subject", "=?utf-8?Q?L=C3=A4mp?="],
    ["Date", "Fri, 20 Nov 2026 12:00:00 +0000"],
    ["Message-Id", "<m1@customer.example>"],
    ["In-Reply-To", "<r1@shop.example>"],
]
TEXT = "Grüße\n\n> We are on it."
RAW = (
    "".join(f"{name}: {value}\n" for name, value in HEADERS)
    + f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{TEXT}"
).encode()
