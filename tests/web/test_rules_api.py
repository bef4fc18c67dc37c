"""Rules by the API: the draft with its revision, publish, roll back."""

import pytest

from router.model import Role
from router.web import create_app
from tests.builders import Desk, an_agent, rules
from tests.web.api_desk import ApiDesk, Program

LIVE = "rules:\n- {name: One, when: always, then: [{tag: one}]}\n"
NEW = LIVE.replace("tag: one", "tag: new")
ROBOTS = """rules:
- {name: Robots, when: {fact: automatic, is: is, value: true}, then: [{tag: robot}]}
- {name: Robots again, when: {fact: automatic, is: is, value: true}, then: [{tag: robot}]}
"""
FLIPPED = NEW + "examples:\n- {name: Anyone, given: {channel: email}, expect: {tags: [one]}}\n"


@pytest.fixture
def olga(sqlite_desk: Desk) -> Program:
    """A program of somebody of ops."""
    rules(sqlite_desk, LIVE)
    return ApiDesk(sqlite_desk, create_app(heed=sqlite_desk.heed)).program(an_agent(sqlite_desk, "Olga", role=Role.OPS))


def test_a_draft_is_put_by_its_revision(olga: Program) -> None:
    draft = olga.get("/rules/draft").json
    assert (draft["revision"], draft["changed"], draft["live_number"]) == (0, False, 2)
    put = olga.call("PUT", "/rules/draft", {"yaml": NEW, "revision": 0})
    assert (put.status_code, put.json["revision"], put.json["changed"]) == (200, 1, True)
    late = olga.call("PUT", "/rules/draft", {"yaml": LIVE, "revision": 0})
    assert (late.status_code, late.json["revision"]) == (409, 1)
    assert "tag: new" in olga.get("/rules/draft").json["yaml"]


def test_a_draft_may_be_wrong_and_is_not_published_then(olga: Program) -> None:
    assert olga.call("PUT", "/rules/draft", {"yaml": LIVE.replace("tag", "tga"), "revision": 0}).status_code == 200
    refused = olga.post("/rules/publish", {"comment": "x"})
    assert (refused.status_code, "tga" in refused.json["detail"]) == (422, True)
    unreadable = olga.call("PUT", "/rules/draft", {"yaml": "rules: [", "revision": 1})
    assert (unreadable.status_code, unreadable.json["errors"][0]["pointer"]) == (422, "#/yaml")


def test_the_draft_or_a_file_is_published_and_taken_back(olga: Program) -> None:
    olga.call("PUT", "/rules/draft", {"yaml": NEW, "revision": 0})
    assert olga.post("/rules/publish", {"comment": "x", "revision": 0}).status_code == 409
    assert olga.post("/rules/publish", {"comment": " "}).status_code == 422
    assert olga.post("/rules/publish", {"comment": "New tag", "revision": 1}).json["number"] == 3
    assert "tag: new" in olga.get("/rules").json["yaml"]
    assert olga.post("/rules/rollback", {"number": 2}).json["number"] == 4
    assert "tag: one" in olga.get("/rules").json["yaml"]
    assert olga.post("/rules/publish", {"comment": "A file", "yaml": NEW}).json["number"] == 5
    assert olga.post("/rules/rollback", {"number": 99}).status_code == 422


def test_an_example_that_flips_blocks_publishing(olga: Program) -> None:
    refused = olga.post("/rules/publish", {"comment": "x", "yaml": FLIPPED})
    assert (refused.status_code, "tags should be one" in refused.json["detail"]) == (422, True)


def test_a_finding_has_its_sort_and_a_ticket_that_can_be_tried(olga: Program) -> None:
    [found] = olga.post("/rules/check", {"yaml": ROBOTS}).json["findings"]
    assert (found["sort"], found["rule"], found["witness"]["facts"]["automatic"]) == ("shadowed", "Robots again", True)
    assert olga.post("/rules/test", {"yaml": ROBOTS, "facts": found["witness"]["facts"]}).json["tags"] == ["robot"]
    [unreadable] = olga.post("/rules/check", {"yaml": "rules: ["}).json["findings"]
    assert (unreadable["sort"], unreadable["witness"]) == ("unreadable", None)
