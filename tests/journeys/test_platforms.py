"""Every platform with a local stand-in: a customer writes and sends a picture, an agent answers, the platform gets it.

One desk for all, as one program. What comes in is signed as the platform signs; what goes out is checked by the
stand-in as the platform would.
"""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from router.model import Role
from tests.journeys.inboxes import a_whole_desk
from tests.journeys.outside import Answer, Client, Hook, Program
from tests.journeys.platforms import PNG, Line, Platform, Slack, Twilio, Viber, WithFiles, WithReceipts, X
from tests.journeys.platforms_of_meta import Instagram, Messenger, WhatsApp
from tests.journeys.running import RunningDesk

PLATFORMS: tuple[type[Platform], ...] = (WhatsApp, Messenger, Instagram, Slack, Twilio, Line, Viber, X)
WAIT_S = 2  # seconds that a platform asks for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A whole desk."""
    with a_whole_desk(tmp_path_factory.mktemp("platforms")) as desk:
        yield desk


@pytest.fixture(scope="module")
def sue(desk: RunningDesk) -> Program:
    """A supervisor's program, which may answer any ticket."""
    return desk.program("Sue", Role.SUPERVISOR)


@dataclass(slots=True)
class Way:
    """One platform's connection to the desk."""

    desk: RunningDesk
    sue: Program
    platform: Platform
    hook: Hook
    client: Client

    def posts(self, body: bytes, **changed: str) -> Answer:
        """Let the platform post a body, proven."""
        headers = {"Content-Type": self.platform.kind, **self.platform.proof(body), **changed}
        return self.client.ask("POST", self.hook.path, body, headers)

    def ticket(self) -> str:
        """Return the ticket that the customer's words made."""
        found = "SELECT id FROM ticket WHERE connection_id = :c"
        self.desk.until(lambda: self.desk.rows(found, c=self.hook.id), "the ticket")
        [(ticket_id,)] = self.desk.rows(found, c=self.hook.id)
        return str(ticket_id)

    def answers(self, text: str) -> str:
        """Let Sue answer, and return the message's id."""
        body = json.dumps({"text": text, "keep_open": True}).encode()
        path = f"/api/v1/tickets/{self.ticket()}/replies"
        made = self.client.ask("POST", path, body, self.sue.headers())
        assert made.status == 201, made.body
        return str(made.json["id"])

    def state(self, message_id: str) -> str:
        """Return what is shown of a message of ours."""
        [(state,)] = self.desk.rows("SELECT state FROM message WHERE id = :m", m=message_id)
        return str(state)

    def is_out(self, message_id: str) -> None:
        """Return once the platform has a message."""
        self.desk.until(lambda: self.state(message_id) in ("sent", "delivered", "read"), "the answer to leave")


@pytest.fixture(scope="module", params=PLATFORMS, ids=lambda platform: platform.channel)
def way(request: pytest.FixtureRequest, desk: RunningDesk, sue: Program) -> Iterator[Way]:
    """One platform after the other, each connected to the desk."""
    with ExitStack() as stack:
        platform = request.param(stack.enter_context(request.param.stand_in()))
        hook = desk.hook(platform.channel, **platform.settings())
        platform.url = f"{desk.heed.config.public_url}{hook.path}"
        client = desk.client()
        stack.callback(client.close)
        yield Way(desk, sue, platform, hook, client)


def test_who_cannot_prove_it_is_not_heard(way: Way) -> None:
    body = way.platform.says("Let me in")
    proof = {name: ("1" if value[0] == "0" else "0") + value[1:] for name, value in way.platform.proof(body).items()}
    assert way.posts(body, **proof).status in (401, 403)
    assert way.desk.count("SELECT count(*) FROM inbound_event WHERE connection_id = :c", c=way.hook.id) == 0


def test_a_question_comes_in_once_and_the_answer_goes_out_as_documented(way: Way) -> None:
    body = way.platform.says("Where is my parcel?")
    first, again = way.posts(body), way.posts(body)
    assert (first.status, again.status) == (200, 200)
    assert first.body.endswith(way.platform.answer)

    message_id = way.answers("It comes tomorrow.")
    way.is_out(message_id)

    assert way.platform.sent() == ["It comes tomorrow."]
    [(external_id,)] = way.desk.rows("SELECT external_id FROM message WHERE id = :m", m=message_id)
    assert external_id
    assert way.desk.count("SELECT count(*) FROM ticket WHERE connection_id = :c", c=way.hook.id) == 1
    if isinstance(way.platform, WithReceipts):
        assert way.posts(way.platform.receipt(external_id)).status == 200
        expected = way.platform.receipt_state
        way.desk.until(lambda: way.state(message_id) == expected, "the receipt to show")


@pytest.mark.parametrize(
    "way", [one for one in PLATFORMS if issubclass(one, WithFiles)], indirect=True, ids=lambda one: one.channel
)
def test_a_picture_comes_whole(way: Way) -> None:
    """Where files are at https alone, as at X, the channel's own tests fetch one."""
    assert isinstance(way.platform, WithFiles)
    assert way.posts(way.platform.shows("It came like this")).status == 200
    found = (
        "SELECT a.id, a.state, a.error FROM attachment a JOIN message m ON a.message_id = m.id"
        " WHERE m.connection_id = :c"
    )
    way.desk.until(lambda: way.desk.rows(found, c=way.hook.id), "the picture's message")
    way.desk.until(lambda: way.desk.rows(found, c=way.hook.id)[0][1] != "to_fetch", "the picture to be fetched")
    [(attachment_id, state, error)] = way.desk.rows(found, c=way.hook.id)
    assert (state, error or "") == ("stored", "")
    got = way.client.ask("GET", f"/api/v1/attachments/{attachment_id}", b"", way.sue.headers())
    assert got.body == PNG


def test_asked_to_slow_down_it_waits_as_long_and_sends_once(way: Way) -> None:
    assert way.posts(way.platform.says("How may I pay?")).status == 200
    way.ticket()
    way.platform.slows(WAIT_S)
    began = time.monotonic()
    message_id = way.answers("By any card.")
    way.is_out(message_id)

    assert time.monotonic() - began >= WAIT_S
    assert way.platform.sent().count("By any card.") == 2, "refused, then sent"
    way.desk.until(way.desk.is_caught_up, "nothing to be left")
    assert way.platform.sent().count("By any card.") == 2
