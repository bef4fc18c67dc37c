"""What nobody should send to the API and somebody will: told which part of it is wrong, and repeated to nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.web.api_desk import ApiDesk, Program, an_api

CANARY = "Nachtigall"  # what an error must not repeat


@pytest.fixture
def api(sqlite_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """A desk with its whole application."""
    with an_api(sqlite_url, tmp_path) as found:
        yield found


BAD_BODIES = {
    # what is sent as the text of a note: the answer
    "nothing": (b"", (400, 415, 422)),
    "cut off": (b'{"text": "Nachtigall', (400,)),
    "no json": (b"Nachtigall", (400,)),
    "not utf-8": (b'{"text": "\xff"}', (400,)),
    "a list": (b"[]", (422,)),
    "deep": (b"[" * 100_000, (400,)),
    "wrong type": (b'{"text": {"a": "Nachtigall"}}', (422,)),
    "empty text": (b'{"text": "  "}', (409, 422)),
    "a field nobody knows": (b'{"text": "x", "more": "Nachtigall"}', (201, 422)),
    "not a number": (b'{"text": NaN}', (400, 422)),
    "half a letter": (b'{"text": "\\ud800 Nachtigall"}', (201, 400, 422)),
    "nul": (b'{"text": "a\\u0000b"}', (201, 422)),
}
BAD_QUERIES = (
    "state=%00", "q=%00", "q=%ff", "q=%ED%A0%80", "cursor=%00", "cursor=Nachtigall", "limit=0", "limit=1e9",
    "limit=%D9%A5", "queue=%27", "agent=%00", "state=" + "x" * 5000, "q=" + "%25_%5C" * 500,
)  # fmt: skip


class TestApi:
    @pytest.mark.parametrize(("body", "allowed"), BAD_BODIES.values(), ids=BAD_BODIES)
    @pytest.mark.parametrize("act", ["notes", "replies"])
    def test_a_bad_body(self, api: ApiDesk, act: str, body: bytes, allowed: tuple[int, ...]) -> None:
        ana = api.agent()
        ticket = api.pulled(ana)
        path = f"/tickets/{ticket['id']}/{act}"
        answer = ana.call("POST", path, data=body, headers={"Content-Type": "application/json"})
        told(answer, *allowed)
        assert ana.post(path, {"text": "A good one"}).status_code == 201

    @pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "é"])
    def test_a_body_of_another_type(self, api: ApiDesk, kind: str) -> None:
        ana = api.agent()
        ticket = api.pulled(ana)
        path = f"/tickets/{ticket['id']}/notes"
        answer = ana.call("POST", path, data=b'{"text":"x"}', headers={"Content-Type": kind})
        told(answer, 415)

    def test_a_token_that_is_none(self, api: ApiDesk) -> None:
        for header in (
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Basic eDp4",
            "Bearer \xe9\xff",
            "Bearer " + "x" * 9000,
            "\0",
        ):
            told(Program(api.app).get("/tickets", headers={"Authorization": header}), 401)

    def test_an_id_that_is_none(self, api: ApiDesk) -> None:
        ana = api.agent()
        for name in ("%00", "..", "%ff", "'", "x" * 3000, "\u0665", "%ED%A0%80", "0"):
            told(ana.get(f"/tickets/{name}"), 404, 308)
            told(ana.post(f"/tickets/{name}/resolve"), 404, 405)

    def test_a_query_that_is_none(self, api: ApiDesk) -> None:
        ana = api.agent()
        for query in BAD_QUERIES:
            answer = ana.get(f"/tickets?{query}")
            assert answer.status_code in (200, 400, 404, 422), (query, answer.text)
            assert CANARY not in answer.text

    @pytest.mark.parametrize("key", ["", "x" * 5000, "\xff", "a b"])
    def test_a_key_that_is_none(self, api: ApiDesk, key: str) -> None:
        ana = api.agent()
        ticket = api.pulled(ana)
        headers = {"Idempotency-Key": key}
        answer = ana.post(f"/tickets/{ticket['id']}/notes", {"text": "x"}, headers=headers)
        assert answer.status_code in (201, 400, 422), answer.text


def told(answer: TestResponse, *statuses: int) -> None:
    """Hold that the API answered with one of these, and with a problem if it did not do it."""
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == answer.status_code and answer.json["detail"]
        assert CANARY not in answer.text
