"""Who wrote, to whom, in which thread: address fields, ids and tokens as mail really has them."""

import pytest

from channels.email.people import Mailbox, mailboxes
from tests.channels.email.builders import read

FIELDS: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ("ana@x.example", [("ana@x.example", "")]),
    ("<ana@x.example>", [("ana@x.example", "")]),
    ("Ana Ruiz <ana@x.example>", [("ana@x.example", "Ana Ruiz")]),
    ('"Ruiz, Ana" <ana@x.example>', [("ana@x.example", "Ruiz, Ana")]),
    ('"Ana \\"A\\" Ruiz" <ana@x.example>', [("ana@x.example", 'Ana "A" Ruiz')]),
    ("ana@x.example (Ana Ruiz)", [("ana@x.example", "Ana Ruiz")]),
    ("Ana (the (first)) <ana@x.example>", [("ana@x.example", "Ana")]),
    ("ana@x.example, luis@x.example", [("ana@x.example", ""), ("luis@x.example", "")]),
    ("ana@x.example; luis@x.example", [("ana@x.example", ""), ("luis@x.example", "")]),
    ("Friends: ana@x.example, luis@x.example;", [("ana@x.example", ""), ("luis@x.example", "")]),
    ("undisclosed-recipients:;", []),
    ("", []),
    ("Ana", []),
    ("@x.example", []),
    ("ana@", []),
    ("some.domain postmaster@x.example", [("postmaster@x.example", "some.domain")]),
    ("=?utf-8?Q?J=C3=BCrgen?= <j@x.example>", [("j@x.example", "Jürgen")]),
    ('"=?utf-8?Q?J=C3=BCrgen?=" <j@x.example>', [("j@x.example", "Jürgen")]),
    ("=?utf-8?Q?J=C3=BCrgen_=3Cj=40x=2Eexample=3E?=", [("j@x.example", "Jürgen")]),
    ("'ana@x.example' <ana@x.example>", [("ana@x.example", "")]),
    ("<mailto:ana@x.example>", [("ana@x.example", "")]),
    ("<@a.example,@b.example:ana@x.example>", [("ana@x.example", "")]),
    ("Ana <ana@x.example> luis", [("ana@x.example", "Ana luis")]),
    ("Ana <<ana@x.example>>", [("ana@x.example", "Ana")]),
    ('"never closed <ana@x.example>', [("ana@x.example", "never closed")]),
    ("Ana <ana@x.example", [("ana@x.example", "Ana")]),
    ("a b@x.example", [("b@x.example", "a")]),
    ('"a b"@x.example', []),
    ('"a.b"@x.example', [("a.b@x.example", "")]),
    ("ana@x.example\r\nBcc: eve@evil.example", [("ana@x.example", "Bcc: eve@evil.example")]),
)


@pytest.mark.parametrize(("value", "found"), FIELDS, ids=[value for value, _ in FIELDS])
def test_an_address_field_is_read_as_it_really_comes(value: str, found: list[tuple[str, str]]) -> None:
    assert [(one.address, one.name) for one in mailboxes(value)] == found


@pytest.mark.parametrize("value", [value for value, _ in FIELDS])
def test_no_line_break_comes_out_of_one(value: str) -> None:
    assert not any("\n" in one.address + one.name or "\r" in one.address + one.name for one in mailboxes(value))


def test_a_thousand_addresses_are_read_and_no_more() -> None:
    assert mailboxes("a@x.example," * 5000) == [Mailbox("a@x.example")] * 1000


def fields(*lines: bytes) -> bytes:
    return b"\n".join((*lines, b"", b"words"))


class TestWriter:
    @pytest.mark.parametrize(
        ("lines", "address"),
        [
            ((b"From: ana@x.example",), "ana@x.example"),
            ((b"From: ana@x.example", b"Reply-To: home@x.example"), "home@x.example"),
            ((b"From: ana@x.example", b"Reply-To: not an address"), "ana@x.example"),
            ((b"From: ana@x.example", b"Reply-To: support@shop.example"), "ana@x.example"),
            ((b"From: l@x.example", b"X-Original-Sender: ana@x.example", b"Reply-To: l@x.example"), "ana@x.example"),
            ((b"From: support@shop.example", b"Reply-To: ana@x.example"), "ana@x.example"),
            ((b"From: support+tok@shop.example",), "support@shop.example"),
            ((b"Sender: ana@x.example", b"To: support@shop.example"), "ana@x.example"),
            ((b"From: ANA@X.Example",), "ana@x.example"),
            ((b"Subject: from nobody",), "unknown@unknown.invalid"),
        ],
    )  # fmt: skip
    def test_is_whom_an_answer_should_reach(self, lines: tuple[bytes, ...], address: str) -> None:
        assert read(fields(*lines)).sender.address == address


class TestThread:
    @pytest.mark.parametrize(
        ("lines", "answers"),
        [
            ((b"In-Reply-To: <a@x> <b@x>",), ("<a@x>", "<b@x>")),
            ((b"In-Reply-To: <a@x>", b"References: <0@x> <b@x> <a@x>"), ("<a@x>", "<b@x>", "<0@x>")),
            ((b"References: <0@x>\n <b@x>\n\t<c@x>",), ("<c@x>", "<b@x>", "<0@x>")),
            ((b"In-Reply-To: Your message of Friday <a@x>",), ("<a@x>",)),
            ((b"In-Reply-To: a@x",), ("<a@x>",)),
            ((b"In-Reply-To: <a@x",), ("<a@x>",)),
            ((b"References: <a@x><b@x>",), ("<b@x>", "<a@x>")),
            ((b"References: <a b@x>, <c@x>",), ("<c@x>", "<ab@x>")),
            ((b"In-Reply-To: yesterday",), ()),
            ((b"In-Reply-To: <>",), ()),
        ],
    )
    def test_is_followed_from_the_nearest_back(self, lines: tuple[bytes, ...], answers: tuple[str, ...]) -> None:
        assert read(fields(b"From: a@b.example", *lines)).answers == answers

    @pytest.mark.parametrize(
        ("lines", "token"),
        [
            ((b"To: support+tok@shop.example",), "tok"),
            ((b"To: Support+ToK@Shop.Example",), "ToK"),
            ((b"Cc: x@x.example, support+tok@shop.example",), "tok"),
            ((b"Delivered-To: support+tok@shop.example",), "tok"),
            ((b"X-Original-To: support+tok@shop.example",), "tok"),
            ((b"To: support@shop.example",), None),
            ((b"To: other+tok@shop.example",), None),
            ((b"To: support+tok@evil.example",), None),
            ((b"From: support+tok@shop.example",), None),
        ],
    )
    def test_is_found_again_by_the_token_of_our_address(self, lines: tuple[bytes, ...], token: str | None) -> None:
        assert (
            read(fields(b"From: a@b.example", *lines) if lines[0][:4] != b"From" else fields(*lines)).reply_token
            == token
        )
