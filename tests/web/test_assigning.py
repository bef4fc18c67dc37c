"""The wallboard, a ticket's history and assigning by hand as pages: who may, what is asked, what is recorded."""

import pytest

from router import desk as acts
from router.model import Presence, Role, Scope
from tests.a_desk import send
from tests.builders import Desk, a_brand, a_skill, a_supervisor, an_agent, now, rules
from tests.web.browsers import signed_in

MONEY = (
    "rules:\n  - name: Money\n    when: {fact: text, is: mentions, value: invoice}\n"
    "    then: [{need_skill: billing, level: 3}]\n"
)


@pytest.fixture
def at(sqlite_desk: Desk) -> Desk:
    """A desk whose rules ask for somebody who knows billing."""
    a_skill(sqlite_desk, "billing")
    rules(sqlite_desk, MONEY)
    return sqlite_desk


def test_a_supervisor_is_told_what_a_ticket_waits_for_and_gives_it_away(at: Desk) -> None:
    sue = a_supervisor(at)
    ana = an_agent(at, "Ana", skills={"en": 3, "billing": 4}, slots={"live": 1, "mail": 0}, presence=Presence.AWAY)
    bo = an_agent(at, "Bo", slots={"live": 1, "mail": 0})
    one, two = at.says("The invoice is wrong.", who="dan"), at.says("The invoice again.", who="eva")
    browser = signed_in(at, sue)
    path = f"/tickets/{one.id}/assign"

    page = browser.get(path).text
    assert "1 agent may take it; none is online." in page
    assert "0 of 1 here" in page and "2 more could take it now" in page, "Sue and Bo, if it were not for billing"
    assert "lacks:" in page and "billing 3" in page

    def give(ticket: str, agent: Scope, **more: str) -> int:
        return send(browser, f"/tickets/{ticket}/assign", page=path, agent=agent.agent, **more).status_code  # type: ignore[attr-defined]

    assert give(one.id, Scope(Role.AGENT, frozenset(), "nobody")) == 422
    assert give(one.id, ana) == 303 and at.ticket(one.id).agent_id == ana.agent
    assert give(two.id, ana) == 409 and at.ticket(two.id).agent_id is None, "over capacity only if that was said"
    assert give(two.id, ana, over="1") == 303 and at.ticket(two.id).agent_id == ana.agent
    assert at.rows("SELECT over_capacity FROM assignment ORDER BY valid_from, id") in (
        [(0,), (1,)],
        [(False,), (True,)],
    )
    trail = at.rows("SELECT actor_id, object FROM audit_event WHERE act = 'assigned by hand' ORDER BY seq")
    assert trail == [(sue.agent, one.id), (sue.agent, two.id)]
    told = browser.get(f"/tickets/{two.id}/history").text
    assert "given to Ana by hand" in told and "over capacity" in told and "Rules version" in told
    assert "message mentions “invoice”" in told
    at.do("UPDATE agent SET locale = 'ur'")
    assert "پیغام میں ”\u2068invoice\u2069“ کا ذکر ہے" in browser.get(f"/tickets/{two.id}/history").text

    assert signed_in(at, bo).get(path).status_code == 403
    assert signed_in(at, bo).get(f"/tickets/{two.id}/history").status_code == 200
    assert browser.get(f"/tickets/{two.id}/history?after=nonsense").status_code == 200
    assert browser.get(f"/tickets/{two.id}/history?after=2031-01-01").status_code == 200
    theirs = signed_in(at, a_supervisor(at, "Theo", brands=(a_brand(at, "other"),)))
    assert theirs.get(path).status_code == theirs.get(f"/tickets/{two.id}/history").status_code == 404


