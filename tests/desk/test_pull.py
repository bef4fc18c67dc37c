"""The next ticket for whoever asks: exact capacity, one agent each, in order of place, and on record why."""

import json
import threading

import pytest

from router import desk as acts
from router.desk import NotAllowed, Refused
from router.model import SYSTEM, Presence, Scope, State
from router.presence import set_presence
from router.routing.record import replay
from router.store import decisions, tickets
from tests.builders import a_connection_row, a_queue, a_skill, an_agent, mail, now, post, rules
from tests.workers import pulls, together

AGENTS, SLOTS, WAITING = 50, 3, 200
PARTS = 4  # processes


def pull(desk, scope):
    return acts.pull(desk.heed, scope, now())


def decision_of(desk, ticket_id):
    with desk.heed.database.read() as db:
        return decisions.newest(db, ticket_id)


class TestPull:
    def test_gives_a_ticket_and_opens_it(self, desk):
        ana = an_agent(desk)
        ticket = desk.says()
        given = pull(desk, ana)
        held = desk.ticket(ticket.id)
        assert given.ticket_id == ticket.id
        assert (held.state, held.agent_id, held.place, held.lane_id) == ("open", ana.agent, None, None)
        [(how, over, until)] = desk.rows("SELECT how, over_capacity, valid_to FROM assignment")
        assert (how, bool(over), until) == ("pulled", False, None)

    def test_gives_none_when_nothing_waits(self, desk):
        assert pull(desk, an_agent(desk)) is None

    def test_makes_whoever_asks_while_offline_be_here(self, desk):
        ana = an_agent(desk, presence=None)
        desk.says()
        assert pull(desk, ana) is not None
        assert desk.rows("SELECT status FROM presence WHERE valid_to IS NULL") == [("online",)]

    @pytest.mark.parametrize("status", [Presence.AWAY, Presence.WRAPPING_UP])
    def test_refuses_who_is_not_taking_work_and_says_so(self, desk, status):
        ana = an_agent(desk, presence=status)
        desk.says()
        with pytest.raises(Refused, match=f"You are {status.value.replace('_', ' ')}"):
            pull(desk, ana)

    def test_refuses_who_is_full_and_says_which_slots(self, desk):
        ana = an_agent(desk, slots={"live": 1, "mail": 0})
        desk.says(who="dan")
        desk.says(who="eve")
        pull(desk, ana)
        with pytest.raises(Refused, match="live 1 of 1"):
            pull(desk, ana)

    def test_refuses_heeds_own_scope(self, desk):
        with pytest.raises(NotAllowed):
            pull(desk, SYSTEM)

    def test_gives_live_work_before_mail(self, desk):
        row = a_connection_row(desk, "email")
        mail(desk, row)
        chat = desk.says()
        ana = an_agent(desk)
        assert pull(desk, ana).ticket_id == chat.id
        assert desk.ticket(pull(desk, ana).ticket_id).channel == "email"

    def test_gives_a_frustrated_ticket_before_a_calm_earlier_one_of_its_lane(self, desk):
        calm = desk.says("Hi, where can I find my invoice for October please?", "dan")
        angry = desk.says(
            "This is the third time I write! Still no refund and you charged me again. I will cancel my account.", "mia"
        )
        assert angry.heat >= 2
        assert angry.lane_id == calm.lane_id
        ana = an_agent(desk)
        assert [pull(desk, ana).ticket_id for _ in range(2)] == [angry.id, calm.id]

    def test_leaves_to_others_what_needs_a_skill_the_agent_lacks(self, desk):
        a_skill(desk, "billing")
        rules(desk, "rules: [{name: Money, when: {fact: channel, is: is, value: api}, then: [{need_skill: billing}]}]")
        ticket = desk.says()
        assert pull(desk, an_agent(desk, "Ana")) is None
        assert pull(desk, an_agent(desk, "Bo", skills={"en": 3, "billing": 1})).ticket_id == ticket.id

    def test_replays_to_the_same_choice_from_its_record(self, desk):
        for number in range(3):
            a_queue(desk, f"Q{number}")
        rules(
            desk,
            "rules:\n"
            + "\n".join(
                f"  - {{name: R{n}, when: {{fact: subject, is: is_not, value: x}}, then: [{{queue: Q{n}}}]}}"
                for n in range(1)
            ),
        )
        for number in range(12):
            desk.says(f"Where is order {number}?", f"v{number}")
        ana = an_agent(desk, slots={"live": 12})
        for _ in range(12):
            given = pull(desk, ana)
            decision, agent, _ = decision_of(desk, given.ticket_id)
            assert agent == ana.agent
            assert replay(decision) == given.ticket_id
            assert decision.because == given.decision.because
            assert len(json.dumps(dict(decision.inputs))) < 4096

    def test_waits_for_a_ticket_that_is_only_held_for_a_moment(self, desk):
        """The one waiting ticket is locked by a message that is being written; it is not taken for gone."""
        ticket = desk.says()
        ana = an_agent(desk)
        given, locked, done = [], threading.Event(), threading.Event()

        def hold():
            with desk.heed.database.write() as db:
                tickets.load(db, SYSTEM, [ticket.id], lock=True)
                locked.set()
                done.wait(0.3)

        holder = threading.Thread(target=hold)
        holder.start()
        locked.wait()
        puller = threading.Thread(target=lambda: given.append(pull(desk, ana)))
        puller.start()
        puller.join()
        done.set()
        holder.join()
        assert given[0].ticket_id == ticket.id


