"""The schema: one for both databases, refused when it is newer than the release."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from router.store import migrate
from router.store.schema import metadata


def same_on(dialect):
    """Leave out what only one database has: the tables SQLite's text index keeps for itself, PostgreSQL's index."""

    def include(_thing, name, kind, _reflected, _compare_to):
        if kind == "table":
            return not name.startswith("search_index")
        return name != "ix_search_doc_words" or dialect == "postgresql"

    return include


class TestTheSchema:
    def test_is_what_the_migrations_make(self, database):
        with database.read() as db:
            opts = {"compare_type": True, "target_metadata": metadata, "include_object": same_on(db.dialect.name)}
            context = MigrationContext.configure(db, opts=opts)
            assert compare_metadata(context, metadata) == []

    def test_has_an_index_for_every_foreign_key(self, database):
        without = []
        with database.read() as db:
            seen = inspect(db)
            for table in seen.get_table_names():
                begin = [tuple(index["column_names"]) for index in seen.get_indexes(table)]
                begin += [tuple(unique["column_names"]) for unique in seen.get_unique_constraints(table)]
                begin.append(tuple(seen.get_pk_constraint(table)["constrained_columns"]))
                for key in seen.get_foreign_keys(table):
                    columns = tuple(key["constrained_columns"])
                    if not any(index[: len(columns)] == columns for index in begin):
                        without.append(f"{table}.{','.join(columns)}")
        assert without == []


class TestMigrate:
    def test_knows_the_newest_revision_by_heart(self):
        config = Config()
        config.set_main_option("script_location", str(migrate.FOLDER))
        assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]

    def test_changes_nothing_where_there_is_nothing_to_do(self, database):
        assert migrate.migrate(database) == migrate.HEAD
        migrate.check(database)

    def test_refuses_a_newer_schema_and_says_what_to_do(self, database):
        with database.write() as db:
            db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        for refuse in (migrate.migrate, migrate.check):
            with pytest.raises(migrate.SchemaError, match=r"9999.*newer.*start the newer release"):
                refuse(database)

    def test_asks_for_a_migration_where_the_schema_is_older(self, database):
        with database.write() as db:
            db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        with pytest.raises(migrate.SchemaError, match="run `python -m router migrate`"):
            migrate.check(database)
