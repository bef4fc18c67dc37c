"""A real IMAP server: new mail is fetched once, whatever other programs do, and waiting ends when mail comes."""

import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from time import monotonic

import pytest

from channels.email import adapter, mailbox
from channels.email.imap import MailboxFailed, quoted
from channels.email.mailbox import Mailbox, Position, delivery_of
from channels.types import Connection, InboundMessage
from tests.conftest import missing
from tests.servers.imap import ImapServer, Missing, running_imap

pytestmark = pytest.mark.imap


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    try:
        with running_imap() as server:
            yield server
    except Missing as error:
        missing(str(error))


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of this test's own."""
    return "".join(char for char in request.node.name.lower() if char.isalnum())[:60]


def a_connection(server: ImapServer, user: str, **more: str) -> Connection:
    return Connection("k", "email", "Shop", {"address": "support@shop.example", **server.settings(user, **more)})


def a_mail(number: int) -> bytes:
    return b"From: ana@customer.example\r\nMessage-ID: <%d@customer.example>\r\n\r\nMail %d\r\n" % (number, number)


def a_large_mail() -> bytes:
    """Return a mail of some 4,500 bytes: words, a small photo, a big one."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ana@customer.example", "big"
    mail.set_content("The screen is broken, see the photos.")
    for name, data in (("small.jpg", b"s" * 90), ("big.jpg", b"b" * 3000)):
        mail.add_attachment(data, "image", "jpeg", filename=name)
    return bytes(mail)


def all_mail(box: Mailbox, seen: Position) -> list[tuple[Position, bytes]]:
    """Fetch batch after batch, as the clock does."""
    found: list[tuple[Position, bytes]] = []
    while batch := box.new_mail(found[-1][0] if found else seen):
        found += batch
    return found


class TestNewMail:
    def test_comes_once_in_order_and_byte_for_byte_and_stays_unseen(self, server: ImapServer, user: str) -> None:
        server.append(user, *(a_mail(number) for number in range(120)))
        with Mailbox.open(a_connection(server, user)) as box:
            first = box.new_mail(box.first_position())
            assert len(first) == mailbox.BATCH
            found = first + all_mail(box, first[-1][0])
            assert [raw for _, raw in found] == [a_mail(number) for number in range(120)]
            assert box.new_mail(found[-1][0]) == []
        assert server.unseen(user) == 120

    def test_is_found_although_another_program_read_or_deleted_some(self, server: ImapServer, user: str) -> None:
        server.append(user, a_mail(1), a_mail(2), a_mail(3))
        with server.client(user) as other:
            other.select("INBOX")
            other.store("1:3", "+FLAGS", r"\Seen")
            other.store("2", "+FLAGS", r"\Deleted")
            other.expunge()
        with Mailbox.open(a_connection(server, user)) as box:
            assert [raw for _, raw in all_mail(box, box.first_position())] == [a_mail(1), a_mail(3)]

    def test_begins_at_the_end_unless_told_otherwise(self, server: ImapServer, user: str) -> None:
        server.append(user, a_mail(1))
        with Mailbox.open(a_connection(server, user, imap_import="new")) as box:
            start = box.first_position()
            assert box.new_mail(start) == []
            server.append(user, a_mail(2))
            assert [raw for _, raw in box.new_mail(start)] == [a_mail(2)]

    def test_is_not_lost_when_the_server_numbers_anew(self, server: ImapServer, user: str) -> None:
        server.append(user, a_mail(1), a_mail(2))
        with Mailbox.open(a_connection(server, user)) as box:
            seen = all_mail(box, box.first_position())[-1][0]
        server.renumber(user)
        server.append(user, a_mail(3))
        with Mailbox.open(a_connection(server, user)) as box:
            found = all_mail(box, seen)
        assert [raw for _, raw in found] == [a_mail(1), a_mail(2), a_mail(3)]
        assert {position.uidvalidity for position, _ in found} != {seen.uidvalidity}

    def test_over_the_size_limit_comes_with_its_words_and_the_files_that_are_whole(
        self, server: ImapServer, user: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailbox, "MAX_MAIL", 1500)  # the real limit would fill 25 MB of disk
        large = a_large_mail()
        server.append(user, a_mail(1), large, a_mail(3))
        with Mailbox.open(a_connection(server, user)) as box:
            found = all_mail(box, box.first_position())
        assert [raw for _, raw in found][::2] == [a_mail(1), a_mail(3)]
        (message,) = adapter.parse(delivery_of(found[1][1], found[1][0]), a_connection(server, user))
        assert isinstance(message, InboundMessage)
        assert (message.subject, message.text) == ("big", "The screen is broken, see the photos.")
        small, big, whole = message.attachments
        assert (small.name, small.data, small.error) == ("small.jpg", b"s" * 90, None)
        assert (big.name, big.data) == ("big.jpg", None)
        assert "in the mailbox alone" in str(big.error)
        assert "only its beginning is here" in str(whole.error)

    def test_many_over_the_size_limit_come_one_by_one(
        self, server: ImapServer, user: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailbox, "MAX_MAIL", 1500)
        monkeypatch.setattr(mailbox, "BATCH_BYTES", 2000)
        server.append(user, *[a_large_mail()] * 3, a_mail(1))
        with Mailbox.open(a_connection(server, user)) as box:
            first = box.new_mail(box.first_position())
            assert len(first) == 1
            assert [raw.startswith(b"X-Heed-Oversized: ") for _, raw in all_mail(box, first[0][0])] == [
                True,
                True,
                False,
            ]

    @pytest.mark.slow
    def test_is_found_behind_ten_thousand_others_each_once(self, server: ImapServer, user: str) -> None:
        server.fill(user, *(a_mail(number) for number in range(10_000)))
        with Mailbox.open(a_connection(server, user)) as box:
            start = box.first_position()
            first = box.new_mail(start)
            assert [raw for _, raw in first] == [a_mail(number) for number in range(mailbox.BATCH)]
            found = all_mail(box, Position(start.uidvalidity, 9_700))
            assert [raw for _, raw in found] == [a_mail(number) for number in range(9_700, 10_000)]
            assert box.new_mail(found[-1][0]) == []
            server.append(user, a_mail(10_000))
            assert [raw for _, raw in box.new_mail(found[-1][0])] == [a_mail(10_000)]

    def test_that_is_broken_stops_none_behind_it(self, server: ImapServer, user: str) -> None:
        broken = (
            b"no header at all\r\n",
            b"\r\n",
            b"Subject: \xff\xfe =?x?\r\n\r\n\xff",
            b"Content-Type: multipart/;\r\n\r\n--",
        )
        server.append(user, a_mail(1), *broken, a_mail(2))
        with Mailbox.open(a_connection(server, user)) as box:
            found = [raw for _, raw in all_mail(box, box.first_position())]
        assert found == [a_mail(1), *broken, a_mail(2)]

    def test_makes_a_delivery_named_by_its_place(self) -> None:
        delivery = delivery_of(a_mail(1), Position(7, 42))
        assert (delivery.key, delivery.body) == ("7/42", a_mail(1))


class TestWait:
    def test_ends_when_mail_comes(self, server: ImapServer, user: str) -> None:
        with Mailbox.open(a_connection(server, user)) as box:
            begin = monotonic()
            sender = threading.Thread(target=server.append, args=(user, a_mail(1)))
            sender.start()
            assert box.wait(30)
            assert monotonic() - begin < 10
            sender.join()
            assert [raw for _, raw in box.new_mail(box.first_position())] == [a_mail(1)]

    def test_ends_when_its_time_is_up(self, server: ImapServer, user: str) -> None:
        with Mailbox.open(a_connection(server, user)) as box:
            assert not box.wait(0.05)
            assert box.new_mail(box.first_position()) == []

    def test_ends_at_once_when_stopped_from_another_thread(self, server: ImapServer, user: str) -> None:
        with Mailbox.open(a_connection(server, user)) as box:
            timer = threading.Timer(0.05, box.stop)
            begin = monotonic()
            timer.start()
            assert not box.wait(30)
            assert monotonic() - begin < 10
            timer.join()
            assert not box.wait(30)

    def test_fails_clearly_when_the_server_goes_and_a_new_connection_goes_on(self, user: str) -> None:
        try:
            own = ImapServer()
        except Missing as error:
            missing(str(error))
        with own as server:
            server.append(user, a_mail(1))
            with Mailbox.open(a_connection(server, user)) as box:
                seen = all_mail(box, box.first_position())[-1][0]
                server.stop()
                with pytest.raises(MailboxFailed):
                    while box.wait(5) or box.new_mail(seen) == []:
                        pass
            server.start()
            server.append(user, a_mail(2))
            with Mailbox.open(a_connection(server, user)) as box:
                assert [raw for _, raw in box.new_mail(seen)] == [a_mail(2)]


SCRIPT = (
    # what the client's line ends with, and all that is sent back at once
    (b"CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE\r\n%s OK done\r\n"),
    (b"LOGIN", b"%s OK done\r\n"),
    (b"EXAMINE", b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT 1] ok\r\n%s OK done\r\n"),
    (b"IDLE", b"+ idling\r\n* 1 EXISTS\r\n"),
    (b"DONE", b"IDLE1 OK done\r\n"),
    (b"LOGOUT", b"* BYE\r\n%s OK done\r\n"),
)


def test_mail_announced_together_with_the_go_ahead_for_idle_is_heard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            conversation, _ = listener.accept()
            with conversation, conversation.makefile("rb") as lines:
                conversation.sendall(b"* OK ready\r\n")
                for line in lines:
                    answer = next(answer for word, answer in SCRIPT if word in line)
                    conversation.sendall(answer.replace(b"%s", line.split()[0]))

        thread = threading.Thread(target=serve)
        thread.start()
        settings = {"imap_host": "127.0.0.1", "imap_port": str(listener.getsockname()[1]), "imap_tls": "none"}
        with Mailbox.open(
            Connection("k", "email", "Shop", {**settings, "imap_user": "u", "imap_password": "p"})
        ) as box:
            begin = monotonic()
            assert box.wait(60)
            assert monotonic() - begin < 20
        thread.join()


class TestCheck:
    def test_is_content_with_a_mailbox_that_works(self, server: ImapServer, user: str) -> None:
        assert adapter.test(a_connection(server, user)) == []

    @pytest.mark.parametrize(
        ("setting", "value", "remedy"),
        [
            ("imap_password", "canary", "did not accept imap_user and imap_password"),
            ("imap_folder", "Nowhere", "check imap_folder"),
            ("imap_tls", "perhaps", "ssl, starttls or none"),
            ("imap_port", "imap", "whole number"),
            ("imap_tls", "starttls", "check imap_host, imap_port and imap_tls"),
        ],
    )
    def test_says_what_to_check(self, server: ImapServer, user: str, setting: str, value: str, remedy: str) -> None:
        (problem,) = adapter.test(a_connection(server, user, **{setting: value}))
        assert remedy in problem
        assert "canary" not in problem

    @pytest.mark.parametrize(
        ("name", "as_sent"),
        [
            ("INBOX", '"INBOX"'),
            ("R&D", '"R&-D"'),
            ("Gelöscht", '"Gel&APY-scht"'),
            ('a"b\\', '"a\\"b\\\\"'),
            ("受信", '"&U9dP4Q-"'),
        ],
    )
    def test_writes_folder_names_as_imap_takes_them(self, name: str, as_sent: str) -> None:
        assert quoted(name) == as_sent