@pytest.mark.slow
@pytest.mark.timeout(400)
class TestFiftyAgentsAtOnce:
    def test_never_exceed_their_slots_and_miss_nothing(self, desk):
        """300 given and none twice; then all 500, each lane in order of place (neighbours in time may swap)."""
        for number in range(6):
            a_queue(desk, f"Q{number}")
        rules(
            desk,
            "rules:\n"
            + "\n".join(
                f"  - {{name: To {n}, when: {{fact: text, is: mentions, value: lane{n}}}, then: [{{queue: Q{n}}}]}}"
                for n in range(6)
            ),
        )
        for number in range(WAITING):
            post(desk, f"Where is my parcel? lane{number % 6}", f"v{number}")
        desk.drain()
        agents = [an_agent(desk, f"A{n}", slots={"live": SLOTS, "mail": 0}) for n in range(AGENTS)]
        lanes = {ticket.id: (ticket.lane_id, ticket.place) for ticket in desk.tickets}
        assert len({lane for lane, _ in lanes.values()}) == 6

        given = self._work(desk, agents, "")
        assert len(given) == len({ticket for _, ticket in given}) == AGENTS * SLOTS
        loads = dict(desk.rows("SELECT agent_id, count(*) FROM ticket WHERE state = 'open' GROUP BY agent_id"))
        assert loads == {scope.agent: SLOTS for scope in agents}

        given += self._work(desk, agents, "resolve")
        assert len({ticket for _, ticket in given}) == len(given) == WAITING
        assert {ticket.state for ticket in desk.tickets} == {State.RESOLVED}
        self._in_order(desk, lanes)

    def _work(self, desk, agents: list[Scope], then: str):
        names = [scope.agent for scope in agents]
        found = together(desk, *[(pulls, desk.brand_id, ",".join(names[n::PARTS]), then) for n in range(PARTS)])
        assert [part["trouble"] for part in found] == [[]] * PARTS
        return [tuple(pair) for part in found for pair in part["given"]]

    def _in_order(self, desk, lanes):
        order = desk.rows("SELECT ticket_id FROM assignment ORDER BY id")
        by_lane: dict[int, list] = {}
        for (ticket_id,) in order:
            lane, place = lanes[ticket_id]
            by_lane.setdefault(lane, []).append(place)
        for places in by_lane.values():
            ranks = {place: rank for rank, place in enumerate(sorted(places))}
            assert max(abs(ranks[place] - at) for at, place in enumerate(places)) <= AGENTS


class TestTheLastTicket:
    def test_goes_to_one_of_ten_who_ask_at_once(self, desk):
        desk.says()
        agents = [an_agent(desk, f"A{n}") for n in range(10)]
        given = []
        threads = [threading.Thread(target=lambda a=agent: given.append(pull(desk, a))) for agent in agents]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(given) == 10
        assert sum(one is not None for one in given) == 1

    def test_of_one_agent_is_given_once_however_often_they_click(self, desk):
        for number in range(5):
            desk.says("Where is it?", f"v{number}")
        ana = an_agent(desk, slots={"live": 2, "mail": 0})
        given, refused = [], []

        def click():
            try:
                given.append(pull(desk, ana).ticket_id)
            except Refused:
                refused.append(1)

        threads = [threading.Thread(target=click) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(given)) == len(given) == 2
        assert len(refused) == 6


class TestGoingOnline:
    def test_brings_what_waited_for_a_slot(self, desk):
        ana = an_agent(desk)
        ticket = desk.says()
        pull(desk, ana)
        acts.snooze(desk.heed, ana, ticket.id, now().replace(year=now().year + 1, month=1, day=1), now())
        set_presence(desk.heed, ana.agent, Presence.AWAY, now())
        desk.says("Hello? Anything new?")
        assert desk.ticket(ticket.id).reserved_for == ana.agent
        set_presence(desk.heed, ana.agent, Presence.ONLINE, now())
        held = desk.ticket(ticket.id)
        assert (held.state, held.agent_id, held.reserved_for) == ("open", ana.agent, None)
