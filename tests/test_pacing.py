"""Limits of platforms: so many messages a second, a pause in one conversation, and what Retry-After asks for."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.errors import DeliveryFailed
from router import delivery
from router import desk as acts
from router.pacing import Pace, turn
from tests.a_platform import Platform, customer_says
from tests.builders import Desk, an_agent, now

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NO_GAP = timedelta(0)


class TestATurn:
    def test_is_now_where_nothing_is_limited(self):
        assert turn(NOON, None, None, NO_GAP).at == NOON

    def test_gives_each_reply_of_a_connection_a_moment_of_its_own(self):
        first = turn(NOON, Pace(NOON), None, SECOND)
        second = turn(NOON, Pace(first.next_at), None, SECOND)
        third = turn(NOON, Pace(second.next_at), None, SECOND)
        assert [found.at - NOON for found in (first, second, third)] == [NO_GAP, SECOND, 2 * SECOND]
        assert [found.reserved for found in (first, second)] == [None, NOON + SECOND]

    def test_that_was_given_is_kept_and_costs_no_other(self):
        early = turn(NOON, Pace(NOON + 9 * SECOND), None, SECOND, reserved=NOON + SECOND)
        due = turn(NOON + SECOND, Pace(NOON + 9 * SECOND), None, SECOND, reserved=NOON + SECOND)
        assert (early.at, early.next_at, due.at, due.next_at) == (NOON + SECOND, None, NOON + SECOND, None)

    def test_waits_for_a_pause_of_the_connection_and_queues_anew_after_it(self):
        paused = Pace(NOON + 2 * SECOND, paused_until=NOON + 30 * SECOND)
        found = turn(NOON, paused, None, SECOND, reserved=NOON + SECOND)
        assert (found.at, found.next_at) == (NOON + 30 * SECOND, NOON + 31 * SECOND)
        assert turn(NOON + 30 * SECOND, paused, None, SECOND).at == NOON + 30 * SECOND

    def test_in_a_conversation_waits_without_taking_a_moment_of_the_connection(self):
        found = turn(NOON, Pace(NOON), Pace(NOON + 5 * SECOND), SECOND)
        assert (found.at, found.next_at, found.in_chat) == (NOON + 5 * SECOND, None, True)


@pytest.fixture
def ana(desk: Desk):
    return an_agent(desk, slots={"live": 9})


def replies(of: Desk, platform: Platform, ana, *people: str) -> list[str]:
    """Return replies to be sent, one to each of these people."""
    found = []
    for who in people:
        platform.tell(customer_says("Hello?", who))
        pulled = acts.pull(of.heed, ana, now())
        assert pulled is not None
        found.append(acts.reply(of.heed, ana, pulled.ticket_id, f"To {who}", now()))
    return found


def send(of: Desk, message_id: str, at: datetime) -> None:
    def no_wait(_seconds: float) -> None:
        raise AssertionError("it waited")

    delivery.send(of.heed, message_id, lambda: at, no_wait)


def texts(platform: Platform) -> list[str]:
    return [reply.text for reply in platform.sent]


class TestAConnection:
    def test_sends_no_faster_than_its_platform_takes(self, desk, monkeypatch, ana):
        platform = Platform(desk, monkeypatch, sends_per_s=0.5)
        three, begin = replies(desk, platform, ana, "dan", "eve", "fay"), now()
        for message_id in three:
            send(desk, message_id, begin)
        assert texts(platform) == ["To dan"]
        rows = desk.rows("SELECT attempts, attempt_key FROM outgoing ORDER BY created_at")
        assert rows == [(1, None), (0, None), (0, None)]
        for seconds, sent in ((1, 1), (2, 2), (3, 2), (4, 3)):
            for message_id in three:
                send(desk, message_id, begin + timedelta(seconds=seconds))
            assert len(platform.sent) == sent

    def test_that_is_asked_to_slow_down_waits_with_all_it_has(self, desk, monkeypatch, ana):
        platform = Platform(desk, monkeypatch)
        platform.trouble.append(DeliveryFailed("Slower.", retry_after_s=60, slows="connection"))
        (one, other), begin = replies(desk, platform, ana, "dan", "eve"), now()
        send(desk, one, begin)
        send(desk, other, begin + timedelta(seconds=59))
        assert texts(platform) == ["To dan"]
        send(desk, other, begin + timedelta(seconds=61))
        send(desk, one, begin + timedelta(seconds=61))
        assert texts(platform) == ["To dan", "To eve", "To dan"]

    def test_that_is_asked_to_wait_with_one_conversation_goes_on_with_the_others(self, desk, monkeypatch, ana):
        platform = Platform(desk, monkeypatch)
        platform.trouble.append(DeliveryFailed("Slower.", retry_after_s=60, slows="chat"))
        (one, other), begin = replies(desk, platform, ana, "dan", "eve"), now()
        send(desk, one, begin)
        send(desk, other, begin)
        assert texts(platform) == ["To dan", "To eve"]

    def test_whose_platform_is_down_for_one_reply_does_not_keep_the_others(self, desk, monkeypatch, ana):
        platform = Platform(desk, monkeypatch)
        platform.trouble.append(DeliveryFailed("Down.", retry_after_s=60))
        (one, other), begin = replies(desk, platform, ana, "dan", "eve"), now()
        send(desk, one, begin)
        send(desk, other, begin)
        assert texts(platform) == ["To dan", "To eve"]


class TestAConversation:
    def test_is_written_to_with_pauses_others_are_not_kept_by(self, desk, monkeypatch, ana):
        platform = Platform(desk, monkeypatch, chat_pause_s=5.0)
        (one, other), begin = replies(desk, platform, ana, "dan", "eve"), now()
        [(ticket_id,)] = desk.rows("SELECT ticket_id FROM outgoing WHERE message_id = :m", m=one)
        again = acts.reply(desk.heed, ana, ticket_id, "More to dan", now())
        for message_id in (one, again, other):
            send(desk, message_id, now())
        assert texts(platform) == ["To dan", "To eve"]
        send(desk, again, begin + timedelta(seconds=30))
        assert texts(platform) == ["To dan", "To eve", "More to dan"]

    def test_whose_pause_is_short_is_waited_for_on_the_spot(self, desk, monkeypatch, ana):
        platform = Platform(desk, monkeypatch, chat_pause_s=1.0)
        [one] = replies(desk, platform, ana, "dan")
        [(ticket_id,)] = desk.rows("SELECT ticket_id FROM outgoing WHERE message_id = :m", m=one)
        again = acts.reply(desk.heed, ana, ticket_id, "More to dan", now())
        clock, waited = [now()], []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            clock[0] += timedelta(seconds=seconds)

        delivery.send(desk.heed, one, lambda: clock[0], wait)
        delivery.send(desk.heed, again, lambda: clock[0], wait)
        assert (texts(platform), waited) == (["To dan", "More to dan"], [pytest.approx(1.0)])
