"""What becomes of a message once it is stored: edited, taken back, delivered, failed; in whatever order that comes."""

from datetime import timedelta

import pytest

from channels.types import Deletion, Edit, Receipt
from router import delivery
from router import desk as acts
from router.keeping import purge
from tests.a_platform import Platform, customer_says
from tests.builders import Desk, an_agent, in_minutes, now


@pytest.fixture
def platform(desk: Desk, monkeypatch) -> Platform:
    return Platform(desk, monkeypatch)


def a_reply(of: Desk, platform: Platform, text: str = "On its way.") -> tuple[str, str, str]:
    """Return agent, ticket and message of a reply that is to be sent."""
    ana = an_agent(of)
    ticket = platform.pulled(ana)
    assert ana.agent is not None
    return ana.agent, ticket.id, acts.reply(of.heed, ana, ticket.id, text, now())


def state(of: Desk, message_id: str) -> tuple[str, str]:
    [found] = of.rows("SELECT state, state_detail FROM message WHERE id = :m", m=message_id)
    return found


def before_edit(of: Desk) -> list[str]:
    return [
        text for (text,) in of.rows("SELECT text FROM message_rendition WHERE kind = 'before_edit' ORDER BY at, id")
    ]


class TestAReceipt:
    def test_that_comes_before_our_call_is_answered_is_not_lost(self, desk, platform):
        _, _, message_id = a_reply(desk, platform)
        platform.before_answering = lambda reply: platform.tell(
            Receipt("ours-1", "delivered"), Receipt("ours-1", "read")
        )
        delivery.send(desk.heed, message_id)
        assert state(desk, message_id) == ("read", "")
        assert desk.rows("SELECT count(*) FROM early_word") == [(0,)]

    def test_moves_a_message_on_and_never_back(self, desk, platform):
        _, _, message_id = a_reply(desk, platform)
        delivery.send(desk.heed, message_id)
        for told, then in (("delivered", "delivered"), ("sent", "delivered"), ("read", "read"), ("delivered", "read")):
            platform.tell(Receipt("ours-1", told))
            assert state(desk, message_id)[0] == then

    def test_of_a_failure_shows_why_tells_the_writer_and_brings_the_ticket_back(self, desk, platform):
        agent, ticket_id, message_id = a_reply(desk, platform)
        delivery.send(desk.heed, message_id)
        desk.do("UPDATE ticket SET state = 'pending' WHERE id = :t", t=ticket_id)
        platform.tell(Receipt("ours-1", "failed", detail="The number is not on the platform."))
        assert state(desk, message_id) == ("failed", "The number is not on the platform.")
        assert desk.rows("SELECT agent_id, kind, message_id FROM notice") == [(agent, "not_sent", message_id)]
        found = desk.ticket(ticket_id)
        assert (found.state, found.agent_id) == ("open", agent)
        assert desk.rows("SELECT met_at FROM promise WHERE ticket_id = :t", t=ticket_id) == [(None,)]

    def test_of_a_failure_before_our_call_is_answered_brings_the_ticket_back_as_well(self, desk, platform):
        _, ticket_id, message_id = a_reply(desk, platform)
        desk.do("UPDATE ticket SET state = 'pending' WHERE id = :t", t=ticket_id)
        platform.before_answering = lambda reply: platform.tell(Receipt("ours-1", "failed", detail="No."))
        delivery.send(desk.heed, message_id)
        assert state(desk, message_id) == ("failed", "No.")
        assert desk.ticket(ticket_id).state == "open"

    def test_of_one_part_that_failed_counts_though_another_was_read(self, desk, platform):
        _, _, message_id = a_reply(desk, platform)
        delivery.send(desk.heed, message_id)
        platform.tell(Receipt("ours-1", "read"), Receipt("ours-1", "failed", detail="No."))
        assert state(desk, message_id) == ("read", "")
        row = {"c": platform.row.id, "m": message_id}
        desk.do("INSERT INTO message_alias (connection_id, external_id, message_id) VALUES (:c, 'ours-1b', :m)", **row)
        platform.tell(Receipt("ours-1b", "failed", detail="No."))
        assert state(desk, message_id) == ("failed", "A part of it was not delivered. No.")

    def test_of_a_message_that_never_comes_is_forgotten(self, desk, platform):
        platform.tell(Receipt("nobody", "read"))
        assert desk.rows("SELECT count(*) FROM early_word") == [(1,)]
        purge(desk.heed, now() + timedelta(days=4))
        assert desk.rows("SELECT count(*) FROM early_word") == [(0,)]


class TestAnEdit:
    def test_that_is_overtaken_by_a_later_one_is_history_at_once(self, desk, platform):
        said = customer_says("first")
        platform.tell(said)
        platform.tell(Edit(said.external_id, "third", in_minutes(2)), Edit(said.external_id, "second", in_minutes(1)))
        assert [row.text for row in desk.messages()] == ["third"]
        assert before_edit(desk) == ["second", "first"]

    def test_that_comes_twice_is_one(self, desk, platform):
        said = customer_says("first")
        platform.tell(said)
        for _ in range(2):
            platform.tell(Edit(said.external_id, "second"))
        assert before_edit(desk) == ["first"]

    def test_of_what_was_taken_back_leaves_it_taken_back(self, desk, platform):
        said = customer_says("first")
        platform.tell(said, Deletion(said.external_id), Edit(said.external_id, "second", in_minutes(-1)))
        [row] = desk.messages()
        assert (row.text, row.deleted_at is not None) == ("first", True)
        assert before_edit(desk) == ["second"]

    def test_and_deletion_that_came_first_wait_for_their_message(self, desk, platform):
        said = customer_says("first")
        platform.tell(Edit(said.external_id, "second"))
        platform.tell(Deletion(said.external_id))
        assert desk.messages() == []
        platform.tell(said)
        [row] = desk.messages()
        assert (row.text, row.deleted_at is not None) == ("second", True)
        assert before_edit(desk) == ["first"]
