"""A ticket's whole history: everything on record, once, in order, page by page, and nothing of another brand."""

from datetime import timedelta

import pytest

from router import desk as acts
from router.desk import NotFound
from router.inbox import history
from router.store.schema import ticket, ticket_event
from tests.builders import a_brand, a_skill, a_supervisor, an_agent, now, rules


def whole(desk, scope, ticket_id):
    """Return all entries by pages, and how many pages those were."""
    entries, after, pages = [], None, 0
    while pages == 0 or after is not None:
        page = history.history_of(desk.heed, scope, ticket_id, after)
        entries, after, pages = [*entries, *page.entries], page.after, pages + 1
    return entries, pages


def test_everything_is_told_once_and_in_order(desk, monkeypatch):
    a_skill(desk, "billing")
    rules(
        desk,
        "rules:\n  - {name: Zero, when: always, then: [{tag: all}]}\n"
        "  - name: Money\n    when: {fact: text, is: mentions, value: invoice}\n"
        "    then: [{need_skill: billing}]\n",
    )
    sue = a_supervisor(desk)
    ana = an_agent(desk, "Ana", skills={"en": 3, "billing": 2})
    one = desk.says("The invoice is wrong, this is the third time I write!", thread="t")
    acts.pull(desk.heed, ana, now())
    acts.note(desk.heed, ana, one.id, "Looks odd", now())
    acts.reply(desk.heed, ana, one.id, "I am sorry.", now(), key="k", last_seen=None, keep_open=True)
    acts.resolve(desk.heed, ana, one.id, now())

    entries, pages = whole(desk, sue, one.id)
    assert pages == 1 and [e.at for e in entries] == sorted(e.at for e in entries)
    kinds = [e.kind for e in entries]
    assert {kind: kinds.count(kind) for kind in ("message", "rules", "decision")} == {
        "message": 3, "rules": 1, "decision": kinds.count("decision")
    } and "decision" in kinds  # fmt: skip
    wrote, noted, answered = (e for e in entries if e.kind == "message")
    assert wrote.what.reading.frustration > 40 and wrote.what.cues and wrote.by == ""
    assert (noted.by, answered.by, answered.what.row.direction) == ("Ana", "Ana", "outbound")
    [traced] = [e.what for e in entries if e.kind == "rules"]
    assert traced.rules == ("Zero", "Money") and traced.trace, "in the order they were read"
    chosen = [c for e in entries if e.kind == "decision" for c in e.what.candidates if c.chosen]
    assert chosen, "a pull names the tickets it chose among"
    steps = [e.what.step for e in entries if e.kind == "promise"]
    assert steps[:2] == ["made", "kept"]
    events = [e.what.kind for e in entries if e.kind == "event"]
    assert {"opened", "waiting", "assigned", "resolved"} <= set(events) and "replied" not in events

    monkeypatch.setattr(history, "PAGE", 3)
    again, pages = whole(desk, sue, one.id)
    assert again == entries and pages > 2


def test_a_merged_ticket_brings_its_history_along(desk):
    sue = a_supervisor(desk)
    one, two = desk.says("First", who="dan"), desk.says("Second", who="eva")
    assert one.id != two.id
    with desk.heed.database.write() as db:
        db.execute(ticket.update().where(ticket.c.id == two.id).values(merged_into=one.id))
    found = history.history_of(desk.heed, sue, one.id)
    assert found.merged == (two.number,)
    assert [e.number for e in found.entries if e.kind == "message"] == [one.number, two.number]
    assert history.history_of(desk.heed, sue, two.id).merged == ()


def test_many_things_of_one_moment_stay_on_one_page(desk, monkeypatch):
    sue, at = a_supervisor(desk), now() + timedelta(hours=1)
    one = desk.says()
    monkeypatch.setattr(history, "PAGE", 4)
    rows = [{"ticket_id": one.id, "seq": 100 + n, "episode": 1, "kind": "quiet", "by": "heed", "at": at, "data": "{}"}
            for n in range(9)]  # fmt: skip
    with desk.heed.database.write() as db:
        db.execute(ticket_event.insert(), rows)
    entries, _ = whole(desk, sue, one.id)
    assert [e.what.kind for e in entries if e.at == at] == ["quiet"] * 9


def test_another_brands_history_is_not_there(desk):
    theirs = a_supervisor(desk, brands=(a_brand(desk, "other"),))
    with pytest.raises(NotFound):
        history.history_of(desk.heed, theirs, desk.says().id)
