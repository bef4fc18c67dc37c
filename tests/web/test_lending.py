"""Files that Heed lends: what a link opens, for whom and how long, and that platforms get what the agent attached."""

import logging
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from channels import adapter
from channels.types import Attachment
from router import delivery, desk, intake, lending
from router.desk import Upload
from router.model import Scope
from router.store.rows import Ticket
from router.vault import derive
from router.web import create_app
from router.web.lending import SIDE, preview
from tests.a_platform import Platform as Post
from tests.builders import Desk, a_connection_row, a_desk, a_heed, an_agent, now, raw
from tests.journeys.platforms import Line, Twilio, Viber
from tests.journeys.platforms import Platform as Journey
from tests.servers.outside import Found

HOME = "https://desk.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
MP4 = b"\0\0\0\x18ftypmp42" + bytes(40)
FILES = [
    Upload("bill of Dan Day.png", "image/png", PNG),
    Upload("how it works.mp4", "video/mp4", MP4),
    Upload("Vertrag für Dan.pdf", "application/pdf", b"%PDF-1.7"),
]


@pytest.fixture
def here(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(sqlite_url, tmp_path, PUBLIC_URL=HOME) as made:
        yield made


@pytest.fixture
def outside(here: Desk) -> FlaskClient:
    """Somebody out there, whom nobody knows."""
    return create_app(heed=here.heed).test_client(use_cookies=False)


@pytest.fixture
def post(here: Desk, monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(here, monkeypatch, files_by_link=True)


def replied(post: Post, *files: Upload, ana: Scope | None = None) -> tuple[str, list[Attachment]]:
    """Let Ana answer with files; return the message and the files as the channel got them."""
    ana = ana or an_agent(post.desk)
    ticket = post.pulled(ana)
    message_id = desk.reply(post.desk.heed, ana, ticket.id, "Here.", now(), attachments=files or FILES[:1])
    delivery.send(post.desk.heed, message_id)
    return message_id, list(post.sent[-1].attachments)


def path_of(link: str | None) -> str:
    assert link is not None and link.startswith(f"{HOME}/lent/")
    return urlsplit(link).path


class TestALink:
    def test_opens_the_file_with_nothing_to_run_in_it(self, post: Post, outside: FlaskClient) -> None:
        _, [file] = replied(post)
        answer = outside.get(path_of(file.link))
        assert (answer.status_code, answer.data) == (200, PNG)
        headers = answer.headers
        assert headers["Content-Type"] == "image/png"
        assert headers["Content-Length"] == str(len(PNG))
        assert headers["Content-Disposition"].startswith('inline; filename="bill of Dan Day.png"')
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
        assert "Set-Cookie" not in headers

    @pytest.mark.parametrize(
        ("name", "told", "data", "kind"),
        [
            ("a.pdf", "application/pdf", b"%PDF-1.7", "application/pdf"),
            ("a.mp4", "video/mp4", MP4, "video/mp4"),
            ("a.txt", "text/plain; charset=latin-1", b"\xe9", "text/plain"),
            ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK",
             "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ("a.html", "text/html", b"<script>", "application/octet-stream"),
            ("a.svg", "image/svg+xml", b"<svg>", "application/octet-stream"),
            ("a.xhtml", "application/xhtml+xml", b"<html>", "application/octet-stream"),
            ("a.js", "text/javascript", b"alert()", "application/octet-stream"),
            ("a.png", "image/png", b"<script>", "application/octet-stream"),
            ("a", "no type\r\nX: y", b"?", "application/octet-stream"),
        ],
        ids=lambda value: value if isinstance(value, str) and "." in value and "/" not in value else "",
    )  # fmt: skip
    def test_of_anything_but_a_picture_is_a_download(
        self, post: Post, outside: FlaskClient, name: str, told: str, data: bytes, kind: str
    ) -> None:
        _, [file] = replied(post, Upload(name, told, data))
        answer = outside.get(path_of(file.link))
        assert (answer.data, answer.headers["Content-Type"]) == (data, kind)
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_tells_only_the_ending_of_a_name_and_the_ending_of_a_picture_is_that_of_its_bytes(self, post: Post) -> None:
        uploads = [*FILES, Upload("dan.jpeg", "image/jpeg", PNG), Upload("README", "text/plain", b"x")]
        _, files = replied(post, *uploads)
        assert [path_of(file.link).split("/")[-1] for file in files] == [
            "file.png", "file.mp4", "file.pdf", "file.png", "file",
        ]  # fmt: skip

    def test_has_a_picture_that_stands_for_the_file(self, post: Post, outside: FlaskClient) -> None:
        _, [file] = replied(post, FILES[1])
        answer = outside.get(path_of(file.preview))
        assert (answer.data, answer.headers["Content-Type"]) == (preview(), "image/png")

    def test_answers_to_head_with_the_length_and_to_nothing_that_writes(self, post: Post, outside: FlaskClient) -> None:
        _, [file] = replied(post)
        path = path_of(file.link)
        head = outside.head(path)
        assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(PNG)))
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            assert outside.open(path, method=method).status_code == 405

    def test_is_not_in_the_log(self, post: Post, outside: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        _, [file] = replied(post)
        outside.get(path_of(file.link))
        outside.get(path_of(file.link)[:-1])
        said = "\n".join(record.getMessage() for record in caplog.records)
        assert "GET /lent/<token>/<name> 200" in said and "404" in said
        assert path_of(file.link).split("/")[2] not in said

    def test_is_made_only_for_a_channel_that_asks_and_under_a_public_https_address(
        self, here: Desk, post: Post
    ) -> None:
        file, info = Attachment("a.png", "image/png", PNG), adapter("telegram").INFO
        assert lending.lend(here.heed, info, "f" * 26, file, now()) == file
        plain = a_heed(here.url, here.folder, PUBLIC_URL="http://desk.example")
        assert lending.lend(plain, replace(info, files_by_link=True), "f" * 26, file, now()) == file
        plain.database.close()


class TestEveryOtherAddress:
    def test_is_404(self, post: Post, outside: FlaskClient) -> None:
        _, [one, other] = replied(post, *FILES[:2])
        token, name = path_of(one.link).split("/")[2:]
        elsewhere = path_of(other.link).split("/")[2]
        wrong = {
            f"{token}/file.mp4", f"{token}/preview.png", f"{token}/", f"{token}/..", f"{token[:-1]}/{name}",
            f"{token}x/{name}", f"x{token}/{name}", f"{token.upper()}/{name}", f"{elsewhere}/{name}", f"x/{name}",
            f"{token[:26]}{'f' * 8}{token[34:]}/{name}", f"{elsewhere[:26]}{token[26:]}/{name}", f"{token[:34]}/{name}",
            f"é{token}/{name}", "%00/%00", f"{token}", "",
        }  # fmt: skip
        for end in wrong:
            answer = outside.get(f"/lent/{end}")
            assert answer.status_code == 404, end
            assert PNG not in answer.data
        assert outside.get(f"/lent/{token}/{name}").status_code == 200

    def test_asks_the_database_nothing(self, here: Desk, outside: FlaskClient) -> None:
        here.heed.database.close()
        (here.folder / "heed.db").unlink(missing_ok=True)
        assert outside.get(f"/lent/{'a' * 77}/file.png").status_code == 404

    def test_does_not_know_what_agents_attached_elsewhere_or_customers_sent(
        self, post: Post, outside: FlaskClient
    ) -> None:
        """A code over the id of a file that is no file of a reply of ours opens nothing, though the code be right."""
        heed, message_id = post.desk.heed, replied(post)[0]
        [(file_id,)] = post.desk.rows("SELECT id FROM attachment WHERE message_id = :m", m=message_id)
        info, file = replace(adapter("telegram").INFO, files_by_link=True), Attachment("a.png", "image/png", PNG)
        link = lending.lend(heed, info, file_id, file, now()).link
        assert outside.get(path_of(link)).status_code == 200
        post.desk.do("UPDATE message SET direction = 'inbound' WHERE id = :m", m=message_id)
        assert outside.get(path_of(link)).status_code == 404
        assert outside.get(path_of(lending.lend(heed, info, "0" * 26, file, now()).link)).status_code == 404


class TestALinkIsOver:
    def test_a_day_after_the_attempt_that_made_it(self, here: Desk, post: Post) -> None:
        _, [file] = replied(post)
        token, name = path_of(file.link).split("/")[2:]
        nearly, after = now() + timedelta(hours=23, minutes=59), now() + timedelta(hours=24, seconds=1)
        here.do("UPDATE message SET sent_at = NULL WHERE direction = 'outbound'")
        assert lending.borrow(here.heed, token, name, nearly) is not None
        assert lending.borrow(here.heed, token, name, after) is None

    @pytest.mark.parametrize(
        ("state", "hours", "opens"),
        [
            ("queued", None, True),
            ("sending", None, True),
            ("unknown", None, True),
            ("sent", 23, True),
            ("delivered", 23, True),
            ("read", 23, True),
            ("sent", 25, False),
            ("read", 25, False),
            ("failed", None, False),
            ("scheduled", None, False),
        ],
    )
    def test_once_its_reply_failed_or_was_sent_a_day_ago(
        self, here: Desk, post: Post, outside: FlaskClient, state: str, hours: int | None, opens: bool
    ) -> None:
        message_id, [file] = replied(post)
        here.do("UPDATE message SET state = :s WHERE id = :m", s=state, m=message_id)
        if hours is not None:
            stamp = (now() - timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S.%f")
            here.do("UPDATE message SET sent_at = :t WHERE id = :m", t=stamp, m=message_id)
        assert outside.get(path_of(file.link)).status_code == (200 if opens else 404)

    def test_once_its_message_or_its_bytes_are_gone(self, here: Desk, post: Post, outside: FlaskClient) -> None:
        message_id, [file] = replied(post)
        here.do("UPDATE attachment SET blob_id = NULL WHERE message_id = :m", m=message_id)
        assert outside.get(path_of(file.link)).status_code == 404

    def test_once_its_key_is_gone_and_not_while_the_key_is_being_changed(self, here: Desk, post: Post) -> None:
        _, [file] = replied(post)
        token, name = path_of(file.link).split("/")[2:]
        old, new = here.heed.config.secret_keys[0], "n" * 40
        changing = replace(here.heed, config=replace(here.heed.config, secret_keys=(new, old)))
        changed = replace(here.heed, config=replace(here.heed.config, secret_keys=(new,)))
        assert lending.borrow(changing, token, name, now()) is not None
        assert lending.borrow(changed, token, name, now()) is None

    def test_and_its_key_serves_no_other_end(self) -> None:
        assert len({derive("s" * 40, purpose) for purpose in ("lending", "survey", "vault", "cookies")}) == 4


class TestThePlatformFetchesIt:
    """A desk, a stand-in that fetches what it is sent, and nothing between them but the link."""

    @pytest.mark.parametrize("kind", [Line, Viber, Twilio], ids=lambda kind: kind.channel)
    def test_and_gets_what_the_agent_attached(self, here: Desk, outside: FlaskClient, kind: type[Journey]) -> None:
        ana = an_agent(here)
        with kind.stand_in() as server:  # type: ignore[attr-defined]
            server.outside = self._looking(outside)
            ticket = self._ticket(here, kind(server), ana)
            message_id = desk.reply(here.heed, ana, ticket.id, "Here.", now(), attachments=FILES)
            delivery.send(here.heed, message_id)
            assert here.rows("SELECT state, state_detail FROM message WHERE id = :m", m=message_id) == [("sent", "")]
            got = [one if isinstance(one, Found) else one[1] for one in server.shown]
            if kind is Line:  # it has no message for other files: the customer follows the link
                name, link = server.delivered[-1].split("\n")
                assert name == FILES[2].name
                got.append(server.outside(link))
                assert server.shown[1][2] == Found(200, "image/png", preview())
        assert got == [Found(200, file.media_type, file.data) for file in FILES]

    @pytest.mark.parametrize("kind", [Line, Viber, Twilio], ids=lambda kind: kind.channel)
    def test_or_the_agent_is_told_that_the_address_is_not_public(
        self, sqlite_url: str, tmp_path: Path, kind: type[Journey]
    ) -> None:
        with a_desk(sqlite_url, tmp_path) as plain, kind.stand_in() as server:  # type: ignore[attr-defined]
            ana = an_agent(plain)
            ticket = self._ticket(plain, kind(server), ana)
            message_id = desk.reply(plain.heed, ana, ticket.id, "Here.", now(), attachments=FILES[:1])
            delivery.send(plain.heed, message_id)
            [(state, detail)] = plain.rows("SELECT state, state_detail FROM message WHERE id = :m", m=message_id)
            assert state == "failed" and "set PUBLIC_URL" in detail
            assert server.shown == []

    def _looking(self, client: FlaskClient):  # type: ignore[no-untyped-def]
        def look(url: str) -> Found:
            answer = client.get(path_of(url))
            return Found(answer.status_code, answer.headers["Content-Type"], answer.data)

        return look

    def _ticket(self, of: Desk, platform: Journey, ana: Scope) -> Ticket:
        row = a_connection_row(of, platform.channel, settings=platform.settings())
        platform.url = f"{HOME}/hooks/{row.connection.key}"
        delivery_of = replace(raw(platform.says("Please send me my bill.")), url=platform.url)
        intake.accept(of.heed, row, delivery_of, now())
        of.drain(row)
        pulled = desk.pull(of.heed, ana, now())
        assert pulled is not None
        return of.ticket(pulled.ticket_id)


class TestThePreview:
    def test_is_a_whole_png(self) -> None:
        data = preview()
        width, height = struct.unpack(">II", data[16:24])
        pixels = zlib.decompress(data[data.index(b"IDAT") + 4 : data.index(b"IEND") - 8])
        assert (width, height, len(pixels)) == (SIDE, SIDE, SIDE * (SIDE + 1))
        assert len(data) < 5000
