"""The draft: every change is kept, several people work on it at once, and each takes back their own."""

from collections.abc import Callable
from typing import cast

import pytest

from router import publishing
from router.mistakes import Mistake
from router.model import Role, Scope
from router.rulemaking import drafting
from router.rulemaking.drafting import Behind
from router.rulemaking.sheet import Sheet, parse, text_of
from router.store.audit import Actor
from rules.errors import RuleErrors
from tests.builders import Desk, a_brand, an_agent, now, rules

RULES = """
rules:
  - {name: One, when: always, then: [{tag: one}]}
  - {name: Two, when: always, then: [{tag: two}]}
"""


@pytest.fixture
def at(sqlite_desk: Desk) -> Desk:
    """A desk with two live rules."""
    rules(sqlite_desk, RULES)
    return sqlite_desk


@pytest.fixture
def olga(at: Desk) -> Scope:
    """Somebody of ops."""
    return an_agent(at, "Olga", role=Role.OPS)


@pytest.fixture
def omar(at: Desk) -> Scope:
    """Another."""
    return an_agent(at, "Omar", role=Role.OPS)


def tagging(name: str, tag: str) -> Callable[[Sheet], Sheet]:
    return lambda sheet: sheet.with_rules({**sheet.rules, name: {"when": "always", "then": [{"tag": tag}]}})


def removing(name: str) -> Callable[[Sheet], Sheet]:
    return lambda sheet: sheet.with_rules({one: body for one, body in sheet.rules.items() if one != name})


def change(at: Desk, who: Scope, revision: int, edit: Callable[[Sheet], Sheet]) -> drafting.Saved:
    return drafting.change(at.heed, Actor("agent", who.agent or ""), who, at.brand_id, revision, edit, now())


def tags(at: Desk) -> dict[str, str]:
    draft = drafting.current(at.heed, at.brand_id)
    return {name: done(body)[0]["tag"] for name, body in parse(draft.source).rules.items()}


def done(body: object) -> list[dict[str, str]]:
    """Return what a rule does."""
    return cast(dict[str, list[dict[str, str]]], body)["then"]


def publish(at: Desk, who: Scope, source: str, revision: int | None = None) -> int:
    actor = Actor("agent", who.agent or "")
    number, _ = publishing.publish(at.heed, actor, who, at.brand_id, source, "why", now(), revision=revision)
    return number


def test_it_begins_with_the_live_rules(at: Desk) -> None:
    draft = drafting.current(at.heed, at.brand_id)
    assert (draft.revision, draft.changed, draft.live_number) == (0, False, 2)


def test_a_change_is_kept_and_not_live(at: Desk, olga: Scope) -> None:
    assert change(at, olga, 0, tagging("One", "new")).revision == 1
    assert tags(at) == {"One": "new", "Two": "two"}
    draft = drafting.current(at.heed, at.brand_id)
    assert (draft.changed, draft.author) == (True, olga.agent)
    assert publishing.live_source(at.heed, at.brand_id) == RULES


def test_two_people_at_different_rules_keep_both_and_are_told(at: Desk, olga: Scope, omar: Scope) -> None:
    change(at, olga, 0, tagging("One", "hers"))
    saved = change(at, omar, 0, tagging("Two", "his"))
    assert [(one.author, one.revision) for one in saved.others] == [(olga.agent, 1)]
    assert tags(at) == {"One": "hers", "Two": "his"}


def test_two_people_at_one_rule_are_told_and_nothing_is_overwritten(at: Desk, olga: Scope, omar: Scope) -> None:
    change(at, olga, 0, tagging("One", "hers"))
    with pytest.raises(Behind) as told:
        change(at, omar, 0, tagging("One", "his"))
    [conflict] = told.value.conflicts
    assert (done(conflict.theirs), done(conflict.mine)) == ([{"tag": "hers"}], [{"tag": "his"}])
    assert tags(at)["One"] == "hers"
    assert change(at, omar, told.value.revision, tagging("One", "his")).others == ()
    assert tags(at)["One"] == "his"


def test_each_takes_back_their_own(at: Desk, olga: Scope, omar: Scope) -> None:
    change(at, olga, 0, tagging("One", "hers"))
    change(at, olga, 1, tagging("One", "hers again"))
    change(at, omar, 2, tagging("Two", "his"))
    for expected in ("hers", "one"):
        drafting.undo(at.heed, Actor("agent", olga.agent or ""), olga, at.brand_id, now())
        assert tags(at) == {"One": expected, "Two": "his"}
    with pytest.raises(Mistake, match="no change of yours"):
        drafting.undo(at.heed, Actor("agent", olga.agent or ""), olga, at.brand_id, now())


