"""People by CSV: looked at first, wrong cells named by line and column, written whole or not at all, twice the same."""

import csv
import io

import pytest

from router import people_csv, shifts, staffing
from router.accounts import SignedIn
from router.mistakes import Mistake
from router.model import Role
from router.people_csv import reading
from router.store import people
from router.store.audit import Actor
from tests.builders import a_brand, a_skill, an_agent, now

LOCALES = ("en", "ur")


@pytest.fixture
def me(desk):
    a_skill(desk, "billing")
    scope = an_agent(desk, "Ada", role=Role.ADMIN, presence=None)
    with desk.heed.database.read() as db:
        who = people.by_id(db, scope.agent)
    return SignedIn(who, scope, Actor("agent", who.id), "session")


def plan(desk, me, sheet):
    return people_csv.plan_of(desk.heed, me, sheet, LOCALES)


def carry_out(desk, me, sheet):
    return people_csv.carry_out(desk.heed, me, sheet, LOCALES, plan(desk, me, sheet).mark, now())


def wrong(desk, me, sheet):
    return [(problem.line, problem.column) for problem in plan(desk, me, sheet).problems]


def held(desk, me):
    return {line.agent.name: line for line in staffing.everyone(desk.heed, me.scope)}


def test_a_sheet_is_planned_then_written_and_changes_nothing_the_second_time(desk, me):
    an_agent(desk, "Bo", skills={"en": 2, "billing": 1})
    bo = next(line.agent.email for line in held(desk, me).values() if line.agent.name == "Bo")
    sheet = (
        "email;name;role;skills;slots;zone;locale;active\n"
        "EVA@example.com;Eva Ahmed;supervisor;Billing=4, en=5;live=2;Asia/Karachi;ur;\n"
        f"{bo};;;en=3;;;;no\n"
    )
    looked = plan(desk, me, sheet)
    assert looked.counts == {"new": 1, "changed": 1, "same": 0} and "Eva Ahmed" not in held(desk, me)
    changes = {step.becomes.name: {column: after for column, _, after in step.fields} for step in looked.steps}
    assert changes["Bo"] == {"skills": "en=3", "active": "no"}

    done = carry_out(desk, me, sheet)
    [(email, name, link)] = done.links
    assert (email, name) == ("eva@example.com", "Eva Ahmed") and "/login/link/" in link
    now_there = held(desk, me)
    eva, off = now_there["Eva Ahmed"], now_there["Bo"]
    assert (eva.agent.role, dict(eva.skills), dict(eva.slots)) == ("supervisor", {"billing": 4, "en": 5}, {"live": 2})
    assert (eva.agent.zone, eva.agent.locale, eva.brands) == ("Asia/Karachi", "ur", {desk.brand_id})
    assert dict(off.skills) == {"en": 3} and not off.agent.active
    acts = desk.rows("SELECT act FROM audit_event WHERE act LIKE 'p%' ORDER BY seq")
    assert acts[-3:] == [("person added",), ("person changed",), ("people imported",)]

    again = carry_out(desk, me, sheet)
    assert again.plan.counts == {"new": 0, "changed": 0, "same": 2} and again.links == ()
    whole = people_csv.exported(desk.heed, me.scope)
    assert plan(desk, me, whole).counts == {"new": 0, "changed": 0, "same": 3}, "an export says how things are"
    assert plan(desk, me, people_csv.template()).counts["new"] == 1


def test_everything_wrong_is_said_at_once_and_nothing_is_written(desk, me):
    sheet = (
        "email,role,brands,skills,slots,zone,locale,active\n"
        "not-an-address,agent,,,,,,\n"
        "a@example.com,agnt,main,,,,,\n"
        "b@example.com,,other,biling=4,,,,\n"
        "c@example.com,,none,en=7,life=3,Karachi,de,maybe\n"
        "c@example.com,,,,,,,\n"
        "d@example.com,,,en,live=99,,,\n"
        f"{me.agent.email},agent,,,,,,no\n"
        "e@example.com,agent,main,,,,,,,,more\n"
    )
    found = plan(desk, me, sheet)
    assert [(p.line, p.column) for p in found.problems] == [
        (2, "email"), (3, "role"), (4, "brands"), (4, "skills"), (5, "active"), (5, "brands"), (5, "locale"),
        (5, "skills"), (5, "slots"), (5, "zone"), (6, "email"), (7, "skills"), (7, "slots"), (8, "active"), (8, "role"),
        (9, ""),
    ]  # fmt: skip
    meant = {(p.line, p.column): p.meant for p in found.problems if p.meant}
    assert meant == {(3, "role"): "agent", (4, "skills"): "billing"}
    assert "line 5" in next(p.says for p in found.problems if (p.line, p.column) == (6, "email"))
    assert found.steps == () and set(held(desk, me)) == {"Ada"}
    with pytest.raises(Mistake):
        people_csv.carry_out(desk.heed, me, sheet, LOCALES, "", now())


