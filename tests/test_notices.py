"""The bell: who is told of what, who sees it, and when it is seen; names in notes."""

from datetime import timedelta

import pytest

from router import desk as acts
from router import forewarning, keeping, notices
from router.desk import NotFound, mentioning
from router.model import SYSTEM, Role, Scope
from router.notify import Change
from router.store import notices as store
from router.store import tickets
from router.store.people import AgentRow
from router.web.streams import Viewer, concerns, is_theirs, told
from tests.builders import a_brand, a_supervisor, an_agent, now


@pytest.fixture
def ana(desk):
    return an_agent(desk, "Ana")


def told_of(desk, who):
    return [(row.kind, row.by, row.seen) for row in notices.bell(desk.heed, who).items]


def tell(desk, **facts):
    with desk.heed.database.write() as db:
        given = {"brand_id": desk.brand_id, "ticket_id": None, "kind": "rule", "because": "Look.", "now": now()}
        return notices.tell(db, **{**given, **facts})


class TestANote:
    def test_tells_everyone_it_names_but_whoever_wrote_it(self, desk, ana):
        bo, sue = an_agent(desk, "Bo Lee"), a_supervisor(desk)
        ticket = desk.says()
        note = acts.note(desk.heed, bo, ticket.id, "@ana and @SUE, see mail@bo. @Bo Lee too, @nobody not", now())
        assert told_of(desk, ana) == [("mention", "Bo Lee", False)]
        assert told_of(desk, sue) == [("mention", "Bo Lee", False)]
        assert told_of(desk, bo) == []
        [row] = notices.bell(desk.heed, ana).items
        assert (row.ticket_id, row.message_id, row.number) == (ticket.id, note, ticket.number)
        assert "see" not in row.because

    def test_tells_nobody_of_another_brand(self, desk, ana):
        ola = an_agent(desk, "Ola", brands=(a_brand(desk, "other"),))
        ticket = desk.says()
        acts.note(desk.heed, ana, ticket.id, "@Ola", now())
        assert told_of(desk, ola) == []
        assert [name for name, _ in mentioning.who_can_be_named(desk.heed, an_agent(desk, "Bo"), ticket.id)] == ["Ana"]
        with pytest.raises(NotFound):
            mentioning.who_can_be_named(desk.heed, ola, ticket.id)


def a_row(name, email):
    return AgentRow(name.lower(), email, name, Role.AGENT, "UTC", "en", True, now())


CREW = [
    a_row("Omar Khan", "omar@desk.example"),
    a_row("Omar Khan Jr", "jr@desk.example"),
    a_row("Zoë Ünal", "zoe@desk.example"),
    a_row("مریم", "maryam@desk.example"),
]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Omar Khan please", ["omar khan"]),
        ("@omar khan jr, please", ["omar khan jr"]),
        ("@Omar please", []),  # which of the two?
        ("@omar@desk.example and @jr", ["omar khan", "omar khan jr"]),
        ("write to omar@desk.example", []),
        ("@zoë! @ZOË", ["zoë ünal"]),
        ("@مریم، دیکھیں", ["مریم"]),
        ("@Zoëlle", []),
        ("@", []),
    ],
)
def test_a_name_after_an_at_names_one_person_or_nobody(text, named):
    assert mentioning.mentioned(text, CREW) == named


class TestTheBell:
    def test_of_a_role_rings_for_it_and_those_above_until_one_of_them_looks(self, desk, ana):
        sue, admin = a_supervisor(desk), an_agent(desk, "Ada", role=Role.ADMIN)
        tell(desk, role="supervisor")
        assert [notices.unseen(desk.heed, who) for who in (ana, sue, admin)] == [0, 1, 1]
        [row] = notices.bell(desk.heed, sue).items
        with pytest.raises(NotFound):
            notices.look_at(desk.heed, ana, row.id, now())
        assert notices.see_all(desk.heed, sue, now()) == 0, "what is for others too is opened, not swept away"
        notices.look_at(desk.heed, sue, row.id, now())
        assert [notices.unseen(desk.heed, who) for who in (sue, admin)] == [0, 0]
        assert told_of(desk, admin) == [("rule", "", True)]

    def test_stays_inside_the_brand(self, desk, ana):
        other = a_brand(desk, "other")
        tell(desk, brand_id=other, role="agent")
        tell(desk, brand_id=other, agent=ana.agent)
        assert notices.unseen(desk.heed, ana) == 0 and told_of(desk, ana) == []

    def test_pages_by_time_and_ends_what_is_seen(self, desk, ana):
        for minute in range(notices.PAGE + 3):
            tell(desk, agent=ana.agent, kind=f"kind {minute}", now=now() - timedelta(minutes=minute))
        first = notices.bell(desk.heed, ana)
        second = notices.bell(desk.heed, ana, first.next)
        assert [row.kind for row in (*first.items, *second.items)] == [f"kind {n}" for n in range(notices.PAGE + 3)]
        assert second.next is None and notices.bell(desk.heed, ana, "nonsense~x").items == first.items
        assert notices.see_all(desk.heed, ana, now()) == notices.PAGE + 3
        assert notices.unseen(desk.heed, ana) == 0
        with desk.heed.database.write() as db:
            assert store.forget(db, now() - timedelta(minutes=9), now() - timedelta(days=90)) == notices.PAGE - 6

    def test_goes_with_the_ticket_when_that_is_erased(self, desk, ana):
        bo = an_agent(desk, "Bo")
        ticket = desk.says()
        acts.note(desk.heed, bo, ticket.id, "@Ana", now())
        keeping.erase_contact(desk.heed, SYSTEM, ticket.contact_id, now())
        assert told_of(desk, ana) == []


class TestAPromise:
    def test_at_risk_is_told_once_to_whoever_has_the_ticket_open(self, desk, ana):
        ticket = desk.says()
        [(due_at, target_s)] = [(p.due_at, p.target_s) for p in open_promises(desk, ticket)]
        soon = due_at - timedelta(seconds=target_s * forewarning.SHARE / 2)
        assert forewarning.warn(desk.heed, soon) == 0, "it waits in line, nobody has it"
        acts.pull(desk.heed, ana, now())
        assert forewarning.warn(desk.heed, due_at - timedelta(seconds=target_s * 0.9)) == 0
        assert [forewarning.warn(desk.heed, soon) for _ in range(2)] == [1, 0]
        assert told_of(desk, ana) == [("promise", "", False)]
        bo = an_agent(desk, "Bo")
        acts.transfer(desk.heed, ana, ticket.id, now(), agent=bo.agent)
        assert forewarning.warn(desk.heed, soon) == 1, "who got it now is told too"
        acts.reply(desk.heed, bo, ticket.id, "On its way.", now())
        assert forewarning.warn(desk.heed, soon) == 0


def open_promises(desk, ticket):
    with desk.heed.database.read() as db:
        return tickets.open_promises(db, [ticket.id])[ticket.id]


class TestStreams:
    def test_tell_a_page_of_its_own_notices_and_those_of_a_role(self):
        mine, theirs = Change("notice", "b", "t", "ana"), Change("notice", "b", "t", "bo")
        everyones = Change("notice", "b", "t")
        viewer = Viewer(Scope(Role.AGENT, frozenset({"b"}), "ana"), lambda: True)
        assert [concerns(change, viewer) for change in (mine, theirs, everyones)] == [True, False, True]
        assert is_theirs(mine, viewer) and told(mine, viewer)["mine"] is True
        assert told(everyones, viewer)["mine"] is False
