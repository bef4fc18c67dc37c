"""Shifts, breaks and leave: planned by a supervisor, seen by oneself, told before they end."""

from datetime import timedelta

from router import shifts
from router.model import Role
from router.store.audit import COMMAND
from tests.builders import Desk, a_brand, a_supervisor, an_agent, now, pulled
from tests.web.browsers import post, signed_in

ALWAYS = ["00:00-24:00"] * 7


def test_a_supervisor_plans_a_week_which_its_agent_sees(sqlite_desk: Desk) -> None:
    ana = an_agent(sqlite_desk)
    boss, path = signed_in(sqlite_desk, a_supervisor(sqlite_desk)), f"/settings/people/{ana.agent}/shifts"
    assert path in boss.get("/settings/people").text
    said = {f"work-{day}": "22:00-06:00" for day in range(7)} | {"break-1": "02:00-02:30", "zone": "Asia/Karachi"}
    assert post(boss, path, **said).status_code == 303
    page = boss.get(path).text
    assert 'name="work-6" value="22:00-06:00"' in page and 'name="break-1" value="02:00-02:30"' in page
    mine = signed_in(sqlite_desk, ana).get("/settings/you").text
    assert "Your week" in mine and "17:00–01:00" in mine and "21:00–21:30" in mine, "by one's own clock, UTC"
    wrong = post(boss, path, **said | {"break-1": "12:00-12:30"})
    assert wrong.status_code == 422 and "Tuesday: the break" in wrong.text and 'value="12:00-12:30"' in wrong.text


def test_leave_is_added_with_its_reason_and_taken_back(desk: Desk) -> None:
    ana = an_agent(desk)
    shifts.change(desk.heed, COMMAND, ana.agent or "", now(), zone="UTC", work=ALWAYS, breaks=[""] * 7)
    boss, path = signed_in(desk, a_supervisor(desk)), f"/settings/people/{ana.agent}/shifts"
    starts, ends = (now() + timedelta(days=ahead) for ahead in (1, 3))
    said = {"from": f"{starts:%Y-%m-%dT09:00}", "to": f"{ends:%Y-%m-%dT17:00}", "reason": "a wedding"}
    post(boss, f"{path}/leave", **said)
    assert "a wedding" in boss.get(path).text
    assert "a wedding" in signed_in(desk, ana).get("/settings/you").text
    post(boss, f"{path}/leave", **said | {"to": said["from"]})
    assert "Leave ends after it begins" in boss.get(path).text
    [leave] = shifts.plan(desk.heed, ana.agent or "", now()).leaves
    post(boss, f"{path}/leave/end", leave=leave.id)
    assert shifts.plan(desk.heed, ana.agent or "", now()).leaves == ()


def test_another_brands_people_are_not_there(sqlite_desk: Desk) -> None:
    ana = an_agent(sqlite_desk)
    other = a_brand(sqlite_desk, "other")
    eve = signed_in(sqlite_desk, an_agent(sqlite_desk, "Eve", role=Role.SUPERVISOR, brands=(other,)))
    path = f"/settings/people/{ana.agent}/shifts"
    assert eve.get(path).status_code == 404
    assert {post(eve, f"{path}{part}", zone="UTC").status_code for part in ("", "/leave", "/leave/end")} == {404}


def test_who_holds_tickets_is_told_once_that_their_shift_ends(desk: Desk) -> None:
    ana = an_agent(desk)
    ends = now().replace(second=0) + timedelta(minutes=10)
    hours = f"{ends - timedelta(hours=8):%H:%M}-{ends:%H:%M}"
    shifts.change(desk.heed, COMMAND, ana.agent or "", now(), zone="UTC", work=[hours] * 7, breaks=[""] * 7)
    assert shifts.tell_ends(desk.heed, now()) == 0, "nothing to hand over"
    desk.says()
    pulled(desk, ana)
    assert shifts.tell_ends(desk.heed, now() - timedelta(hours=1)) == 0
    assert [shifts.tell_ends(desk.heed, now()) for _ in range(2)] == [1, 0]
    browser = signed_in(desk, ana)
    page = browser.get("/notices").text
    assert "Your shift ends soon" in page
    notice = page.split('href="/notices/')[1].split('"')[0]
    assert browser.get(f"/notices/{notice}").headers["Location"] == "/shift/end"
