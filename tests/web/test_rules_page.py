"""The rules page without script: ops change, move, take back, publish and roll back by forms; others read."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from router import publishing
from router.model import Role
from router.rulemaking.sheet import parse
from tests.builders import Desk, a_brand, a_queue, a_skill, an_agent, rules
from tests.web.test_inbox import post, signed_in

LIVE = """
rules:
- {name: Angry, when: {fact: frustration, is: at_least, value: 70}, then: [{answer_within: 10m}]}
- {name: Money, when: {fact: intent_group, is: is, value: billing}, then: [{queue: Billing}]}
- {name: Rest, when: always, then: [{queue: General}]}
"""


@pytest.fixture
def at(sqlite_desk: Desk) -> Desk:
    """A desk with three rules."""
    a_queue(sqlite_desk, "Billing")
    a_skill(sqlite_desk, "billing")
    rules(sqlite_desk, LIVE)
    return sqlite_desk


@pytest.fixture
def olga(at: Desk) -> FlaskClient:
    """The browser of somebody of ops."""
    return signed_in(at, an_agent(at, "Olga", role=Role.OPS))


def revision(browser: FlaskClient) -> str:
    found = re.search(r'data-revision="(\d+)"', browser.get("/rules").text)
    assert found
    return found.group(1)


def does(browser: FlaskClient, what: str, **fields: str) -> TestResponse:
    """Send one form of the page as it stands now."""
    given = {"revision": revision(browser), **{name.replace("__", "-"): value for name, value in fields.items()}}
    return post(browser, f"/rules/{what}", **given)  # type: ignore[return-value]


MONEY = {
    "rule": "Money", "name": "Money", "note": "", "w-kind": "all",
    "w.0-fact": "intent_group", "w.0-was": "intent_group", "w.0-is": "is", "w.0-value": "billing",
    "t.0-kind": "queue", "t.0-was": "queue", "t.0-value": "Billing",
}  # fmt: skip


def edits(browser: FlaskClient, do: str = "save", **fields: str) -> TestResponse:
    return does(browser, "rule", **{**MONEY, **fields, "do": do})


def draft(at: Desk, browser: FlaskClient) -> str:
    return browser.get("/rules/rules.yaml").text


def expected(at: Desk, browser: FlaskClient) -> list[object]:
    return [example["expect"] for example in parse(draft(at, browser)).examples]  # type: ignore[call-overload,index]


def test_each_rule_is_a_sentence_with_what_it_does(olga: FlaskClient) -> None:
    page = olga.get("/rules").text
    for words in (
        "frustration is at least 70",
        "answer within 10 min",
        "queue Billing",
        "No errors",
        "nothing is changed",
    ):
        assert words in page


def test_a_rule_is_changed_by_its_form(at: Desk, olga: FlaskClient) -> None:
    assert "intent group" in olga.get("/rules?rule=Money").text
    answer = edits(olga, name="Money questions", note="Since May")
    assert (answer.status_code, "rule=Money+questions" in answer.location) == (303, True)
    assert "name: Money questions" in draft(at, olga)
    assert "Draft on version 2" in olga.get("/rules").text
    assert "Money questions" not in publishing.live_source(at.heed, at.brand_id)


def test_conditions_nest_and_are_dropped(at: Desk, olga: FlaskClient) -> None:
    edits(olga, "and:w")
    edits(
        olga,
        "block:w",
        **{"w.1-fact": "contact.tier", "w.1-was": "contact.tier", "w.1-is": "one_of", "w.1-more": "gold, platinum"},
    )
    page = olga.get("/rules?rule=Money").text
    assert 'name="w.2-kind"' in page
    assert "“value” is missing" in page, "half a condition is kept, and said to be one"
    nested = {
        "w.1-fact": "contact.tier", "w.1-was": "contact.tier", "w.1-is": "one_of", "w.1-more": "gold, platinum",
        "w.2-kind": "none", "w.2.0-fact": "promises_missed", "w.2.0-was": "promises_missed", "w.2.0-is": "at_least",
        "w.2.0-value": "1",
    }  # fmt: skip
    edits(olga, **nested)
    says = publishing.try_on(draft(at, olga), {}, {})[0].rules[1]
    assert len(says.when.parts) == 3  # type: ignore[union-attr]
    edits(olga, "drop:w.2.0", **nested)
    assert "promises_missed" not in draft(at, olga)


def test_another_fact_gets_an_operator_that_fits_and_no_old_value(at: Desk, olga: FlaskClient) -> None:
    edits(olga, **{"w.0-fact": "cues", "w.0-was": "intent_group"})
    assert "is: includes" in draft(at, olga)
    assert "billing" not in draft(at, olga)


def test_actions_are_added_and_removed(at: Desk, olga: FlaskClient) -> None:
    edits(
        olga,
        **{
            "t.1-kind": "need_skill",
            "t.1-was": "need_skill",
            "t.1-value": "billing",
            "t.1-level": "3",
            "t.1-step_down": "5m",
        },
    )
    assert "need_skill: billing, level: 3, step_down: 5m" in draft(at, olga)
    edits(olga, "unact:1", **{"t.1-kind": "tag", "t.1-was": "tag", "t.1-value": "x"})
    assert "need_skill" not in draft(at, olga)
    edits(olga, "act")
    assert 'name="t.1-kind"' in olga.get("/rules?rule=Money").text


def test_rules_are_added_moved_removed_and_taken_back(at: Desk, olga: FlaskClient) -> None:
    does(olga, "add", rule="Angry")
    does(olga, "move", rule="Money", to="up")
    does(olga, "move", rule="Rest", to="1")
    does(olga, "remove", rule="Angry")
    names = re.findall(r"name: (.+?)[,\n]", draft(at, olga))
    assert names == ["Rest", "Money", "New rule"]
    for _ in range(4):
        assert does(olga, "undo").status_code == 303
    assert does(olga, "undo").status_code == 422
    assert "nothing is changed" in olga.get("/rules").text


@pytest.mark.parametrize("name", ["Angry", "x" * 201, "two\nlines"])
def test_a_name_that_does_not_do_is_refused_and_what_was_typed_stays(olga: FlaskClient, name: str) -> None:
    answer = edits(olga, name=name, note="typed")
    assert (answer.status_code, 'value="typed"' in answer.text) == (422, True)


def test_examples_go_with_a_rule_that_is_renamed_or_removed(at: Desk, olga: FlaskClient) -> None:
    rules(at, LIVE.replace("then: [{queue: Billing}]", "then: [{queue: Billing}, stop]") + """
