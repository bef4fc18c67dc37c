from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.routing.lanes import AgentView, LaneSpec
from router.simulation.crew import Agent
from router.simulation.kernel import run
from router.simulation.policies import BestSuited
from router.simulation.tickets import Ticket, moment
from router.simulation.world import NEVER, Answer, Return

MAIL = LaneSpec("acme", "support", "email", "mail")
CHAT = LaneSpec("acme", "support", "webchat", "live")
ALL_DAY = [(0.0, NEVER)]


@dataclass
class Told:
    """A world that does what it is told, and notes what happened."""

    work: float = 10.0
    patience: float = NEVER
    answers: dict = field(default_factory=dict)  # (ticket, number of the offer) -> Answer
    returns: dict = field(default_factory=dict)  # (ticket, number of the talk) -> Return
    seen: list = field(default_factory=list)  # (minute, what, ticket, agent)
    held: Counter = field(default_factory=Counter)

    def gives_up(self, ticket, now):
        return now + self.patience

    def answer(self, ticket, agent, now):
        assert agent.on
        assert agent.free(ticket.slot) > 0
        return self.answers.get((ticket.id, ticket.offers))

    def begins(self, ticket, agent, now):
        self.held[ticket.id] += 1
        assert self.held[ticket.id] == 1, "a ticket has one agent"
        self.seen.append((now, "begins", ticket.id, agent.id))
        return self.work

    def ends(self, ticket, agent, now):
        self.held[ticket.id] -= 1
        self.seen.append((now, "ends", ticket.id, agent.id))
        return self.returns.get((ticket.id, ticket.talks))

    def lost(self, ticket, now):
        self.seen.append((now, "lost", ticket.id, None))

    def begun(self):
        return [(at, ticket, agent) for at, what, ticket, agent in self.seen if what == "begins"]


def an_agent(name="ana", here=ALL_DAY, speed=None, **facts):
    return Agent(AgentView(**{"id": name, "name": name, "brands": frozenset({"acme"}), **facts}), here, speed)


def a_ticket(name="T1", at=0.0, lane=MAIL, **facts):
    return Ticket(**{"id": name, "lane": lane, "place": moment(at), "arrived": at, **facts})


def live(tickets, agents, world):
    return run(tickets, agents, BestSuited(lines_up=False), world)


class TestADay:
    def test_a_ticket_waits_for_a_free_slot_and_leaves_by_place(self):
        world = Told()
        later, sooner = a_ticket("T2", 1), a_ticket("T3", 2, place=moment(-5))
        live([a_ticket("T1"), later, sooner], [an_agent()], world)
        assert world.begun() == [(0, "T1", "ana"), (10, "T3", "ana"), (20, "T2", "ana")]

    def test_a_ticket_waits_until_someone_comes(self):
        world = Told()
        live([a_ticket()], [an_agent(here=[(30, 60)])], world)
        assert world.begun() == [(30, "T1", "ana")]

    def test_who_goes_finishes_their_talks_and_gets_no_more(self):
        world = Told()
        line = live([a_ticket("T1"), a_ticket("T2", 1)], [an_agent(here=[(0, 5)])], world)
        assert world.seen == [(0, "begins", "T1", "ana"), (10, "ends", "T1", "ana")]
        assert [ticket.id for ticket in line.everything()] == ["T2"]

    def test_talks_share_an_agents_speed(self):
        world = Told()
        chats = [a_ticket("T1", lane=CHAT), a_ticket("T2", lane=CHAT)]
        live(chats, [an_agent(speed=(0, 1, 1.25))], world)
        assert [(at, ticket) for at, what, ticket, _ in world.seen if what == "ends"] == [(16, "T1"), (16, "T2")]

    def test_recorded_times_do_not_depend_on_other_talks(self):
        world = Told()
        live([a_ticket("T1", lane=CHAT), a_ticket("T2", 4, lane=CHAT)], [an_agent()], world)
        assert [(at, ticket) for at, what, ticket, _ in world.seen if what == "ends"] == [(10, "T1"), (14, "T2")]

    def test_whoever_waits_too_long_is_lost(self):
        world = Told(patience=4)
        live([a_ticket("T1"), a_ticket("T2", 1)], [an_agent()], world)
        assert (5, "lost", "T2", None) in world.seen

    def test_an_offer_holds_its_slot_and_the_ticket_gets_lost_in_it(self):
        world = Told(patience=4, answers={("T1", 1): Answer(True, 6)})
        live([a_ticket("T1"), a_ticket("T2", 1)], [an_agent()], world)
        assert world.seen[:2] == [(4, "lost", "T1", None), (4, "begins", "T2", "ana")]


