"""A desk with a chat of a site on it, the whole application, and a visitor at its page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from router.store.connections import ConnectionRow
from router.web import create_app
from tests.builders import Desk, a_connection_row
from tests.web.chat.visitors import Visitor, a_chat


@pytest.fixture
def chat(at: Desk) -> ConnectionRow:
    """A chat of a site that signs its customers."""
    return a_chat(at)


@pytest.fixture
def mailbox(at: Desk) -> ConnectionRow:
    """A mailbox that answers can leave by."""
    return a_connection_row(at, "email", settings={"smtp_host": "127.0.0.1"})


@pytest.fixture
def app(at: Desk) -> Flask:
    """The whole application."""
    return create_app(heed=at.heed)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser of somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def visitor(at: Desk, chat: ConnectionRow, browser: FlaskClient) -> Visitor:
    """A visitor without a word yet."""
    return Visitor(at, chat, browser)
