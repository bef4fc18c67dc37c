"""Valkey is gone for a while: webhooks answer 2xx, agents work, and the same workers catch up. Guarantee 8."""

import json
from pathlib import Path

import pytest

from router.model import Role
from tests.journeys.outside import Client, Hook, Program
from tests.journeys.running import WHOLE, RunningDesk
from tests.journeys.traffic import platforms

POSTS = 100

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def call(client: Client, who: Program, method: str, path: str, said: object = None) -> dict:
    """Call the API once: while the broker is away nothing has to be asked twice."""
    body = b"" if said is None else json.dumps(said).encode()
    answer = client.ask(method, f"/api/v1{path}", body, who.headers())
    assert answer.status in (200, 201), (method, path, answer.status, answer.body)
    return answer.json


def test_the_desk_goes_on_and_catches_up(desk: RunningDesk) -> None:
    desk.start(*WHOLE)
    ana, sue = desk.program("Ana"), desk.program("Sue", Role.SUPERVISOR)
    with platforms(desk, customers=3) as around:
        before = {name: desk.runs_as(name) for name in WHOLE[1:]}
        desk.kill("valkey")
        client, hook = desk.client(), around.to_shop

        taken = [client.ask("POST", hook.path, b, hook.headers(b)).status for b in bodies(around.to_shop)]
        pulled = call(client, ana, "POST", "/next")
        call(client, ana, "GET", "/tickets?state=waiting")
        call(client, ana, "POST", f"/tickets/{pulled['id']}/replies", {"text": "while it is gone: Ana"})
        answered = {pulled["id"]}
        for number, ticket_id in enumerate(set(around.tickets) - answered):
            call(client, sue, "POST", f"/tickets/{ticket_id}/replies", {"text": f"while it is gone: {number}"})
            answered.add(ticket_id)
        degraded = client.ask("GET", "/readyz")
        client.close()
        desk.start("valkey")
        desk.until(desk.is_caught_up, "all that came to be read, and all that was written to be sent")
        came = around.at_bot("while it is gone")
        keys = around.at_shop("while it is gone")

        # and what comes now takes the usual way again, through the workers that never stopped
        client = desk.client()
        body = hook.body("And now?", "now", "now")
        assert client.ask("POST", hook.path, body, hook.headers(body)).status == 200
        client.close()
        desk.until(desk.is_caught_up, "the next message")

    assert taken == [200] * POSTS
    assert degraded.status == 200 and degraded.json["degraded"] is True
    assert desk.rows(
        "SELECT count(*), count(DISTINCT external_id), count(DISTINCT home_ticket_id) FROM message"
        " WHERE direction = 'inbound' AND external_id LIKE 'gone %'"
    ) == [(POSTS, POSTS, POSTS)]
    assert desk.rows("SELECT DISTINCT state FROM message WHERE direction = 'outbound'") == [("sent",)]
    assert len(came) == len(set(came)) and len(came) + len(set(keys)) == len(answered)
    assert {name: desk.runs_as(name) for name in WHOLE[1:]} == before
    assert "Traceback" not in "".join(path.read_text() for path in Path(desk.folder).glob("*.log"))


def bodies(hook: Hook) -> list[bytes]:
    """Return what customers post meanwhile, each of their own."""
    return [hook.body("Is anybody there?", f"gone {n}", f"gone {n}") for n in range(POSTS)]
