"""What came on a connection becomes messages and tickets: once each, whatever comes twice, late, broken or deadly."""

import json
import threading

import pytest

import channels
from channels.types import MAX_MAIL, Attachment, InboundMessage, Party
from router import intake
from router.drain import drain
from router.store import leases
from tests import workers
from tests.builders import a_connection_row, a_delivery, in_minutes, mail, now, post, raw


def states(desk):
    return [state for (state,) in desk.rows("SELECT state FROM inbound_event ORDER BY id")]


def texts(desk):
    return [row.text for row in desk.messages()]


@pytest.fixture
def standin(desk, monkeypatch):
    """A connection of a channel whose parser the test chooses."""
    monkeypatch.setattr(channels, "CHANNELS", (*channels.CHANNELS, "standin"))

    def connect(parse):
        workers.stand_in(parse)
        return a_connection_row(desk, "standin")

    return connect


class TestOnce:
    def test_the_same_delivery_fifty_times_at_once_and_again_after_a_restart_is_one_message(self, desk):
        one = a_delivery("Where is my parcel?", key="same")
        threads = [
            threading.Thread(target=intake.accept, args=(desk.heed, desk.api, one, now()), daemon=True)
            for _ in range(50)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        desk.drain()
        desk.restart()
        intake.accept(desk.heed, desk.api, one, now())
        desk.drain()
        assert len(desk.messages()) == len(desk.tickets) == 1

    def test_the_same_message_in_other_deliveries_is_one_message(self, desk):
        for _ in range(3):
            post(desk, "Where is my parcel?", id="m-same")
        desk.drain()
        post(desk, "Where is my parcel?", id="m-same")
        desk.drain()
        assert len(desk.messages()) == len(desk.tickets) == 1
        assert states(desk) == ["done"] * 4

    def test_drains_at_the_same_moment_read_everything_once(self, desk):
        for number in range(40):
            post(desk, "Where is my parcel?", f"visitor{number}", id=f"x{number}")
        workers.together(desk, *[(workers.drains, desk.api.id)] * 3)
        assert len(desk.messages()) == len(desk.tickets) == 40
        assert set(states(desk)) == {"done"}

    def test_a_new_customers_first_two_mails_at_the_same_moment_are_one_contact_and_two_tickets(self, desk):
        rows = [a_connection_row(desk, "email", settings={"address": f"help{n}@shop.example"}) for n in (1, 2)]
        letter = "From: dan@home.example\nTo: x@shop.example\nSubject: Hi\nMessage-ID: <{}@home>\n\nWhere is it?"
        for row in rows:
            intake.accept(desk.heed, row, raw(letter.format(row.id).encode()), now())
        workers.together(desk, *[(workers.drains, row.id) for row in rows])
        assert len(desk.tickets) == 2
        assert len({ticket.contact_id for ticket in desk.tickets}) == 1
        assert sorted(ticket.number for ticket in desk.tickets) == [1, 2]
        assert desk.rows("SELECT count(*) FROM contact") == [(1,)]

    def test_a_drain_that_finds_another_at_work_leaves_it_to_that_one(self, desk):
        post(desk)
        with desk.heed.database.write() as db:
            leases.take(db, f"drain:{desk.api.id}", "another", now(), in_minutes(1) - now())
        assert desk.drain() == 0
        assert states(desk) == ["stored"]


class TestOrder:
    def test_an_answer_before_what_it_answers_joins_the_same_ticket_by_its_thread(self, desk):
        post(desk, "And one more thing", id="second", thread="t1")
        post(desk, "Where is my parcel?", id="first", thread="t1")
        desk.drain()
        assert len(desk.tickets) == 1
        assert len(desk.messages()) == 2

    def test_an_edit_before_its_message_takes_effect_once_it_is_there(self, desk):
        intake.accept(desk.heed, desk.api, raw(json.dumps({"type": "edit", "id": "e1", "text": "b"}).encode()), now())
        post(desk, "a", id="e1")
        desk.drain()
        assert texts(desk) == ["b"]
        assert desk.rows("SELECT text FROM message_rendition WHERE kind = 'before_edit'") == [("a",)]
        assert states(desk) == ["done", "done"]

    def test_edits_and_deletions_keep_what_was_there(self, desk):
        post(desk, "first words", id="e1")
        for body in ({"type": "edit", "text": "second words"}, {"type": "edit", "text": "third"}, {"type": "deletion"}):
            intake.accept(desk.heed, desk.api, raw(json.dumps({"id": "e1", **body}).encode()), now())
            desk.drain()
        [row] = desk.messages()
        assert row.text == "third"
        assert row.edited_at is not None
        assert row.deleted_at is not None
        kept = desk.rows("SELECT text FROM message_rendition WHERE kind = 'before_edit' ORDER BY at, id")
        assert kept == [("first words",), ("second words",)]

    def test_receipts_move_our_message_forward_and_never_back(self, desk):
        ticket = desk.says(id="q1")
        message_id = "reply" + "0" * 21
        desk.do(
            "INSERT INTO message (id, brand_id, home_ticket_id, connection_id, external_id, direction, visibility,"
            " subject, text, state, state_detail, automatic, proven, at) VALUES (:i, :b, :t, :c, 'ours', 'outbound',"
            " 'public', '', 'Hi', 'sent', '', false, false, :n)",
            i=message_id, b=desk.brand_id, t=ticket.id, c=desk.api.id, n=now(),
        )  # fmt: skip
        for state in ("read", "delivered", "failed"):
            body = {"type": "receipt", "id": "ours", "state": state}
            intake.accept(desk.heed, desk.api, raw(json.dumps(body).encode()), now())
        desk.drain()
        assert desk.rows("SELECT state FROM message WHERE id = :i", i=message_id) == [("read",)]


class TestAttachments:
    def test_are_stored_once_per_content_and_counted(self, desk):
        file = {"name": "../../receipt.pdf", "media_type": "application/pdf", "data": "JVBERi0x"}
        desk.says("See this", attachments=[file, file])
        assert desk.rows("SELECT refs FROM blob") == [(2,)]
        assert desk.rows("SELECT name, state, size FROM attachment") == [("receipt.pdf", "stored", 6)] * 2

    def test_beyond_the_cap_are_marked_and_the_message_is_kept(self, desk, standin, monkeypatch):
        def parse(delivery, connection):
            large = Attachment("film.mp4", "video/mp4", data=bytes(MAX_MAIL + 1))
            return [InboundMessage("m1", Party("from", "dan"), "Look", attachments=(large,))]

        row = standin(parse)
        post(desk, row=row)
        desk.drain(row)
        [(state, blob, error)] = desk.rows("SELECT state, blob_id, error FROM attachment")
        assert (state, blob) == ("missing", None)
        assert "too large" in error
        assert texts(desk) == ["Look"]


class TestMail:
    def test_from_a_stranger_with_a_known_header_gets_a_ticket_of_its_own_that_points_to_the_other(self, desk):
        row = a_connection_row(desk, "email")
        first = mail(desk, row, who="dan@home.example")
        other = mail(desk, row, who="eve@else.example", In_Reply_To=first)
        mine, hers = desk.ticket_of(first, row), desk.ticket_of(other, row)
        assert mine.id != hers.id
        assert hers.follows_ticket_id == mine.id

    def test_from_someone_who_was_on_the_thread_joins_it(self, desk):
        row = a_connection_row(desk, "email")
        first = mail(desk, row, who="dan@home.example", Cc="eve@else.example")
        other = mail(desk, row, who="eve@else.example", In_Reply_To=first)
        assert desk.ticket_of(first, row).id == desk.ticket_of(other, row).id

    def test_without_a_header_is_a_new_ticket_of_the_same_contact(self, desk):
        row = a_connection_row(desk, "email")
        first, second = mail(desk, row), mail(desk, row)
        assert desk.ticket_of(first, row).id != desk.ticket_of(second, row).id
        assert desk.ticket_of(first, row).contact_id == desk.ticket_of(second, row).contact_id


def test_a_drain_says_how_many_events_it_settled(desk):
    for number in range(70):
        post(desk, "Hello there", f"v{number}")
    assert drain(desk.heed, desk.api.id) == 70
    assert drain(desk.heed, desk.api.id) == 0