def test_the_wallboard_is_for_supervisors_and_names_no_ones_mood(at: Desk) -> None:
    sue, ana = a_supervisor(at), an_agent(at, "Ana")
    at.says("I am furious, this is the third time I write!", who="dan")
    acts.pull(at.heed, ana, now())
    at.says("The invoice, please.", who="eva")
    browser = signed_in(at, sue)
    page = browser.get("/wallboard").text
    assert "No one eligible" in page and "No one has billing at level 3." in page
    assert "1 of 3 live" in page and "Ana" in page
    ana_row = page[page.index(f'data-key="a-{ana.agent}"') :].split("</tr>")[0]
    assert 'class="mood' not in ana_row and "Frustration" not in ana_row
    part = browser.get("/wallboard/board")
    assert part.status_code == 200 and "<html" not in part.text
    assert signed_in(at, ana).get("/wallboard").status_code == 403
    theirs = signed_in(at, a_supervisor(at, "Theo", brands=(a_brand(at, "other"),)))
    assert "No one eligible" not in theirs.get("/wallboard").text


def test_a_supervisor_lets_a_ticket_do_without_a_need_in_one_click(at: Desk) -> None:
    sue = a_supervisor(at)
    bo = an_agent(at, "Bo")
    ticket = at.says("The invoice is wrong.", who="dan")
    place = ticket.place
    assert acts.pull(at.heed, bo, now()) is None
    browser = signed_in(at, sue)
    path = f"/tickets/{ticket.id}/assign"
    assert "Do without it" in browser.get(path).text
    assert send(browser, f"/tickets/{ticket.id}/relax", page=path, need="billing").status_code == 303
    assert at.ticket(ticket.id).place == place
    assert at.events(ticket.id)[-1] == "relaxed"
    assert at.rows("SELECT actor_id, object FROM audit_event WHERE act = 'needs relaxed'") == [(sue.agent, ticket.id)]
    assert send(browser, f"/tickets/{ticket.id}/relax", page=path, need="billing").status_code == 409
    assert at.says("The invoice is still wrong.", who="dan").id == ticket.id
    needs = "SELECT skill_key, level FROM ticket_need WHERE ticket_id = :t ORDER BY skill_key"
    assert at.rows(needs, t=ticket.id) == [("en", 1)], "it stays so when the customer writes on"
    given = acts.pull(at.heed, bo, now())
    assert given is not None and given.ticket_id == ticket.id
    assert send(signed_in(at, bo), f"/tickets/{ticket.id}/relax", need="en").status_code == 403


def test_the_only_need_let_go_stays_away_also_when_the_ticket_is_handed_back(at: Desk) -> None:
    rules(at, "rules: []")
    ticket, bo = at.says("The invoice is wrong.", who="dan"), an_agent(at, "Bo", skills={})
    assert acts.pull(at.heed, bo, now()) is None, "nobody speaks the brand's language"
    acts.relax(at.heed, a_supervisor(at), ticket.id, ["en"], now())
    given = acts.pull(at.heed, bo, now())
    assert given is not None and given.ticket_id == ticket.id
    acts.give_back(at.heed, bo, ticket.id, now())
    assert acts.pull(at.heed, an_agent(at, "Kim", skills={}), now()) is not None


def test_a_need_that_was_let_go_comes_back_when_rules_ask_for_more(at: Desk) -> None:
    ticket = at.says("The invoice is wrong.", who="dan")
    acts.relax(at.heed, a_supervisor(at), ticket.id, ["billing"], now())
    rules(at, MONEY.replace("level: 3", "level: 4"))
    at.says("The invoice is still wrong.", who="dan")
    assert ("billing", 4) in at.rows("SELECT skill_key, level FROM ticket_need WHERE ticket_id = :t", t=ticket.id)


def test_needs_that_only_together_are_in_the_way_are_named_together(at: Desk) -> None:
    sue = a_supervisor(at, slots={"live": 0, "mail": 0})
    a_skill(at, "returns")
    rules(
        at,
        MONEY.replace("[{need_skill: billing, level: 3}]", "[{need_skill: billing, level: 3}, {need_skill: returns}]"),
    )
    an_agent(at, "Bo")
    ticket = at.says("The invoice is wrong.", who="dan")
    page = signed_in(at, sue).get(f"/tickets/{ticket.id}/assign").text
    assert "Without these together, 1 person could take it now:" in page
    assert "Do without these" in page