class TestOffers:
    def test_a_declined_ticket_goes_to_the_next_with_its_place(self):
        world = Told(answers={("T1", 1): Answer(False, 0.5)})
        live([a_ticket()], [an_agent("ana"), an_agent("bo")], world)
        assert world.begun() == [(0.5, "T1", "bo")]

    def test_whoever_declined_is_passed_over_for_five_minutes(self):
        world = Told(work=100, answers={("T2", 1): Answer(False, 0.5)})
        agents = [an_agent("bo"), an_agent("ana", here=[(1, NEVER)])]
        live([a_ticket("T1"), a_ticket("T2", 2)], agents, world)
        assert world.begun() == [(0, "T1", "bo"), (7.5, "T2", "ana")]

    def test_the_only_one_who_may_is_asked_again(self):
        world = Told(answers={("T1", n): Answer(False, 2) for n in range(1, 4)})
        live([a_ticket()], [an_agent()], world)
        assert world.begun() == [(6, "T1", "ana")]


class TestReturns:
    def test_a_ticket_handed_on_goes_to_someone_else_first(self):
        world = Told(returns={("T1", 1): Return(10, not_to="ana")})
        live([a_ticket()], [an_agent("ana"), an_agent("bo")], world)
        assert world.begun() == [(0, "T1", "ana"), (10, "T1", "bo")]

    def test_a_woken_ticket_waits_for_its_agents_slot(self):
        world = Told(returns={("T1", 1): Return(12, to="ana", kept_until=40)})
        tickets = [a_ticket("T1"), a_ticket("T2", 1)]
        live(tickets, [an_agent("ana"), an_agent("bo", here=[(11, 90)])], world)
        assert world.begun() == [(0, "T1", "ana"), (10, "T2", "ana"), (20, "T1", "ana")]

    def test_but_not_for_longer_than_it_is_kept(self):
        world = Told(returns={("T1", 1): Return(12, to="ana", kept_until=15)})
        tickets = [a_ticket("T1"), a_ticket("T2", 1)]
        live(tickets, [an_agent("ana"), an_agent("bo", here=[(11, 90)])], world)
        assert world.begun()[-1] == (15, "T1", "bo")

    def test_nor_when_the_agent_goes(self):
        world = Told(returns={("T1", 1): Return(12, to="ana", kept_until=40)})
        tickets = [a_ticket("T1"), a_ticket("T2", 1)]
        live(tickets, [an_agent("ana", here=[(0, 13)]), an_agent("bo", here=[(11, 90)])], world)
        assert world.begun()[-1] == (13, "T1", "bo")


lanes = st.sampled_from([MAIL, CHAT, LaneSpec("acme", "support", "email", "mail", {"billing": 2})])
arrivals = st.lists(st.tuples(st.integers(0, 60), lanes, st.integers(-30, 30)), max_size=25)
skills = st.sampled_from([{}, {"billing": 1}, {"billing": 3}])
crews = st.lists(st.tuples(skills, st.integers(0, 30), st.integers(30, 90)), min_size=1, max_size=4)
answers = st.dictionaries(
    st.tuples(st.integers(0, 24).map(str), st.integers(1, 3)),
    st.builds(Answer, st.booleans(), st.integers(0, 3)),
    max_size=20,
)


@settings(max_examples=40)
@given(arrivals, crews, answers, st.sampled_from([NEVER, 7.0]))
def test_laws_of_any_day(arrivals, crew, answers, patience):
    """No ticket is lost sight of, held twice, or given to who may not or has no slot."""
    in_order = sorted(arrivals, key=lambda one: one[0])
    tickets = [a_ticket(str(n), at, lane, place=moment(at + early)) for n, (at, lane, early) in enumerate(in_order)]
    agents = [
        an_agent(f"a{n}", [(comes, goes)], skills=has, capacity={"live": 2, "mail": 1})
        for n, (has, comes, goes) in enumerate(crew)
    ]
    world = Told(work=9, patience=patience, answers=answers)
    waiting = {ticket.id for ticket in live(tickets, agents, world).everything()}
    done = {ticket for _, what, ticket, _ in world.seen if what == "ends"}
    gone = {ticket for _, what, ticket, _ in world.seen if what == "lost"}
    assert len(waiting) + len(done) + len(gone) == len(tickets)
    assert waiting | done | gone == {ticket.id for ticket in tickets}
    able = {agent.id for agent in agents if agent.view.skills.get("billing", 0) >= 2}
    assert all(agent in able for _, ticket, agent in world.begun() if tickets[int(ticket)].lane.needs)
    assert not any(agent.talks or any(agent.load.values()) for agent in agents)


@pytest.mark.parametrize("minutes", [1.0, 480.0])
def test_the_ledger_fades_and_is_as_the_desk_keeps_it(minutes):
    agent = an_agent()
    agent.note_closed(3, 0.0)
    assert (agent.run, agent.ledger(minutes)) == (1, pytest.approx(2 * 0.5 ** (minutes / 480)))
    agent.note_closed(1, 480.0)
    assert (agent.run, agent.ledger(480.0)) == (0, pytest.approx(1.0))
    assert agent.seen(480.0).ledger == pytest.approx(1.0)
    assert timedelta(minutes=60) == moment(60) - moment(0)
