"""Mailboxes on a real IMAP server: mail is stored once, with the position, whatever happens in between."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.email.mailbox import Position
from router import delivery
from router import desk as acts
from router.mailboxes import Mailboxes
from router.store import connections, mailboxes
from tests.a_bounce import a_bounce
from tests.builders import Desk, a_connection_row, a_desk, an_agent, now, pulled
from tests.servers.imap import ImapServer, Missing, running_imap
from tests.servers.smtp import SmtpServer
from tests.soon import soon

pytestmark = pytest.mark.imap


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    try:
        with running_imap() as found:
            yield found
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def here(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(sqlite_url, tmp_path) as made:
        yield made


def a_mail(number: int) -> bytes:
    head = f"From: dan@home.example\r\nTo: help@shop.example\r\nMessage-ID: <{number}@home.example>\r\n"
    return f"{head}Subject: Order {number}\r\n\r\nWhere is order {number}?\r\n".encode()


def stored(of: Desk) -> int:
    return int(of.rows("SELECT count(*) FROM inbound_event")[0][0])


def test_what_is_there_and_what_comes_is_stored(here, server):
    row = a_connection_row(here, "email", settings=server.settings("ana"))
    server.append("ana", a_mail(1), a_mail(2))
    boxes = Mailboxes(here.heed)
    boxes.look()
    try:
        assert soon(lambda: stored(here) == 2)
        server.append("ana", a_mail(3))
        assert soon(lambda: stored(here) == 3)
    finally:
        boxes.stop()
    assert here.drain(row) == 3
    assert [one.subject for one in here.tickets] == ["Order 1", "Order 2", "Order 3"]


def test_what_was_read_is_not_read_again(here, server):
    a_connection_row(here, "email", settings=server.settings("bo"))
    server.append("bo", a_mail(1))
    for _ in range(2):
        boxes = Mailboxes(here.heed)
        boxes.look()
        assert soon(lambda: stored(here) == 1)
        boxes.stop()
    server.append("bo", a_mail(2))
    boxes = Mailboxes(here.heed)
    boxes.look()
    assert soon(lambda: stored(here) == 2)
    boxes.stop()


def test_a_mailbox_that_is_renumbered_doubles_nothing(here, server):
    row = a_connection_row(here, "email", settings=server.settings("cy"))
    server.append("cy", a_mail(1))
    boxes = Mailboxes(here.heed)
    boxes.look()
    assert soon(lambda: stored(here) == 1)
    here.drain(row)
    server.renumber("cy")
    assert soon(lambda: stored(here) == 2)  # the same mail under another number
    boxes.stop()
    here.drain(row)
    assert len(here.tickets) == 1


def test_a_bounce_ends_at_the_answer_that_came_back(here, server):
    with SmtpServer() as smtp:
        row = a_connection_row(here, "email", settings={**server.settings("gil"), **smtp.settings()})
        smtp.on_mail = lambda taken: server.append("gil", a_bounce(taken.mail["Message-ID"]))
        server.append("gil", a_mail(1))
        boxes = Mailboxes(here.heed)
        boxes.look()
        try:
            assert soon(lambda: stored(here) == 1)
            here.drain(row)
            ana = an_agent(here)
            answer = acts.reply(here.heed, ana, pulled(here, ana), "It is on its way.", now())
            delivery.send(here.heed, answer)
            assert soon(lambda: stored(here) == 2)
        finally:
            boxes.stop()
    assert here.drain(row) == 1
    [(state, why)] = here.rows("SELECT state, state_detail FROM message WHERE id = :m", m=answer)
    assert (state, "no such address" in why) == ("failed", True)
    [ticket] = here.tickets
    assert (ticket.state, ticket.agent_id) == ("open", ana.agent)


def test_a_line_that_breaks_is_mended(here, server):
    a_connection_row(here, "email", settings=server.settings("di"))
    boxes = Mailboxes(here.heed)
    boxes.look()
    server.append("di", a_mail(1))
    assert soon(lambda: stored(here) == 1)
    server.stop()
    server.start()
    server.append("di", a_mail(2))
    assert soon(lambda: stored(here) == 2)
    boxes.stop()


def test_what_is_wrong_is_said_on_the_connection_until_it_is_mended(here, server):
    row = a_connection_row(here, "email", settings=server.settings("ed", imap_password="wrong"))

    def error() -> str | None:
        return here.rows("SELECT last_error FROM connection WHERE id = :c", c=row.id)[0][0]

    boxes = Mailboxes(here.heed)
    boxes.look()
    assert soon(lambda: error() is not None)
    assert error() == "Mailbox: The IMAP server did not accept imap_user and imap_password."
    with here.heed.database.write() as db:
        settings = server.settings("ed")
        connections.put_settings(db, here.heed.vault, row.id, settings, frozenset(), now())
    boxes.look()
    assert soon(lambda: error() is None)
    boxes.stop()


def test_connections_come_and_go(here, server):
    boxes = Mailboxes(here.heed)
    boxes.look()
    assert boxes.watched == set()
    row = a_connection_row(here, "email", settings=server.settings("fay"))
    a_connection_row(here, "email")  # mail is posted to this one
    boxes.look()
    assert boxes.watched == {row.id}
    with here.heed.database.write() as db:
        connections.set_active(db, row.id, False, now())
    boxes.look()
    assert boxes.watched == set()
    began = time.monotonic()
    boxes.stop()
    assert time.monotonic() - began < 6


def test_a_position_never_goes_back(database_url, tmp_path):
    with a_desk(database_url, tmp_path) as of:
        row = a_connection_row(of, "email")
        for position, kept in (((7, 10), (7, 10)), ((7, 9), (7, 10)), ((7, 12), (7, 12)), ((8, 1), (8, 1))):
            with of.heed.database.write() as db:
                mailboxes.put_position(db, row.id, Position(*position), now())
            with of.heed.database.read() as db:
                assert mailboxes.position(db, row.id) == Position(*kept)