def test_what_somebody_changed_since_is_not_taken_back(at: Desk, olga: Scope, omar: Scope) -> None:
    change(at, olga, 0, removing("Two"))
    change(at, omar, 1, tagging("Two", "his"))
    with pytest.raises(Mistake, match="Somebody else changed “Two” since"):
        drafting.undo(at.heed, Actor("agent", olga.agent or ""), olga, at.brand_id, now())


def test_rules_that_go_live_meanwhile_come_into_the_draft(at: Desk, olga: Scope, omar: Scope) -> None:
    change(at, olga, 0, tagging("One", "hers"))
    assert publish(at, omar, RULES.replace("tag: two", "tag: live")) == 3
    assert tags(at) == {"One": "hers", "Two": "live"}
    assert drafting.current(at.heed, at.brand_id).changed
    saved = change(at, olga, 1, tagging("Three", "hers"))
    assert [one.did for one in saved.others] == ["live"]
    assert tags(at) == {"One": "hers", "Two": "live", "Three": "hers"}


def test_another_order_alone_is_a_change(at: Desk, olga: Scope) -> None:
    change(at, olga, 0, lambda sheet: sheet.with_rules(dict(reversed(sheet.rules.items()))))
    assert drafting.current(at.heed, at.brand_id).changed


def test_examples_that_go_live_in_another_order_are_no_change(at: Desk, olga: Scope) -> None:
    one, two = (
        "- {given: {channel: email}, expect: {tags: [one]}}",
        "- {given: {channel: api}, expect: {tags: [two]}}",
    )
    publish(at, olga, f"{RULES}examples:\n{one}\n")
    publish(at, olga, f"{RULES}examples:\n{two}\n{one}\n")
    assert not drafting.current(at.heed, at.brand_id).changed


def test_publishing_the_draft_leaves_nothing_in_it(at: Desk, olga: Scope) -> None:
    change(at, olga, 0, tagging("One", "hers"))
    draft = drafting.current(at.heed, at.brand_id)
    publish(at, olga, draft.source, draft.revision)
    assert not drafting.current(at.heed, at.brand_id).changed
    publishing.rollback(at.heed, Actor("agent", olga.agent or ""), olga, at.brand_id, 2, now())
    assert tags(at)["One"] == "one"


def test_a_draft_that_moved_on_is_not_published_unseen(at: Desk, olga: Scope, omar: Scope) -> None:
    seen = drafting.current(at.heed, at.brand_id)
    change(at, omar, 0, tagging("One", "his"))
    with pytest.raises(Mistake, match="look at it again"):
        publish(at, olga, seen.source, seen.revision)


def test_publishing_asks_for_a_comment(at: Desk, olga: Scope) -> None:
    with pytest.raises(Mistake, match="in a few words"):
        publishing.publish(at.heed, Actor("agent", olga.agent or ""), olga, at.brand_id, RULES, " ", now())


def test_a_whole_file_needs_the_revision_it_stands_on(at: Desk, olga: Scope, omar: Scope) -> None:
    actor = Actor("agent", olga.agent or "")
    change(at, omar, 0, tagging("Two", "his"))
    with pytest.raises(Behind):
        drafting.replace(at.heed, actor, olga, at.brand_id, 0, RULES, now())
    assert drafting.replace(at.heed, actor, olga, at.brand_id, 1, RULES, now()) == 2
    with pytest.raises(RuleErrors, match="two rules have this name"):
        drafting.replace(at.heed, actor, olga, at.brand_id, 2, RULES.replace("Two", "One"), now())


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_others_than_ops_change_nothing(at: Desk, role: Role) -> None:
    with pytest.raises(Mistake, match="takes the role ops"):
        change(at, an_agent(at, "Ana", role=role), 0, removing("One"))


def test_another_brands_draft_is_behind_a_wall(at: Desk) -> None:
    elsewhere = an_agent(at, "Eve", role=Role.OPS, brands=(a_brand(at, "other"),))
    with pytest.raises(Mistake):
        change(at, elsewhere, 0, removing("One"))


WRONG = """
rules:
  - {name: Half, note: "12", when: {fact: channel}, then: [{answer_within: soon}, stop]}
  - {name: "70", when: {all: [{fact: text, is: is, value: "1.50"}]}, then: [{tag: "true"}]}
"""


def test_what_is_wrong_inside_a_rule_is_kept_as_it_is() -> None:
    sheet = parse(WRONG)
    assert sheet.names == ["Half", "70"]
    assert sheet.rules["Half"]["then"] == [{"answer_within": "soon"}, "stop"]
    assert parse(text_of(sheet)) == sheet
