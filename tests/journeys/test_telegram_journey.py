"""Telegram with a local Bot API: updates in by the webhook, files fetched, answers out, and what Telegram refuses."""

import json
import time
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.inboxes import LIVE_MS, a_whole_desk, an_inbox, answer, pull_until, resolve, shows, until
from tests.journeys.outside import Client, Hook
from tests.journeys.running import RunningDesk
from tests.servers.telegram import TOKEN, TelegramServer

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
NUMBER = count(101)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def bot() -> Iterator[TelegramServer]:
    """A Bot API."""
    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A whole desk."""
    with a_whole_desk(tmp_path_factory.mktemp("telegram")) as desk:
        yield desk


@pytest.fixture(scope="module")
def hook(desk: RunningDesk, bot: TelegramServer) -> Hook:
    """The desk's bot, whose webhook the desk has set itself."""
    hook = desk.hook("telegram", bot_token=TOKEN, base_url=bot.url)
    assert bot.webhook["url"] == f"{desk.heed.config.public_url}{hook.path}"
    return hook


@pytest.fixture(scope="module")
def ana(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    """Ana at her browser."""
    with an_inbox(browser, desk, "Ana") as page:
        yield page


def tells(desk: RunningDesk, hook: Hook, who: int, number: int, kind: str = "message", **said: object) -> None:
    """Let Telegram post an update about one message of a customer."""
    person = {"id": who, "is_bot": False, "first_name": "Ana", "last_name": "Ruiz"}
    chat = {"id": who, "type": "private"}
    body = json.dumps(
        {
            "update_id": next(NUMBER),
            kind: {"message_id": number, "from": person, "chat": chat, "date": 1_760_000_000, **said},
        }
    ).encode()
    client = Client(desk.port)
    assert client.ask("POST", hook.path, body, hook.headers(body)).status == 200
    client.close()


def sent(bot: TelegramServer, text: str) -> list[dict[str, object]]:
    """Return the parameters with which a text was sent."""
    return [call.params for call in list(bot.called("sendMessage")) if call.params["text"] == text]


def test_a_photo_comes_in_and_the_answer_goes_out_under_it(
    desk: RunningDesk, hook: Hook, bot: TelegramServer, ana: Page
) -> None:
    bot.files["photo-1"] = PNG
    size = {"file_unique_id": "u", "width": 1, "height": 1, "file_size": len(PNG)}
    tells(desk, hook, 501, 7, caption="It came like this", photo=[{"file_id": "photo-1", **size}])
    desk.until(lambda: desk.count("SELECT count(*) FROM attachment WHERE state = 'stored'"), "the photo to be fetched")

    pull_until(ana, "It came like this")
    picture = ana.wait_for_selector(".line .picture img")
    assert picture is not None
    until(lambda: picture.evaluate("img => img.complete && img.naturalWidth") == 1, "the photo to be seen")
    answer(ana, "Oh dear. A new one is on its way.")

    until(lambda: sent(bot, "Oh dear. A new one is on its way."), "the answer")
    [params] = sent(bot, "Oh dear. A new one is on its way.")
    assert params["chat_id"] == 501
    assert params["reply_parameters"] == {"message_id": 7, "allow_sending_without_reply": True}
    ana.wait_for_selector('.line.us .sent-state:has-text("sent")', timeout=LIVE_MS)
    tells(desk, hook, 501, 9, text="Thank you so much")
    shows(ana, "Thank you so much", ":not(.us)")
    resolve(ana)


def test_a_wrong_secret_is_refused(desk: RunningDesk, hook: Hook) -> None:
    body = hook.body("Let me in", 1, 1)
    client = Client(desk.port)
    refused = client.ask("POST", hook.path, body, {**hook.headers(body), "X-Telegram-Bot-Api-Secret-Token": "guess"})
    client.close()
    assert refused.status == 403 and b"setWebhook" in refused.body
    assert desk.count("SELECT count(*) FROM message WHERE text = 'Let me in'") == 0


def test_an_edited_message_shows_what_it_was_before(desk: RunningDesk, hook: Hook, ana: Page) -> None:
    tells(desk, hook, 502, 11, text="Where is order 1234?")
    desk.until(lambda: desk.count("SELECT count(*) FROM message WHERE text = 'Where is order 1234?'"), "the ticket")
    pull_until(ana, "Where is order 1234?")
    ana.evaluate("window.sameyet = true")

    tells(desk, hook, 502, 11, kind="edited_message", text="Where is order 4321?", edit_date=1_760_000_060)

    shows(ana, "Where is order 4321?")
    ana.click(".line details[id^=edits] summary")
    assert "Where is order 1234?" in ana.inner_text(".line details[id^=edits]")
    assert "edited" in ana.inner_text(".line:not(.us) .meta")
    assert ana.evaluate("window.sameyet"), "nothing was reloaded"
    resolve(ana)


def test_asked_to_slow_down_it_waits_as_long_and_sends_once(
    desk: RunningDesk, hook: Hook, bot: TelegramServer, ana: Page
) -> None:
    tells(desk, hook, 503, 21, text="Can I pay by card?")
    desk.until(lambda: desk.count("SELECT count(*) FROM message WHERE text = 'Can I pay by card?'"), "the ticket")
    pull_until(ana, "Can I pay by card?")
    came: list[float] = []
    bot.before = lambda call: came.append(time.monotonic())
    bot.refuse(429, "Too Many Requests: retry after 7", retry_after=7)

    answer(ana, "Yes, by any card.")

    desk.until(lambda: len(sent(bot, "Yes, by any card.")) == 2, "the second attempt")
    ana.wait_for_selector('.line.us .sent-state:has-text("sent")', timeout=LIVE_MS)
    assert came[1] - came[0] >= 7
    resolve(ana)


def test_whoever_blocked_the_bot_is_not_written_to_again(
    desk: RunningDesk, hook: Hook, bot: TelegramServer, ana: Page
) -> None:
    tells(desk, hook, 504, 31, text="Leave me alone")
    desk.until(lambda: desk.count("SELECT count(*) FROM message WHERE text = 'Leave me alone'"), "the ticket")
    pull_until(ana, "Leave me alone")
    bot.refuse(403, "Forbidden: bot was blocked by the user")

    answer(ana, "As you wish.")

    ana.wait_for_selector('.line.us .sent-state.bad:has-text("not sent")', timeout=LIVE_MS)
    assert "has blocked this bot" in ana.inner_text(".line.us .wrong")
    assert len(sent(bot, "As you wish.")) == 1
    assert desk.rows("SELECT state FROM message WHERE text = 'As you wish.'") == [("failed",)]
