"""More waits than the desk can do: seen, told once, and then either the frustrated go first or everyone in turn."""

from datetime import datetime, timedelta

import pytest

from router import overload
from router.calendars import ALWAYS_OPEN
from router.mistakes import Mistake
from router.model import SYSTEM, Role, Scope
from router.overload import is_overloaded
from router.store.promised import Late
from router.sweeping import Sweep
from tests.builders import Desk, a_supervisor, an_agent, now
from tests.teaching.builders import actor
from tests.web.browsers import post, signed_in

CALM = "Hi, where can I find my invoice for October please?"
ANGRY = "This is the third time I write! Nobody answers me. Refund me or I cancel my account."
AT = datetime.fromisoformat("2026-11-23T12:00:00+00:00")


@pytest.mark.parametrize(
    ("late_s", "was", "overloaded"),
    [(0, False, False), (599, False, False), (600, False, True), (60, True, True), (None, True, False)],
)
def test_begins_at_twice_the_target_and_ends_when_nothing_calm_is_late(
    late_s: int | None, was: bool, overloaded: bool
) -> None:
    late = Late("T1", "Q1", 600, AT - timedelta(seconds=late_s)) if late_s is not None else None
    assert is_overloaded(late, ALWAYS_OPEN, AT, was=was) is overloaded


def long_ago(at: Desk, ticket_id: str, hours: int = 200) -> None:
    """Let a ticket's promise have ended long ago."""
    due = now() - timedelta(hours=hours)
    at.do("UPDATE promise SET due_at = :due WHERE ticket_id = :t", due=due, t=ticket_id)


def told(at: Desk) -> list[str]:
    return [because for (because,) in at.rows("SELECT because FROM notice WHERE kind = 'overload' ORDER BY id")]


def first_in_line(at: Desk) -> str:
    [(found,)] = at.rows("SELECT id FROM ticket WHERE state = 'waiting' ORDER BY place, id LIMIT 1")
    return str(found)


@pytest.fixture
def olga(desk: Desk) -> Scope:
    """Somebody of ops."""
    return an_agent(desk, "Olga", role=Role.OPS)


def test_supervisors_are_told_when_it_begins_and_when_it_is_over_each_once(desk: Desk) -> None:
    ticket = desk.says(CALM, "dan")
    sweep = Sweep(desk.heed)
    sweep.now(now())
    assert told(desk) == []
    long_ago(desk, ticket.id)
    for _ in range(2):
        overload.look(desk.heed, now())
    assert [said.split(":")[0] for said in told(desk)] == ["More waits than the desk can do"]
    assert overload.states(desk.heed, SYSTEM)[0].since is not None
    desk.do("UPDATE promise SET met_at = :now", now=now())
    for _ in range(2):
        overload.look(desk.heed, now())
    assert [said.split(":")[0] for said in told(desk)][1:] == ["The overload is over"]
    assert overload.states(desk.heed, SYSTEM)[0].since is None
    sweep.stop()


def test_a_hot_ticket_alone_is_no_overload(desk: Desk) -> None:
    long_ago(desk, desk.says(ANGRY, "mia").id)
    overload.look(desk.heed, now())
    assert told(desk) == []


def test_with_care_the_frustrated_still_go_first_and_else_everyone_in_turn(desk: Desk, olga: Scope) -> None:
    calm, angry = desk.says(CALM, "dan"), desk.says(ANGRY, "mia")
    assert first_in_line(desk) == angry.id
    long_ago(desk, calm.id)
    overload.look(desk.heed, now())
    assert overload.unsettled(desk.heed) == []
    assert first_in_line(desk) == angry.id

    overload.choose(desk.heed, actor(olga), olga, desk.brand_id, "everyone", now())
    assert overload.unsettled(desk.heed) == [desk.brand_id]
    assert overload.settle(desk.heed, desk.brand_id, now()) == 2
    assert overload.unsettled(desk.heed) == []
    assert first_in_line(desk) == calm.id
    new = desk.says(ANGRY, "eva")
    assert desk.ticket(new.id).place > desk.ticket(calm.id).place  # type: ignore[operator]

    overload.choose(desk.heed, actor(olga), olga, desk.brand_id, "care", now())
    overload.settle(desk.heed, desk.brand_id, now())
    assert first_in_line(desk) == angry.id
    assert [act for (act,) in desk.rows("SELECT act FROM audit_event ORDER BY seq")][-2:] == [
        "overload choice changed"
    ] * 2


def test_ops_choose(desk: Desk, olga: Scope) -> None:
    with pytest.raises(Mistake, match="care or everyone"):
        overload.choose(desk.heed, actor(olga), olga, desk.brand_id, "nobody", now())
    ana = an_agent(desk)
    with pytest.raises(Mistake, match="role ops"):
        overload.choose(desk.heed, actor(ana), ana, desk.brand_id, "everyone", now())


class TestThePage:
    def test_tells_of_it_and_ops_choose_there(self, sqlite_desk: Desk) -> None:
        olga = an_agent(sqlite_desk, "Olga", role=Role.OPS)
        browser = signed_in(sqlite_desk, olga)
        assert "More waits than the desk can do, since" not in browser.get("/wallboard").text
        long_ago(sqlite_desk, sqlite_desk.says(CALM, "dan").id)
        overload.look(sqlite_desk.heed, now())
        assert "The frustrated still go first." in browser.get("/wallboard").text
        chosen = post(browser, "/wallboard/overload", brand=sqlite_desk.brand_id, choice="everyone")
        assert chosen.status_code == 303  # type: ignore[attr-defined]
        assert "Everyone is served in turn." in browser.get("/wallboard/board").text

    def test_supervisors_are_told_but_do_not_choose(self, sqlite_desk: Desk) -> None:
        browser = signed_in(sqlite_desk, a_supervisor(sqlite_desk))
        assert "What counts then" not in browser.get("/wallboard").text
        assert 'name="choice"' not in browser.get("/wallboard").text
        assert post(browser, "/wallboard/overload", brand=sqlite_desk.brand_id, choice="everyone").status_code == 403  # type: ignore[attr-defined]
