"""A recorded period as a replay reads it: turns out of a ticket's history, facts as they were, who was here when."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bench import backtest_desk as generated
from router import desk as acts
from router.backtest import reading
from router.backtest.asking import Asking, facts_of, known_then
from router.backtest.attendance import hours_online, views
from router.backtest.turns import turns_of
from router.model import Presence, State
from router.store.rows import Ticket
from router.store.views.recorded import EventRow, FactsRow, Held, KnownRow
from rules.facts import Trust
from rules.load import load
from tests.builders import a_queue, an_agent, now, rules

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def a_ticket():
    """Return a ticket before it stands anywhere."""
    return Ticket(
        id="t", brand_id=generated.BRAND, number=1, kind="conversation", state=State.NEW, channel="email",
        work_class="mail", slot_key="mail", pace="email", connection_id=None, queue_id="General", contact_id=None,
        subject="", created_at=NOON, updated_at=NOON, language="en",
    )  # fmt: skip


def turns(*events):
    rows = [EventRow(kind, at(minutes), data) for minutes, kind, data in events]
    return turns_of(rows, "general", lambda _evaluation, _queue: ())


def stints(turn):
    return [(s.agent_id, s.queue_id, s.after_s, s.took_s, s.answer_s, s.passed_on) for s in turn.stints]


class TestTurns:
    def test_an_answer_ends_a_turn(self):
        [turn] = turns((0, "waiting", "{}"), (5, "assigned", '{"agent":"ana"}'), (8, "replied", "{}"))
        assert stints(turn) == [("ana", "general", 300, 180, 180, False)]
        assert (turn.waited_s, turn.answered_s, turn.left_s) == (300, 480, None)

    def test_a_chat_ends_when_it_falls_quiet(self):
        [turn] = turns(
            (0, "waiting", "{}"), (1, "assigned", '{"agent":"ana"}'), (2, "replied", '{"keep_open":true}'),
            (4, "replied", '{"keep_open":true}'), (14, "quiet", "{}"),
        )  # fmt: skip
        assert stints(turn) == [("ana", "general", 60, 780, 60, False)]

    def test_a_woken_ticket_begins_another_and_knows_its_rest(self):
        first, second = turns(
            (0, "waiting", "{}"), (5, "assigned", '{"agent":"ana"}'), (8, "replied", "{}"),
            (68, "woke", "{}"), (68, "assigned", '{"agent":"ana","how":"woke"}'), (70, "resolved", "{}"),
        )  # fmt: skip
        assert (first.rest_s, second.rest_s, second.at) == (0, 3600, at(68))
        assert (second.answered_s, second.left_s) == (None, None)

    def test_a_transfer_goes_on_in_the_same_turn(self):
        [turn] = turns(
            (0, "waiting", '{"queue":"general"}'), (5, "assigned", '{"agent":"ana"}'), (6, "transferred", "{}"),
            (6, "waiting", '{"queue":"billing"}'), (9, "assigned", '{"agent":"bo"}'), (12, "replied", "{}"),
        )  # fmt: skip
        assert stints(turn) == [("ana", "general", 300, 60, None, True), ("bo", "billing", 540, 180, 180, False)]
        assert (turn.queue_id, turn.answered_s) == ("general", 720)

    def test_who_is_gone_before_anyone_had_them_left(self):
        [turn] = turns((0, "waiting", "{}"), (7, "resolved", "{}"))
        assert (turn.left_s, turn.waited_s) == (420, None)

    def test_what_is_still_held_has_no_end(self):
        [turn] = turns((0, "waiting", "{}"), (7, "assigned", '{"agent":"ana"}'))
        assert stints(turn) == [("ana", "general", 420, None, None, False)]

    def test_nothing_is_made_of_a_ticket_that_never_waited(self):
        assert turns((0, "closed", '{"close_as":"spam"}')) == ()


class TestFacts:
    def test_have_their_types_again(self):
        recorded = (
            '{"cues":["a","b"],"waited":"0:10:30","due_in":"-1 day, 23:59:00","time_of_day":"09:30:00",'
            '"now":"2026-11-23 12:00:00+00:00","heat":2,"nonsense":1,"intent":["a"]}'
        )
        assert facts_of(recorded) == {
            "cues": frozenset({"a", "b"}),
            "waited": timedelta(minutes=10, seconds=30),
            "due_in": timedelta(minutes=-1),
            "time_of_day": time(9, 30),
            "now": NOON,
            "heat": 2,
        }

    def test_that_no_rule_asks_make_no_difference_and_those_asked_do(self):
        desk = generated.a_desk(generated.the_agents(generated.Shape(seed=1, a_day=1, agents=3)))
        held = """
