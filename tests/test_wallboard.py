"""The wallboard and the record of every minute: what waits where, who could take it, how today goes, brand by brand."""

from datetime import UTC, datetime, timedelta

import pytest

from router import desk as acts
from router import lineup, minutes, shifts, sweeping, wallboard
from router.handover import next_handover
from router.model import SYSTEM, Presence, Role, Scope
from router.store import minutes as stored_minutes
from router.store.audit import COMMAND
from router.store.views import wallboard as views
from router.store.views.wallboard import MinuteRow, ShiftRow
from router.web.supervisor.curve import drawn
from tests.builders import a_brand, a_connection_row, a_queue, a_skill, a_supervisor, an_agent, mail, now, post, rules

NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)  # a Monday


def a_board(desk, scope, at=None):
    at = at or now()
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return wallboard.board(desk.heed, scope, at, midnight)


def test_the_board_tells_what_waits_and_who_could_take_it(desk):
    sue = a_supervisor(desk, presence=None)
    ana = an_agent(desk, "Ana", slots={"live": 1, "mail": 0})
    an_agent(desk, "Bo", skills={a_skill(desk, "de", is_language=True): 5})
    an_agent(desk, "Cy", presence=Presence.OFFLINE)
    a_skill(desk, "billing")
    a_queue(desk, "Money")
    rules(desk, "rules:\n  - name: Money\n    when: {fact: text, is: mentions, value: invoice}\n"
                "    then: [{queue: Money}, {need_skill: billing, level: 4}]\n")  # fmt: skip
    answered = desk.says("Where is my parcel?", who="dan")
    acts.pull(desk.heed, ana, now())
    acts.reply(desk.heed, ana, answered.id, "On its way.", now(), key="k", last_seen=None, keep_open=True)
    desk.says("This is the third time I write! I am furious and will cancel at once.", who="eva")
    calm = desk.says("Hello, which colours are there?", who="fay")
    stuck = desk.says("Please send the invoice again.", who="gus")
    later = now() + timedelta(hours=9)
    found = a_board(desk, sue, later)

    general, money = sorted(found.lineup.queues, key=lambda line: line.name)
    assert (general.name, general.waiting, general.late, general.hot) == ("General", 2, 2, 1)
    assert (general.free, general.here, general.able) == (0, 1, 3), (
        "Ana is full, Bo speaks no English, Cy and Sue are away"
    )
    assert general.oldest < calm.waiting_since and general.next_due <= calm.answer_by
    assert general.read == 2 and 0 < general.mood < 100
    assert (money.name, money.waiting) == ("Money", 0), "what nobody may take stands by itself"
    assert (found.lineup.nobody.waiting, found.lineup.nobody.oldest) == (1, stuck.waiting_since)
    assert found.lineup.missing == ("No one has billing at level 4.",)
    assert (found.lineup.waiting, found.lineup.hot, found.lineup.whole) == (3, 1, True)
    assert found.lineup.hot_since is not None

    assert [(one.name, one.presence) for one in found.agents] == [("Ana", "online"), ("Bo", "online")]
    assert [(slot.key, slot.taken, slot.all) for slot in found.agents[0].slots] == [("live", 1, 1)]
    assert found.agents[0].since is not None and found.away == 2
    assert not {"frustration", "hard_work", "run", "ledger"} & set(wallboard.AgentNow.__slots__)


def test_counts_stop_and_say_so(desk):
    sue = a_supervisor(desk)
    other = a_queue(desk, "Other")
    rules(
        desk,
        "rules:\n  - name: Other\n    when: {fact: text, is: mentions, value: other}\n    then: [{queue: Other}]\n",
    )
    for number in range(4):
        post(desk, "Where is it?" if number else "The other one?", who=f"c{number}")
    desk.drain()
    with desk.heed.database.read() as db:
        queues = wallboard.desk_rows.queues_seen_by(db, sue)
        agents = list(wallboard.roster.views(db, now()).values())
        few = lineup.lineup(db, desk.heed.lanes, sue, queues, agents, now(), 2)
        all_of_it = lineup.lineup(db, desk.heed.lanes, sue, queues, agents, now(), 4)
    assert (few.whole, all_of_it.whole) == (False, True)
    assert {line.name: line.waiting for line in few.queues} == {"General": 3, "Other": 1}, "counted from the index"
    assert {line.id: line.waiting for line in all_of_it.queues}[other] == 1


