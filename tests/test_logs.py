"""The log: one line for each record, and nothing private in it."""

import json
import logging

import pytest

from channels.errors import DeliveryFailed
from router import logs


def line(message: str, *args: object, **more: object) -> dict[str, object]:
    record = logging.getLogger("router.test").makeRecord(
        "router.test", logging.WARNING, __file__, 1, message, args, None, extra=more or None
    )
    found: dict[str, object] = json.loads(logs.JsonLines().format(record))
    return found


class TestScrub:
    @pytest.mark.parametrize(
        ("said", "written"),
        [
            ("POST /hooks/s3cr3t-key refused", "POST /hooks/*** refused"),
            ("for ana.b+x@shop.example now", "for *** address *** now"),
            ("postgresql+psycopg://heed:pw@db/heed", "postgresql+psycopg://***@db/heed"),
            ("GET https://api.example/x?token=abc&a=b failed", "GET https://api.example/x?*** failed"),
            ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer ***"),
            ("password='hunter2'", "password='***'"),
            ("card 4111 1111 1111 1111.", "card *** digits ***."),
            ("/bot123456789:AAFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE0/sendMessage", "/bot*** bot token ***/sendMessage"),
            ("token expired for ticket 1042", "token expired for ticket 1042"),
            ("نہیں “ok” …", "نہیں “ok” …"),
        ],
    )
    def test_hides_what_is_private_and_nothing_else(self, said: str, written: str) -> None:
        assert logs.scrub(said) == written

    @pytest.mark.parametrize(
        "nasty", ["1 " * 500_000, "a@" * 500_000, "\0" * 10, "\ud800"], ids=["1", "a@", "nul", "lone"]
    )
    def test_is_quick_and_never_fails_whatever_comes(self, nasty: str) -> None:
        assert len(logs.scrub(nasty)) < 60_000


class TestLines:
    def test_hold_message_fields_and_time(self) -> None:
        found = line("drained %s events", 3, connection="c1")
        assert found["says"] == "drained 3 events"
        assert found["connection"] == "c1"
        assert found["level"] == "warning"

    def test_scrub_fields_too(self) -> None:
        assert line("x", to="ana@shop.example")["to"] == "*** address ***"

    def test_an_error_of_ours_keeps_what_it_says(self) -> None:
        assert "DeliveryFailed: the mailbox is full" in logs.describe(DeliveryFailed("the mailbox is full"))

    def test_an_error_of_others_is_named_and_not_quoted(self) -> None:
        try:
            int("Refund me, says Ana")
        except ValueError as error:
            described = logs.describe(error)
        assert described.startswith("ValueError at test_logs.py:")
        assert "Ana" not in described