rules:
  - {name: Hot, when: {fact: heat, is: at_least, value: 2}, then: [{answer_within: 10m}]}
  - {name: Own, when: {fact: automatic, is: is, value: true}, then: [{queue: Technical}]}
"""
        late = (
            held + "  - {name: L, when: {fact: now, is: after, value: '2026-11-23T12:00Z'}, then: [{head_start: 1h}]}\n"
        )
        sets = (load(held), load(late))
        kept, ticket, sent = Asking(desk, sets), a_ticket(), []
        for minutes, facts in enumerate((
            '{"heat":1,"automatic":true,"attachments":1}', '{"heat":1,"automatic":1}', '{"heat":1,"automatic":true}',
            '{"heat":1,"automatic":true,"intent":["x"]}', '{"heat":2}', "{}",
        )):  # fmt: skip
            row = FactsRow(facts, at(minutes - 1), True, "", "")
            sent.append(kept.about(ticket, row, ()))
            assert sent[-1] == Asking(desk, sets).about(ticket, row, ())
        (one, one_late), (typed, _), (again, _), (listed, listed_late) = [found for _, found in sent[:4]]
        assert one is again is listed is not typed
        assert one_late is not listed_late

    @pytest.mark.parametrize(("proven", "trust"), [(True, Trust.SIGNED), (False, Trust.VISITOR)])
    def test_of_a_contact_are_those_known_then(self, proven, trust):
        rows = [
            KnownRow("contact.tier", "silver", "signed", at(-9), None),
            KnownRow("contact.tier", "typed", "visitor", at(-5), None),
            KnownRow("contact.tier", "gold", "signed", at(5), None),
            KnownRow("contact.trial", "yes", "signed", at(-9), at(-1)),
        ]
        assert known_then(rows, NOON, proven=proven) == {"contact.tier": ("silver", trust)}


class TestAttendance:
    def test_shows_an_agent_anew_with_each_change(self):
        held = [
            Held("ana", "presence", "", "online", at(-60), at(30)),
            Held("ana", "skill", "en", "3", at(-90), None),
            Held("ana", "skill", "billing", "2", at(10), None),
            Held("bo", "presence", "", "online", at(-60), None),
        ]
        found = views(held, {"ana": ("Ana", frozenset({"b"}))}, {"live": 3}, NOON)
        assert [(when, one.presence, dict(one.skills)) for when, one in found] == [
            (NOON, Presence.ONLINE, {"en": 3}),
            (at(10), Presence.ONLINE, {"en": 3, "billing": 2}),
            (at(30), Presence.OFFLINE, {"en": 3, "billing": 2}),
        ]

    def test_counts_hours_by_day(self):
        held = [Held("ana", "presence", "", "online", at(-60), at(26 * 60)), Held("bo", "skill", "en", "3", NOON, None)]
        assert hours_online(held, NOON, NOON + timedelta(days=2)) == {"ana": [24.0, 2.0]}


class TestRead:
    def test_reads_a_day_of_the_store(self, desk):
        billing = a_queue(desk, "Billing")
        rules(desk, "rules: [{name: All, when: always, then: [{answer_within: 20m}]}]")
        draft = load(
            "rules: [{name: Refunds, when: {fact: text, is: mentions, value: refund}, then: [{queue: Billing}]}]"
        )
        began = now() - timedelta(minutes=1)
        ana = an_agent(desk)
        asks, tells = desk.says("I want a refund."), desk.says("All is well.", who="eve")
        acts.pull(desk.heed, ana, now())
        acts.reply(desk.heed, ana, asks.id, "Here it is.", now(), key="one")
        with desk.heed.database.read() as db:
            live = load("rules: [{name: All, when: always, then: [{answer_within: 20m}]}]")
            days, desks = reading.read(db, began, now(), now(), {desk.brand_id: (live, draft)}, 100)
        one, other = days.tickets
        assert [one.id, other.id] == [asks.id, tells.id]
        [turn] = one.turns
        assert (turn.stints[0].agent_id, turn.sent[1].line.queue.id) == (ana.agent, billing)
        assert turn.sent[0].line.target == timedelta(minutes=20)
        assert other.turns[0].sent[1].line.queue.is_default
        assert ana.agent in {view.id for _, view in days.presence}
        assert set(desks) == {desk.brand_id}
