"""Every route of the API, walked: who may not, what is not understood, and that nothing sent makes it fail."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.accounts import COMMAND
from router.backtest import running
from router.model import SYSTEM, Role
from router.store.ids import new_id
from router.web.api import EVENTS, api
from router.web.api.typed import Operation
from tests.builders import a_brand, a_connection_row, an_agent, in_minutes, mail, now
from tests.web.api_desk import ApiDesk, Program, an_api

ALL = [*api.operations, EVENTS]
BODIES: dict[str, object] = {  # a good body for every route that takes one
    "start_ticket": {"connection": new_id(), "to": "dan@home.example", "subject": "Hello", "text": "Hello"},
    "reply_to_ticket": {"text": "On its way."},
    "note_on_ticket": {"text": "Called them."},
    "forward_ticket": {"to": "carrier@post.example", "text": "Where is it?"},
    "transfer_ticket": {"queue": "General"},
    "return_ticket": {"reason": "not mine"},
    "snooze_ticket": {"until": in_minutes(60).isoformat()},
    "assign_ticket": {"agent": "me"},
    "merge_ticket": {"into": new_id()},
    "correct_reading": {"message": new_id(), "field": "frustration", "value": "right"},
    "put_presence": {"status": "online"},
    "decline_offer": {"reason": "lunch"},
    "check_rules": {"yaml": "rules: []"},
    "try_rules": {"text": "Where is my order?"},
    "add_intent": {"label": "Gift cards", "group": "billing"},
    "remove_intent": {"intent": "gift_cards"},
    "add_examples": {"intent": "refund_request", "texts": ["I want my money back"]},
    "remove_examples": {"examples": [new_id()]},
    "check_teaching": {},
    "publish_teaching": {"version": 1, "comment": "Gift cards"},
    "undo_teaching": {},
}
NAMES = [operation.name for operation in ALL]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """A desk with its API, once on each database."""
    with an_api(database_url, tmp_path) as api:
        yield api


@pytest.fixture
def seeded(desk: ApiDesk) -> tuple[Program, str]:
    """A supervisor's program and a ticket that waits."""
    return desk.supervisor(), desk.desk.says().id


def path_of(operation: Operation, thing: str = "") -> str:
    """Return the path of a route, about one thing."""
    return operation.path.replace("{id}", thing or new_id())


def call(program: Program, operation: Operation, thing: str = "", **more: object) -> object:
    """Call a route with a good body."""
    return program.call(operation.method, path_of(operation, thing), BODIES.get(operation.name), **more)


class TestWhoMayNot:
    @pytest.mark.parametrize("token", ["", "heed_unknown", "x" * 5000, "\x7f"], ids=["none", "unknown", "long", "odd"])
    def test_nobody_passes_without_a_token(self, desk: ApiDesk, token: str) -> None:
        for operation in ALL:
            answer = call(Program(desk.app, token), operation)
            assert (answer.status_code, answer.content_type) == (401, "application/problem+json"), operation.name
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_a_session_is_no_token(self, desk: ApiDesk) -> None:
        answer = desk.app.test_client().get("/api/v1/tickets", headers={"Cookie": "heed=abc"})
        assert answer.status_code == 401

    def test_nobody_passes_without_the_scope(self, desk: ApiDesk) -> None:
        ana = an_agent(desk.desk)
        little, other = desk.program(ana, "presence"), desk.program(ana, "tickets:read")
        for operation in ALL:
            if operation.scope:
                answer = call(other if operation.scope == "presence" else little, operation)
                assert (answer.status_code, operation.scope in answer.json["detail"]) == (403, True), operation.name

    def test_another_brands_things_are_not_found(self, desk: ApiDesk) -> None:
        desk.desk.do("UPDATE queue SET mode = 'push'")
        ana = desk.agent()
        asked = desk.desk.says()
        [offer] = ana.get("/offers").json["items"]
        desk.desk.do("UPDATE queue SET mode = 'pull'")
        row = a_connection_row(desk.desk, "email")
        mail(desk.desk, row)
        [ticket] = [one for one in desk.desk.tickets if one.id != asked.id]
        away = a_brand(desk.desk, "away")
        eve = desk.supervisor()
        far = desk.program(an_agent(desk.desk, "Far", brands=(away,), role=Role.SUPERVISOR))
        tested = running.ask(desk.desk.heed, COMMAND, SYSTEM, desk.desk.brand_id, "rules: []", 1, 1, now())
        things = {"contacts": ticket.contact_id, "tickets": ticket.id, "rules": tested, "offers": offer["id"]}
        things["agents"] = ana.get("/me").json["id"]
        before = desk.desk.ticket(ticket.id)
        for operation in ALL:
            if operation.ids and not operation.path.startswith("/attachments"):
                thing = things[operation.path.split("/")[1]]
                assert call(far, operation, thing).status_code == 404, operation.name
        assert far.post("/tickets", {**BODIES["start_ticket"], "connection": row.id}).status_code == 404
        assert desk.desk.ticket(ticket.id) == before
        assert eve.get(f"/tickets/{ticket.id}").status_code == 200

    def test_who_is_switched_off_has_no_token(self, desk: ApiDesk) -> None:
        ana = desk.agent()
        desk.desk.do("UPDATE agent SET active = :no", no=False)
        assert ana.get("/me").status_code == 401


