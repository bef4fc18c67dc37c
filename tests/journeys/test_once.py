"""What comes again is one: the same webhook many times at once and after a restart, the same reply after a crash."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException

import pytest

from router.model import SYSTEM, Role
from router.store import tickets
from tests.journeys.outside import Hook, in_threads
from tests.journeys.running import RunningDesk
from tests.servers.telegram import TOKEN, TelegramServer

TIMES = 50

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def post(desk: RunningDesk, hook: Hook, body: bytes) -> int:
    """Post once, on a connection of its own, and return the status."""
    client = desk.client()
    try:
        return client.ask("POST", hook.path, body, hook.headers(body)).status
    finally:
        client.close()


def test_the_same_webhook_fifty_times_at_once_and_again_after_a_restart(busy_desk: RunningDesk) -> None:
    desk = busy_desk
    with TelegramServer() as bot:
        shop, telegram = desk.hook("api"), desk.hook("telegram", bot_token=TOKEN, base_url=bot.url)
        bodies = {shop: shop.body("Where is my parcel?", 7, 1), telegram: telegram.body("Where is it?", 8, 1)}
        answers: list[int] = []

        def deliver(number: int) -> None:
            hook = telegram if number % 2 else shop
            answers.append(post(desk, hook, bodies[hook]))

        in_threads(2 * TIMES, deliver)
        desk.until(desk.is_caught_up, "both to be read")
        for name in ("web", "intake", "valkey"):
            desk.kill(name)
        desk.leases_of_the_dead_end("intake")
        desk.start("valkey", "web", "intake")
        in_threads(2 * TIMES, deliver)
        again = json.dumps(json.loads(bodies[shop]) | {"text": "Where is my parcel? "}).encode()
        answers.append(post(desk, shop, again))  # the platform's own bytes need not be the same
        desk.until(desk.is_caught_up, "the repeats to be read")

    assert set(answers) == {200} and len(answers) == 4 * TIMES + 1
    for hook, external_id, said in ((shop, "1", "Where is my parcel?"), (telegram, "8/1", "Where is it?")):
        assert desk.count("SELECT count(*) FROM ticket WHERE connection_id = :c", c=hook.id) == 1
        query = "SELECT external_id, text FROM message WHERE direction = 'inbound' AND connection_id = :c"
        assert desk.rows(query, c=hook.id) == [(external_id, said)]


@pytest.mark.parametrize("moment", ["before it was stored", "after it was stored"])
def test_a_reply_whose_answer_was_lost_with_web_is_one_reply(busy_desk: RunningDesk, moment: str) -> None:
    desk = busy_desk
    shop, sue = desk.hook("api"), desk.program(f"Sue {moment}".replace(" ", "-"), Role.SUPERVISOR)
    assert post(desk, shop, shop.body("Where is my parcel?", 7, 1)) == 200
    desk.until(lambda: desk.rows("SELECT id FROM ticket WHERE connection_id = :c", c=shop.id), "the ticket")
    [(ticket_id,)] = desk.rows("SELECT id FROM ticket WHERE connection_id = :c", c=shop.id)
    path, body = f"/api/v1/tickets/{ticket_id}/replies", json.dumps({"text": "It comes tomorrow."}).encode()
    replies = f"SELECT count(*) FROM message WHERE direction = 'outbound' AND home_ticket_id = '{ticket_id}'"
    lost = threading.Event()

    def reply() -> None:
        client = desk.client()
        with suppress(OSError, HTTPException):
            client.ask("POST", path, body, sue.headers("k1"))
        client.close()
        lost.set()

    with ThreadPoolExecutor(1) as pool:
        if moment == "before it was stored":
            with desk.heed.database.write() as db:  # it waits for the ticket that another hand holds
                tickets.load(db, SYSTEM, [ticket_id], lock=True)
                sent = pool.submit(reply)
                assert not lost.wait(1.0)
                desk.kill("web")
            assert desk.count(replies) == 0
        else:
            sent = pool.submit(reply)
            desk.until(lambda: desk.count(replies), "the reply to be stored")
            desk.kill("web")
        sent.result(30)
    desk.start("web")
    client = desk.client()
    answers = [client.insist("POST", path, body, lambda: sue.headers("k1")) for _ in range(3)]
    client.close()

    assert [answer.status for answer in answers] == [201] * 3
    assert len({answer.json["id"] for answer in answers}) == 1
    assert desk.count(replies) == 1
