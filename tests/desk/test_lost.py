"""Mid-conversation: an agent's connection is lost and their chats find somebody else; a mood that rises is told."""

from datetime import UTC, datetime, timedelta

import pytest

from router import desk as acts
from router import presence, reclaiming, rota
from router.desk import leaving
from router.desk.errors import NotAllowed, NotFound
from router.handover import is_off
from router.model import Presence, Role
from router.store import shifts as plans
from router.store.shifts import PlannedShift
from tests.builders import a_brand, a_connection_row, a_supervisor, an_agent, mail, now, pulled
from tests.web.browsers import post, signed_in

ANGRY = "This is outrageous! The third time nobody helps me. Refund me now or I will cancel my account and sue you!"


@pytest.fixture
def ana(sqlite_desk):
    """An agent who was here by a page, and whose connection was lost."""
    return an_agent(sqlite_desk, presence=None)


def lose(at, ana, stream, ago):
    """Let an agent's last stream end, and be noticed."""
    presence.stream_closed(at.heed, stream, now() - ago - timedelta(minutes=1))
    at.do("UPDATE presence SET valid_from = :long_ago", long_ago=(now() - timedelta(hours=1)).replace(tzinfo=None))
    assert presence.sweep(at.heed, now() - ago) == [ana.agent]


def pulled_mail(at, who):
    """Return a mail that a person took up."""
    mail(at, a_connection_row(at, "email"))
    return pulled(at, who)


def taken(at, ana):
    """Return a chat that waits for an answer, one that is answered, and a mail, all Ana's."""
    row = a_connection_row(at, "email")
    chat, answered = at.says(who="dan"), at.says(who="eve")
    mail(at, row)
    held = [acts.pull(at.heed, ana, now()).ticket_id for _ in range(3)]
    acts.reply(at.heed, ana, answered.id, "It is on its way.", now())
    return chat.id, answered.id, (set(held) - {chat.id, answered.id}).pop()


class TestAnAgentWhoIsLost:
    def test_loses_their_chats_after_two_minutes_and_nothing_else(self, sqlite_desk, ana):
        stream = presence.stream_opened(sqlite_desk.heed, ana.agent, "p1", now())
        chat, answered, letter = taken(sqlite_desk, ana)
        lose(sqlite_desk, ana, stream, timedelta(minutes=1, seconds=50))
        reclaiming.chats(sqlite_desk.heed, now())
        assert sqlite_desk.ticket(chat).state == "open"
        reclaiming.chats(sqlite_desk.heed, now() + timedelta(seconds=15))
        assert [sqlite_desk.ticket(one).state for one in (chat, answered, letter)] == ["waiting", "pending", "open"]
        assert sqlite_desk.ticket(chat).place is not None
        bo = an_agent(sqlite_desk, "Bo")
        assert acts.pull(sqlite_desk.heed, bo, now()).ticket_id == chat

    def test_who_comes_back_in_time_keeps_them(self, sqlite_desk, ana):
        stream = presence.stream_opened(sqlite_desk.heed, ana.agent, "p1", now())
        chat, *_ = taken(sqlite_desk, ana)
        lose(sqlite_desk, ana, stream, timedelta(minutes=1))
        presence.stream_opened(sqlite_desk.heed, ana.agent, "p1", now())
        reclaiming.chats(sqlite_desk.heed, now() + timedelta(minutes=5))
        assert sqlite_desk.ticket(chat).agent_id == ana.agent


def a_shift(at, who, *, ended):
    """Plan every day's shift of a person: over 30 minutes ago, or for another three hours."""
    ends = now() - timedelta(minutes=30) if ended else now() + timedelta(hours=3)
    starts = ends - timedelta(hours=8)
    over = 24 if ends.date() > starts.date() else 0
    with at.heed.database.write() as db:
        of_day = (starts.hour * 3600 + starts.minute * 60, (ends.hour + over) * 3600 + ends.minute * 60)
        plans.put(db, who.agent, [PlannedShift("UTC", day, *of_day) for day in range(7)], now())


def gone(at, who, **how):
    """Let a person have been offline for five minutes."""
    for table in ("assignment", "presence"):
        at.do(f"UPDATE {table} SET valid_from = :early", early=(now() - timedelta(hours=1)).replace(tzinfo=None))
    presence.set_presence(at.heed, who.agent, Presence.OFFLINE, now() - timedelta(minutes=5), **how)


