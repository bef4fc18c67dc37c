"""Platforms that take files by a public link alone: what each is sent for which file, and what it then fetches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

import channels
from channels.errors import DeliveryFailed
from channels.files import is_mp4, picture_type
from channels.types import Attachment, Connection, Sent
from tests.channels.builders import a_connection, a_reply
from tests.servers import line as line_server
from tests.servers import twilio as twilio_server
from tests.servers import viber as viber_server
from tests.servers.line import LineServer
from tests.servers.outside import Found
from tests.servers.standin import sent
from tests.servers.twilio import TwilioServer
from tests.servers.viber import ViberServer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
GIF = b"GIF89a" + bytes(100)
MP4 = b"\0\0\0\x18ftypmp42" + bytes(100)
PDF = b"%PDF-1.7"
HOME = "https://desk.example/lent/secret/"
PREVIEW = f"{HOME}preview.png"
KINDS = {
    "png": ("image/png", PNG),
    "gif": ("image/gif", GIF),
    "mp4": ("video/mp4", MP4),
    "pdf": ("application/pdf", PDF),
}


def a_file(name: str = "bill.png", data: bytes | None = None, **facts: object) -> Attachment:
    """Return a file that Heed lends under its ending."""
    ending = name.rpartition(".")[2]
    kind, known = KINDS[ending]
    file = Attachment(name, kind, known if data is None else data, link=f"{HOME}file.{ending}", preview=PREVIEW)
    return replace(file, **facts)  # type: ignore[arg-type]


def lent(url: str) -> Found:
    """Find what Heed lends behind these links."""
    if url == PREVIEW:
        return Found(200, "image/png", b"preview")
    kind, data = KINDS[url.rpartition(".")[2]]
    return Found(200, kind, data)


@dataclass(frozen=True)
class Platform:
    """One of them, its stand-in, and how to answer a customer there."""

    server: Any
    connection: Connection
    to: str

    def send(self, *files: Attachment, text: str = "", to: str = "") -> Sent:
        """Send a reply."""
        to = to or self.to
        return channels.adapter(self.connection.channel).send(
            a_reply(text, to=to, thread=to, attachments=files), self.connection
        )


def on_line(server: LineServer) -> Platform:
    """Return LINE."""
    named = {"channel_secret": "s", "channel_access_token": line_server.TOKEN, "base_url": server.url}
    return Platform(server, a_connection("line", secrets=(), **named), line_server.USER)


def on_viber(server: ViberServer) -> Platform:
    """Return Viber."""
    named = {"auth_token": viber_server.TOKEN, "base_url": server.url}
    return Platform(server, a_connection("viber", secrets=(), **named), viber_server.RECEIVER)


def on_twilio(server: TwilioServer) -> Platform:
    """Return Twilio."""
    named = {"account_sid": twilio_server.ACCOUNT, "auth_token": twilio_server.TOKEN, "from_number": "+15550100"}
    return Platform(server, a_connection("twilio", secrets=(), base_url=server.url, **named), "+15550123")


WAYS: dict[str, tuple[type[Any], Callable[..., Platform]]] = {
    "line": (LineServer, on_line),
    "viber": (ViberServer, on_viber),
    "twilio": (TwilioServer, on_twilio),
}


@pytest.fixture
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    server, on = WAYS[request.param]
    with server() as running:
        running.outside = lent
        yield on(running)


every_one = pytest.mark.parametrize("platform", WAYS, indirect=True)
on = pytest.mark.parametrize


def test_these_are_all_channels_that_ask_for_links() -> None:
    asking = {name for name in channels.CHANNELS if channels.adapter(name).INFO.files_by_link}
    assert asking == set(WAYS)


@every_one
class TestEveryOne:
    @pytest.mark.parametrize("link", [None, "http://desk.example/lent/secret/file.png", "https://" + "x" * 2000])
    def test_without_a_public_https_link_nothing_leaves_and_the_words_say_why(
        self, platform: Platform, link: str | None
    ) -> None:
        with pytest.raises(DeliveryFailed, match="only by a public https link: set PUBLIC_URL") as failed:
            platform.send(a_file(), a_file(link=link), text="Here.")
        assert failed.value.permanent and not failed.value.may_have_arrived
        assert platform.server.calls == []

    def test_a_file_whose_bytes_are_gone_keeps_the_reply_back(self, platform: Platform) -> None:
        with pytest.raises(DeliveryFailed, match="attach it again"):
            platform.send(replace(a_file(), data=None), text="Here.")
        assert platform.server.calls == []

    def test_text_goes_first_and_each_part_has_its_id(self, platform: Platform) -> None:
        done = platform.send(a_file("a.png"), a_file("b.png"), text="Here.")
        assert len(set(done.external_ids)) == 3
        assert len(platform.server.shown) == 2

    def test_a_file_needs_no_text(self, platform: Platform) -> None:
        assert len(platform.send(a_file()).external_ids) == 1


@on("platform", ["line"], indirect=True)
class TestLine:
    def test_shows_a_picture_and_a_video(self, platform: Platform) -> None:
        platform.send(a_file("a.png"), a_file("b.mp4"))
        assert platform.server.shown == [
            ("image", lent("file.png"), lent("file.png")),
            ("video", lent("file.mp4"), lent(PREVIEW)),
        ]

    def test_a_picture_too_large_to_be_its_own_preview_gets_another(self, platform: Platform) -> None:
        platform.send(a_file("a.png", PNG + bytes(1_000_000)))
        assert platform.server.shown == [("image", lent("file.png"), lent(PREVIEW))]

    @pytest.mark.parametrize(
        "file",
        [
            a_file("bill.pdf"),
            a_file("fun.gif"),
            a_file("no.mp4", b"no video"),
            a_file("no.png", b"no picture"),
            a_file("huge.png", PNG + bytes(10_000_000)),
        ],
        ids=lambda file: file.name,
    )
    def test_of_any_other_file_the_customer_gets_name_and_link(self, platform: Platform, file: Attachment) -> None:
        platform.send(file)
        assert platform.server.shown == []
        assert platform.server.delivered == [f"{file.name}\n{file.link}"]

    def test_five_parts_go_in_a_call_files_and_texts_alike(self, platform: Platform) -> None:
        platform.send(*[a_file()] * 5, text="Here.")
        assert [len(sent(call)["messages"]) for call in platform.server.calls] == [5, 1]  # type: ignore[arg-type]


@on("platform", ["viber"], indirect=True)
class TestViber:
    @pytest.mark.parametrize(
        ("file", "kind", "more"),
        [
            (a_file("a.png"), "picture", {"text": ""}),
            (a_file("a.mp4"), "video", {"size": len(MP4)}),
            (a_file("a.gif"), "file", {"size": len(GIF), "file_name": "a.gif"}),
            (a_file("no.mp4", b"no video"), "file", {"size": 8, "file_name": "no.mp4"}),
            (a_file("large.png", PNG + bytes(1_000_000)), "file", {"size": len(PNG) + 1_000_000}),
            (a_file("ž" * 300 + ".pdf"), "file", {"size": len(PDF), "file_name": "ž" * 252 + ".pdf"}),
        ],
        ids=lambda value: value.name[:8] if isinstance(value, Attachment) else None,
    )
    def test_carries_a_file_as_the_message_that_shows_it_best(
        self, platform: Platform, file: Attachment, kind: str, more: dict[str, object]
    ) -> None:
        platform.send(file)
        [(said, found)] = platform.server.shown
        assert said | {"type": kind, "media": file.link, **more} == said
        assert found == lent(file.link or "")


@on("platform", ["twilio"], indirect=True)
class TestTwilio:
    def test_each_file_is_a_message_of_its_own(self, platform: Platform) -> None:
        platform.send(a_file("a.png"), a_file("b.pdf"), text="Here.")
        assert [(one.get("Body"), one.get("MediaUrl")) for one in platform.server.sent()] == [
            ("Here.", None),
            (None, f"{HOME}file.png"),
            (None, f"{HOME}file.pdf"),
        ]
        assert platform.server.shown == [lent("file.png"), lent("file.pdf")]

    @pytest.mark.parametrize(
        ("to", "file", "most"),
        [
            ("+15550123", a_file("a.pdf", bytes(5_000_001)), 5),
            ("whatsapp:+15550123", a_file("a.png", PNG + bytes(5_000_000)), 5),
            ("whatsapp:+15550123", a_file("a.pdf", bytes(16_000_001)), 16),
        ],
    )
    def test_a_file_that_is_too_large_keeps_the_reply_back(
        self, platform: Platform, to: str, file: Attachment, most: int
    ) -> None:
        with pytest.raises(DeliveryFailed, match=f"at most {most} MB") as failed:
            platform.send(file, text="Here.", to=to)
        assert failed.value.permanent
        assert platform.server.calls == []

    def test_on_whatsapp_other_files_may_be_larger(self, platform: Platform) -> None:
        platform.send(a_file("a.pdf", bytes(5_000_001)), to="whatsapp:+15550123")
        assert len(platform.server.shown) == 1

    @pytest.mark.parametrize(
        ("code", "words"), [("11200", "PUBLIC_URL"), ("63019", "PUBLIC_URL"), ("30011", "no files")]
    )
    def test_what_went_wrong_with_a_file_is_said_in_words(self, platform: Platform, code: str, words: str) -> None:
        platform.server.refuse(400, int(code))
        with pytest.raises(DeliveryFailed, match=words):
            platform.send(a_file())


class TestKinds:
    def test_a_video_is_one_by_its_bytes_as_well(self) -> None:
        assert is_mp4(a_file("a.mp4"))
        assert not is_mp4(a_file("a.mp4", b"<html>"))
        assert picture_type(MP4) is None