def test_today_is_measured_against_the_same_day_a_week_ago(desk):
    sue, ana = a_supervisor(desk), an_agent(desk, "Ana", slots={"live": 9, "mail": 9})
    at = NIGHT
    box = a_connection_row(desk, "email")
    for number in range(3):
        desk.says(f"Where is parcel {number}?", who=f"c{number}")
    mail(desk, box)
    while acts.pull(desk.heed, ana, now()):
        pass
    for one in desk.tickets:
        acts.reply(desk.heed, ana, one.id, "Here.", now(), key=one.id, last_seen=None, keep_open=True)
    kinds = desk.rows("SELECT p.id, t.channel FROM promise p JOIN ticket t ON t.id = p.ticket_id "
                      "WHERE p.met_at IS NOT NULL ORDER BY t.number")  # fmt: skip
    assert len(kinds) == 4

    def met(promise, took_s, in_time, when):
        starts = when - timedelta(seconds=took_s)
        due = when + timedelta(seconds=1 if in_time else -1)
        fields = {"met_at": when, "starts_at": starts, "due_at": due}
        with desk.heed.database.write() as db:
            table = wallboard.views.promise
            db.execute(table.update().where(table.c.id == promise).values(**fields))

    met(kinds[0][0], 30, True, at - timedelta(hours=1))
    met(kinds[1][0], 90, True, at - timedelta(hours=2))
    met(kinds[2][0], 40, False, at - timedelta(days=7, hours=1))
    met(kinds[3][0], 600, False, at - timedelta(hours=3))
    found = a_board(desk, sue, at).today
    assert (found.answers, found.in_time, found.before, found.before_in_time) == (3, 2, 1, 0)
    assert round(found.share, 1) == round(found.change, 1) == 66.7
    assert found.p90_s == 600 and found.by_channel == (("api", 90, 2), ("email", 600, 1))
    assert a_board(desk, sue, at + timedelta(days=2)).today.share is None


def test_moods_go_from_the_first_to_the_last_message(desk):
    sue, ana = a_supervisor(desk), an_agent(desk, "Ana")
    first = desk.says("This is the third time I write! I am furious and will cancel at once.", thread="t")
    desk.says("Thank you, that is perfect.", thread="t")
    acts.pull(desk.heed, ana, now())
    acts.resolve(desk.heed, ana, first.id, now())
    found = a_board(desk, sue).moods
    assert found.tickets == 1 and found.before > 40 > found.after


def test_moods_are_the_mean_over_the_tickets_that_were_resolved(desk):
    sue, ana = a_supervisor(desk), an_agent(desk, "Ana")
    said = ("This is the third time I write! I am furious and will cancel at once.", "Where is my invoice, please?")
    for number, words in enumerate(said):
        ticket = desk.says(words, f"who{number}", thread=f"t{number}")
        acts.pull(desk.heed, ana, now())
        acts.resolve(desk.heed, ana, ticket.id, now())
    found = a_board(desk, sue).moods
    felt = [ticket.frustration for ticket in desk.tickets]
    assert len(set(felt)) == 2
    assert (found.tickets, found.before, found.after) == (2, sum(felt) / 2, sum(felt) / 2)


def test_another_brands_desk_is_not_on_the_board(desk):
    other = a_brand(desk, "other")
    theirs = a_supervisor(desk, "Theirs", brands=(other,))
    ana = an_agent(desk)
    desk.says("I am furious, this is the third time I write!")
    minutes.measure(desk.heed, now())
    found = a_board(desk, theirs)
    assert found.lineup.waiting == 0 and [line.waiting for line in found.lineup.queues] == [0]
    assert ana.agent not in {one.id for one in found.agents}
    assert all(row.waiting == 0 for row in found.curve)
    assert a_board(desk, Scope(Role.SUPERVISOR, frozenset(), "x")).lineup.queues == ()


