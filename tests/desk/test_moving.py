"""Moving tickets on: what each hand-over keeps, who may do it, and what it never exceeds."""

import threading
from datetime import timedelta

import pytest

from router import desk as acts
from router.desk import NotAllowed, NotFound, Refused
from router.model import Presence
from router.presence import set_presence
from router.waking import wake_snoozed
from tests.builders import a_brand, a_queue, a_skill, a_supervisor, an_agent, in_minutes, now, post


@pytest.fixture
def ana(desk):
    return an_agent(desk, slots={"live": 3, "mail": 0})


@pytest.fixture
def sue(desk):
    return a_supervisor(desk)


def pull(desk, scope):
    return acts.pull(desk.heed, scope, now())


def a_held_ticket(desk, scope, who="dan"):
    ticket = desk.says(who=who)
    assert pull(desk, scope).ticket_id == ticket.id
    return ticket


def load(desk, scope):
    return desk.rows("SELECT count(*) FROM ticket WHERE state = 'open' AND agent_id = :a", a=scope.agent)[0][0]


class TestGiveBack:
    def test_keeps_the_place_and_passes_the_same_agent_over(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        place = ticket.place
        acts.give_back(desk.heed, ana, ticket.id, now(), "not mine")
        assert desk.ticket(ticket.id).place == place
        assert pull(desk, ana) is None
        assert pull(desk, an_agent(desk, "Bo")).ticket_id == ticket.id
        assert desk.rows("SELECT ended FROM assignment WHERE valid_to IS NOT NULL") == [("returned",)]

    def test_passes_over_for_a_while_alone(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        acts.give_back(desk.heed, ana, ticket.id, now())
        assert acts.pull(desk.heed, ana, in_minutes(6)).ticket_id == ticket.id

    def test_is_for_a_ticket_that_somebody_has(self, desk, sue):
        with pytest.raises(Refused, match="somebody has"):
            acts.give_back(desk.heed, sue, desk.says().id, now())


class TestTransfer:
    def test_to_a_queue_keeps_the_promise_and_its_new_needs(self, desk, ana):
        billing, skill = a_queue(desk, "Billing"), a_skill(desk, "billing")
        ticket = a_held_ticket(desk, ana)
        acts.transfer(desk.heed, ana, ticket.id, now(), queue=billing, needs={skill: 3}, note="Please")
        held = desk.ticket(ticket.id)
        assert (held.queue_id, held.answer_by, held.state) == (billing, ticket.answer_by, "waiting")
        assert held.flag == "No one has billing at level 3.", "said at once"
        bo = an_agent(desk, "Bo", skills={"en": 3, "billing": 3})
        assert pull(desk, bo).ticket_id == ticket.id

    def test_to_a_person_with_a_free_slot_gives_it_at_once(self, desk, ana):
        bo = an_agent(desk, "Bo")
        ticket = a_held_ticket(desk, ana)
        acts.transfer(desk.heed, ana, ticket.id, now(), agent=bo.agent)
        assert (desk.ticket(ticket.id).agent_id, desk.ticket(ticket.id).state) == (bo.agent, "open")

    def test_to_a_person_who_is_full_waits_for_their_slot_with_its_place(self, desk, ana):
        bo = an_agent(desk, "Bo", slots={"live": 1, "mail": 0})
        full = a_held_ticket(desk, bo, "eve")
        ticket = a_held_ticket(desk, ana)
        acts.transfer(desk.heed, ana, ticket.id, now(), agent=bo.agent)
        held = desk.ticket(ticket.id)
        assert (held.state, held.reserved_for, held.agent_id, held.place) == ("waiting", bo.agent, None, ticket.place)
        assert pull(desk, an_agent(desk, "Cy")) is None, "it is nobody else's"
        acts.resolve(desk.heed, bo, full.id, now())
        assert desk.ticket(ticket.id).agent_id == bo.agent, "the freed slot takes it at once"

    def test_to_whoever_has_it_is_refused(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        with pytest.raises(Refused, match="has this ticket already"):
            acts.transfer(desk.heed, ana, ticket.id, now(), agent=ana.agent)

    def test_over_a_wall_is_impossible(self, desk, ana):
        other = a_brand(desk, "other")
        queue = a_queue(desk, "Theirs", brand_id=other)
        stranger = an_agent(desk, "Eve", brands=(other,))
        ticket = a_held_ticket(desk, ana)
        with pytest.raises(NotFound):
            acts.transfer(desk.heed, ana, ticket.id, now(), queue=queue)
        with pytest.raises(Refused, match="does not work for"):
            acts.transfer(desk.heed, ana, ticket.id, now(), agent=stranger.agent)


class TestAssign:
    def test_goes_above_capacity_on_record(self, desk, sue):
        bo = an_agent(desk, "Bo", slots={"live": 1, "mail": 0})
        a_held_ticket(desk, bo, "eve")
        ticket = desk.says(who="dan")
        acts.assign(desk.heed, sue, ticket.id, bo.agent, now())
        assert load(desk, bo) == 2
        [(over,)] = desk.rows("SELECT over_capacity FROM assignment WHERE ticket_id = :t", t=ticket.id)
        assert over

    def test_is_for_supervisors(self, desk, ana):
        with pytest.raises(NotAllowed):
            acts.assign(desk.heed, ana, desk.says().id, ana.agent, now())


class TestResolveAndReopen:
    def test_a_message_reopens_and_it_goes_back_to_its_agent(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        acts.resolve(desk.heed, ana, ticket.id, now())
        desk.says("Broken again", "dan")
        held = desk.ticket(ticket.id)
        assert (held.state, held.agent_id, held.episode, held.resolved_at) == ("open", ana.agent, 2, None)

    def test_after_fourteen_days_a_message_starts_a_new_ticket_that_points_to_the_old(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        acts.resolve(desk.heed, ana, ticket.id, now() - timedelta(days=15))
        later = desk.says("Broken again", "dan")
        assert later.id != ticket.id
        assert later.follows_ticket_id == ticket.id

    def test_by_hand_gives_it_to_whoever_asks(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        acts.resolve(desk.heed, ana, ticket.id, now())
        acts.reopen(desk.heed, ana, ticket.id, now())
        assert (desk.ticket(ticket.id).state, desk.ticket(ticket.id).episode) == ("open", 2)
        with pytest.raises(Refused, match="not resolved"):
            acts.reopen(desk.heed, ana, ticket.id, now())


class TestSnooze:
    def test_frees_the_slot_keeps_the_agent_and_a_message_wakes_it(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        acts.snooze(desk.heed, ana, ticket.id, in_minutes(60), now())
        assert load(desk, ana) == 0
        desk.says("Hello?", "dan")
        held = desk.ticket(ticket.id)
        assert (held.state, held.agent_id, held.hold_until) == ("open", ana.agent, None)

    def test_unanswered_keeps_its_promise(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        acts.snooze(desk.heed, ana, ticket.id, in_minutes(60), now())
        set_presence(desk.heed, ana.agent, Presence.OFFLINE, now())
        desk.says("Hello?", "dan")
        held = desk.ticket(ticket.id)
        assert held.state == "waiting"
        assert held.answer_by == ticket.answer_by
        assert held.place <= ticket.place

    @pytest.mark.parametrize("minutes", [-1, 0, 60 * 24 * 400])
    def test_ends_in_the_future_and_within_a_year(self, desk, ana, minutes):
        ticket = a_held_ticket(desk, ana)
        with pytest.raises(Refused):
            acts.snooze(desk.heed, ana, ticket.id, in_minutes(minutes), now())


class TestCapacity:
    def full_with_three_at_rest(self, desk, ana):
        resting = [a_held_ticket(desk, ana, f"v{n}") for n in range(3)]
        for ticket in resting:
            acts.snooze(desk.heed, ana, ticket.id, in_minutes(1), now())
        return resting, [a_held_ticket(desk, ana, f"w{n}") for n in range(3)]

    def check_waiting(self, desk, ana, resting):
        assert load(desk, ana) == 3
        for ticket in resting:
            held = desk.ticket(ticket.id)
            assert (held.state, held.reserved_for) == ("waiting", ana.agent)
            assert held.place is not None
            assert held.lane_id is None

    def test_holds_when_three_wake_in_the_same_second_by_messages(self, desk, ana):
        resting, taken = self.full_with_three_at_rest(desk, ana)
        for number in range(3):
            post(desk, "Hello?", f"v{number}")
        desk.drain()
        self.check_waiting(desk, ana, resting)
        places = {ticket.id: desk.ticket(ticket.id).place for ticket in resting}
        acts.resolve(desk.heed, ana, taken[0].id, now())
        opened = [ticket.id for ticket in resting if desk.ticket(ticket.id).state == "open"]
        assert opened == [min(places, key=lambda t: (places[t], t))], "the best place, at once, and it alone"
        assert load(desk, ana) == 3

    def test_holds_when_three_wake_in_the_same_second_by_the_clock(self, desk, ana):
        resting, _ = self.full_with_three_at_rest(desk, ana)
        wake_snoozed(desk.heed, in_minutes(2))
        self.check_waiting(desk, ana, resting)

    def test_holds_under_pulls_wakes_and_hand_overs_at_once(self, desk, ana, sue):
        bo = an_agent(desk, "Bo", slots={"live": 3, "mail": 0})
        resting = [a_held_ticket(desk, ana, f"v{n}") for n in range(3)]
        for ticket in resting:
            acts.snooze(desk.heed, ana, ticket.id, in_minutes(60), now())
        given = [a_held_ticket(desk, bo, f"w{n}") for n in range(3)]
        for number in range(6):
            desk.says("Where is it?", f"x{number}")
        for number in range(3):
            post(desk, "Hello?", f"v{number}")
        trouble = []

        def one(work, *arguments, **named):
            def run():
                try:
                    work(*arguments, **named)
                except Refused:
                    pass
                except Exception as error:
                    trouble.append(error)

            return threading.Thread(target=run)

        threads = [one(desk.drain), *[one(pull, desk, ana) for _ in range(6)]]
        threads += [one(acts.transfer, desk.heed, bo, t.id, now(), agent=ana.agent) for t in given]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert trouble == []
        assert load(desk, ana) == 3
        states = [ticket.state for ticket in desk.tickets]
        assert len(states) == 12
        assert set(states) <= {"open", "waiting"}
        for ticket in desk.tickets:
            assert ticket.state == "open" or ticket.place is not None


class TestWalls:
    def test_make_every_act_on_another_brands_ticket_find_nothing(self, desk):
        other = a_brand(desk, "other")
        ticket = desk.says()
        for scope in (an_agent(desk, "Eve", brands=(other,)), a_supervisor(desk, "Mal", brands=(other,))):
            for act in (
                lambda s: acts.reply(desk.heed, s, ticket.id, "x", now()),
                lambda s: acts.note(desk.heed, s, ticket.id, "x", now()),
                lambda s: acts.forward(desk.heed, s, ticket.id, "a@b.example", "x", now()),
                lambda s: acts.snooze(desk.heed, s, ticket.id, in_minutes(5), now()),
                lambda s: acts.resolve(desk.heed, s, ticket.id, now()),
                lambda s: acts.reopen(desk.heed, s, ticket.id, now()),
                lambda s: acts.transfer(desk.heed, s, ticket.id, now(), agent=s.agent),
                lambda s: acts.give_back(desk.heed, s, ticket.id, now()),
                lambda s: acts.spam(desk.heed, s, ticket.id, now()),
            ):
                with pytest.raises(NotFound):
                    act(scope)
            assert pull(desk, scope) is None
        with pytest.raises(NotFound):
            acts.assign(desk.heed, scope, ticket.id, scope.agent, now())
        with pytest.raises(NotFound):
            acts.start(desk.heed, scope, now(), connection_id=desk.api.id, to="a@b.example", subject="x", text="x")
