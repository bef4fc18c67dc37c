"""Accepting: durable when it returns, and one ring of the bell for what came together."""

import threading

import pytest
from rq import Queue
from rq.serializers import JSONSerializer

from router import intake
from router.drain import drain
from router.notify import open_redis
from tests.builders import a_delivery, a_desk, a_heed, now, raw


def test_a_delivery_is_there_for_whoever_opens_the_database_next(desk):
    intake.accept(desk.heed, desk.api, a_delivery("Hello"), now())
    desk.restart()
    assert desk.rows("SELECT state FROM inbound_event") == [("stored",)]
    assert desk.drain() == 1


def test_a_broker_that_is_away_does_not_matter(desk):
    intake.accept(desk.heed, desk.api, a_delivery("Hello"), now())
    assert desk.drain() == 1


def test_a_database_that_cannot_write_raises(desk):
    desk.do("DROP TABLE inbound_event" + (" CASCADE" if desk.heed.database.dialect == "postgresql" else ""))
    with pytest.raises(Exception, match="inbound_event"):
        intake.accept(desk.heed, desk.api, raw(b"x"), now())


@pytest.mark.parametrize("body", [b"", b"\x00" * 100, b"[" * 5000, b"\xff\xfe", b'{"text": "\\ud800\\u0000"}'])
def test_whatever_the_body_is_it_is_kept_and_reading_it_raises_nothing(desk, body):
    intake.accept(desk.heed, desk.api, raw(body), now())
    intake.accept(desk.heed, desk.api, a_delivery("a\x00b\ud800c"), now())
    assert desk.drain() == 2
    assert [row.text for row in desk.messages()] == ["ab?c"]
    assert sorted(desk.rows("SELECT state FROM inbound_event")) == [("done",), ("not_understood",)]


def test_the_bell_rings_once_until_a_drain_answers(sqlite_url, tmp_path, valkey):
    with a_desk(sqlite_url, tmp_path, REDIS_URL=valkey) as desk:
        threads = [
            threading.Thread(target=intake.accept, args=(desk.heed, desk.api, a_delivery(f"m{n}"), now()))
            for n in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client = open_redis(valkey)
        jobs = Queue("intake", connection=client, serializer=JSONSerializer)
        assert jobs.count == 1
        assert desk.drain() == 20
        intake.accept(desk.heed, desk.api, a_delivery("more"), now())
        assert jobs.count == 2, "what comes after a drain began rings again"
        client.close()


def test_a_second_process_reads_what_the_first_accepted(desk, tmp_path):
    intake.accept(desk.heed, desk.api, a_delivery("Hello"), now())
    other = a_heed(desk.url, tmp_path)
    try:
        assert drain(other, desk.api.id) == 1
    finally:
        other.database.close()
