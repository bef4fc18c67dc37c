"""Databases for desks of real processes."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.journeys.running import RunningDesk, a_running_desk
from tests.servers.postgres import Postgres

NUMBER = count()


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Callable[[str, Path], str]:
    """Return DATABASE_URL of a new, empty database: `sqlite` in a folder, or `postgres` on the session's server."""

    def make(kind: str, folder: Path) -> str:
        if kind == "sqlite":
            return f"sqlite:///{folder / 'heed.db'}"
        server: Postgres = request.getfixturevalue("postgres_server")
        name = f"journey_{next(NUMBER)}"
        with psycopg.connect(host=str(server.folder), user="heed", dbname="postgres", autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}".encode())
        return server.url(name)

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
