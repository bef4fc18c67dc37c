"""Mid-conversation: an agent's connection is lost and their chats find somebody else; a mood that rises is told."""

from datetime import timedelta

import pytest

from router import desk as acts
from router import presence, waking
from router.model import Role
from tests.builders import a_connection_row, a_supervisor, an_agent, mail, now

ANGRY = "This is outrageous! The third time nobody helps me. Refund me now or I will cancel my account and sue you!"


@pytest.fixture
def ana(sqlite_desk):
    """An agent who was here by a page, and whose connection was lost."""
    return an_agent(sqlite_desk, presence=None)


def lose(at, ana, stream, ago):
    """Let an agent's last stream end, and be noticed."""
    presence.stream_closed(at.heed, stream, now() - ago - timedelta(minutes=1))
    at.do("UPDATE presence SET valid_from = :long_ago", long_ago=(now() - timedelta(hours=1)).replace(tzinfo=None))
    assert presence.sweep(at.heed, now() - ago) == [ana.agent]


def taken(at, ana):
    """Return a chat that waits for an answer, one that is answered, and a mail, all Ana's."""
    row = a_connection_row(at, "email")
    chat, answered = at.says(who="dan"), at.says(who="eve")
    mail(at, row)
    held = [acts.pull(at.heed, ana, now()).ticket_id for _ in range(3)]
    acts.reply(at.heed, ana, answered.id, "It is on its way.", now())
    return chat.id, answered.id, (set(held) - {chat.id, answered.id}).pop()


class TestAnAgentWhoIsLost:
    def test_loses_their_chats_after_two_minutes_and_nothing_else(self, sqlite_desk, ana):
        stream = presence.stream_opened(sqlite_desk.heed, ana.agent, "p1", now())
        chat, answered, letter = taken(sqlite_desk, ana)
        lose(sqlite_desk, ana, stream, timedelta(minutes=1, seconds=50))
        waking.pull_back(sqlite_desk.heed, now())
        assert sqlite_desk.ticket(chat).state == "open"
        waking.pull_back(sqlite_desk.heed, now() + timedelta(seconds=15))
        assert [sqlite_desk.ticket(one).state for one in (chat, answered, letter)] == ["waiting", "pending", "open"]
        assert sqlite_desk.ticket(chat).place is not None
        bo = an_agent(sqlite_desk, "Bo")
        assert acts.pull(sqlite_desk.heed, bo, now()).ticket_id == chat

    def test_who_comes_back_in_time_keeps_them(self, sqlite_desk, ana):
        stream = presence.stream_opened(sqlite_desk.heed, ana.agent, "p1", now())
        chat, *_ = taken(sqlite_desk, ana)
        lose(sqlite_desk, ana, stream, timedelta(minutes=1))
        presence.stream_opened(sqlite_desk.heed, ana.agent, "p1", now())
        waking.pull_back(sqlite_desk.heed, now() + timedelta(minutes=5))
        assert sqlite_desk.ticket(chat).agent_id == ana.agent


class TestAMoodThatRises:
    def test_is_told_to_the_agent_and_the_supervisors_once(self, sqlite_desk):
        ana = an_agent(sqlite_desk)
        a_supervisor(sqlite_desk)
        sqlite_desk.says("Hi, where can I find my invoice please?")
        acts.pull(sqlite_desk.heed, ana, now())
        for _ in range(2):
            sqlite_desk.says(ANGRY)
        told = sqlite_desk.rows("SELECT agent_id, role FROM notice WHERE kind = 'mood' ORDER BY role")
        assert sorted(told, key=str) == sorted([(ana.agent, None), (None, Role.SUPERVISOR.value)], key=str)

    def test_of_a_ticket_that_waits_moves_it_and_alerts_nobody(self, sqlite_desk):
        first = sqlite_desk.says("Hi, where can I find my invoice please?")
        assert sqlite_desk.says(ANGRY).place < first.place
        assert sqlite_desk.rows("SELECT 1 FROM notice") == []
