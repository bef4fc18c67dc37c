"""A desk with its web application, on a database of the test's own and without a broker; an agent at her browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from router.app import Heed
from router.model import Scope
from router.web import create_app
from tests.a_desk import a_heed
from tests.builders import Desk, an_agent
from tests.web.browsers import signed_in


@pytest.fixture
def heed(sqlite_url: str, tmp_path: Path) -> Iterator[Heed]:
    """An opened desk."""
    heed = a_heed(sqlite_url, tmp_path)
    yield heed
    heed.notifier.stop()
    heed.database.close()


@pytest.fixture
def app(heed: Heed) -> Flask:
    """The whole application."""
    return create_app(heed=heed)


@pytest.fixture
def at(sqlite_desk: Desk) -> Desk:
    """A new desk, under a name that leaves `desk` to what agents do."""
    return sqlite_desk


@pytest.fixture
def ana(at: Desk) -> Scope:
    """An agent who is here."""
    return an_agent(at)


@pytest.fixture
def browser(at: Desk, ana: Scope) -> FlaskClient:
    """Ana's browser."""
    return signed_in(at, ana)
