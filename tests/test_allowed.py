"""What a channel still allows: whether one can write, how long, until when; and what one can do instead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from channels import adapter
from router.inbox.allowed import allowed

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TELEGRAM = adapter("telegram").INFO
WINDOWED = replace(TELEGRAM, label="Post", reply_window=timedelta(hours=24))


class TestAllowed:
    def test_says_how_long_a_message_may_be_and_that_longer_ones_are_split(self):
        found = allowed(TELEGRAM, NOON)
        assert (found.may_write, found.why_not, found.max_text, found.splits) == (True, "", 4096, True)
        assert 0 < found.near < found.max_text

    def test_shows_no_limit_that_nobody_reaches(self):
        assert allowed(adapter("email").INFO, NOON).max_text == 0

    def test_lets_nobody_write_where_the_connection_is_gone(self):
        found = allowed(None, NOON)
        assert not found.may_write
        assert found.instead

    def test_knows_how_long_a_window_is_open_and_that_it_is_closed(self):
        heard = NOON - timedelta(hours=23)
        assert allowed(WINDOWED, NOON, last_heard=heard).open_until == heard + timedelta(hours=24)
        assert allowed(WINDOWED, NOON, last_heard=heard).may_write
        closed = allowed(WINDOWED, NOON + timedelta(hours=1), last_heard=heard)
        assert not closed.may_write
        assert closed.why_not.startswith("Post takes answers only within 24 hours after the customer's last message")
        assert "another channel" in closed.instead
        assert allowed(WINDOWED, NOON).may_write, "nobody wrote yet: the platform will say"

    def test_says_what_the_channel_itself_still_allows(self):
        week = replace(WINDOWED, reply_window=timedelta(days=7), after_window="Send a template.")
        closed = allowed(week, NOON, last_heard=NOON - timedelta(days=7))
        assert (closed.instead, "within 7 days" in closed.why_not) == ("Send a template.", True)

    def test_knows_a_window_that_holds_on_some_threads_alone(self):
        some = replace(WINDOWED, window_threads="far:")
        long_ago = NOON - timedelta(days=9)
        assert not allowed(some, NOON, last_heard=long_ago, thread="far:1").may_write
        near = allowed(some, NOON, last_heard=long_ago, thread="1")
        assert (near.may_write, near.open_until) == (True, None)

    def test_tells_what_the_platform_refused_but_lets_one_try(self):
        found = allowed(TELEGRAM, NOON, refused="The customer has blocked this bot.")
        assert (found.may_write, found.why_not) == (True, "The customer has blocked this bot.")
        assert found.instead

    def test_tells_that_a_connection_is_paused(self):
        assert "paused" in allowed(TELEGRAM, NOON, active=False).why_not
