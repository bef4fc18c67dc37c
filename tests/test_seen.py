"""What is new on an agent's tickets, until they have seen it."""

import pytest

from router import desk as acts
from router import seen
from router.desk.errors import NotFound
from router.model import Role, Scope
from tests.builders import Desk, an_agent, now


def news(desk: Desk, who) -> list[int]:
    return [one.number for one in seen.unread(desk.heed, who)]


def test_a_ticket_is_new_until_its_agent_saw_its_last_message(desk):
    ana = an_agent(desk, "Ana")
    ticket = desk.says("one", thread="t", id="a")
    assert news(desk, ana) == []  # it waits: it is nobody's yet
    acts.pull(desk.heed, ana, now())
    assert news(desk, ana) == [ticket.number]
    first = desk.messages(ticket.id)[0].id
    assert seen.see(desk.heed, ana, ticket.id, first) is True
    assert seen.see(desk.heed, ana, ticket.id, first) is False
    assert news(desk, ana) == []
    desk.says("two", thread="t", id="b")
    assert news(desk, ana) == [ticket.number]
    assert seen.see(desk.heed, ana, ticket.id, first) is False  # an old message seen again changes nothing
    assert news(desk, ana) == [ticket.number]


def test_what_one_saw_another_did_not(desk):
    ana, bo = an_agent(desk, "Ana"), an_agent(desk, "Bo")
    ticket = desk.says("one", thread="t")
    acts.pull(desk.heed, ana, now())
    seen.see(desk.heed, ana, ticket.id, desk.messages(ticket.id)[0].id)
    acts.transfer(desk.heed, ana, ticket.id, now(), agent=bo.agent)
    assert news(desk, ana) == []
    assert news(desk, bo) == [ticket.number]


def test_another_brands_message_does_not_exist(desk):
    ticket = desk.says("one")
    elsewhere = Scope(Role.AGENT, frozenset({"another"}), an_agent(desk, "Eve").agent)
    with pytest.raises(NotFound):
        seen.see(desk.heed, elsewhere, ticket.id, desk.messages(ticket.id)[0].id)
