"""docs/adding-a-channel.md is true: with one folder, one line and one test, customers are heard and answered.

The toy channel's folder stands under tests/channels/toy; while a test runs it is as if it stood under channels/ and its
name in the one line there.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

import channels
from channels.types import Request
from router import connecting, delivery, desk
from router.model import SYSTEM, Role
from router.store import connections
from router.store.audit import COMMAND
from router.web import create_app
from tests.a_desk import a_browser, a_person
from tests.builders import Desk, an_agent, now
from tests.channels import test_contract
from tests.channels.builders import a_request
from tests.channels.conformance import Case, Conformance, holds
from tests.servers.plain import PlainServer, Told

FOLDER = Path(__file__).parent / "toy"
GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-channel.md"
LETTER = (FOLDER / "pigeon" / "samples" / "letter.json").read_bytes()
READERS_OF_THE_LINE = ("router.connecting", "router.web.settings.connections", "router.web.settings.people")


@contextmanager
def one_line() -> Iterator[None]:
    """Let the toy channel be one of the channels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channels, "CHANNELS", (*channels.CHANNELS, "pigeon"))
        patch.setattr(channels, "__path__", [*channels.__path__, str(FOLDER)])
        for module in READERS_OF_THE_LINE:
            patch.setattr(f"{module}.CHANNELS", channels.CHANNELS)
        yield


@pytest.fixture(autouse=True)
def _one_line() -> Iterator[None]:
    with one_line():
        yield


def posted(body: bytes, secret: str, at: datetime) -> Request:
    """Post a flight of letters as the loft does."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return a_request(body, content_type="application/json", x_pigeon_signature=mac)


class TestConformance(Conformance):
    case = Case(
        channel="pigeon",
        connection=holds("pigeon", "loft_secret", token="t"),
        post=posted,
        unknown=(b'{"letters": [{"type": "parcel", "id": "p-1"}]}',),
    )

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        with one_line():
            super().pytest_generate_tests(metafunc)


class TestEveryAdapter(test_contract.TestEveryAdapter):
    @pytest.fixture
    def channel(self) -> str:
        return "pigeon"


def test_a_letter_becomes_a_ticket_and_the_answer_flies_home(sqlite_desk: Desk) -> None:
    with PlainServer(lambda call: Told(200, b'{"id": "l-5"}')) as loft:
        settings = {"loft_secret": "s3cret-of-the-loft", "token": "tok", "base_url": loft.url}
        made = connecting.add_connection(
            sqlite_desk.heed, COMMAND, SYSTEM, brand_id=sqlite_desk.brand_id, channel="pigeon", name="Loft",
            settings=settings, now=now(),
        )  # fmt: skip
        app = create_app(heed=sqlite_desk.heed)
        flight = posted(LETTER, settings["loft_secret"], now())
        answer = app.test_client().post(f"/hooks/{made.key}", data=LETTER, headers=dict(flight.headers))
        assert answer.status_code == 200
        with sqlite_desk.heed.database.read() as db:
            row = connections.by_id(db, sqlite_desk.heed.vault, made.id)
        assert row is not None
        sqlite_desk.drain(row)
        ana = an_agent(sqlite_desk)
        pulled = desk.pull(sqlite_desk.heed, ana, now())
        assert pulled is not None

        message_id = desk.reply(sqlite_desk.heed, ana, pulled.ticket_id, "We are. What is it?", now())
        delivery.send(sqlite_desk.heed, message_id)

        [call] = loft.calls
        assert (call.path, call.headers["authorization"]) == ("/letters", "Bearer tok")
        assert json.loads(call.body) == {"to": "loft-7", "text": "We are. What is it?"}
        assert sqlite_desk.rows("SELECT external_id, state FROM message WHERE direction = 'outbound'") == [
            ("l-5", "sent")
        ]


def test_its_settings_form_is_made_from_its_own_words(sqlite_desk: Desk) -> None:
    ops = a_person(sqlite_desk.heed, "Olga", role=Role.ADMIN)
    browser = a_browser(create_app(heed=sqlite_desk.heed), sqlite_desk.heed, ops)
    page = browser.get("/settings/connections/new/pigeon").text
    for words in ("Loft secret", "Token", "Pigeon address"):
        assert words in page


def test_the_guide_shows_this_very_adapter() -> None:
    shown = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    adapter = (FOLDER / "pigeon" / "adapter.py").read_text(encoding="utf-8")
    mine = Path(__file__).read_text(encoding="utf-8")
    assert shown
    for block in shown:
        assert block.strip() in adapter or block.strip() in mine, f"the guide shows what is not so:\n{block}"