examples:
- {name: Bill, given: {intent_group: billing}, expect: {queue: Billing, stopped_by: Money, rules: [Money]}}
- {name: Hi, given: {text: Hello}, expect: {rules: [Rest]}}
- {name: Fury, given: {frustration: 90}, expect: {answer_within: 10m, rules: [Angry, Rest]}}
""")  # fmt: skip
    edits(olga, name="Bills", **{"t.1-kind": "stop", "t.1-was": "stop"})
    bill, _hi, fury = expected(at, olga)
    assert bill == {"queue": "Billing", "stopped_by": "Bills", "rules": ["Bills"]}
    does(olga, "remove", rule="Rest")
    assert expected(at, olga) == [bill, {"rules": []}, {**fury, "rules": ["Angry"]}]
    page = olga.get("/rules").text
    assert "No errors" in page and "3 examples hold" in page
    page = olga.get("/rules/publish").text
    assert page.count("example changed") == 3 and "example added" not in page and "example removed" not in page
    does(olga, "remove", rule="Bills")
    page = olga.get("/rules").text
    assert "No errors" in page and "1 example flips" in page, "what it expects of the rest is held to"


def test_publish_asks_for_a_comment_shows_what_changes_and_is_taken_back(at: Desk, olga: FlaskClient) -> None:
    ticket = at.says("I was charged twice for one order.", "dan")
    edits(olga, **{"t.0-value": "General"})
    page = olga.get("/rules/publish").text
    assert "What changes against version 2" in page
    assert "queue General" in page
    assert "1 of 1 waiting tickets would be treated otherwise." in page
    assert f"/tickets/{ticket.id}" in page
    assert does(olga, "publish", comment=" ").status_code == 422
    assert does(olga, "publish", comment="Money to General").status_code == 303
    told = olga.get("/rules/history").text
    assert "Money to General" in told
    assert "Olga" in told
    assert does(olga, "rollback", number="2").status_code == 303
    assert "queue: Billing" in publishing.live_source(at.heed, at.brand_id)
    assert [row[0] for row in at.rows("SELECT object FROM audit_event WHERE act = 'rules published' ORDER BY seq")] == [
        "version 3",
        "version 4",
    ]


def test_a_tag_is_something_that_moves_too(at: Desk, olga: FlaskClient) -> None:
    at.says("I was charged twice for one order.", "dan")
    edits(olga, **{"t.0-kind": "tag", "t.0-was": "tag", "t.0-value": "money"})
    does(olga, "publish", comment="Billing is tagged alone")
    edits(olga, **{"t.0-kind": "tag", "t.0-was": "tag", "t.0-value": "bills"})
    page = olga.get("/rules/publish").text
    assert "1 of 1 waiting tickets would be treated otherwise." in page
    assert "tags <bdi>money</bdi> → <bdi>bills</bdi>" in page


def test_errors_and_flipped_examples_stand_in_the_way(at: Desk, olga: FlaskClient) -> None:
    flipped = LIVE + "examples:\n- {name: Anyone, given: {channel: email}, expect: {queue: Billing}}\n"
    does(olga, "file", yaml=flipped)
    page = olga.get("/rules").text
    assert "1 example flips" in page
    assert does(olga, "publish", comment="x").status_code == 422
    does(olga, "file", yaml=LIVE.replace("10m", "soon"))
    assert "1 error" in olga.get("/rules").text
    assert does(olga, "publish", comment="x").status_code == 422


def test_a_file_that_cannot_be_read_stays_in_its_field(olga: FlaskClient) -> None:
    answer = does(olga, "file", yaml="rules: [")
    assert (answer.status_code, "rules: [</textarea>" in answer.text) == (422, True)


def test_a_message_is_tried_on_the_draft(olga: FlaskClient) -> None:
    page = does(olga, "try", text="I was charged twice!", facts="frustration = 80\ncontact.tier = gold").text
    assert "would not match if" in page
    assert "had no effect" in page
    assert re.search(r"✓</span> <span class=\"away-text\">matched:</span> 1", page)
    assert "is no fact" in does(olga, "try", text="", facts="frustratoin = 80").text


def test_a_second_editor_is_shown_and_not_overwritten(at: Desk, olga: FlaskClient) -> None:
    omar = signed_in(at, an_agent(at, "Omar", role=Role.OPS))
    before = revision(omar)
    edits(olga, **{"t.0-value": "General"})
    mine = post(omar, "/rules/rule", **{**MONEY, "note": "mine", "do": "save", "revision": before})
    assert (mine.status_code, "Somebody else changed “Money” meanwhile" in mine.text) == (409, True)
    assert "mine" not in draft(at, olga)
    assert "Olga is editing too" in omar.get("/rules").text
    kept = re.search(r'name="mine" value="([^"]+)"', mine.text)
    assert kept
    body = kept.group(1).replace("&#34;", '"')
    assert does(omar, "take", rule="Money", mine=body).status_code == 303
    assert "mine" in draft(at, olga)
    other = post(olga, "/rules/rule", **{**MONEY, "rule": "Rest", "name": "Rest", "revision": before, "do": "save"})
    assert other.status_code == 303, "another rule: both are kept"


SEATS = {"was": "", "label": "seats bought", "key": "seats", "type": "number", "trust": "signed", "values": ""}


def test_a_fact_is_declared_offered_renamed_removed_and_taken_back(at: Desk, olga: FlaskClient) -> None:
    assert does(olga, "fact", **SEATS).status_code == 303
    assert '<option value="contact.seats">seats bought</option>' in olga.get("/rules?rule=Money").text
    asks = {"w.1-fact": "contact.seats", "w.1-was": "contact.seats", "w.1-is": "at_least", "w.1-value": "100"}
    edits(olga, **asks)
    page = olga.get("/rules?fact=contact.seats").text
    assert "in 1 rule" in page
    assert 'value="seats bought"' in page
    kept = does(olga, "fact/remove", was="contact.seats")
    assert (kept.status_code, "asked for by “Money”" in kept.text) == (422, True)
    does(olga, "fact", **{**SEATS, "was": "contact.seats", "key": "places"})
    assert draft(at, olga).count("contact.places") == 2
    assert "contact.seats" not in draft(at, olga)
    does(olga, "undo")
    assert draft(at, olga).count("contact.seats") == 2
    does(olga, "undo")
    assert does(olga, "fact/remove", was="contact.seats").status_code == 303
    assert "contact.seats" not in draft(at, olga)


def test_what_is_wrong_with_a_fact_stands_at_its_field_and_what_was_typed_stays(olga: FlaskClient) -> None:
    answer = does(olga, "fact", **{**SEATS, "key": "tier"})
    assert answer.status_code == 422
    assert re.search(r'value="tier"[^>]*aria-invalid="true" aria-describedby="fact-name-wrong"', answer.text)
    assert "Heed has a fact of this name" in answer.text
    assert 'value="seats bought"' in answer.text


def test_a_fact_that_two_change_in_different_ways_is_shown_and_not_overwritten(at: Desk, olga: FlaskClient) -> None:
    omar = signed_in(at, an_agent(at, "Omar", role=Role.OPS))
    does(olga, "fact", **SEATS)
    before, own = revision(omar), {**SEATS, "was": "contact.seats"}
    does(olga, "fact", **{**own, "type": "percent"})
    mine = post(omar, "/rules/fact", **{**own, "type": "text", "revision": before})
    assert (mine.status_code, "Somebody else changed “contact.seats” meanwhile" in mine.text) == (409, True)
    kept = re.search(r'name="mine" value="([^"]+)"', mine.text)
    assert kept
    assert does(omar, "take", about="fact", rule="contact.seats", mine=kept[1].replace("&#34;", '"')).status_code == 303
    assert "type: text" in draft(at, olga)


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_others_read(at: Desk, role: Role) -> None:
    ana = signed_in(at, an_agent(at, "Ana", role=role))
    page = ana.get("/rules").text
    assert "queue Billing" in page
    assert "/rules/undo" not in page
    assert post(ana, "/rules/remove", rule="Money", revision="0").status_code == 403
    assert ana.get("/rules/publish").status_code == 403
    assert ana.get("/rules/history").status_code == 200


def test_another_brand_is_not_there(at: Desk, olga: FlaskClient) -> None:
    other = a_brand(at, "Other")
    assert olga.get(f"/rules?brand={other}").status_code == 404
    assert post(olga, "/rules/remove", rule="Money", revision="0", brand=other).status_code == 404