def test_sites_go_both_ways_and_new_ones_are_told(desk, me):
    first = "email,name,zone,site\nx@example.com,Xu,Asia/Karachi,Lahore\ny@example.com,Yo,Europe/Oslo, lahore \n"
    assert plan(desk, me, first).new_sites == (("Lahore", ""),)
    carry_out(desk, me, first)
    assert plan(desk, me, first).counts["same"] == 2, "large and small letters make no other site"
    assert "Asia/Karachi,Lahore," in people_csv.exported(desk.heed, me.scope)
    assert plan(desk, me, "email,site\nx@example.com,Lahor\n").new_sites == (("Lahor", "Lahore"),), "asked, not refused"
    both_new = plan(desk, me, "email,site\nx@example.com,Sialkot\ny@example.com,Sialkott\n")
    assert both_new.new_sites == (("Sialkot", ""), ("Sialkott", "Sialkot")), "of two new ones, too"
    assert wrong(desk, me, f"email,site\nx@example.com,{'x' * 61}\n") == [(2, "site")]

    moved = carry_out(desk, me, "email,site\nx@example.com,Oslo\ny@example.com,none\n")
    assert moved.plan.new_sites == (("Oslo", ""),)
    assert [step.fields for step in moved.plan.steps] == [(("site", "Lahore", "Oslo"),), (("site", "Lahore", "none"),)]
    assert shifts.sites_of(desk.heed, me.scope) == ["Oslo"]


def test_a_sheet_that_is_none_is_refused(desk, me):
    assert wrong(desk, me, "") == wrong(desk, me, b"\xff\x00\xfa") == wrong(desk, me, 'email\n"open') == [(0, "")]
    assert wrong(desk, me, "name,role\nx,y\n") == [(1, "")]
    assert wrong(desk, me, "email,shoe size,email\n") == [(1, "email"), (1, "email"), (1, "shoe size")]
    assert wrong(desk, me, "email\n" + "x@example.com\n" * (reading.MOST_LINES + 1)) == [(0, "")]
    assert plan(desk, me, "\ufeffemail\tname\r\nx@example.com\tXu\r\n".encode("utf-16")).counts["new"] == 1


def test_what_changed_meanwhile_is_looked_at_again(desk, me):
    sheet = "email,name\nx@example.com,Xu\n"
    mark = plan(desk, me, sheet).mark
    carry_out(desk, me, sheet)
    with pytest.raises(Mistake, match="changed since"):
        people_csv.carry_out(desk.heed, me, sheet, LOCALES, mark, now())


def test_the_last_admin_stays_and_walls_hold(desk, me):
    other = a_brand(desk, "other")
    an_agent(desk, "Theo", brands=(other,))
    both = an_agent(desk, "Both", brands=(desk.brand_id, other))
    emails = dict(desk.rows("SELECT name, email FROM agent"))
    with desk.heed.database.read() as db:
        boss = people.by_id(db, both.agent)
    as_boss = SignedIn(boss, an_agent(desk, "Boss", role=Role.ADMIN), Actor("agent", boss.id), "s")
    desk.do("UPDATE agent SET active = :no WHERE name = 'Boss'", no=False)
    assert wrong(desk, as_boss, f"email,role\n{me.agent.email},agent\n") == [(2, "role")], "the only admin"
    assert wrong(desk, me, f"email,name\n{emails['Theo']},Mine\n") == [(2, "email")]
    assert wrong(desk, me, "email,brands\nx@example.com,other\n") == [(2, "brands")]
    assert "Theo" not in people_csv.exported(desk.heed, me.scope)
    carry_out(desk, me, f"email,brands,name\n{emails['Both']},main,Both of us\n")
    assert held(desk, me)["Both of us"].brands == {desk.brand_id, other}, "a brand out of sight stays"


@pytest.mark.parametrize("risky", ["=1+1", "+44", "-x", "@sum", "=HYPERLINK(1)"])
def test_no_cell_is_a_formula_and_none_is_changed_by_a_round_trip(risky):
    [[out]] = list(csv.reader(io.StringIO(people_csv.sheet([[risky]]))))
    assert out == f"'{risky}" and reading.plain(out) == risky
    assert reading.plain(people_csv.cell("O'Hara")) == "O'Hara" and reading.plain("'quoted'") == "'quoted'"
