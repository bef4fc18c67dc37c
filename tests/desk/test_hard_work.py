"""Hard work is counted when it leaves one's hands or by one's own word, seen by oneself alone, told of groups only."""

from datetime import timedelta

import pytest

from router import desk as acts
from router import hard_work
from router.desk import NotFound, Refused
from router.hard_work import shared
from router.model import Role, Scope
from router.store.rows import Ticket
from tests.builders import Desk, a_brand, an_agent, now

FURIOUS = "This is the third time I write and nobody answers. You are useless, I want my money back or I go to court."


def pulled(desk: Desk, who: Scope, text: str = FURIOUS, name: str = "dan") -> Ticket:
    desk.says(text, name)
    given = acts.pull(desk.heed, who, now())
    assert given is not None
    return desk.ticket(given.ticket_id)


def own(desk: Desk, who: Scope, after: timedelta = timedelta(0)) -> hard_work.Own:
    return hard_work.own(desk.heed, who.agent or "", now() + after)


class TestWhatCounts:
    def test_is_the_mood_a_ticket_has_when_it_is_resolved(self, desk: Desk) -> None:
        ana = an_agent(desk)
        ticket = pulled(desk, ana)
        assert ticket.heat >= 2
        assert own(desk, ana).hard_work == 0
        acts.resolve(desk.heed, ana, ticket.id, now())
        found = own(desk, ana)
        assert (found.hard_work, found.run) == (pytest.approx(ticket.heat - 1, abs=0.01), 1)
        assert [entry.number for entry in found.entries] == [ticket.number]

    def test_is_half_as_much_after_a_shift(self, desk: Desk) -> None:
        ana = an_agent(desk)
        ticket = pulled(desk, ana)
        acts.resolve(desk.heed, ana, ticket.id, now())
        assert own(desk, ana, timedelta(hours=8)).hard_work == pytest.approx((ticket.heat - 1) / 2, abs=0.01)

    def test_counts_once_however_often_a_ticket_leaves(self, desk: Desk) -> None:
        ana = an_agent(desk)
        ticket = pulled(desk, ana)
        for _ in range(2):
            acts.resolve(desk.heed, ana, ticket.id, now())
            acts.reopen(desk.heed, ana, ticket.id, now())
            acts.pull(desk.heed, ana, now())
        acts.resolve(desk.heed, ana, ticket.id, now())
        assert own(desk, ana).hard_work == pytest.approx(ticket.heat - 1, abs=0.01)
        assert own(desk, ana).run == 1

    def test_a_calm_ticket_ends_a_run(self, desk: Desk) -> None:
        ana = an_agent(desk)
        for name, text, run in (("dan", FURIOUS, 1), ("eve", FURIOUS, 2), ("fay", "Do you sell lamps?", 0)):
            acts.resolve(desk.heed, ana, pulled(desk, ana, text, name).id, now())
            assert own(desk, ana).run == run

    def test_whoever_returns_it_had_it_too(self, desk: Desk) -> None:
        ana = an_agent(desk)
        ticket = pulled(desk, ana)
        acts.give_back(desk.heed, ana, ticket.id, now())
        assert own(desk, ana).run == 1


class TestOnesOwnWord:
    def test_makes_a_calm_ticket_a_hard_one_and_can_be_taken_back(self, desk: Desk) -> None:
        ana = an_agent(desk)
        ticket = pulled(desk, ana, "Do you sell lamps?")
        hard_work.say(desk.heed, ana, ticket.id, True, now())
        assert (own(desk, ana).hard_work, own(desk, ana).run) == (2, 1)
        assert own(desk, ana).entries[0].own_word
        assert hard_work.said(desk.heed, ana, ticket.id) is True
        hard_work.say(desk.heed, ana, ticket.id, True, now())
        assert own(desk, ana).hard_work == 2
        hard_work.say(desk.heed, ana, ticket.id, False, now())
        assert (own(desk, ana).hard_work, own(desk, ana).run, own(desk, ana).entries) == (
            pytest.approx(0, abs=0.01),
            0,
            (),
        )

    def test_is_not_counted_again_when_the_ticket_leaves(self, desk: Desk) -> None:
        ana = an_agent(desk)
        ticket = pulled(desk, ana)
        hard_work.say(desk.heed, ana, ticket.id, True, now())
        acts.resolve(desk.heed, ana, ticket.id, now())
        assert own(desk, ana).hard_work == pytest.approx(2, abs=0.01)

    def test_is_for_tickets_one_had(self, desk: Desk) -> None:
        ana, bo = an_agent(desk), an_agent(desk, "Bo Lee")
        ticket = pulled(desk, ana)
        with pytest.raises(Refused, match="did not have"):
            hard_work.say(desk.heed, bo, ticket.id, True, now())
        assert hard_work.said(desk.heed, bo, ticket.id) is None
        with pytest.raises(NotFound):
            hard_work.say(desk.heed, an_agent(desk, "Cy", brands=[a_brand(desk, "Other")]), ticket.id, True, now())


class TestWhatIsTold:
    def test_of_a_group_of_five_or_more_its_shares_without_names(self) -> None:
        even, one = shared([2.0] * 5), shared([0.0, 0, 0, 0, 6])
        assert even is not None and one is not None
        assert (even.agents, even.top, even.most, even.even, even.gini) == (5, 1, 20, 20, 0)
        assert (one.most, one.gini) == (100, 0.8)

    @pytest.mark.parametrize("sums", [[1.0] * 4, [0.0] * 9, []])
    def test_of_fewer_or_where_nothing_was_hard_nothing(self, sums: list[float]) -> None:
        assert shared(sums) is None

    def test_a_pause_is_asked_for_without_a_reason(self, desk: Desk) -> None:
        ana = an_agent(desk)
        hard_work.ask_for_a_pause(desk.heed, ana, now())
        assert desk.rows("SELECT role, kind, because, ticket_id FROM notice") == [
            ("supervisor", "pause", "Ana would like a pause", None)
        ]
        assert an_agent(desk, "Sue", role=Role.SUPERVISOR).agent
