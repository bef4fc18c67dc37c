"""What time alone does: rests end, needs fall away, chats fall quiet; one clock acts; nothing waits for the broker."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from router import desk, waking
from router.model import Presence
from router.presence import set_presence
from router.store import lanes
from tests.builders import (
    Desk,
    a_connection_row,
    a_desk,
    a_skill,
    an_agent,
    in_minutes,
    mail,
    now,
    rules,
)

HARD_NEED = """
rules:
  - name: Money
    when: always
    then: [{need_skill: billing, level: 3, step_down: 10m}]
"""


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(database_url, tmp_path) as made:
        yield made


class TestASnoozedTicket:
    def test_goes_back_to_its_agent_when_its_rest_is_over(self, here):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        desk.snooze(here.heed, ana, found.id, in_minutes(5), now())
        assert waking.wake_snoozed(here.heed, in_minutes(4)) == 0
        waking.wake_snoozed(here.heed, in_minutes(6))
        woken = here.ticket(found.id)
        assert (woken.state, woken.agent_id, woken.hold_until, woken.place) == ("open", ana.agent, None, None)

    def test_waits_for_a_slot_of_its_agent_if_none_is_free(self, here):
        ana = an_agent(here, slots={"live": 1})
        found = here.says("first", "dan")
        desk.pull(here.heed, ana, now())
        desk.snooze(here.heed, ana, found.id, in_minutes(5), now())
        other = here.says("second", "eve")
        desk.pull(here.heed, ana, now())
        waking.wake_snoozed(here.heed, in_minutes(6))
        woken = here.ticket(found.id)
        assert (woken.state, woken.reserved_for, woken.lane_id) == ("waiting", ana.agent, None)
        assert woken.place is not None
        desk.resolve(here.heed, ana, other.id, in_minutes(7))
        assert here.ticket(found.id).state == "open"

    def test_stands_in_line_if_its_agent_has_gone(self, here):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        desk.snooze(here.heed, ana, found.id, in_minutes(5), now())
        set_presence(here.heed, ana.agent, Presence.OFFLINE, now())
        waking.wake_snoozed(here.heed, in_minutes(6))
        woken = here.ticket(found.id)
        assert (woken.state, woken.agent_id, woken.reserved_for) == ("waiting", None, None)
        assert woken.lane_id is not None
        assert woken.place is not None

    def test_wakes_once_with_several_clocks(self, here):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        desk.snooze(here.heed, ana, found.id, in_minutes(5), now())
        threads = [threading.Thread(target=waking.wake_snoozed, args=(here.heed, in_minutes(6))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert here.events(found.id).count("woke") == 1
        assert here.rows("SELECT count(*) FROM assignment WHERE valid_to IS NULL") == [(1,)]

    def test_never_takes_its_agent_above_capacity(self, here):
        ana = an_agent(here, slots={"live": 3})
        ids = []
        for who in ("a", "b", "c", "d", "e", "f"):
            found = here.says("hello", who)
            desk.pull(here.heed, ana, now())
            desk.snooze(here.heed, ana, found.id, in_minutes(5), now())
            ids.append(found.id)
        waking.wake_snoozed(here.heed, in_minutes(6))
        states = [here.ticket(i).state for i in ids]
        assert (states.count("open"), states.count("waiting")) == (3, 3)
        assert all(here.ticket(i).place for i in ids if here.ticket(i).state == "waiting")


class TestATicketThatWaitsForItsAgent:
    def test_joins_its_lane_when_half_of_its_promise_has_gone(self, here):
        ana = an_agent(here, slots={"live": 1})
        found = self.reserved(here, ana)
        waking.serve_reserved(here.heed, now())
        assert here.ticket(found).reserved_for == ana.agent
        waking.serve_reserved(here.heed, here.ticket(found).hold_until)
        joined = here.ticket(found)
        assert (joined.state, joined.reserved_for, joined.hold_until) == ("waiting", None, None)
        assert joined.lane_id is not None

    def test_joins_its_lane_when_its_agent_leaves(self, here):
        ana = an_agent(here, slots={"live": 1})
        found = self.reserved(here, ana)
        set_presence(here.heed, ana.agent, Presence.OFFLINE, now())
        waking.serve_reserved(here.heed, now())
        assert here.ticket(found).lane_id is not None

    def test_keeps_its_place(self, here):
        ana = an_agent(here, slots={"live": 1})
        found = self.reserved(here, ana)
        before = here.ticket(found).place
        waking.serve_reserved(here.heed, here.ticket(found).hold_until)
        assert here.ticket(found).place == before

    def test_is_given_if_a_slot_became_free_unnoticed(self, here):
        ana = an_agent(here, slots={"live": 1})
        found = self.reserved(here, ana)
        here.do("UPDATE ticket SET state = 'pending' WHERE state = 'open'")
        waking.serve_reserved(here.heed, now())
        assert (here.ticket(found).state, here.ticket(found).agent_id) == ("open", ana.agent)

    @staticmethod
    def reserved(here, ana):
        found = here.says("first", "dan")
        desk.pull(here.heed, ana, now())
        desk.snooze(here.heed, ana, found.id, in_minutes(0.001), now())
        here.says("second", "eve")
        desk.pull(here.heed, ana, now())
        waking.wake_snoozed(here.heed, in_minutes(0.01))
        assert here.ticket(found.id).reserved_for == ana.agent
        return found.id


class TestANeed:
    def test_falls_away_after_its_time_and_languages_stay(self, here):
        a_skill(here, "billing")
        rules(here, HARD_NEED)
        ana = an_agent(here)
        found = here.says()
        assert found.flag is not None
        assert desk.pull(here.heed, ana, now()) is None
        waking.step_down(here.heed, in_minutes(9))
        assert desk.pull(here.heed, ana, in_minutes(9)) is None
        waking.step_down(here.heed, in_minutes(11))
        stepped = here.ticket(found.id)
        assert (stepped.flag, stepped.step_down_at, stepped.place) == (None, None, found.place)
        assert here.rows("SELECT skill_key FROM ticket_need WHERE ticket_id = :t", t=found.id) == [("en",)]
        assert desk.pull(here.heed, ana, in_minutes(11)).ticket_id == found.id

    def test_that_fell_away_is_told_once(self, here):
        a_skill(here, "billing")
        rules(here, HARD_NEED)
        found = here.says()
        for _ in range(3):
            waking.step_down(here.heed, in_minutes(11))
        assert here.events(found.id).count("stepped_down") == 1

    def test_keeps_the_skill_that_suits_the_lane(self, here):
        a_skill(here, "billing")
        rules(here, HARD_NEED.replace("level: 3, step_down: 10m}", "level: 3, step_down: 10m}, {prefer: billing}"))
        found = here.says()
        waking.step_down(here.heed, in_minutes(11))
        with here.heed.database.read() as db:
            assert lanes.topics(db, [here.ticket(found.id).lane_id]) == {here.ticket(found.id).lane_id: "billing"}


class TestAQuietChat:
    def test_frees_its_slot_ten_minutes_after_our_answer(self, here):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        desk.reply(here.heed, ana, found.id, "Which one?", now())
        assert waking.rest_quiet(here.heed, in_minutes(9)) == 0
        waking.rest_quiet(here.heed, in_minutes(11))
        assert (here.ticket(found.id).state, here.ticket(found.id).agent_id) == ("pending", ana.agent)

    def test_is_not_quiet_when_the_customer_spoke_last(self, here):
        ana = an_agent(here)
        found = here.says("hello", "dan")
        desk.pull(here.heed, ana, now())
        desk.reply(here.heed, ana, found.id, "Which one?", now())
        here.says("the red one", "dan", thread="dan")
        assert waking.rest_quiet(here.heed, in_minutes(20)) == 0 or here.ticket(found.id).state == "open"

    def test_that_nobody_answered_stays(self, here):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        waking.rest_quiet(here.heed, in_minutes(20))
        assert here.ticket(found.id).state == "open"

    def test_lets_in_what_waited_for_its_slot(self, here):
        ana = an_agent(here, slots={"live": 1})
        waiting = TestATicketThatWaitsForItsAgent.reserved(here, ana)
        [(quiet,)] = here.rows("SELECT id FROM ticket WHERE state = 'open'")
        desk.reply(here.heed, ana, quiet, "Which one?", now())
        waking.rest_quiet(here.heed, in_minutes(10.5))
        assert here.ticket(waiting).state == "open"

    def test_mail_is_not_a_chat(self, here):
        ana = an_agent(here)
        mail(here, a_connection_row(here, "email"))
        [found] = here.tickets
        desk.pull(here.heed, ana, now())
        desk.reply(here.heed, ana, found.id, "Which one?", now(), keep_open=True)
        waking.rest_quiet(here.heed, in_minutes(60))
        assert here.ticket(found.id).state == "open"


class TestAResolvedTicket:
    def test_closes_for_good_after_fourteen_days(self, here):
        ana = an_agent(here)
        found = here.says()
        desk.pull(here.heed, ana, now())
        desk.resolve(here.heed, ana, found.id, now())
        waking.close_old(here.heed, now() + timedelta(days=13))
        assert here.ticket(found.id).state == "resolved"
        waking.close_old(here.heed, now() + timedelta(days=15))
        assert here.ticket(found.id).state == "closed"
