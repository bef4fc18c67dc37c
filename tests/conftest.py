"""Fixtures of the whole suite: real servers, started once for each test process and ended with it."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

import channels
from router.store.db import Database, open_database
from router.store.migrate import migrate
from tests import compiling, tools, unsynced
from tests.builders import Desk, a_desk
from tests.servers import free_port
from tests.servers.chromium import running_browser
from tests.servers.databases import Databases
from tests.servers.postgres import NoPostgres, Postgres, running_postgres
from tests.servers.valkey import empty, running_valkey

compiling.once()
unsynced.here()
gc.disable()  # until all tests are read: what is read stays

# Nothing is timed; in CI examples are the same each time, so that what is red there is red everywhere.
settings.register_profile("heed", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("heed")


def missing(reason: str) -> None:
    """Skip this test and say why; with CI set, where nothing may be missing, fail it."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the journeys: their few files take longest, and no test process is to wait for one at the end."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Look for garbage from here on: less often than Python does, and never among what was read before the first test.

    A test process holds a million objects that stay; looking through them again and again takes a seventh of its CPU.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


@pytest.fixture(autouse=True)
def _the_channels_there_are() -> Iterator[None]:
    """Channels that a test adds are gone after it."""
    before = channels.CHANNELS
    yield
    channels.CHANNELS = before


@pytest.fixture
def port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    return free_port()


@pytest.fixture(scope="session")
def _valkey_server() -> Iterator[str]:
    with running_valkey() as url:
        yield url


@pytest.fixture
def valkey(_valkey_server: str) -> str:
    """REDIS_URL of an empty Valkey."""
    empty(_valkey_server)
    return _valkey_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    try:
        with running_postgres() as server:
            yield server
    except NoPostgres as error:
        missing(f"PostgreSQL cannot run here: {error}")


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    with closing(open_database(f"sqlite:///{path}")) as database:
        migrate(database)
    return path


@pytest.fixture(scope="session")
def _databases(postgres_server: Postgres) -> Iterator[Databases]:
    with closing(Databases(postgres_server)) as databases:
        with closing(open_database(postgres_server.url(databases.template()))) as database:
            migrate(database)
        yield databases


@pytest.fixture
def sqlite_url(tmp_path: Path, _migrated_sqlite: Path) -> str:
    """DATABASE_URL of a SQLite file with an empty, migrated schema."""
    path = tmp_path / "heed.db"
    shutil.copyfile(_migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: Postgres, _databases: Databases) -> Iterator[str]:
    """DATABASE_URL of a PostgreSQL database with an empty, migrated schema."""
    name = _databases.take()
    yield postgres_server.url(name)
    _databases.give_back(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """DATABASE_URL with an empty, migrated schema; the test runs once on each kind of database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with an empty, migrated schema; the test runs once on each kind of database."""
    with closing(open_database(database_url)) as database:
        yield database


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """An open SQLite database with an empty, migrated schema, for tests that ask nothing of the dialect."""
    with closing(open_database(sqlite_url)) as database:
        yield database


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A new desk; its broker is away. The test runs once on each kind of database."""
    with a_desk(database_url, tmp_path) as desk:
        yield desk


@pytest.fixture
def sqlite_desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A new desk on SQLite, its broker away, for tests that ask nothing of the dialect."""
    with a_desk(sqlite_url, tmp_path) as desk:
        yield desk


@pytest.fixture(scope="session")
def need() -> Callable[[str], Path]:
    """Return where a program is that pip cannot install (chromium, dovecot); without it the test is skipped."""

    def find(name: str) -> Path:
        path = tools.find(name)
        if path is None:
            missing(f"{name} is not here: “python -m tests.tools” gets it, or says why it cannot.")
        assert path is not None
        return path

    return find


@pytest.fixture(scope="session")
def browser(need: Callable[[str], Path]) -> Iterator[Browser]:
    """A running Chromium; a test opens a context of its own with `browser.new_context()`."""
    with running_browser(need("chromium")) as browser:
        yield browser
