"""The description of the API: valid, complete, and the same as what is served."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from router.web.api import EVENTS, api
from router.web.audience import audience_of
from tests.web.api_desk import ApiDesk, Program, an_api

METHODS = {"get", "post", "put"}
DESIGNED = """
GET /tickets | GET /tickets/{id} | POST /next | POST /tickets | POST /tickets/{id}/replies | POST /tickets/{id}/notes
POST /tickets/{id}/forward | POST /tickets/{id}/transfer | POST /tickets/{id}/return | POST /tickets/{id}/snooze
POST /tickets/{id}/resolve | POST /tickets/{id}/reopen | POST /tickets/{id}/spam | POST /tickets/{id}/assign
POST /tickets/{id}/merge | POST /tickets/{id}/unmerge
GET /tickets/{id}/why | PUT /me/presence | GET /agents | GET /queues | GET /skills | GET /connections
GET /contacts/{id} | GET /rules | GET /rules/versions | POST /rules/check | POST /rules/test | GET /events
"""


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """A desk with its API."""
    with an_api(sqlite_url, tmp_path) as desk:
        yield desk


@pytest.fixture
def spec(desk: ApiDesk) -> dict:
    """The description as anybody gets it."""
    answer = Program(desk.app).get("/openapi.json")
    assert answer.status_code == 200
    return answer.json


def every(node: object) -> Iterator[dict]:
    """Return every object within a description."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from every(inner)


def operations(spec: dict) -> Iterator[tuple[str, str, dict]]:
    """Return every method, path and operation."""
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


class TestDescription:
    def test_it_is_of_version_3_1(self, spec: dict) -> None:
        assert spec["openapi"] == "3.1.0"
        assert set(spec) == {"openapi", "info", "servers", "security", "tags", "paths", "components"}
        assert spec["servers"] == [{"url": "/api/v1"}]

    def test_every_reference_leads_somewhere(self, spec: dict) -> None:
        refs = [node["$ref"] for node in every(spec) if isinstance(node.get("$ref"), str)]
        assert len(refs) > 50
        for ref in refs:
            at: object = spec
            for step in ref.removeprefix("#/").split("/"):
                assert isinstance(at, dict) and step in at, ref
                at = at[step]

    def test_every_operation_is_whole(self, spec: dict) -> None:
        names = [operation["operationId"] for _, _, operation in operations(spec)]
        assert len(set(names)) == len(names)
        for method, path, operation in operations(spec):
            assert method in METHODS and operation["summary"].endswith("."), path
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert all(set(p) <= {"name", "in", "required", "description", "schema"} for p in operation["parameters"])
            assert any(status.startswith("2") for status in operation["responses"])
            assert {"401", "403", "404", "405", "429", "503"} <= set(operation["responses"])
            assert ("requestBody" in operation) <= (method != "get")

    def test_every_object_says_what_it_refuses(self, spec: dict) -> None:
        bodies = {
            op["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            for _, _, op in operations(spec)
            if "requestBody" in op
        }
        for name in bodies:
            assert spec["components"]["schemas"][name]["additionalProperties"] is False, name

    def test_problems_are_told_as_such(self, spec: dict) -> None:
        for name, response in spec["components"]["responses"].items():
            assert set(response["content"]) == {"application/problem+json"}, name
        assert "WWW-Authenticate" in spec["components"]["responses"]["Problem401"]["headers"]


class TestSameAsServed:
    def test_all_that_was_designed_is_there(self, spec: dict) -> None:
        there = {f"{method.upper()} {path}" for method, path, _ in operations(spec)}
        assert {one.strip() for line in DESIGNED.strip().splitlines() for one in line.split("|")} <= there

    def test_every_route_served_is_described_and_the_other_way_round(self, desk: ApiDesk, spec: dict) -> None:
        served = set()
        for rule in desk.app.url_map.iter_rules():
            if rule.rule.startswith("/api/v1/") and audience_of(desk.app, rule.endpoint).who == "token":
                path = re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
                served |= {(m.lower(), path) for m in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
        assert served == {(method, path) for method, path, _ in operations(spec)}

    def test_the_scope_described_is_the_scope_asked_for(self, desk: ApiDesk) -> None:
        for operation in [*api.operations, EVENTS]:
            [rule] = [
                rule
                for rule in desk.app.url_map.iter_rules()
                if re.sub(r"<(\w+)>", r"{\1}", rule.rule) == f"/api/v1{operation.path}"
                and operation.method in (rule.methods or ())
            ]
            assert audience_of(desk.app, rule.endpoint).scope == operation.scope

    def test_only_the_description_is_for_everyone(self, desk: ApiDesk) -> None:
        app: Flask = desk.app
        public = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/") and audience_of(app, rule.endpoint).who != "token"
        ]
        assert public == ["/api/v1/openapi.json"]
