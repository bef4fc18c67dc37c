"""Mail posted by SendGrid: signed or with our secret, each field in its own charset, or raw."""

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels.email import adapter, sendgrid
from channels.types import Attachment, Connection, Request
from tests.channels.builders import NOON
from tests.channels.email.builders import a_connection, everything
from tests.channels.email.posted import HEADERS, RAW, TEXT, Files, a_multipart, a_post, basic, message_of, status

PRIVATE = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()  # fmt: skip


def sendgrid_post(
    body: bytes, kind: str, at: datetime = NOON, key: ec.EllipticCurvePrivateKey = PRIVATE, **more: str
) -> Request:
    timestamp = str(int(at.timestamp()))
    signature = base64.b64encode(key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    return a_post(body, kind, **{sendgrid.SIGNATURE: signature, sendgrid.TIMESTAMP: timestamp, **more})


def sendgrid_form(files: Files | None = None, **more: bytes) -> tuple[bytes, str]:
    head = "".join(f"{name}: {value}\n" for name, value in HEADERS).encode()
    fields = {
        "headers": head, "from": "Jürgen <jue@customer.example>".encode("cp1252"), "subject": "Lämp".encode("cp1252"),
        "text": TEXT.encode("iso-8859-1"), "dkim": b"{@other.example : fail}",
        "charsets": b'{"text":"iso-8859-1","subject":"windows-1252","from":"windows-1252"}',
        "envelope": b'{"to":["support+tok@shop.example"],"from":"jue@customer.example"}',
    }  # fmt: skip
    return a_multipart({**fields, **more}, files)


class TestSendGrid:
    def connection(self, **more: str) -> Connection:
        return a_connection(**{"provider": "sendgrid", "public_key": PUBLIC, **more})

    def test_takes_a_signed_post_and_the_key_before(self) -> None:
        post = sendgrid_post(*sendgrid_form())
        assert status(post, self.connection()) == 200
        other = ec.generate_private_key(ec.SECP256R1()).public_key()
        new = base64.b64encode(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
        assert status(post, self.connection(public_key=new, public_key_before=PUBLIC)) == 200
        assert status(post, self.connection(public_key=new)) == 401

    @pytest.mark.parametrize(
        "headers",
        [
            {sendgrid.SIGNATURE: ""},
            {sendgrid.SIGNATURE: "bm9uZQ=="},
            {sendgrid.SIGNATURE: "é"},
            {sendgrid.TIMESTAMP: "1"},
            {sendgrid.TIMESTAMP: ""},
        ],
    )
    def test_refuses_what_is_not_signed_even_with_our_secret(self, headers: dict[str, str]) -> None:
        post = sendgrid_post(*sendgrid_form(), authorization=basic("heed", "first"))
        assert status(post, self.connection()) == 200
        assert status(replace(post, headers={**post.headers, **headers}), self.connection()) == 401

    def test_refuses_a_body_of_which_one_byte_differs(self) -> None:
        post = sendgrid_post(*sendgrid_form())
        assert status(replace(post, body=post.body[:-3] + b"x\r\n"), self.connection()) == 401

    def test_an_old_signature_needs_our_own_secret_besides(self) -> None:
        late = NOON - timedelta(hours=1)
        assert status(sendgrid_post(*sendgrid_form(), late), self.connection()) == 401
        known = sendgrid_post(*sendgrid_form(), late, authorization=basic("heed", "first"))
        assert status(known, self.connection()) == 200
        assert status(known, self.connection(), NOON + timedelta(days=3)) == 401

    def test_without_a_key_our_secret_in_the_url_is_the_proof(self) -> None:
        connection = self.connection(public_key="")
        assert status(sendgrid_post(*sendgrid_form()), connection) == 401
        assert status(a_post(*sendgrid_form(), authorization=basic("heed", "first")), connection) == 200

    def test_a_key_that_is_none_lets_nobody_in_and_is_told(self) -> None:
        assert status(sendgrid_post(*sendgrid_form()), self.connection(public_key="not a key")) == 401
        assert ["public_key is no key" in one for one in adapter.test(self.connection(public_key="x"))] == [True]
        assert (
            adapter.test(self.connection(public_key=f"-----BEGIN PUBLIC KEY-----\n{PUBLIC}\n-----END PUBLIC KEY-----"))
            == []
        )

    def test_reads_like_the_raw_mail_in_both_modes(self) -> None:
        assert message_of(sendgrid_post(*sendgrid_form()), self.connection()) == everything(RAW)[0]
        raw = a_multipart({"email": RAW, "envelope": b'{"to":["support+tok@shop.example"],"from":"x@y"}'})
        assert message_of(sendgrid_post(*raw), self.connection()) == everything(RAW)[0]

    @pytest.mark.parametrize(
        ("charset", "data", "text"),
        [
            ("UTF-8", "Grüße".encode(), "Grüße"),
            ("iso-8859-2", "Łódź".encode("iso-8859-2"), "Łódź"),
            ("gb2312", "你好".encode("gb2312"), "你好"),
            ("x-nothing", "Grüße".encode(), "Grüße"),
        ],
    )
    def test_each_field_is_read_in_its_own_charset(self, charset: str, data: bytes, text: str) -> None:
        charsets = json.dumps({"text": charset, "html": "utf-8", "subject": 1}).encode()
        form = sendgrid_form(text=data, charsets=charsets, html="<p>ü</p>".encode())
        message = message_of(sendgrid_post(*form), self.connection())
        assert (message.text, message.html) == (text, "<p>ü</p>")

    @pytest.mark.parametrize(
        ("dkim", "proven"),
        [
            (b"{@customer.example : pass}", True),
            (b"{@other.example : fail, @customer.example : pass}", True),
            (b"{@customer.example : fail}", False),
            (b"{@evil.example : pass}", False),
            (b"{@sub.customer.example : pass}", False),
            (b"{@example : pass}", False),
            (b"none", False),
            (b"", False),
        ],
    )
    def test_its_own_check_of_signatures_proves_the_sender(self, dkim: bytes, proven: bool) -> None:
        assert message_of(sendgrid_post(*sendgrid_form(dkim=dkim)), self.connection()).proven is proven

    def test_reads_files_with_what_it_says_of_them(self) -> None:
        info = {"attachment1": {"filename": "Ä.png", "type": "image/png", "content-id": "pic@x"}, "attachment2": 7}
        files = {"attachment1": ("x", "image/png", b"\x89PNG"), "attachment2": ("b.pdf", "application/pdf", b"%PDF")}
        form = sendgrid_form(files, **{"attachment-info": json.dumps(info).encode()})
        assert message_of(sendgrid_post(*form), self.connection()).attachments == (
            Attachment("Ä.png", "image/png", b"\x89PNG", content_id="pic@x", inline=True),
            Attachment("b.pdf", "application/pdf", b"%PDF"),
        )