class TestAfterTheShift:
    def test_what_waits_goes_back_to_its_old_place_and_the_next_agent_is_told(self, desk):
        ana = an_agent(desk)
        a_shift(desk, ana, ended=True)
        mail(desk, a_connection_row(desk, "email"))
        letter = pulled(desk, ana)
        due = desk.ticket(letter).answer_by
        gone(desk, ana, source="lost")
        assert reclaiming.after_shifts(desk.heed, now()) == 1
        held = desk.ticket(letter)
        assert (held.state, held.agent_id, held.answer_by) == ("waiting", None, due) and held.place is not None
        bo = an_agent(desk, "Bo")
        assert pulled(desk, bo) == letter
        assert "taken back from Ana, whose shift is over" in signed_in(desk, bo).get(f"/tickets/{letter}").text

    @pytest.mark.parametrize("state", ["pending", "snoozed"])
    def test_what_rests_stays_its_agents(self, sqlite_desk, state):
        ana = an_agent(sqlite_desk)
        a_shift(sqlite_desk, ana, ended=True)
        letter = pulled_mail(sqlite_desk, ana)
        if state == "snoozed":
            acts.snooze(sqlite_desk.heed, ana, letter, now() + timedelta(days=1), now())
        else:
            acts.reply(sqlite_desk.heed, ana, letter, "It is on its way.", now())
        gone(sqlite_desk, ana)
        reclaiming.after_shifts(sqlite_desk.heed, now())
        assert (sqlite_desk.ticket(letter).state, sqlite_desk.ticket(letter).agent_id) == (state, ana.agent)

    @pytest.mark.parametrize(
        ("ended", "how"),
        [
            (False, {"source": "lost"}),
            (None, {"source": "lost"}),
            (True, {"reason": leaving.REASON}),
            (True, {"status": Presence.AWAY}),
        ],
        ids=["before its end", "of somebody without a plan", "ended by themselves", "of somebody who is here"],
    )
    def test_nothing_is_taken(self, sqlite_desk, ended, how):
        ana = an_agent(sqlite_desk)
        if ended is not None:
            a_shift(sqlite_desk, ana, ended=ended)
        letter = pulled_mail(sqlite_desk, ana)
        if "status" in how:
            presence.set_presence(sqlite_desk.heed, ana.agent, how["status"], now() - timedelta(minutes=5))
        else:
            gone(sqlite_desk, ana, **how)
        assert reclaiming.after_shifts(sqlite_desk.heed, now()) == 0
        assert sqlite_desk.ticket(letter).agent_id == ana.agent

    def test_what_a_supervisor_gave_them_for_tomorrow_is_left(self, sqlite_desk):
        ana = an_agent(sqlite_desk)
        a_shift(sqlite_desk, ana, ended=True)
        gone(sqlite_desk, ana)
        chat = sqlite_desk.says()
        acts.assign(sqlite_desk.heed, a_supervisor(sqlite_desk), chat.id, ana.agent, now())
        assert reclaiming.after_shifts(sqlite_desk.heed, now()) == 0

    @pytest.mark.parametrize(
        ("hours", "at", "off"),
        [
            (["09:00-17:00"], 16, False),
            (["09:00-17:00"], 18, True),
            (["09:00-12:00, 13:00-17:00"], 12, False),
            (["09:00-12:00, 13:30-17:00"], 12, True),
            (["22:00-06:00"], 2, False),
            ([], 12, True),
        ],
        ids=["at work", "after it", "an hour between two", "longer between two", "past midnight", "on leave"],
    )
    def test_when_a_shift_is_over(self, hours, at, off):
        planned = [one for of_day in hours for one in rota.read("UTC", [of_day] * 7, [""] * 7)]
        assert is_off(planned, datetime(2026, 11, 18, at, tzinfo=UTC)) is off


class TestASupervisorsWord:
    def test_takes_tickets_back_with_a_note_from_whoever_is_not_here(self, sqlite_desk):
        ana, sue = an_agent(sqlite_desk), a_supervisor(sqlite_desk)
        letter, path = pulled_mail(sqlite_desk, ana), f"/settings/people/{ana.agent}/shifts"
        boss = signed_in(sqlite_desk, sue)
        assert "Take tickets back" not in boss.get(path).text
        post(boss, f"{path}/take-back")
        assert "Ana is here." in boss.get(path).text and sqlite_desk.ticket(letter).agent_id == ana.agent
        gone(sqlite_desk, ana)
        assert "Take tickets back" in boss.get(path).text
        post(boss, f"{path}/take-back", note="He waits for a call.")
        assert "1 ticket taken back." in boss.get(path).text
        assert sqlite_desk.ticket(letter).state == "waiting"
        page = signed_in(sqlite_desk, sue).get(f"/tickets/{letter}").text
        first = page[page.index('class="handed"') : page.index('id="lines"')]
        assert "taken back from Ana, who is not here" in first and "He waits for a call." in first
        [(act,)] = sqlite_desk.rows("SELECT act FROM audit_event WHERE object = :a", a=ana.agent)
        assert act == "tickets taken back"

    def test_is_no_agents_and_ends_at_the_wall(self, sqlite_desk):
        ana = an_agent(sqlite_desk)
        pulled_mail(sqlite_desk, ana)
        gone(sqlite_desk, ana)
        eve = an_agent(sqlite_desk, "Eve", role=Role.SUPERVISOR, brands=(a_brand(sqlite_desk, "other"),))
        with pytest.raises(NotFound):
            reclaiming.at_once(sqlite_desk.heed, eve, ana.agent, now())
        with pytest.raises(NotAllowed):
            reclaiming.at_once(sqlite_desk.heed, an_agent(sqlite_desk, "Bo"), ana.agent, now())


class TestAMoodThatRises:
    def test_is_told_to_the_agent_and_the_supervisors_once(self, sqlite_desk):
        ana = an_agent(sqlite_desk)
        a_supervisor(sqlite_desk)
        sqlite_desk.says("Hi, where can I find my invoice please?")
        acts.pull(sqlite_desk.heed, ana, now())
        for _ in range(2):
            sqlite_desk.says(ANGRY)
        told = sqlite_desk.rows("SELECT agent_id, role FROM notice WHERE kind = 'mood' ORDER BY role")
        assert sorted(told, key=str) == sorted([(ana.agent, None), (None, Role.SUPERVISOR.value)], key=str)

    def test_of_a_ticket_that_waits_moves_it_and_alerts_nobody(self, sqlite_desk):
        first = sqlite_desk.says("Hi, where can I find my invoice please?")
        assert sqlite_desk.says(ANGRY).place < first.place
        assert sqlite_desk.rows("SELECT 1 FROM notice") == []
