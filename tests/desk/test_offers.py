"""Offers: a push queue asks the best free agent; they accept, decline or let it pass, and nothing waits for ever."""

from datetime import timedelta

import pytest

from router import desk as acts
from router import equipping, keeping, lapsing, staffing
from router.desk import NotFound, Refused
from router.desk.offers import accept, decline, offered
from router.model import Presence
from router.presence import set_presence, stream_closed, stream_opened
from router.routing.record import replay
from router.store import decisions
from router.store.audit import COMMAND
from tests.builders import a_connection_row, a_skill, a_supervisor, an_agent, mail, now, rules

LIVE_S, MAIL_S, PASSED_S = 20, 120, 300


@pytest.fixture(autouse=True)
def pushing(request):
    """Let the desk's own queue offer."""
    push(request.getfixturevalue("desk" if "desk" in request.fixturenames else "sqlite_desk"))


def push(at, **how):
    at.do("UPDATE queue SET mode = 'push'")
    for name, value in how.items():
        at.do(f"UPDATE queue SET {name} = :value", value=value)


def offered_to(at, ticket_id):
    [(agent,)] = at.rows("SELECT agent_id FROM offer WHERE ticket_id = :t AND state = 'open'", t=ticket_id) or [(None,)]
    return agent


def offer_of(at, scope):
    [found] = offered(at.heed, scope)
    return found


def seconds(number):
    return now() + timedelta(seconds=number)


class TestANewTicket:
    def test_is_offered_to_a_free_agent_at_once_and_holds_a_slot(self, desk):
        ana = an_agent(desk, slots={"live": 1})
        ticket, second = desk.says(who="dan"), desk.says(who="eve")
        held = desk.ticket(ticket.id)
        assert (held.state, held.agent_id, held.lane_id, held.place) == ("offered", ana.agent, None, ticket.place)
        assert desk.ticket(second.id).state == "waiting"

    @pytest.mark.parametrize("status", [Presence.AWAY, Presence.WRAPPING_UP, Presence.OFFLINE, None])
    def test_is_not_offered_to_who_is_not_here(self, sqlite_desk, status):
        an_agent(sqlite_desk, presence=status)
        assert sqlite_desk.says().state == "waiting"

    def test_goes_to_the_best_suited_on_record(self, desk):
        a_skill(desk, "billing")
        desk.do("UPDATE queue SET topic = 'billing'")
        an_agent(desk, "Ana")
        bo = an_agent(desk, "Bo", skills={"en": 3, "billing": 5})
        ticket = desk.says("I was charged twice for one order, please refund the second payment")
        assert offered_to(desk, ticket.id) == bo.agent
        with desk.heed.database.read() as db:
            decision, agent, _ = decisions.newest(db, ticket.id)
        assert (decision.kind, agent, replay(decision)) == ("offered", bo.agent, bo.agent)

    def test_is_not_offered_to_who_lacks_what_it_needs(self, sqlite_desk):
        a_skill(sqlite_desk, "billing")
        rules(
            sqlite_desk, "rules: [{name: R, when: {fact: channel, is: is, value: api}, then: [{need_skill: billing}]}]"
        )
        an_agent(sqlite_desk, "Ana")
        an_agent(sqlite_desk, "Bo", skills={"en": 3, "billing": 2}, channels=("email",))
        ticket = sqlite_desk.says()
        assert sqlite_desk.ticket(ticket.id).state == "waiting"
        cy = an_agent(sqlite_desk, "Cy", skills={"en": 3, "billing": 1}, channels=("api",))
        assert offered_to(sqlite_desk, ticket.id) == cy.agent

    def test_opens_at_once_where_the_queue_accepts_for_its_agents(self, sqlite_desk):
        push(sqlite_desk, auto_accept=True)
        ana = an_agent(sqlite_desk)
        ticket = sqlite_desk.says()
        held = sqlite_desk.ticket(ticket.id)
        assert (held.state, held.agent_id) == ("open", ana.agent)
        assert sqlite_desk.rows("SELECT how FROM assignment") == [("dispatched",)]

    def test_of_a_pull_queue_waits_for_whoever_asks(self, sqlite_desk):
        sqlite_desk.do("UPDATE queue SET mode = 'pull'")
        an_agent(sqlite_desk)
        assert sqlite_desk.says().state == "waiting"

    def test_goes_by_the_discipline_that_its_queue_chose(self, sqlite_desk):
        """Bo has the least to do, but was given something last."""
        push(sqlite_desk, discipline="round_robin")
        ana, bo = an_agent(sqlite_desk, "Ana", slots={"live": 3}), an_agent(sqlite_desk, "Bo", presence=None)
        held = sqlite_desk.says(who="dan")
        accept(sqlite_desk.heed, ana, offer_of(sqlite_desk, ana).id, now())
        acts.assign(sqlite_desk.heed, a_supervisor(sqlite_desk, presence=None), held.id, bo.agent, now())
        set_presence(sqlite_desk.heed, bo.agent, Presence.ONLINE, now())
        acts.resolve(sqlite_desk.heed, bo, held.id, now())
        assert offered_to(sqlite_desk, sqlite_desk.says(who="new").id) == ana.agent


