"""Offers that end otherwise: declined, passed, left behind; the ticket keeps its place and nothing waits for ever."""

from datetime import timedelta

import pytest

from router import desk as acts
from router import keeping, lapsing
from router.desk.offers import decline, offered
from router.model import Presence
from router.presence import set_presence, stream_closed, stream_opened
from tests.builders import a_connection_row, a_supervisor, an_agent, mail, now
from tests.desk.offering import LIVE_S, MAIL_S, PASSED_S, offer_of, offered_to, push, pushing, seconds  # noqa: F401 (pytest knows fixtures by their names)


class TestDeclining:
    def test_asks_the_next_and_keeps_the_place(self, desk):
        ana, bo = an_agent(desk, "Ana"), an_agent(desk, "Bo")
        ticket = desk.says()
        first, second = (ana, bo) if offered_to(desk, ticket.id) == ana.agent else (bo, ana)
        decline(desk.heed, first, offer_of(desk, first).id, now(), "not my field")
        assert offered_to(desk, ticket.id) == second.agent
        assert desk.ticket(ticket.id).place == ticket.place
        assert offered(desk.heed, first) == []

    def test_is_nobodys_history(self, sqlite_desk):
        ana = an_agent(sqlite_desk)
        ticket = sqlite_desk.says()
        decline(sqlite_desk.heed, ana, offer_of(sqlite_desk, ana).id, now(), "a secret of mine")
        told = sqlite_desk.rows("SELECT kind, by, data FROM ticket_event WHERE ticket_id = :t", t=ticket.id)
        assert [(kind, by) for kind, by, _ in told if kind == "offer_ended"] == [("offer_ended", "heed")]
        assert "secret" not in str(told)

    def test_is_forgotten_after_a_month(self, sqlite_desk):
        ana = an_agent(sqlite_desk)
        sqlite_desk.says()
        decline(sqlite_desk.heed, ana, offer_of(sqlite_desk, ana).id, now(), "lunch")
        for days, left in ((29, 1), (31, 0)):
            keeping.purge(sqlite_desk.heed, now() + timedelta(days=days))
            assert sqlite_desk.rows("SELECT count(*) FROM offer") == [(left,)]

    def test_brings_it_back_when_all_others_have_had_it(self, sqlite_desk):
        agents = {scope.agent: scope for scope in (an_agent(sqlite_desk, name) for name in ("Ana", "Bo", "Cy"))}
        ticket = sqlite_desk.says()
        order = []
        for _ in range(4):
            order.append(offered_to(sqlite_desk, ticket.id))
            decline(sqlite_desk.heed, agents[order[-1]], offer_of(sqlite_desk, agents[order[-1]]).id, now())
        assert set(order[:3]) == set(agents)
        assert order[3] != order[2]

    def test_gives_the_agent_what_stands_behind(self, sqlite_desk):
        ana = an_agent(sqlite_desk, slots={"live": 1})
        first, second = sqlite_desk.says(who="dan"), sqlite_desk.says(who="eve")
        decline(sqlite_desk.heed, ana, offer_of(sqlite_desk, ana).id, now())
        assert offered_to(sqlite_desk, second.id) == ana.agent
        assert sqlite_desk.ticket(first.id).state == "waiting"

    def test_lets_a_new_ticket_pass_the_one_that_was_declined(self, sqlite_desk):
        ana = an_agent(sqlite_desk, slots={"live": 1})
        sqlite_desk.says(who="dan")
        decline(sqlite_desk.heed, ana, offer_of(sqlite_desk, ana).id, now())
        assert offered_to(sqlite_desk, sqlite_desk.says(who="eve").id) == ana.agent