def test_a_minute_is_written_once_and_kept_for_five_weeks(desk):
    a_skill(desk, "billing")
    rules(
        desk,
        "rules:\n  - name: All\n    when: {fact: channel, is: is, value: api}\n"
        "    then: [{need_skill: billing, level: 5}]\n",
    )
    an_agent(desk)
    ticket = desk.says("Where is it?")
    at = now().replace(hour=9, minute=0, second=7)
    assert minutes.measure(desk.heed, at) and not minutes.measure(desk.heed, at + timedelta(seconds=50))
    with desk.heed.database.read() as db:
        [row] = wallboard.views.minutes(db, [ticket.queue_id], at - timedelta(minutes=1))
    assert (row.at, row.waiting, row.hot) == (at.replace(second=0, microsecond=0), 1, 0), "also what nobody may take"
    assert minutes.measure(desk.heed, at + minutes.KEPT + timedelta(hours=1))
    with desk.heed.database.read() as db:
        assert stored_minutes.first(db) == at.replace(second=0, microsecond=0) + minutes.KEPT + timedelta(hours=1)
    assert SYSTEM.everything


def test_the_clock_writes_the_minute(desk):
    sweep = sweeping.Sweep(desk.heed)
    sweep.now(now())
    sweep.stop()
    assert desk.rows("SELECT waiting, late, free_agents FROM queue_minute") == [(0, 0, 0)]


@pytest.mark.parametrize(
    ("starts_h", "ends_h", "weekday", "at", "expected"),
    [
        (20, 28, 0, NIGHT - timedelta(hours=5), ("Karachi", True, 6.0)),  # 22:00 in Karachi, until 4:00
        (20, 28, 0, NIGHT, ("Karachi", True, 1.0)),  # 3:00 of Tuesday: Monday's shift
        (20, 28, 0, NIGHT + timedelta(hours=1), None),  # it is over
        (8, 16, 1, NIGHT + timedelta(hours=8), ("Karachi", False, 5.0)),
        (0, 23, 1, NIGHT, None),  # not within twelve hours
    ],
)
def test_the_next_handover_is_told_from_the_plan(starts_h, ends_h, weekday, at, expected):
    found = next_handover([ShiftRow("a", "", "Asia/Karachi", weekday, starts_h * 3600, ends_h * 3600)], at)
    assert expected == (found and (found.place, found.night, (found.at - at).total_seconds() / 3600))


def test_the_curve_keeps_its_peaks_and_breaks_where_nothing_was_measured():
    def row(minute, waiting, hot=0):
        return MinuteRow(NIGHT - timedelta(minutes=minute), waiting, hot)

    found = drawn([row(300, 4), row(299, 40, 3), row(298, 2), row(20, 1), row(17, 1)], NIGHT, timedelta(hours=6))
    assert (found.top, found.peak, found.peak_at) == (50, 40, NIGHT - timedelta(minutes=298))
    assert found.waiting.count("M") == found.hot.count("M") == found.area.count("Z") == 2
    assert len(found.hours) == 5 or len(found.hours) == 6
    assert drawn([], NIGHT, timedelta(hours=6)).waiting == ""


def test_who_is_on_leave_hands_nothing_over(desk):
    ana = an_agent(desk)
    shifts.change(desk.heed, COMMAND, ana.agent, now(), zone="UTC", work=["00:00-23:59"] * 7, breaks=[""] * 7)
    at = now().replace(hour=12)
    with desk.heed.database.read() as db:
        assert views.shifts(db, [ana.agent], at)
    shifts.add_leave(desk.heed, COMMAND, ana.agent, now(), at - timedelta(hours=1), at + timedelta(days=2), "Ill")
    with desk.heed.database.read() as db:
        assert views.shifts(db, [ana.agent], at) == []
        assert views.shifts(db, [ana.agent], at + timedelta(days=2))
