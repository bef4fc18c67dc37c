"""A desk with its web application, on a database of the test's own and without a broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from router.app import Heed
from router.web import create_app
from tests.a_desk import a_heed


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