class TestTime:
    @pytest.mark.parametrize(("channel", "lasts"), [("api", LIVE_S), ("email", MAIL_S)])
    def test_ends_an_offer_after_20_s_of_live_work_and_2_min_of_mail(self, sqlite_desk, channel, lasts):
        ana = an_agent(sqlite_desk)
        began = now()
        sqlite_desk.says() if channel == "api" else mail(sqlite_desk, a_connection_row(sqlite_desk, "email"))
        assert lasts <= (offer_of(sqlite_desk, ana).until - began).total_seconds() < lasts + 10
        assert lapsing.lapse(sqlite_desk.heed, began + timedelta(seconds=lasts - 1)) == 0
        assert lapsing.lapse(sqlite_desk.heed, offer_of(sqlite_desk, ana).until) == 1
        assert offered(sqlite_desk.heed, ana) == []

    def test_is_as_long_as_the_queue_says(self, sqlite_desk):
        push(sqlite_desk, offer_s=45)
        ana = an_agent(sqlite_desk)
        sqlite_desk.says()
        offer = offer_of(sqlite_desk, ana)
        assert offer.until - offer.at == timedelta(seconds=45)

    @pytest.mark.parametrize("lets_go", ["declines", "misses"])
    def test_brings_it_back_to_the_only_agent_after_5_minutes(self, desk, lets_go):
        ana = an_agent(desk)
        ticket = desk.says()
        if lets_go == "declines":
            at = now()
            decline(desk.heed, ana, offer_of(desk, ana).id, at)
        else:
            at = offer_of(desk, ana).until
            lapsing.lapse(desk.heed, at)
        lapsing.ask_again(desk.heed, at + timedelta(seconds=PASSED_S - 1))
        assert offered_to(desk, ticket.id) is None
        lapsing.ask_again(desk.heed, at + timedelta(seconds=PASSED_S))
        assert offered_to(desk, ticket.id) == ana.agent
        assert desk.ticket(ticket.id).place == ticket.place

    def test_sets_away_who_misses_two_in_a_row_and_asks_them_again_when_they_are_back(self, desk):
        ana = an_agent(desk, slots={"live": 1})
        desk.says(who="dan")
        second = desk.says(who="eve")
        third = desk.says(who="fay")
        for _ in range(2):
            lapsing.lapse(desk.heed, offer_of(desk, ana).until)
        assert desk.rows("SELECT status, reason FROM presence WHERE valid_to IS NULL") == [("away", "missed offers")]
        assert desk.ticket(second.id).state == desk.ticket(third.id).state == "waiting"
        set_presence(desk.heed, ana.agent, Presence.ONLINE, seconds(60))
        assert offered_to(desk, third.id) == ana.agent
        lapsing.lapse(desk.heed, offer_of(desk, ana).until)
        assert desk.rows("SELECT status FROM presence WHERE valid_to IS NULL") == [("online",)]

    def test_a_decline_between_two_missed_offers_is_a_sign_of_life(self, sqlite_desk):
        ana = an_agent(sqlite_desk, slots={"live": 1})
        for who in ("dan", "eve", "fay"):
            sqlite_desk.says(who=who)
        lapsing.lapse(sqlite_desk.heed, offer_of(sqlite_desk, ana).until)
        decline(sqlite_desk.heed, ana, offer_of(sqlite_desk, ana).id, seconds(25))
        lapsing.lapse(sqlite_desk.heed, offer_of(sqlite_desk, ana).until)
        assert sqlite_desk.rows("SELECT status FROM presence WHERE valid_to IS NULL") == [("online",)]


class TestLeaving:
    @pytest.mark.parametrize("how", ["away", "stream"])
    def test_releases_what_is_offered_at_once_and_counts_for_nothing(self, desk, how):
        ana = an_agent(desk, presence=None)
        stream = stream_opened(desk.heed, ana.agent, "p1", now())
        ticket = desk.says()
        assert offered_to(desk, ticket.id) == ana.agent
        if how == "away":
            set_presence(desk.heed, ana.agent, Presence.AWAY, now())
        else:
            stream_closed(desk.heed, stream, now())
        assert (desk.ticket(ticket.id).state, desk.ticket(ticket.id).place) == ("waiting", ticket.place)
        assert desk.rows("SELECT state FROM offer") == [("released",)]
        stream_opened(desk.heed, ana.agent, "p1", now())
        if how == "away":
            set_presence(desk.heed, ana.agent, Presence.ONLINE, now())
        assert offered_to(desk, ticket.id) == ana.agent

    def test_one_tab_of_two_releases_nothing(self, sqlite_desk):
        ana = an_agent(sqlite_desk, presence=None)
        first = stream_opened(sqlite_desk.heed, ana.agent, "p1", now())
        stream_opened(sqlite_desk.heed, ana.agent, "p1", now())
        ticket = sqlite_desk.says()
        stream_closed(sqlite_desk.heed, first, now())
        assert offered_to(sqlite_desk, ticket.id) == ana.agent


class TestWhatOthersDo:
    def test_a_supervisor_who_assigns_by_hand_ends_the_offer(self, sqlite_desk):
        ana, bo = an_agent(sqlite_desk, "Ana"), an_agent(sqlite_desk, "Bo", presence=None)
        ticket = sqlite_desk.says()
        acts.assign(sqlite_desk.heed, a_supervisor(sqlite_desk, presence=None), ticket.id, bo.agent, now())
        assert sqlite_desk.rows("SELECT state FROM offer") == [("released",)]
        assert sqlite_desk.ticket(ticket.id).agent_id == bo.agent
        assert offered(sqlite_desk.heed, ana) == []

    def test_a_customer_who_writes_on_leaves_the_offer_as_it_is(self, sqlite_desk):
        an_agent(sqlite_desk)
        ticket = sqlite_desk.says()
        sqlite_desk.says("This is outrageous! The third time nobody helps me, I will cancel and sue you!")
        held = sqlite_desk.ticket(ticket.id)
        assert (held.state, held.place <= ticket.place) == ("offered", True)

    def test_a_ticket_left_as_offered_to_nobody_is_put_in_line_by_the_clock(self, sqlite_desk):
        an_agent(sqlite_desk)
        ticket = sqlite_desk.says()
        sqlite_desk.do("DELETE FROM offer")
        lapsing.ask_again(sqlite_desk.heed, now())
        assert sqlite_desk.rows("SELECT ticket_id, state FROM offer") == [(ticket.id, "open")]

    def test_what_a_process_that_died_left_is_handed_out_by_the_clock(self, sqlite_desk):
        sqlite_desk.do("UPDATE queue SET mode = 'pull'")
        an_agent(sqlite_desk)
        ticket = sqlite_desk.says()
        sqlite_desk.do("UPDATE queue SET mode = 'push'")
        lapsing.ask_again(sqlite_desk.heed, now())
        assert sqlite_desk.ticket(ticket.id).state == "offered"
