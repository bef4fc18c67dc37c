"""What nobody should send and somebody will: refused clearly or kept as not understood, and nothing else is delayed.

After each of them a good message still becomes a ticket. No answer is 500, and none repeats what was sent.
"""

import hashlib
import hmac
import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from channels import adapter
from channels.types import MAX_BODY, MAX_MAIL
from router.store import connections, people
from tests.a_desk import a_browser
from tests.builders import OWN_ADDRESS, a_connection_row, an_agent, now
from tests.web.api_desk import ApiDesk, an_api

NUMBER = count(1)
SECRET = "the-secret-of-this-connection_0123456789"
CHANNELS = ("api", "telegram", "email")
CANARY = "Nachtigall"  # what an error must not repeat


@pytest.fixture
def api(sqlite_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """A desk with its whole application."""
    with an_api(sqlite_url, tmp_path) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Door:
    """One connection's webhook, and how its platform knocks."""

    at: ApiDesk
    id: str
    key: str
    channel: str

    def post(self, body: bytes, headers: dict[str, str] | None = None, **more: object) -> TestResponse:
        """Post a body, with the platform's proof unless other headers are given."""
        sent = self.proof(body) if headers is None else headers
        return self.at.app.test_client().post(f"/hooks/{self.key}", data=body, headers=sent, **more)  # type: ignore[arg-type]

    def proof(self, body: bytes, secret: str = SECRET) -> dict[str, str]:
        """Return the headers that the platform sends with a body."""
        if self.channel == "telegram":
            return {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        if self.channel == "email":
            return {"Authorization": f"Bearer {secret}", "Content-Type": "message/rfc822"}
        stamp = str(int(time.time()))
        mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return {"Heed-Signature": f"t={stamp},v1={mac}", "Content-Type": "application/json"}

    def said(self, text: str) -> bytes:
        """Return a good message of somebody who never wrote before."""
        number = next(NUMBER)
        if self.channel == "telegram":
            return update(number, text)
        if self.channel == "email":
            return mail(text, number)
        return json.dumps({"id": f"m{number}", "from": {"id": f"c{number}"}, "text": text}).encode()

    def drain(self) -> None:
        """Read what came."""
        with self.at.desk.heed.database.read() as db:
            row = connections.by_id(db, self.at.desk.heed.vault, self.id)
        self.at.desk.drain(row)

    def states(self) -> list[tuple[str, str]]:
        """Return state and reason of every delivery, the oldest first."""
        return [
            (state, why or "")
            for state, why in self.at.desk.rows(
                "SELECT state, error FROM inbound_event WHERE connection_id = :c ORDER BY id", c=self.id
            )
        ]

    def texts(self) -> list[str]:
        """Return the texts of all messages, the oldest first."""
        found = self.at.desk.rows("SELECT text FROM message WHERE connection_id = :c ORDER BY id", c=self.id)
        return [text for (text,) in found]

    def works(self) -> bool:
        """Say whether a good message becomes a ticket."""
        words = f"A good message, number {next(NUMBER)}"
        before = len(self.at.desk.tickets)
        assert self.post(self.said(words)).status_code == 200
        self.drain()
        return any(words in text for text in self.texts()) and len(self.at.desk.tickets) == before + 1


def a_door(at: ApiDesk, channel: str, secret: str = SECRET) -> Door:
    """Add a connection and return its webhook."""
    row = a_connection_row(at.desk, channel, key=f"{channel}{next(NUMBER)}")
    with at.desk.heed.database.write() as db:
        connections.add_secret(db, at.desk.heed.vault, row.id, secret, now())
    return Door(at, row.id, row.connection.key, channel)


@pytest.fixture(params=CHANNELS)
def door(request: pytest.FixtureRequest, api: ApiDesk) -> Door:
    """A webhook of each channel that has one."""
    return a_door(api, request.param)


def update(number: int, text: object, **more: object) -> bytes:
    """Return a Bot API update."""
    who = {"id": number, "is_bot": False, "first_name": "Dan"}
    said = {"message_id": number, "from": who, "chat": {"id": number, "type": "private"}, "date": 1_760_000_000}
    return json.dumps({"update_id": number, "message": {**said, "text": text, **more}}).encode()


def mail(text: str, number: int, kind: str = "text/plain; charset=utf-8", subject: str = "My order") -> bytes:
    """Return a raw mail."""
    return (
        f"From: Dan <dan{number}@home.example>\r\nTo: {OWN_ADDRESS}\r\nSubject: {subject}\r\n"
        f"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{number}@home.example>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: {kind}\r\n\r\n{text}\r\n"
    ).encode()


def nested(depth: int) -> bytes:
    """Return a mail whose text lies in parts within parts."""
    heads = "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n' for level in range(depth)
    )
    ends = "".join(f"\r\n--b{level}--" for level in reversed(range(depth)))
    text = "Content-Type: text/plain\r\n\r\nHidden below"
    top = f"From: Dan <dan@home.example>\r\nTo: {OWN_ADDRESS}\r\nMessage-ID: <deep@x.example>\r\n"
    return f"{top}{heads}{text}{ends}".encode()


class TestProof:
    @pytest.mark.parametrize("secret", ["", "another secret", SECRET[:-1], SECRET + "x", "\xe9", "x" * 5000])
    def test_a_wrong_one_is_refused(self, door: Door, secret: str) -> None:
        body = door.said(CANARY)
        headers = {name: value.encode().decode("latin-1") for name, value in door.proof(body, secret).items()}
        refused(door.post(body, headers))
        assert door.states() == [] and door.works()

    def test_a_missing_one_is_refused(self, door: Door) -> None:
        kind = door.proof(b"")["Content-Type"]
        refused(door.post(door.said(CANARY), {"Content-Type": kind}))
        assert door.states() == [] and door.works()

    def test_that_of_another_connection_is_refused(self, door: Door, api: ApiDesk) -> None:
        other = a_door(api, door.channel, "the-secret-of-another-connection_0123456")
        body = door.said(CANARY)
        refused(other.post(body, door.proof(body)))
        assert other.states() == [] and door.works()

    @pytest.mark.parametrize("channel", CHANNELS)
    def test_a_connection_whose_secret_is_empty_takes_nothing(self, api: ApiDesk, channel: str) -> None:
        """An HMAC with the empty key is one that anybody can make."""
        door = a_door(api, channel, "")
        body = door.said(CANARY)
        refused(door.post(body, door.proof(body, "")))
        assert door.states() == [] and a_door(api, channel).works()

    @pytest.mark.parametrize(
        "header",
        ["t=,v1=", "t=1", "v1=00", "t=1,t=2,v1=00", "t=9999999999999999,v1=00", "t=-1,v1=00", "=,=,=", "," * 5000,
         "t=\xb2,v1=\xb2", "t=1e3,v1=zz"],
    )  # fmt: skip
    def test_a_signature_that_is_none(self, api: ApiDesk, header: str) -> None:
        door = a_door(api, "api")
        refused(door.post(door.said(CANARY), {"Heed-Signature": header}))
        assert door.states() == [] and door.works()

    def test_a_signature_of_ten_minutes_ago(self, api: ApiDesk) -> None:
        door, stamp = a_door(api, "api"), str(int(time.time()) - 600)
        body = door.said(CANARY)
        mac = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        refused(door.post(body, {"Heed-Signature": f"t={stamp},v1={mac}"}))
        assert door.works()


class TestSize:
    def test_over_the_cap_is_refused_and_nothing_kept(self, door: Door) -> None:
        most = adapter(door.channel).INFO.max_body
        answer = door.post(b"x" * (most + 1), {})
        assert answer.status_code == 413
        assert f"{most:,}" in answer.json["detail"]
        assert door.states() == [] and door.works()

    def test_chunked_without_an_end_in_sight(self, door: Door) -> None:
        most = adapter(door.channel).INFO.max_body

        class Endless(io.RawIOBase):
            given = 0

            def readable(self) -> bool:
                return True

            def readinto(self, buffer: object) -> int:
                self.given += len(buffer)  # type: ignore[arg-type]
                assert self.given < 2 * most + MAX_MAIL, "it is read to no end"
                return len(buffer)  # type: ignore[arg-type]

        environ = {"wsgi.input": Endless(), "wsgi.input_terminated": True}
        client = door.at.app.test_client()
        assert client.post(f"/hooks/{door.key}", environ_overrides=environ).status_code == 413
        assert door.works()

    def test_a_body_just_under_the_cap_is_a_message(self, api: ApiDesk) -> None:
        door = a_door(api, "api")
        body = door.said("word " * ((MAX_BODY - 200) // 5))
        assert len(body) < MAX_BODY
        assert door.post(body).status_code == 200
        door.drain()
        assert door.states() == [("done", "")] and door.works()

    def test_a_note_over_a_megabyte(self, api: ApiDesk) -> None:
        ana = api.agent()
        ticket = api.pulled(ana)
        answer = ana.post(f"/tickets/{ticket['id']}/notes", {"text": "x" * MAX_BODY})
        told(answer, 413)


UNREADABLE_JSON = {
    "nothing": b"",
    "cut off": b'{"id": "Nachtigall", "text": "Nachti',
    "two at once": b"{}{}",
    "no json": b"Nachtigall",
    "not utf-8": b'{"id": "\xff\xfe", "text": "Nachtigall"}',
    "utf-16": '{"id": "x", "text": "Nachtigall"}'.encode("utf-16"),
    "nul bytes": b"\0" * 1000,
    "a list": b'["Nachtigall"]',
    "null": b"null",
    "a number without end": b"1" * 100_000,
    "not a number": b'{"id": NaN, "update_id": NaN, "text": "Nachtigall"}',
    "lists 100,000 deep": b"[" * 100_000,
    "objects 20,000 deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "no sender": b'{"id": "x", "text": "Nachtigall", "update_id": 1, "message": {"text": "Nachtigall"}}',
    "wrong types": b'{"id": ["Nachtigall"], "from": "Nachtigall", "text": 7, "update_id": 1, "message": "x"}',
    "ids beyond any": b'{"id": 1e400, "from": {"id": 1e400}, "text": "Nachtigall", "update_id": 9999999999999999999999,'
    b' "message": {"message_id": 9999999999999999999999, "text": "Nachtigall"}}',
}


class TestUnreadable:
    @pytest.mark.parametrize("channel", ["api", "telegram"])
    @pytest.mark.parametrize("body", UNREADABLE_JSON.values(), ids=UNREADABLE_JSON)
    def test_json_is_kept_as_not_understood_and_what_came_with_it_is_a_ticket(
        self, api: ApiDesk, channel: str, body: bytes
    ) -> None:
        door = a_door(api, channel)
        assert door.post(body).status_code == 200, "proven, so the platform need not send it again"
        assert door.post(door.said("Where is my parcel?")).status_code == 200

        door.drain()

        [(state, why), good] = door.states()
        assert state == "not_understood" and good == ("done", "")
        assert why.endswith(".") and CANARY not in why
        assert door.texts() == ["Where is my parcel?"]
        assert door.works()

    def test_a_bad_element_of_a_batch_leaves_its_neighbours(self, api: ApiDesk) -> None:
        door = a_door(api, "api")
        good = [{"id": f"g{n}", "from": {"id": f"p{n}"}, "text": f"Message {n}"} for n in range(2)]
        body = json.dumps({"messages": [good[0], {"id": "x", "text": CANARY}, "\ud800", good[1]]}).encode()
        assert door.post(body).status_code == 200
        door.drain()
        assert sorted(door.texts()) == ["Message 0", "Message 1"]
        [(state, why)] = door.states()
        assert state == "not_understood" and "Element 2" in why and CANARY not in why
        assert door.works()

    @pytest.mark.parametrize("body", [b"", b"\0" * 100, b"no header at all", b"\r\n\r\nonly a body", b"\xff" * 5000])
    def test_what_is_no_mail_is_kept_as_not_understood(self, api: ApiDesk, body: bytes) -> None:
        door = a_door(api, "email")
        assert door.post(body).status_code == 200
        assert door.post(door.said("Where is my parcel?")).status_code == 200
        door.drain()
        [(state, why), good] = door.states()
        assert state == "not_understood" and why and good == ("done", "")
        assert door.works()


STRANGE_MAILS = {
    "a boundary that never comes": mail("--other\r\n\r\nHello there", 1, 'multipart/mixed; boundary="none"'),
    "a boundary that never ends": mail("--b\r\n\r\nHello there", 1, "multipart/mixed; boundary=b"),
    "no boundary": mail("Hello there", 1, "multipart/mixed"),
    "an encoding that is none": mail("Hello there", 1, "text/plain; charset=none-such-😀"),
    "base64 that is none": mail("Hello there", 1).replace(b"MIME", b"Content-Transfer-Encoding: base64\r\nMIME"),
    "headers alone": b"From: dan@home.example\r\nSubject: Hello there\r\n",
    "no sender": mail("Hello there", 1).replace(b"From:", b"Form:"),
    "a sender that is none": mail("Hello there", 1).replace(b"<dan1@home.example>", b"<<>@,;:\xff>"),
    "a header of 200,000 characters": mail("Hello there", 1, subject="x" * 200_000),
    "10,000 headers": b"X-A: b\r\n" * 10_000 + mail("Hello there", 1),
    "parts 1,000 deep": nested(1000),
    "10,000 parts": mail("--b\r\n\r\nx\r\n" * 10_000 + "--b--", 1, "multipart/mixed; boundary=b"),
    "mails within mails": mail("", 1, "message/rfc822") * 300,
    "NUL bytes": mail("Hel\0lo \0there", 1, subject="Hel\0lo"),
    "half letters": mail("Hello there", 1).replace(b"there", b"\xed\xa0\x80\xff there"),
    "surrogates in words": mail("Hello there", 1, subject="=?utf-16?B?2AA=?= =?utf-8?Q?=ED=A0=80?="),
}
STRANGE_TEXTS = {
    # who says what
    "nul": ("Dan", "Hel\0lo"),
    "nul in a name": ("D\0an", "Hello"),
    "half letters": ("Dan", "\ud800Hello\udfff"),
    "half a letter for a name": ("\udcff", "Hello"),
    "turned round": ("\u202e", "\u202eHello"),
    "5,000 marks on one letter": ("Dan", "Hello" + "\u0301" * 5000),
    "controls": ("Dan", "\ufeff\u200b Hello \x1b[31m\x07\x85\u2028"),
    "sql": ("'; DROP TABLE ticket;--", "Hello' OR 1=1"),
    "a template": ("{{ 7 * 7 }}", "Hello {{ config }} {% raw %}"),
}


class TestStrange:
    @pytest.mark.parametrize("raw", STRANGE_MAILS.values(), ids=STRANGE_MAILS)
    def test_mail_is_a_ticket_that_can_be_read(self, api: ApiDesk, raw: bytes) -> None:
        door = a_door(api, "email")
        assert door.post(raw).status_code == 200
        assert door.post(door.said("Where is my parcel?")).status_code == 200
        door.drain()
        assert door.states() == [("done", "")] * 2
        assert len(api.desk.tickets) == 2
        shown(api)
        assert door.works()

    @pytest.mark.parametrize(("name", "text"), STRANGE_TEXTS.values(), ids=STRANGE_TEXTS)
    @pytest.mark.parametrize("channel", ["api", "telegram"])
    def test_text_is_a_ticket_that_can_be_read(self, api: ApiDesk, channel: str, name: str, text: str) -> None:
        door = a_door(api, channel)
        who = {"id": 7, "is_bot": False, "first_name": name}
        api_body = json.dumps({"id": "m-strange", "from": {"id": "c7", "name": name}, "text": text}).encode()
        body = api_body if channel == "api" else update(7, text, **{"from": who})
        assert door.post(body).status_code == 200
        door.drain()
        assert door.states() == [("done", "")]
        assert "Hello" in door.texts()[0].replace("\N{REPLACEMENT CHARACTER}", "")
        shown(api)
        assert door.works()


class TestScript:
    MARKUP = (
        '<p>Hello</p><script>alert("Nachtigall")</script><img src=x onerror="Nachtigall()">'
        '<a href="javascript:Nachtigall()">x</a><iframe srcdoc="<script>Nachtigall()</script>"></iframe>'
    )

    def test_in_text_is_shown_as_text(self, door: Door, api: ApiDesk) -> None:
        assert door.post(door.said(f"Hello {self.MARKUP}")).status_code == 200
        door.drain()
        assert door.states() == [("done", "")]
        for page in shown(api):
            assert "<script>alert" not in page and "<img src=x" not in page and 'href="javascript:' not in page
        assert door.works()

    def test_in_html_never_reaches_the_page(self, api: ApiDesk) -> None:
        door = a_door(api, "email")
        assert door.post(mail(self.MARKUP, 1, "text/html; charset=utf-8")).status_code == 200
        door.drain()
        [message] = api.desk.messages()
        laid_out = a_page(api)(f"/messages/{message.id}/html")
        assert "Hello" in laid_out
        for trace in ("<script", "onerror", "javascript:", "<iframe", "Nachtigall()"):
            assert trace not in laid_out
        shown(api)
        assert door.works()


def refused(answer: TestResponse) -> None:
    """Hold that an unproven request was refused with words on what to do, repeating nothing of it."""
    assert answer.status_code in (401, 403)
    assert len(answer.text) > 20 and CANARY not in answer.text and SECRET not in answer.text


def told(answer: TestResponse, *statuses: int) -> None:
    """Hold that the API answered with one of these, and with a problem if it did not do it."""
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == answer.status_code and answer.json["detail"]
        assert CANARY not in answer.text


def a_page(api: ApiDesk) -> Callable[[str], str]:
    """Return how a supervisor's browser gets a page."""
    sue = an_agent(api.desk, "Sue")
    with api.desk.heed.database.read() as db:
        who = people.by_id(db, sue.agent or "")
    assert who is not None
    browser = a_browser(api.app, api.desk.heed, who)

    def get(path: str) -> str:
        answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    return get


def shown(api: ApiDesk) -> list[str]:
    """Return the pages on which every ticket can be read, by people and by programs."""
    page, program = a_page(api), api.supervisor(f"Program{next(NUMBER)}")
    found = [page("/?tab=waiting")]
    for ticket in api.desk.tickets:
        found.append(page(f"/tickets/{ticket.id}"))
        assert program.get(f"/tickets/{ticket.id}").status_code == 200
    return found