class TestAFreedAgent:
    def test_is_offered_the_next_as_soon_as_they_answer_resolve_or_come(self, desk):
        ana = an_agent(desk, slots={"live": 1}, presence=None)
        first, second = desk.says(who="dan"), desk.says(who="eve")
        set_presence(desk.heed, ana.agent, Presence.ONLINE, now())
        accept(desk.heed, ana, offer_of(desk, ana).id, now())
        acts.resolve(desk.heed, ana, first.id, now())
        assert offered_to(desk, second.id) == ana.agent

    def test_who_gains_a_skill_or_a_slot_is_offered_what_they_may_take_from_then_on(self, sqlite_desk):
        a_skill(sqlite_desk, "billing")
        rules(
            sqlite_desk, "rules: [{name: R, when: {fact: channel, is: is, value: api}, then: [{need_skill: billing}]}]"
        )
        ana = an_agent(sqlite_desk, slots={"live": 1})
        first, second = sqlite_desk.says(who="dan"), sqlite_desk.says(who="eve")
        equipping.put_levels(sqlite_desk.heed, COMMAND, {ana.agent: {"billing": 2}}, now())
        assert offered_to(sqlite_desk, first.id) == ana.agent
        facts = {"name": "Ana", "role": "agent", "brands": [sqlite_desk.brand_id], "channels": (), "slots": {"live": 2}}
        staffing.change_person(sqlite_desk.heed, COMMAND, ana.agent, now(), **facts)
        assert offered_to(sqlite_desk, second.id) == ana.agent

    def test_who_pulls_accepts_what_is_offered(self, sqlite_desk):
        ana = an_agent(sqlite_desk, slots={"live": 1})
        ticket = sqlite_desk.says()
        assert acts.pull(sqlite_desk.heed, ana, now()).ticket_id == ticket.id
        assert sqlite_desk.ticket(ticket.id).state == "open"


class TestAccepting:
    def test_opens_the_ticket_once(self, desk):
        ana = an_agent(desk)
        ticket = desk.says()
        offer = offer_of(desk, ana)
        assert accept(desk.heed, ana, offer.id, now()) == accept(desk.heed, ana, offer.id, now()) == ticket.id
        assert desk.rows("SELECT how FROM assignment") == [("offered",)]
        assert desk.ticket(ticket.id).place is None

    def test_is_for_the_one_it_is_offered_to(self, sqlite_desk):
        an_agent(sqlite_desk)
        sqlite_desk.says()
        [(offer,)] = sqlite_desk.rows("SELECT id FROM offer")
        for act in (accept, decline):
            with pytest.raises(NotFound):
                act(sqlite_desk.heed, a_supervisor(sqlite_desk, presence=None), offer, now())

    def test_comes_too_late_once_it_is_over(self, sqlite_desk):
        ana = an_agent(sqlite_desk)
        sqlite_desk.says()
        offer = offer_of(sqlite_desk, ana)
        lapsing.lapse(sqlite_desk.heed, seconds(LIVE_S + 1))
        with pytest.raises(Refused, match="time for this offer is over"):
            accept(sqlite_desk.heed, ana, offer.id, seconds(LIVE_S + 1))

    def test_is_also_to_answer_the_customer(self, sqlite_desk):
        ana = an_agent(sqlite_desk)
        ticket = sqlite_desk.says()
        acts.reply(sqlite_desk.heed, ana, ticket.id, "It is on its way.", now())
        assert sqlite_desk.rows("SELECT state FROM offer") == [("accepted",)]
        assert sqlite_desk.ticket(ticket.id).agent_id == ana.agent


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
