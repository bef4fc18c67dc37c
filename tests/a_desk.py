"""A desk for tests: opened on a database of the test's own, with people who can sign in."""

import re
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from router import accounts, equipping, staffing
from router import config as configuration
from router.app import Heed, open_heed
from router.model import Role
from router.store.audit import COMMAND
from router.store.people import AgentRow
from router.web.security import SESSION_KEY

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8000"
NO_BROKER = "redis://127.0.0.1:1/0"  # nothing listens there: every use must do without
KEYS = "k" * 40


def a_heed(database_url: str, data_dir: Path, **environ: str) -> Heed:
    """Return an opened desk with its first brand, on a migrated database."""
    given = {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": KEYS,
        "REDIS_URL": NO_BROKER,
        **environ,
    }
    heed = open_heed(configuration.load(given))
    equipping.ensure_desk(heed, NOON)
    return heed


def a_person(heed: Heed, name: str = "Ana", role: Role = Role.AGENT, **more: object) -> AgentRow:
    """Return a person of the desk."""
    email = f"{name.lower()}@example.com"
    now = datetime.now(UTC)
    staffing.add_person(heed, COMMAND, email=email, name=name, role=role.value, now=now, **more)  # type: ignore[arg-type]
    return staffing.by_email(heed, email)


def a_browser(app: Flask, heed: Heed, who: AgentRow, now: datetime | None = None) -> FlaskClient:
    """Return a browser in which a person is signed in."""
    browser = app.test_client()
    session_id = accounts.open_session(heed, who, "a test", now or datetime.now(UTC), by="password")
    with browser.session_transaction() as session:
        session[SESSION_KEY] = session_id
    return browser


def token_on(page: str) -> str:
    """Return the CSRF token of a page."""
    found = re.search(r'name="csrf[_-]token" (?:value|content)="([^"]+)"', page)
    assert found, "the page has no CSRF token"
    return found.group(1)


def send(browser: FlaskClient, path: str, page: str = "/settings/you", **fields: object) -> object:
    """Post a form as the browser would: with the token of a page and our own origin."""
    token = token_on(browser.get(page).text)
    return browser.post(path, data={"csrf_token": token, **fields}, headers={"Origin": ORIGIN})