class TestWhatIsNotThere:
    def test_every_route_about_one_thing_says_404(self, desk: ApiDesk) -> None:
        sue = desk.supervisor()
        for operation in ALL:
            for thing in (new_id(), "x%00", "%F0%9F%91%8D", "a" * 100) if operation.ids else ():
                answer = call(sue, operation, thing)
                assert (answer.status_code, answer.json["status"]) == (404, 404), (operation.name, thing)

    def test_an_unknown_path_is_a_problem(self, desk: ApiDesk) -> None:
        answer = desk.agent().get("/nothing")
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")

    def test_another_method_is_told_which_there_are(self, desk: ApiDesk) -> None:
        for operation in ALL:
            answer = desk.agent().call("DELETE", path_of(operation))
            assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
            assert operation.method in answer.headers["Allow"].split(", ")


class TestWhatIsNotUnderstood:
    @pytest.mark.parametrize(
        ("data", "content_type", "status"),
        [
            (b"{", "application/json", 400),
            (b"", "application/json", 400),
            (b"\xff\xfe", "application/json", 400),
            (b'{"text": "\\ud800"}', "application/json", 400),
            (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json", 400),
            (b"[]", "application/json", 422),
            (b'{"text": NaN}', "application/json", 422),
            (b"text=x", "application/x-www-form-urlencoded", 415),
            (b'{"text": "x"}', "text/plain", 415),
            (b'{"text": "' + b"x" * 1_100_000 + b'"}', "application/json", 413),
        ],
        ids=["cut", "empty", "no-text", "half-letter", "deep", "list", "nan", "form", "plain", "large"],
    )
    def test_a_body_that_is_none(self, desk: ApiDesk, data: bytes, content_type: str, status: int) -> None:
        answer = desk.agent().post(f"/tickets/{new_id()}/notes", data=data, content_type=content_type)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.data
        assert len(answer.data) < 2_000

    def test_a_reply_may_carry_files_a_note_may_not(self, desk: ApiDesk) -> None:
        ana = desk.agent()
        body = {"text": "x", "attachments": [{"name": "a.bin", "data": "AAAA" * 500_000}]}
        assert ana.post(f"/tickets/{new_id()}/replies", body).status_code == 404
        assert ana.post(f"/tickets/{new_id()}/notes", body).status_code == 413

    @settings(deadline=None, max_examples=250, derandomize=True,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(data=st.data())
    def test_nothing_makes_it_fail(self, seeded: tuple[Program, str], data: st.DataObject) -> None:
        sue, ticket = seeded
        operation = data.draw(st.sampled_from(api.operations))
        body = data.draw(_bodies(operation))
        query = data.draw(st.dictionaries(st.sampled_from(QUERIES), st.text(max_size=20), max_size=2))
        answer = sue.call(operation.method, path_of(operation, ticket), query_string=query, **body)
        assert answer.status_code < 500, (operation.name, answer.data)

    def test_too_many_calls_are_told_when_to_come_back(self, desk: ApiDesk) -> None:
        ana = desk.agent()
        answers = [ana.post("/rules/check", {"yaml": ""}) for _ in range(121)]
        assert [a.status_code for a in answers if a.status_code != 200] == [429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert ana.get("/me").status_code == 200


QUERIES = ["state", "queue", "agent", "q", "cursor", "limit", "before", "brand"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def _bodies(operation: Operation) -> st.SearchStrategy[dict[str, object]]:
    """Return bodies: bytes of any kind, JSON of any kind, and the route's own fields with values of any kind."""
    fields = list(operation.body.model_fields) if operation.body else ["x"]
    named = st.dictionaries(st.sampled_from(fields), ANYTHING, max_size=len(fields))
    near = named.map(lambda some: {**(BODIES.get(operation.name) or {}), **some})
    written = (ANYTHING | named | near).map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
    return (written | st.binary(max_size=50)).map(lambda raw: {"data": raw, "content_type": "application/json"})
