"""The database is stopped and started under a desk that runs: 503 meanwhile, so that platforms send again."""

import json
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from router.model import Role
from tests.conftest import missing
from tests.journeys.outside import Answer, Client, in_threads
from tests.journeys.running import WHOLE, RestartablePostgres, RunningDesk, a_running_desk
from tests.journeys.traffic import platforms
from tests.servers.postgres import NoPostgres, running_postgres

POSTS = 100

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(120)]


@pytest.fixture
def server() -> Iterator[RestartablePostgres]:
    """A PostgreSQL of this test's own."""
    try:
        with running_postgres() as running:
            server = RestartablePostgres(running)
            yield server
            server.end()
    except NoPostgres as error:
        missing(f"PostgreSQL cannot run here: {error}")


@pytest.fixture
def desk(server: RestartablePostgres, tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk on that server."""
    with a_running_desk(tmp_path, server.url) as desk:
        desk.start(*WHOLE)
        yield desk


def test_hooks_answer_503_and_all_goes_on_without_a_restart(desk: RunningDesk, server: RestartablePostgres) -> None:
    sue = desk.program("Sue", Role.SUPERVISOR)
    with platforms(desk, customers=3) as around:
        before = {name: desk.runs_as(name) for name in WHOLE}
        hook, refused, said = around.to_shop, list[Answer](), list[Answer]()
        bodies = [hook.body("Is anybody there?", f"gone {n}", f"gone {n}") for n in range(POSTS)]
        server.stop()

        def meanwhile(number: int) -> None:
            client = desk.client()
            for body in bodies[number::4]:
                refused.append(client.ask("POST", hook.path, body, hook.headers(body)))
            client.close()

        in_threads(4, meanwhile)
        client = desk.client()
        said.append(client.ask("GET", "/readyz"))
        said.append(reply(client, around.tickets[0], sue.headers("k0")))
        assert client.ask("GET", "/healthz").status == 200
        client.close()
        server.start()

        def again(number: int) -> None:
            client = desk.client()
            for body in bodies[number::4]:
                assert client.insist("POST", hook.path, body, lambda b=body: hook.headers(b)).status == 200
            client.close()

        in_threads(4, again)
        client = desk.client()
        for number, ticket_id in enumerate(around.tickets):
            desk.until(lambda t=ticket_id, n=number: is_written(client, t, sue.headers(f"k{n}")), "a reply to be taken")
        client.close()
        desk.until(desk.is_caught_up, "all that came to be read, and all that was written to be sent")
        came, keys = around.at_bot("It comes"), around.at_shop("It comes")

    assert {answer.status for answer in refused} == {503} and len(refused) == POSTS
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert [answer.status for answer in said] == [503, 503]
    assert desk.rows(
        "SELECT count(*), count(DISTINCT external_id), count(DISTINCT home_ticket_id) FROM message"
        " WHERE direction = 'inbound' AND external_id LIKE 'gone %'"
    ) == [(POSTS, POSTS, POSTS)]
    assert desk.rows("SELECT state, count(*) FROM message WHERE direction = 'outbound' GROUP BY state") == [("sent", 6)]
    assert len(came) == 3 and len(set(keys)) == 3
    assert {name: desk.runs_as(name) for name in WHOLE} == before


def reply(client: Client, ticket_id: str, headers: dict[str, str]) -> Answer:
    """Answer a customer, once."""
    body = json.dumps({"text": f"It comes tomorrow: {ticket_id}"}).encode()
    return client.ask("POST", f"/api/v1/tickets/{ticket_id}/replies", body, headers)


def is_written(client: Client, ticket_id: str, headers: dict[str, str]) -> bool:
    """Say whether a reply was taken; the API answers 503 as long as it finds no database."""
    try:
        answer = reply(client, ticket_id, headers)
    except (OSError, HTTPException):
        return False
    assert answer.status in (201, 503), answer.body
    return answer.status == 201
