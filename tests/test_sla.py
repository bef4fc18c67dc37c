"""Promises: when they are due, met, missed, paused and resumed."""

from datetime import UTC, datetime, timedelta

import pytest

from router import sla
from router.calendars import ALWAYS_OPEN, Calendar, NeverOpen, Period
from router.sla import Promise

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
OFFICE = Calendar("UTC", tuple(Period(day, 9 * 3600, 17 * 3600) for day in range(5)))


def minutes(number):
    return timedelta(minutes=number)


def a_promise(**facts):
    return Promise(**{"kind": "first_answer", "due": NOON, **facts})


class TestAnswerBy:
    def test_is_the_target_after_waiting_began(self):
        assert sla.answer_by(NOON, minutes(30), ALWAYS_OPEN) == NOON + minutes(30)

    def test_counts_working_time(self):
        assert sla.answer_by(NOON, minutes(8 * 60), OFFICE) == NOON + timedelta(days=1)

    def test_says_so_if_the_desk_never_opens(self):
        with pytest.raises(NeverOpen):
            sla.answer_by(NOON, minutes(1), Calendar())

    def test_every_pace_has_a_default_target(self):
        assert dict(sla.TARGETS) == {"email": minutes(240), "chat": minutes(2), "social": minutes(30)}


class TestShortest:
    @pytest.mark.parametrize(
        ("targets", "shortest"),
        [([], None), ([None], None), ([minutes(5)], minutes(5)), ([None, minutes(9), minutes(4)], minutes(4))],
    )
    def test_the_shortest_target_wins(self, targets, shortest):
        assert sla.shortest(targets) == shortest


class TestNextDue:
    def test_leaves_out_what_is_met_or_paused(self):
        running = a_promise(kind="resolution", due=NOON + minutes(9))
        promises = [a_promise(met_at=NOON), running, a_promise(kind="next_answer", paused=NOON)]
        assert sla.next_due(promises) == running
        assert sla.next_due(reversed(promises)) == running
        assert sla.next_due([promises[0]]) is None


class TestMeeting:
    def test_the_first_answer_counts(self):
        met = sla.meet(a_promise(), NOON)
        assert met.met_at == NOON
        assert sla.meet(met, NOON + minutes(5)) == met

    def test_a_paused_promise_can_be_met(self):
        assert sla.meet(a_promise(paused=NOON - minutes(5)), NOON) == a_promise(met_at=NOON)


class TestPausing:
    def test_a_pause_puts_the_due_moment_off_by_the_working_time_it_lasted(self):
        paused = sla.pause(a_promise(due=NOON + minutes(60)), NOON)
        evening = NOON + minutes(4 * 60 + 30)
        assert sla.resume(paused, evening, OFFICE) == a_promise(due=NOON + timedelta(hours=21) + minutes(30))

    def test_resuming_at_once_changes_nothing(self):
        promise = a_promise(due=NOON + minutes(60))
        assert sla.resume(sla.pause(promise, NOON), NOON, OFFICE) == promise

    def test_a_missed_promise_stays_missed(self):
        paused = sla.pause(a_promise(), NOON + minutes(1))
        resumed = sla.resume(paused, NOON + minutes(90), OFFICE)
        assert resumed == a_promise()

    def test_a_promise_missed_outside_office_hours_stays_missed(self):
        late = NOON + minutes(9 * 60)  # 21:00, due at 17:00
        promise = a_promise(due=NOON + minutes(5 * 60))
        assert sla.resume(sla.pause(promise, late), late + minutes(60), OFFICE) == promise

    @pytest.mark.parametrize("promise", [a_promise(met_at=NOON), a_promise(paused=NOON)])
    def test_a_met_or_paused_promise_is_not_paused_again(self, promise):
        assert sla.pause(promise, NOON + minutes(5)) == promise

    def test_a_running_promise_is_not_resumed(self):
        assert sla.resume(a_promise(), NOON + minutes(5), OFFICE) == a_promise()
