"""Signing in: passwords, links that work once, sessions that end, tokens worth no more than their owner."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from router import accounts, staffing, tokens
from router.accounts import SESSION_IDLE, SESSION_LASTS, SignedIn
from router.app import Heed
from router.mistakes import Mistake
from router.model import SYSTEM, Presence, Role
from router.presence import current
from router.store import audit, people
from router.store.audit import COMMAND
from router.tokens import TokenRefused
from tests.a_desk import NOON, a_heed, a_person

PASSWORD = "correct horse battery"


@pytest.fixture
def heed(sqlite_url: str, tmp_path: Path) -> Iterator[Heed]:
    heed = a_heed(sqlite_url, tmp_path)
    yield heed
    heed.database.close()


def session_of(heed: Heed, name: str = "Ana", role: Role = Role.AGENT) -> tuple[str, SignedIn]:
    session_id = accounts.open_session(heed, a_person(heed, name, role), "browser", NOON, by="link")
    me = accounts.scope_of_session(heed, session_id, NOON)
    assert me is not None
    return session_id, me


class TestPassword:
    def test_signs_in_with_the_right_one_only(self, heed: Heed) -> None:
        _, me = session_of(heed)
        accounts.set_password(heed, me, PASSWORD, NOON, old=None)
        assert accounts.sign_in(heed, " ANA@example.com ", PASSWORD, NOON) == me.agent
        assert accounts.sign_in(heed, "ana@example.com", "wrong password", NOON) is None

    def test_takes_as_long_for_an_address_nobody_has(self, heed: Heed) -> None:
        _, me = session_of(heed)
        accounts.set_password(heed, me, PASSWORD, NOON, old=None)
        accounts.sign_in(heed, "warm@example.com", "up", NOON)
        began = time.process_time()
        accounts.sign_in(heed, "ana@example.com", "wrong password", NOON)
        known_s = time.process_time() - began
        began = time.process_time()
        assert accounts.sign_in(heed, "nobody@example.com", "wrong password", NOON) is None
        assert time.process_time() - began > known_s / 4  # without a hash it would be a hundredth

    @pytest.mark.parametrize(("length", "fits"), [(9, False), (10, True), (1000, True), (1001, False)])
    def test_has_a_length_and_no_other_rule(self, heed: Heed, length: int, fits: bool) -> None:
        _, me = session_of(heed)
        if fits:
            accounts.set_password(heed, me, "a" * length, NOON, old=None)
        else:
            with pytest.raises(Mistake, match="characters"):
                accounts.set_password(heed, me, "a" * length, NOON, old=None)

    def test_needs_the_old_one_once_there_is_one(self, heed: Heed) -> None:
        _, me = session_of(heed)
        accounts.set_password(heed, me, PASSWORD, NOON, old=None)
        with pytest.raises(Mistake, match="current password"):
            accounts.set_password(heed, me, PASSWORD + "!", NOON, old="guess")

    def test_ends_every_other_session(self, heed: Heed) -> None:
        session_id, me = session_of(heed)
        other = accounts.open_session(heed, me.agent, "phone", NOON, by="link")
        accounts.set_password(heed, me, PASSWORD, NOON, old=None)
        assert accounts.scope_of_session(heed, other, NOON) is None
        assert accounts.scope_of_session(heed, session_id, NOON) is not None


class TestLink:
    def test_works_once(self, heed: Heed) -> None:
        who, token = a_link(heed)
        assert accounts.link_holds(heed, token, NOON)
        assert accounts.use_link(heed, token, NOON) == who
        assert accounts.use_link(heed, token, NOON) is None

    @pytest.mark.parametrize(
        ("after", "works"), [(timedelta(hours=23, minutes=59), True), (timedelta(hours=24), False)]
    )
    def test_works_for_a_day(self, heed: Heed, after: timedelta, works: bool) -> None:
        _, token = a_link(heed)
        assert (accounts.use_link(heed, token, NOON + after) is not None) is works

    def test_a_newer_one_ends_it(self, heed: Heed) -> None:
        who, token = a_link(heed)
        accounts.sign_in_link(heed, who.id, NOON)
        assert accounts.use_link(heed, token, NOON) is None

    def test_the_first_makes_an_admin_and_holds_ten_minutes(self, heed: Heed) -> None:
        token = accounts.first_sign_in_link(heed, NOON).rpartition("/")[2]
        assert not accounts.link_holds(heed, token, NOON + timedelta(minutes=10))
        admin = accounts.use_link(heed, token, NOON + timedelta(minutes=9))
        assert admin is not None and admin.role is Role.ADMIN
        again = accounts.first_sign_in_link(heed, NOON).rpartition("/")[2]
        assert accounts.use_link(heed, again, NOON) == admin

    def test_the_first_admin_speaks_the_brands_language(self, heed: Heed) -> None:
        accounts.first_sign_in_link(heed, NOON)
        [line] = staffing.everyone(heed, SYSTEM)
        assert (line.agent.role, line.skills) == (Role.ADMIN, {"en": 3})


class TestSession:
    def test_sees_the_brands_of_its_person(self, heed: Heed) -> None:
        _, me = session_of(heed)
        with heed.database.read() as db:
            assert me.scope.brands == people.brands_of(db, me.agent.id)
        assert me.scope.role is Role.AGENT and me.scope.agent == me.agent.id

    def test_ends_when_idle_and_absolutely(self, heed: Heed) -> None:
        session_id, _ = session_of(heed)
        assert accounts.scope_of_session(heed, session_id, NOON + SESSION_IDLE) is not None
        idle, _ = session_of(heed, "Bo")
        assert accounts.scope_of_session(heed, idle, NOON + SESSION_IDLE + timedelta(seconds=1)) is None
        moment = NOON
        while moment < NOON + SESSION_LASTS - SESSION_IDLE:
            moment += SESSION_IDLE
            assert accounts.scope_of_session(heed, session_id, moment) is not None
        assert accounts.scope_of_session(heed, session_id, NOON + SESSION_LASTS) is None

    def test_sign_out_everywhere(self, heed: Heed) -> None:
        session_id, me = session_of(heed)
        other = accounts.open_session(heed, me.agent, "phone", NOON, by="link")
        accounts.sign_out_everywhere(heed, me, NOON)
        assert accounts.scope_of_session(heed, session_id, NOON) is None
        assert accounts.scope_of_session(heed, other, NOON) is None

    def test_renewing_gives_another_id_and_ends_the_old_one(self, heed: Heed) -> None:
        session_id, me = session_of(heed)
        fresh = accounts.renew_session(heed, me, "browser", NOON)
        assert accounts.scope_of_session(heed, session_id, NOON) is None
        assert accounts.scope_of_session(heed, fresh, NOON) is not None

    def test_nobody_has_an_id_that_was_never_given(self, heed: Heed) -> None:
        assert accounts.scope_of_session(heed, "guess", NOON) is None
        assert accounts.scope_of_session(heed, "\ud800", NOON) is None


class TestSwitchingOff:
    def test_ends_sessions_tokens_links_and_presence(self, heed: Heed) -> None:
        session_id, me = session_of(heed)
        token = tokens.create_token(heed, COMMAND, me.agent, NOON)
        link = accounts.sign_in_link(heed, me.agent.id, NOON).rpartition("/")[2]
        staffing.switch_off(heed, COMMAND, me.agent.id, NOON)
        assert accounts.scope_of_session(heed, session_id, NOON) is None
        assert accounts.use_link(heed, link, NOON) is None
        with pytest.raises(TokenRefused):
            tokens.scope_of_token(heed, token, "tickets:read", NOON)
        with heed.database.read() as db:
            assert current(db, me.agent.id)[0] is Presence.OFFLINE

    def test_keeps_the_last_admin(self, heed: Heed) -> None:
        boss = a_person(heed, "Boss", Role.ADMIN)
        with pytest.raises(Mistake, match="only admin"):
            staffing.switch_off(heed, COMMAND, boss.id, NOON)

    def test_another_role_ends_the_sessions_made_for_the_first(self, heed: Heed) -> None:
        session_id, me = session_of(heed)
        change = {"name": "Ana", "brands": me.scope.brands, "channels": [], "slots": {}}
        staffing.change_person(heed, COMMAND, me.agent.id, NOON, role="ops", **change)  # type: ignore[arg-type]
        assert accounts.scope_of_session(heed, session_id, NOON) is None


class TestToken:
    def test_opens_its_scopes_only(self, heed: Heed) -> None:
        who = a_person(heed)
        token = tokens.create_token(heed, COMMAND, who, NOON, scopes=["tickets:read"])
        assert tokens.scope_of_token(heed, token, "tickets:read", NOON).agent == who
        with pytest.raises(TokenRefused) as refused:
            tokens.scope_of_token(heed, token, "tickets:write", NOON)
        assert refused.value.known

    def test_is_never_made_above_its_owner(self, heed: Heed) -> None:
        with pytest.raises(Mistake, match="needs the role ops"):
            tokens.create_token(heed, COMMAND, a_person(heed), NOON, scopes=["rules:write"])

    def test_shrinks_with_its_owner(self, heed: Heed) -> None:
        who = a_person(heed, "Olga", Role.OPS)
        token = tokens.create_token(heed, COMMAND, who, NOON, scopes=["rules:write"])
        assert tokens.scope_of_token(heed, token, "rules:write", NOON)
        with heed.database.write() as db:
            people.set_role(db, who.id, Role.AGENT)
            people.grant_brands(db, who.id, [])
        with pytest.raises(TokenRefused):
            tokens.scope_of_token(heed, token, "rules:write", NOON)
        assert not tokens.scope_of_token(heed, token, "", NOON).scope.brands

    def test_ends_with_its_days(self, heed: Heed) -> None:
        token = tokens.create_token(heed, COMMAND, a_person(heed), NOON, days=1)
        assert tokens.scope_of_token(heed, token, "tickets:read", NOON + timedelta(hours=23))
        with pytest.raises(TokenRefused):
            tokens.scope_of_token(heed, token, "tickets:read", NOON + timedelta(hours=24))


def test_the_store_holds_no_secret_that_was_shown(heed: Heed, sqlite_url: str) -> None:
    session_id, me = session_of(heed)
    link = accounts.sign_in_link(heed, me.agent.id, NOON).rpartition("/")[2]
    token = tokens.create_token(heed, COMMAND, me.agent, NOON)
    accounts.set_password(heed, me, PASSWORD, NOON, old=None)
    heed.database.close()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    stored = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    for shown in (session_id, link, token, PASSWORD):
        assert shown.encode() not in stored


def test_what_people_do_is_on_the_trail_and_the_trail_is_whole(heed: Heed) -> None:
    _, me = session_of(heed)
    tokens.create_token(heed, me.actor, me.agent, NOON)
    with heed.database.read() as db:
        assert {"person added", "signed in", "token created"} <= {act for _, act, _ in audit.acts(db)}
        assert audit.first_broken(db) is None


def a_link(heed: Heed) -> tuple[people.AgentRow, str]:
    who = a_person(heed)
    return who, accounts.sign_in_link(heed, who.id, NOON).rpartition("/")[2]
