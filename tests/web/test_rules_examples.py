"""The examples of the rules without script: what was expected beside what came; made, changed, renamed and removed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from router.model import Role
from router.rulemaking.examples import Filled, filled
from router.rulemaking.sheet import parse
from router.web.rules import expecting
from rules.examples import EXPECTED
from tests.builders import Desk, an_agent
from tests.web.test_inbox import post, signed_in
from tests.web.test_rules_page import LIVE, at, does, draft, olga, revision  # noqa: F401

EXAMPLES = """
examples:
- {name: A bill, given: {text: I was charged twice., intent_group: billing}, expect: {queue: Billing, tags: []}}
- {name: Angry, given: {cues: [churn, abuse], frustration: 80, intent_group: billing},
   expect: {answer_within: 5m, close_as: null}}
"""
BILL = {
    "was": "A bill", "name": "A bill", "text": "I was charged twice.", "lines": "intent_group = billing",
    "e.0-kind": "queue", "e.0-was": "queue", "e.0-value": "Billing",
}  # fmt: skip


@pytest.fixture
def omar(at: Desk, olga: FlaskClient) -> FlaskClient:  # noqa: F811
    """The browser of another of ops, once two examples are in the draft."""
    does(olga, "file", yaml=LIVE + EXAMPLES)
    return signed_in(at, an_agent(at, "Omar", role=Role.OPS))


def sends(browser: FlaskClient, do: str = "save", **fields: str) -> TestResponse:
    return does(browser, "examples", **{**BILL, **fields, "do": do})


def page_of(browser: FlaskClient, query: str = "") -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", browser.get(f"/rules/examples{query}").text))


def test_everything_that_can_be_expected_has_its_sentences() -> None:
    assert expecting.SAYS.keys() == EXPECTED.keys()


def test_each_is_told_with_what_was_expected_beside_what_came(omar: FlaskClient) -> None:
    page = page_of(omar)
    assert "1 of 2 does not hold." in page
    assert "I was charged twice.intent group: billing" in page.replace(". ", ".")
    assert "cues: churn and abuse" in page
    for held in ("as expected: goes to the queue Billing", "as expected: gets no tag", "as expected: is not closed"):
        assert held in page
    assert "not as expected: is answered within 5 min What came: is answered within 10 min" in page


FORMS: Mapping[str, tuple[dict[str, str], object]] = {
    "queue": ({"kind": "queue", "value": "Billing"}, "Billing"),
    "that it must not be": ({"kind": "not:queue"}, None),
    "levels of skills": ({"kind": "needs", "value": "billing 2, returns"}, {"billing": 2, "returns": 1}),
    "no skill": ({"kind": "not:needs"}, {}),
    "a list of rules": ({"kind": "rules", "value": "Money"}, ["Money"]),
    "other words": ({"kind": "tags", "more": 'a, "b, c"'}, ["a", "b, c"]),
    "no tag": ({"kind": "not:tags"}, []),
    "a length of time": ({"kind": "remind", "value": "2h"}, "2h"),
    "heat": ({"kind": "heat_at_least", "value": "2"}, 2),
    "yes": ({"kind": "hand_on"}, True),
    "no": ({"kind": "not:hand_on"}, False),
    "still to be filled in": ({"kind": "tags"}, ""),
    "of another kind before": ({"kind": "queue", "value": "2h", "was": "remind"}, ""),
}


@pytest.mark.parametrize(("fields", "value"), FORMS.values(), ids=FORMS)
def test_what_must_come_out_is_read_from_its_fields(fields: dict[str, str], value: object) -> None:
    form = MultiDict({f"e.0-{name}": said for name, said in fields.items()})
    assert expecting.given(form).expect == ((fields["kind"].removeprefix("not:"), value),)


WRONG = (  # what is filled in, at which field it is wrong, and why
    ({"name": "Angry"}, "name", "There is an example of this name already"),
    ({"name": " "}, "name", "Give it a name"),
    ({"lines": "colour = red"}, "given", "“colour” is no fact"),
    ({"lines": "intent_group = bread"}, "given", "it is never “bread”"),
    ({"expect": (("queue", ""),)}, "queue", "the value is empty"),
    ({"expect": (("queue", "Moon"),)}, "queue", "there is no “Moon”"),
    ({"expect": (("remind", "soon"),)}, "remind", "is not a duration"),
    ({"expect": (("needs", ""),)}, "needs", "not skills with levels"),
    ({"expect": (("queue", None), ("queue", "Billing"))}, "queue", "expected twice"),
    ({"expect": ()}, "expect", "Say at least one thing"),
)


def test_all_that_is_wrong_is_told_at_its_field(at: Desk) -> None:  # noqa: F811
    right = Filled("A bill", "I was charged twice.", "intent_group = billing", (("queue", "Billing"),))
    sheet = parse(LIVE + EXAMPLES)
    assert filled(at.heed, at.brand_id, sheet, "A bill", right)[1] == {}
    for fields, field, told in WRONG:
        _example, wrong = filled(at.heed, at.brand_id, sheet, "A bill", replace(right, **fields))
        assert list(wrong) == [field]
        assert told in wrong[field]


def test_one_is_changed_and_what_was_typed_stays_where_it_cannot_be(at: Desk, omar: FlaskClient) -> None:  # noqa: F811
    answer = sends(omar, text="Typed by me.", **{"e.0-value": "Moon"})
    assert answer.status_code == 422
    assert "there is no “Moon”" in unescape(answer.text)
    assert "Typed by me.</textarea>" in answer.text
    assert sends(omar, name="Charged twice", **{"e.0-kind": "not:queue"}).status_code == 303
    assert "name: Charged twice" in draft(at, omar)
    assert "queue: null" in draft(at, omar)


def test_one_is_made_by_hand_with_what_comes_out_now_removed_and_taken_back(at: Desk, omar: FlaskClient) -> None:  # noqa: F811
    assert 'name="e.0-kind"' in omar.get("/rules/examples?new=1").text
    blank = {"was": "", "name": "Mine", "text": "", "lines": "intent_group = billing", "e.0-kind": ""}
    page = sends(omar, "come", **blank).text
    assert 'value="queue" selected' in page
    assert 'value="rules" selected' in page
    assert 'name="e.2-kind"' in sends(omar, "more", **{**BILL, "e.1-kind": "not:tags"}).text
    assert "Mine" not in draft(at, omar), "nothing is kept before it is saved"
    assert sends(omar, **{**blank, "e.0-kind": "queue"}).status_code == 303
    assert "name: Mine" in draft(at, omar)
    assert does(omar, "examples/remove", was="Mine").status_code == 303
    assert does(omar, "examples/remove", was="Mine").status_code == 422
    back = does(omar, "undo", page="examples")
    assert (back.status_code, "/rules/examples" in back.location) == (303, True)
    assert "name: Mine" in draft(at, omar)


def test_two_at_one_example_are_shown_to_each_other(at: Desk, olga: FlaskClient, omar: FlaskClient) -> None:  # noqa: F811
    before = revision(omar)
    sends(olga, text="Theirs.")
    mine = post(omar, "/rules/examples", **{**BILL, "text": "Mine.", "do": "save", "revision": before})
    assert (mine.status_code, "Somebody else changed “A bill” meanwhile" in mine.text) == (409, True)
    kept = re.search(r'name="mine" value="([^"]+)"', mine.text)
    assert kept
    took = does(omar, "take", about="example", rule="A bill", page="examples", mine=unescape(kept[1]))
    assert (took.status_code, "Mine." in draft(at, omar)) == (303, True)
    other = post(olga, "/rules/examples/remove", was="Angry", revision=before)
    assert other.status_code == 303, "another example: both are kept"


def test_a_broken_one_says_why_and_the_others_run(omar: FlaskClient) -> None:
    does(omar, "file", yaml=LIVE + EXAMPLES + "- {name: Broken, given: {}, expect: {queue: Moon}}\n")
    page = page_of(omar)
    assert "2 of 3 do not hold." in page
    assert "there is no “Moon”" in page
    does(omar, "file", yaml=LIVE.replace("10m", "soon") + EXAMPLES)
    assert "Mend the errors of the rules first" in page_of(omar)


def test_a_ticket_is_found_by_its_number(at: Desk, omar: FlaskClient) -> None:  # noqa: F811
    ticket = at.says("I was charged twice.", "dan")
    [(number,)] = at.rows("SELECT number FROM ticket")
    assert omar.get(f"/rules/examples/ticket?number={number}").location.endswith(f"/rules/example/{ticket.id}")
    assert omar.get("/rules/examples/ticket?number=9999").status_code == 422
