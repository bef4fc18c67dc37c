"""Publishing is checked and may be refused; rolling back is checked too, and what was live comes back all the same."""

import pytest

from router import publishing
from router.mistakes import Mistake
from router.model import Role, Scope
from router.store.audit import Actor
from tests.builders import Desk, a_queue, an_agent, now, rules

LIVE = "rules: [{name: One, when: always, then: [{tag: one}]}]"
WITHHOLDS = """
rules:
- {name: Robots, when: {fact: frustration, is: at_least, value: 50}, then: [{tag: hot}, stop]}
- {name: Gold, when: {fact: contact.tier, is: is, value: gold}, then: [{answer_within: 10m}]}
"""
FLIPPED = "{ rules: [{name: One, when: always, then: [{tag: one}]}], examples: [{given: {}, expect: {tags: [two]}}] }"
NAMES_ONE = "{ rules: [{name: One, when: always, then: [{tag: one}]}], examples: [{given: {}, expect: {queue: Gone}}] }"


@pytest.fixture
def olga(sqlite_desk: Desk) -> Scope:
    return an_agent(sqlite_desk, "Olga", role=Role.OPS)


def back(desk: Desk, who: Scope, number: int) -> publishing.Checked:
    """Roll back, and return what today's check says of it."""
    return publishing.rollback(desk.heed, Actor("agent", who.agent or ""), who, desk.brand_id, number, now())[1]


@pytest.mark.parametrize(
    ("source", "says"),
    [(WITHHOLDS, "Nothing that was read"), (FLIPPED, "tags should be two"), (NAMES_ONE, "Gone")],
    ids=["an error of today", "an example that flips", "an example that names what is gone"],
)
def test_what_publishing_refuses_comes_back_with_a_warning(
    sqlite_desk: Desk, olga: Scope, source: str, says: str
) -> None:
    actor = Actor("agent", olga.agent or "")
    with pytest.raises(Mistake, match=says):
        publishing.publish(sqlite_desk.heed, actor, olga, sqlite_desk.brand_id, source, "x", now())
    rules(sqlite_desk, source)
    rules(sqlite_desk, LIVE)
    assert says in " ".join(back(sqlite_desk, olga, 2).refusals)
    assert publishing.live_source(sqlite_desk.heed, sqlite_desk.brand_id) == source
    assert back(sqlite_desk, olga, 3).refusals == ()


@pytest.mark.parametrize(
    ("source", "says"),
    [(LIVE.replace("tag: one", "queue: Gone"), "Gone"), ("format: 99\nrules: []", "format is “99”")],
    ids=["a queue that is gone", "a format of another release"],
)
def test_rules_that_cannot_decide_stay_away_with_what_to_do(
    sqlite_desk: Desk, olga: Scope, source: str, says: str
) -> None:
    rules(sqlite_desk, source)
    rules(sqlite_desk, LIVE)
    with pytest.raises(Mistake, match=says) as refused:
        back(sqlite_desk, olga, 2)
    assert "Put back what its rules name" in refused.value.reason
    assert publishing.live_source(sqlite_desk.heed, sqlite_desk.brand_id) == LIVE
    if "queue" in source:
        a_queue(sqlite_desk, "Gone")
        assert back(sqlite_desk, olga, 2).refusals == ()


def test_rolling_back_takes_the_role_ops(sqlite_desk: Desk) -> None:
    rules(sqlite_desk, LIVE)
    with pytest.raises(Mistake, match="role ops"):
        back(sqlite_desk, an_agent(sqlite_desk), 1)
