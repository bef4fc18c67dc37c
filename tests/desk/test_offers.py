"""Offers: a push queue asks the best free agent, a freed agent is asked at once, and who accepts has it."""

import pytest

from router import desk as acts
from router import equipping, lapsing, preferences, staffing, waking
from router.desk import NotFound, Refused
from router.desk.offers import accept, decline
from router.model import Presence
from router.presence import set_presence
from router.routing.record import replay
from router.store import decisions, people
from router.store.audit import COMMAND
from tests.builders import a_skill, a_supervisor, an_agent, now, rules
from tests.desk.offering import LIVE_S, offer_of, offered_to, push, pushing, seconds  # noqa: F401 (pytest knows fixtures by their names)


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

    def test_opens_at_once_with_whoever_wants_no_question(self, sqlite_desk):
        ana, bo = an_agent(sqlite_desk, "Ana", slots={"live": 1}), an_agent(sqlite_desk, "Bo", slots={"live": 1})
        preferences.change(sqlite_desk.heed, bo.agent, {"auto_accept": "on"})
        held = {one.agent_id: one.state for one in [sqlite_desk.ticket(sqlite_desk.says(who=w).id) for w in ("d", "e")]}
        assert held == {ana.agent: "offered", bo.agent: "open"}

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


class TestATicketOfATopic:
    """Ana does not know billing and has two of three live slots taken; Bo knows it and is here, but full."""

    @pytest.fixture
    def bo(self, desk):
        a_skill(desk, "billing")
        self.ana = an_agent(desk, "Ana")
        for who in ("dan", "eve"):
            desk.says(who=who)
            accept(desk.heed, self.ana, offer_of(desk, self.ana).id, now())
        bo = an_agent(desk, "Bo", skills={"en": 3, "billing": 3}, slots={"live": 1})
        self.held = desk.says(who="fay")
        accept(desk.heed, bo, offer_of(desk, bo).id, now())
        desk.do("UPDATE queue SET topic = 'billing'")
        return bo

    def test_is_left_by_who_is_nearly_full_to_those_who_know_it(self, desk, bo):
        found = desk.says(who="gus")
        assert (found.state, found.kept_until - now() < found.answer_by - found.kept_until) == ("waiting", True)
        acts.resolve(desk.heed, bo, self.held.id, now())
        assert offered_to(desk, found.id) == bo.agent

    def test_goes_to_whoever_is_free_once_its_time_for_that_is_over(self, desk, bo):
        found = desk.says(who="gus")
        waking.open_to_all(desk.heed, found.kept_until)
        assert offered_to(desk, found.id) == self.ana.agent
        assert desk.ticket(found.id).place == found.place

    def test_that_comes_back_from_an_offer_after_that_is_open_to_all(self, desk, bo):
        found = desk.says(who="gus")
        acts.resolve(desk.heed, bo, self.held.id, now())
        decline(desk.heed, bo, offer_of(desk, bo).id, found.kept_until)
        assert offered_to(desk, found.id) == self.ana.agent

    def test_of_who_grows_frustrated_is_kept_no_longer(self, desk, bo):
        found = desk.says(who="gus")
        angry = desk.says(
            "I am furious. This is the third time I write, nobody helps, and I will call my lawyer.", "gus"
        )
        assert (angry.id, angry.heat >= 2) == (found.id, True)
        assert offered_to(desk, found.id) == self.ana.agent

    def test_is_not_kept_where_nobody_who_knows_it_is_here(self, desk, bo):
        set_presence(desk.heed, bo.agent, Presence.AWAY, now())
        assert offered_to(desk, desk.says(who="gus").id) == self.ana.agent

    def test_is_open_to_all_as_soon_as_the_last_who_knows_it_goes_away(self, desk, bo):
        zed = an_agent(desk, "Zed", skills={"en": 3, "billing": 2}, slots={"live": 0, "mail": 1})
        found = desk.says(who="gus")
        set_presence(desk.heed, bo.agent, Presence.AWAY, now())
        assert desk.ticket(found.id).state == "waiting", "Zed is here"
        set_presence(desk.heed, zed.agent, Presence.OFFLINE, now())
        assert offered_to(desk, found.id) == self.ana.agent
        assert desk.ticket(found.id).place == found.place

    def test_is_open_to_all_once_the_last_who_is_here_does_not_know_it_any_more(self, desk, bo):
        found = desk.says(who="gus")
        assert waking.open_unknown(desk.heed, now()) == 0
        equipping.put_levels(desk.heed, COMMAND, {bo.agent: {"billing": 0}}, now())
        assert waking.open_unknown(desk.heed, now()) == 1
        assert offered_to(desk, found.id) == self.ana.agent
        assert waking.open_unknown(desk.heed, now()) == 0

    @pytest.mark.parametrize("lost", ["channel", "brand"])
    def test_is_open_to_all_once_the_last_who_is_here_may_not_take_it_any_more(self, desk, bo, lost):
        found = desk.says(who="gus")
        with desk.heed.database.write() as db:
            if lost == "channel":
                people.put_channels(db, bo.agent, ("email",), now())
            else:
                people.grant_brands(db, bo.agent, ())
        assert waking.open_unknown(desk.heed, now()) == 1
        assert offered_to(desk, found.id) == self.ana.agent

    def test_goes_at_once_to_who_has_room(self, desk, bo):
        cy = an_agent(desk, "Cy")
        assert offered_to(desk, desk.says(who="gus").id) == cy.agent


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
