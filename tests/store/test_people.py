"""People, the trail and connections as the store keeps them, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from router.model import SYSTEM, Role
from router.store import audit, connections, desk, people, signin
from router.store.audit import COMMAND
from router.store.connections import KnownConnections
from router.store.db import Database
from router.store.schema import agent_skill, audit_event, connection_setting
from router.vault import open_vault

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
VAULT = open_vault(["k" * 40])


def a_brand(database: Database) -> str:
    with database.write() as db:
        return desk.add_brand(db, key="main", name="Main", language="en", zone="UTC", now=NOON)


def an_agent(database: Database, email: str = "ana@example.com") -> str:
    with database.write() as db:
        return people.add(db, email=email, name="Ana", role=Role.AGENT, zone="UTC", locale="en", now=NOON)


class TestHistory:
    def test_a_changed_level_ends_a_row_and_begins_another(self, database: Database) -> None:
        agent_id = an_agent(database)
        with database.write() as db:
            desk.put_skill(db, key="billing", label="Billing", is_language=False, now=NOON)
            for minutes, level in enumerate((3, 3, 5, 0)):
                people.put_skills(db, agent_id, {"billing": level}, NOON + timedelta(minutes=minutes))
            rows = db.execute(select(agent_skill).order_by(agent_skill.c.valid_from)).all()
            assert people.skills(db, agent_id) == {}
        assert [(row.level, row.valid_to) for row in rows] == [
            (3, NOON + timedelta(minutes=2)),
            (5, NOON + timedelta(minutes=3)),
        ]

    def test_slots_of_zero_are_not_the_usual_number(self, database: Database) -> None:
        agent_id = an_agent(database)
        with database.write() as db:
            desk.put_work_class(db, desk.WorkClassRow("mail", "Mail", "mail", 60, True, 1))
            people.put_slots(db, agent_id, {"mail": 0}, NOON)
            assert people.slots(db, agent_id) == {agent_id: {"mail": 0}}
            people.put_slots(db, agent_id, {"mail": None}, NOON)
            assert people.slots(db, agent_id) == {}

    def test_channels_named_are_the_only_ones(self, database: Database) -> None:
        agent_id = an_agent(database)
        with database.write() as db:
            people.put_channels(db, agent_id, ["email", "api"], NOON)
            people.put_channels(db, agent_id, ["email"], NOON)
            assert people.channels(db) == {agent_id: frozenset({"email"})}


class TestLink:
    def test_of_two_at_once_one_is_used(self, database: Database) -> None:
        agent_id = an_agent(database)
        with database.write() as db:
            signin.add_link(db, hashed="h", agent_id=agent_id, now=NOON, until=NOON + timedelta(hours=1))
        with database.write() as db:
            assert signin.use_link(db, "h", NOON) == agent_id
            assert signin.use_link(db, "h", NOON) is None


class TestTrail:
    def written(self, database: Database) -> None:
        with database.write() as db:
            for number in range(3):
                audit.append(db, COMMAND, f"act {number}", "desk", NOON, change={"n": number})

    def test_is_whole_when_nobody_touched_it(self, database: Database) -> None:
        self.written(database)
        with database.read() as db:
            assert audit.first_broken(db) is None
            assert [act for _, act, _ in audit.acts(db)] == ["act 0", "act 1", "act 2"]

    @pytest.mark.parametrize("column", ["act", "object", "change", "actor_id"])
    def test_shows_which_line_was_changed(self, database: Database, column: str) -> None:
        self.written(database)
        with database.write() as db:
            db.execute(update(audit_event).where(audit_event.c.seq == 2).values({column: "another"}))
            assert audit.first_broken(db) == 2

    def test_shows_that_a_line_is_missing(self, database: Database) -> None:
        self.written(database)
        with database.write() as db:
            db.execute(audit_event.delete().where(audit_event.c.seq == 2))
            assert audit.first_broken(db) == 3


class TestConnections:
    def made(self, database: Database) -> str:
        brand_id = a_brand(database)
        with database.write() as db:
            connection_id = connections.add(
                db, brand_id=brand_id, key="k1", channel="telegram", name="Bot", queue_id=None, now=NOON
            )
            kept = {"bot_token": "t0ken", "base_url": ""}
            connections.put_settings(db, VAULT, connection_id, kept, frozenset({"bot_token"}), NOON)
            connections.add_secret(db, VAULT, connection_id, "first", NOON)
        return connection_id

    def test_open_what_is_sealed(self, database: Database) -> None:
        self.made(database)
        with database.read() as db:
            row = connections.by_key(db, VAULT, "k1")
            assert row is not None
            assert row.connection.setting("bot_token") == "t0ken"
            assert row.connection.secrets == ("first",)
            assert connections.seen_by(db, VAULT, SYSTEM) == [row]

    def test_have_two_secrets_at_most_the_newest_first(self, database: Database) -> None:
        connection_id = self.made(database)
        with database.write() as db:
            for number, secret in enumerate(("second", "third"), 1):
                connections.add_secret(db, VAULT, connection_id, secret, NOON + timedelta(minutes=number))
        with database.write() as db:
            row = connections.by_id(db, VAULT, connection_id)
            assert row is not None and row.connection.secrets == ("third", "second")
            assert connections.retire_old_secrets(db, connection_id, NOON) == 1
            row = connections.by_id(db, VAULT, connection_id)
            assert row is not None and row.connection.secrets == ("third",)

    def test_keep_the_time_of_a_replaced_secret_and_not_its_value(self, database: Database) -> None:
        connection_id = self.made(database)
        with database.write() as db:
            later = NOON + timedelta(days=1)
            connections.put_settings(db, VAULT, connection_id, {"bot_token": "new"}, frozenset({"bot_token"}), later)
            table = connection_setting
            ended = db.execute(select(table).where(table.c.valid_to.is_not(None))).one()
        assert ended.valid_to == later and ended.sealed is None

    def test_are_sealed_anew_with_the_first_key(self, database: Database) -> None:
        connection_id = self.made(database)
        both, new = open_vault(["n" * 40, "k" * 40]), open_vault(["n" * 40])
        with database.write() as db:
            assert connections.reseal(db, both) == 2
            assert connections.reseal(db, both) == 0
            row = connections.by_id(db, new, connection_id)
            assert row is not None and row.connection.setting("bot_token") == "t0ken"

    def test_are_remembered_for_a_moment(self, database: Database) -> None:
        connection_id = self.made(database)
        known = KnownConnections(database, VAULT)
        assert known.by_key("k1") is not None and known.by_key("nobody") is None
        with database.write() as db:
            connections.set_active(db, connection_id, False, NOON)
        kept = known.by_key("k1")
        assert kept is not None and kept.active
        known.forget()
        fresh = known.by_key("k1")
        assert fresh is not None and not fresh.active
