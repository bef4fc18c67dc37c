"""Presence: by an agent's own word, or by their open pages as the server sees them."""

import pytest

from router import presence
from router.model import Presence
from tests.builders import an_agent, in_minutes, now


def status(desk, scope):
    with desk.heed.database.read() as db:
        return presence.current(db, scope.agent)


@pytest.fixture
def ana(desk):
    return an_agent(desk, presence=None)


class TestAnOpenPage:
    def test_makes_its_agent_be_here(self, desk, ana):
        assert status(desk, ana) == (Presence.OFFLINE, "")
        presence.stream_opened(desk.heed, ana.agent, "web1", now())
        assert status(desk, ana) == (Presence.ONLINE, "")

    def test_does_not_undo_their_own_word(self, desk, ana):
        presence.set_presence(desk.heed, ana.agent, Presence.AWAY, now(), reason="lunch")
        presence.stream_opened(desk.heed, ana.agent, "web1", now())
        assert status(desk, ana) == (Presence.AWAY, "lunch")

    def test_that_closes_leaves_a_grace_for_a_reload(self, desk, ana):
        stream = presence.stream_opened(desk.heed, ana.agent, "web1", now())
        presence.stream_closed(desk.heed, stream, now())
        assert presence.sweep(desk.heed, now()) == []
        presence.stream_opened(desk.heed, ana.agent, "web1", now())
        assert presence.sweep(desk.heed, in_minutes(0.6)) == []
        assert status(desk, ana)[0] is Presence.ONLINE

    def test_that_was_the_last_one_takes_its_agent_offline_after_the_grace(self, desk, ana):
        streams = [presence.stream_opened(desk.heed, ana.agent, "web1", now()) for _ in range(2)]
        presence.stream_closed(desk.heed, streams[0], now())
        assert presence.sweep(desk.heed, in_minutes(0.6)) == [], "another tab is open"
        presence.stream_closed(desk.heed, streams[1], now())
        assert presence.sweep(desk.heed, in_minutes(0.6)) == [ana.agent]
        assert status(desk, ana) == (Presence.OFFLINE, "connection lost")
        presence.stream_opened(desk.heed, ana.agent, "web1", in_minutes(1))
        assert status(desk, ana)[0] is Presence.ONLINE, "whoever comes back is here"

    def test_is_gone_with_its_process(self, desk, ana):
        presence.stream_opened(desk.heed, ana.agent, "web1", now())
        presence.streams_seen(desk.heed, "web2", in_minutes(2))
        assert presence.sweep(desk.heed, in_minutes(2)) == [ana.agent]

    def test_counts_again_when_its_process_was_only_asleep(self, desk, ana):
        closed = presence.stream_opened(desk.heed, ana.agent, "web1", now())
        presence.stream_opened(desk.heed, ana.agent, "web1", now())
        presence.stream_closed(desk.heed, closed, now())
        assert presence.sweep(desk.heed, in_minutes(60)) == [ana.agent]
        presence.streams_seen(desk.heed, "web1", in_minutes(60))
        assert status(desk, ana)[0] is Presence.ONLINE
        assert desk.rows("SELECT count(*) FROM stream WHERE closed_at IS NULL") == [(1,)], "a page that closed stays so"


def test_presence_is_kept_as_history(desk, ana):
    for status_then in (Presence.ONLINE, Presence.ONLINE, Presence.AWAY):
        presence.set_presence(desk.heed, ana.agent, status_then, now())
    held = desk.rows("SELECT status FROM presence ORDER BY valid_from")
    assert held == [("online",), ("away",)]
    assert desk.rows("SELECT count(*) FROM presence WHERE valid_to IS NULL") == [(1,)]
