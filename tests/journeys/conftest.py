"""Databases for desks of real processes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.running import RunningDesk, a_running_desk
from tests.servers.databases import Databases
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Callable[[str, Path], str]:
    """Return DATABASE_URL of an empty, migrated database: `sqlite` in a folder, `postgres` on the session's server."""

    def make(kind: str, folder: Path) -> str:
        if kind == "sqlite":
            shutil.copyfile(request.getfixturevalue("_migrated_sqlite"), folder / "heed.db")
            return f"sqlite:///{folder / 'heed.db'}"
        server: Postgres = request.getfixturevalue("postgres_server")
        databases: Databases = request.getfixturevalue("_databases")
        return server.url(databases.take())

    return make


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def busy_desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[str, Path], str]
) -> Iterator[RunningDesk]:
    """A desk that takes messages, for all tests of a module on one kind of database; each leaves it running."""
    folder = tmp_path_factory.mktemp("desk")
    with a_running_desk(folder, new_database(request.param, folder)) as desk:
        desk.start("valkey", "web", "intake", "clock")
        yield desk


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def desk(
    request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[str, Path], str]
) -> Iterator[RunningDesk]:
    """A desk of which nothing runs yet. The test runs once on each kind of database."""
    with a_running_desk(tmp_path, new_database(request.param, tmp_path)) as desk:
        yield desk
