"""Follow-ups: told at their moment, ended by an answer where silence was asked for, seen within the brand alone."""

import pytest

from router import desk as acts
from router import following
from router.desk import NotAllowed, NotFound, Refused
from tests.builders import a_brand, a_supervisor, an_agent, in_minutes, now


def noticed(desk):
    return desk.rows("SELECT agent_id, role, ticket_id, because FROM notice WHERE kind = 'follow_up' ORDER BY at, id")


def test_is_told_once_when_its_moment_comes_also_on_a_resolved_ticket(desk):
    ana = an_agent(desk)
    ticket = desk.says()
    acts.pull(desk.heed, ana, now())
    following.add(desk.heed, ana, ticket.id, in_minutes(30), now(), note=" Ask about\nthe parcel ")
    acts.resolve(desk.heed, ana, ticket.id, now())
    assert following.tell_due(desk.heed, now()) == 0
    assert [one.note for one in following.to_come(desk.heed, ana, ticket.id)] == ["Ask about the parcel"]
    assert following.tell_due(desk.heed, in_minutes(31)) == 1
    assert following.tell_due(desk.heed, in_minutes(31)) == 0
    assert noticed(desk) == [(ana.agent, None, ticket.id, "Ask about the parcel")]
    assert following.to_come(desk.heed, ana, ticket.id) == []


def test_for_silence_ends_with_the_customers_next_word(desk):
    ana = an_agent(desk)
    silent, loud = desk.says(who="dan"), desk.says(who="eve")
    for ticket in (silent, loud):
        following.add(desk.heed, ana, ticket.id, in_minutes(30), now(), only_if_silent=True)
    desk.says("Here I am", "eve")
    assert following.to_come(desk.heed, ana, loud.id) == []
    following.tell_due(desk.heed, in_minutes(31))
    assert noticed(desk) == [(ana.agent, None, silent.id, following.PLAIN)]
    assert sorted(desk.rows("SELECT ended FROM follow_up")) == [("answered",), ("told",)]


def test_of_spam_is_dropped_and_of_somebody_who_left_goes_to_supervisors(desk):
    ana, sue = an_agent(desk), a_supervisor(desk)
    spam, kept = desk.says(who="dan"), desk.says(who="eve")
    for ticket in (spam, kept):
        following.add(desk.heed, ana, ticket.id, in_minutes(30), now(), note="x")
    acts.spam(desk.heed, sue, spam.id, now())
    desk.do("DELETE FROM agent_brand WHERE agent_id = :a", a=ana.agent)
    following.tell_due(desk.heed, in_minutes(31))
    assert noticed(desk) == [(None, "supervisor", kept.id, following.LEFT.format(who="Ana"))]


def test_is_cancelled_by_its_owner_or_a_supervisor_and_stays_within_the_brand(desk):
    ana, bo, sue = an_agent(desk), an_agent(desk, "Bo"), a_supervisor(desk)
    eve = an_agent(desk, "Eve", brands=(a_brand(desk, "other"),))
    ticket = desk.says()
    first, second = (following.add(desk.heed, ana, ticket.id, in_minutes(n), now()) for n in (30, 40))
    assert [one.id for one in following.to_come(desk.heed, bo, ticket.id)] == [first, second]
    assert following.to_come(desk.heed, eve, ticket.id) == []
    with pytest.raises(NotAllowed):
        following.cancel(desk.heed, bo, first, now())
    for act in (lambda: following.cancel(desk.heed, eve, first, now()),
                lambda: following.add(desk.heed, eve, ticket.id, in_minutes(5), now())):  # fmt: skip
        with pytest.raises(NotFound):
            act()
    assert (
        following.cancel(desk.heed, ana, first, now()) == following.cancel(desk.heed, sue, second, now()) == ticket.id
    )
    with pytest.raises(NotFound):
        following.cancel(desk.heed, ana, first, now())
    for minutes, note in ((-1, ""), (60 * 24 * 400, ""), (5, "x" * 501)):
        with pytest.raises(Refused):
            following.add(desk.heed, ana, ticket.id, in_minutes(minutes), now(), note=note)
