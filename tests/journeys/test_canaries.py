"""Canaries: words that must stay in the database. They go through every channel and act, then all output is searched.

Output is what leaves the database without being asked for it: the log of every process at its most talkative, what the
broker holds (failed jobs included), metrics, the bodies of problems, and the addresses in all of these. A value counts
as found in any of the forms it travels in: plain, in a URL, in JSON, in base64.
"""

import base64
import json
import smtplib
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
import urllib3
from playwright.sync_api import Browser, Page

from router.model import Role
from tests.journeys.inboxes import a_context, a_whole_desk, an_inbox, answer, pull, until
from tests.journeys.outside import Answer, Client, Hook, Program
from tests.journeys.running import RunningDesk
from tests.servers import smtp as smtp_server
from tests.servers.imap import ImapServer
from tests.servers.plain import PlainServer, Told
from tests.servers.smtp import SmtpServer
from tests.servers.telegram import TelegramServer

BOT_TOKEN = "987654321:Canary_bot_token_AbCdEfGhIjKlMnOpQr"
CARD = "4111 1111 1111 1111"
SAID = {
    # what a customer says on each channel: a word nobody else uses, an address, a card number
    "api": f"Zaunkoenig api@canary.example {CARD}",
    "telegram": f"Rotkehlchen telegram@canary.example {CARD}",
    "webchat": f"Wiedehopf webchat@canary.example {CARD}",
    "email": f"Gimpelchen email@canary.example {CARD}",
}
ANSWERED = "Kernbeisser is what we answer, to reply@canary.example"
NOTED = "Goldammer is what we note"
FILE = "Neuntoeter.txt"

pytestmark = [pytest.mark.browser, pytest.mark.imap, pytest.mark.slow, pytest.mark.timeout(240)]


@dataclass(slots=True)
class Output:
    """What a desk says where it was not asked to."""

    places: dict[str, str]  # where: what stands there

    def where(self, canary: str) -> list[str]:
        """Return where a canary sits, with what stands around it."""
        found = []
        for form in forms(canary):
            for place, text in self.places.items():
                if (at := text.lower().find(form.lower())) >= 0:
                    found.append(f"{place}: …{text[max(0, at - 120) : at + len(form) + 40]}…")
        return found


def forms(canary: str) -> set[str]:
    """Return how a value may be written."""
    plain = canary.encode()
    inner = [
        base64.b64encode(b"x" * shift + plain)[4 * bool(shift) :].rstrip(b"=")[:-2].decode() for shift in (0, 1, 2)
    ]
    long_enough = [form for form in inner if len(form) >= 10]
    return {canary, quote(canary, safe=""), json.dumps(canary)[1:-1], plain.hex(), *long_enough}


@pytest.fixture(scope="module")
def servers(need: Callable[[str], Path]) -> Iterator[tuple[ImapServer, SmtpServer, TelegramServer, PlainServer]]:
    """The platforms around the desk."""
    need("dovecot")
    with (
        ImapServer() as imap,
        SmtpServer(sign_in=True) as smtp,
        TelegramServer(BOT_TOKEN) as bot,
        PlainServer() as shop,
    ):
        smtp.on_mail = lambda taken: imap.append("help", taken.raw) if "help@shop.example" in taken.recipients else None
        yield imap, smtp, bot, shop


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A whole desk that logs all it can."""
    with a_whole_desk(tmp_path_factory.mktemp("canaries"), LOG_LEVEL="debug") as desk:
        yield desk


def test_nothing_private_leaves_the_database(
    desk: RunningDesk,
    servers: tuple[ImapServer, SmtpServer, TelegramServer, PlainServer],
    browser: Browser,
) -> None:
    imap, smtp, bot, shop = servers
    hooks = {
        "api": desk.hook("api", base_url=shop.url),
        "telegram": desk.hook("telegram", bot_token=BOT_TOKEN, base_url=bot.url),
        "webchat": desk.hook("webchat"),
        "email": desk.hook(
            "email",
            address="help@shop.example",
            smtp_user=smtp_server.USER,
            smtp_password=smtp_server.PASSWORD,
            **imap.settings("help"),
            **smtp.settings(),
        ),
    }
    sue = desk.program("Sue", Role.SUPERVISOR)
    client = Client(desk.port)
    problems: list[Answer] = []

    customers_write(desk, hooks, smtp, browser)
    problems += strangers_knock(desk, hooks, sue)
    bot.refuse(403, f"Forbidden: {SAID['telegram']}")
    shop.answer = lambda call: Told(500, SAID["api"].encode())
    smtp.answers.extend(["451 4.7.1 Gimpelchen email@canary.example is greylisted"])
    with an_inbox(browser, desk, "Ana") as ana:
        agents_act(desk, client, sue, ana)
        problems += agents_err(desk, client, sue)
        jobs_fail(desk, client, hooks["api"])
        sessions = [cookie["value"] for cookie in ana.context.cookies() if len(cookie["value"]) > 20]

    output = Output(
        {
            **{path.name: path.read_text() for path in desk.folder.glob("*.log")},
            "Redis": everything_in(desk.heed.config.redis_url),
            "/metrics": client.ask("GET", "/metrics").body.decode(),
            "/readyz": client.ask("GET", "/readyz").body.decode(),
            "problems": "\n".join(f"{one.status} {dict(one.headers)} {one.body.decode()}" for one in problems),
        }
    )
    client.close()
    canaries = {
        **{f"what was said by {channel}": text.split()[0] for channel, text in SAID.items()},
        **{f"an address in {channel}": text.split()[1] for channel, text in SAID.items()},
        "a card number": CARD,
        "an answer": "Kernbeisser",
        "a note": "Goldammer",
        "a file's name": "Neuntoeter",
        "a bot's token": BOT_TOKEN,
        "an agent's token": sue.token,
        "a mail server's password": smtp_server.PASSWORD,
        **{f"the secret of {channel}": hook.secret for channel, hook in hooks.items() if hook.secret},
        **{f"the address of {channel}": hook.path.rpartition("/")[2] for channel, hook in hooks.items()},
        **{f"reply token {n}": token for n, (token,) in enumerate(desk.rows("SELECT token FROM reply_token"))},
        **{f"session {n}": value for n, value in enumerate(sessions)},
    }
    found = {what: places for what, canary in canaries.items() if (places := output.where(canary))}
    assert not found, json.dumps(found, indent=1)
    assert any(what.startswith("reply token") for what in canaries) and sessions, "there was nothing to look for"
    for seen, where in (("job deliver failed", "up.log"), ("/replies 201", "up.log"), ("JobFailed", "Redis")):
        assert seen in output.places[where], f"{where} says too little: it was not looked through"


def test_what_is_searched_for_is_found_in_every_form() -> None:
    for said in ("Zaunkoenig", "api%40canary.example", base64.b64encode(b"ab api@canary.example").decode()):
        output = Output({"a log": f"before {said} after"})
        assert output.where("Zaunkoenig") or output.where("api@canary.example")


def customers_write(desk: RunningDesk, hooks: Mapping[str, Hook], smtp: SmtpServer, browser: Browser) -> None:
    """Let a customer write on every channel."""
    client = Client(desk.port)
    for channel in ("api", "telegram"):
        body = hooks[channel].body(SAID[channel], 41, 42)
        if channel == "api":
            file = {"name": FILE, "media_type": "text/plain", "data": base64.b64encode(SAID["api"].encode()).decode()}
            body = json.dumps(
                {**json.loads(body), "attachments": [file], "contact": {"email": "api@canary.example"}}
            ).encode()
        assert client.ask("POST", hooks[channel].path, body, hooks[channel].headers(body)).status == 200
    client.close()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Kim <email@canary.example>", "help@shop.example", SAID["email"]
    mail["Message-ID"] = "<Gimpelchen@canary.example>"
    mail.set_content(SAID["email"])
    mail.add_attachment(SAID["email"], filename=FILE)
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as server:
        server.login(smtp_server.USER, smtp_server.PASSWORD)
        server.send_message(mail)
    context = a_context(browser)
    page = context.new_page()
    page.goto(f"{desk.heed.config.public_url}/chat/{hooks['webchat'].path.rpartition('/')[2]}")
    page.fill("#text", SAID["webchat"])
    page.press("#text", "Enter")
    desk.until(lambda: desk.count("SELECT count(*) FROM ticket") == 4, "a ticket on every channel")
    context.close()


def strangers_knock(desk: RunningDesk, hooks: Mapping[str, Hook], sue: Program) -> list[Answer]:
    """Send what is refused or not understood, and return the answers."""
    asked: list[tuple[str, str, bytes, dict[str, str]]] = []
    for channel in ("api", "telegram", "email"):
        hook = hooks[channel]
        words = json.dumps({"text": SAID[channel]}).encode()
        path = f"{hook.path}?token={quote(sue.token)}&q={quote(SAID[channel])}"
        asked += [
            ("POST", path, words, {}),
            ("POST", path, words, {**hook.headers(words), "Authorization": f"Bearer {hook.secret}x"}),
            ("POST", path, words[:-1], hook.headers(words[:-1])),
            ("POST", path, words * (500_000 if channel == "email" else 20_000), too_large(hook)),
        ]
    theirs = {"Authorization": f"Bearer {BOT_TOKEN}"}
    asked += [
        ("GET", f"/login/link/{hooks['api'].secret}?next={quote(SAID['api'])}", b"", {}),
        ("GET", f"/api/v1/tickets?q={quote(SAID['api'])}", b"", theirs),
        ("GET", f"/nothing/{quote(SAID['api'])}", b"", {}),
    ]
    answers = []
    for method, path, body, headers in asked:  # by clients of their own: a body not taken to its end closes the line
        url = f"{desk.heed.config.public_url}{path}"
        with urllib3.PoolManager() as pool:
            said = pool.request(method, url, body=body, headers=headers, retries=False, timeout=30)
        answers.append(Answer(said.status, dict(said.headers), said.data))
    assert [one.status for one in answers].count(413) == 3
    return answers


def too_large(hook: Hook) -> dict[str, str]:
    """Return what goes with a body that is too large; mail is told so once its sender is known."""
    if hook.channel != "email":
        return {}
    return {"Authorization": f"Bearer {hook.secret}", "Content-Type": "message/rfc822"}


def agents_act(desk: RunningDesk, client: Client, sue: Program, ana: Page) -> None:
    """Answer every ticket, one in the browser, and do all else that can be done."""
    pull(ana)
    answer(ana, ANSWERED)
    for (ticket,) in desk.rows("SELECT id FROM ticket ORDER BY number"):
        path = f"/api/v1/tickets/{ticket}"
        file = {"name": FILE, "media_type": "text/plain", "data": base64.b64encode(NOTED.encode()).decode()}
        for act, body in (
            ("assign", {"agent": sue.agent_id}),
            ("replies", {"text": ANSWERED, "keep_open": True, "attachments": [file]}),
            ("notes", {"text": NOTED}),
            ("snooze", {"until": "2030-01-01T00:00:00Z"}),
            ("transfer", {"queue": "General", "note": NOTED}),
            ("resolve", {}),
            ("reopen", {}),
            ("replies", {"text": f"Again, {ANSWERED}"}),
        ):
            client.ask("POST", f"{path}/{act}", json.dumps(body).encode(), sue.headers())
        for look in ("", "/why"):
            assert client.ask("GET", path + look, headers=sue.headers()).status == 200
    sent = "SELECT count(*) FROM message WHERE direction = 'outbound' AND state IN ('sent', 'failed')"
    until(lambda: desk.count(sent) >= 5, "replies to be sent or refused")
    client.ask("GET", f"/api/v1/tickets?q={quote('Zaunkoenig')}", headers=sue.headers())


def agents_err(desk: RunningDesk, client: Client, sue: Program) -> list[Answer]:
    """Ask the API for what cannot be done, and return the answers."""
    [(ticket,), *_] = desk.rows("SELECT id FROM ticket")
    path = f"/api/v1/tickets/{ticket}"
    bodies = (
        {"text": [ANSWERED]},
        {"text": "", "more": ANSWERED},
        {"until": NOTED},
        {"queue": NOTED},
        {"agent": NOTED},
    )
    acts = ("replies", "notes", "snooze", "transfer", "assign", "forward")
    answers = [
        client.ask("POST", f"{path}/{act}", json.dumps(body).encode(), sue.headers(f"{act}-{number}"))
        for act in acts
        for number, body in enumerate(bodies)
    ]
    answers.append(client.ask("POST", f"{path}/notes", b'{"text": "' + NOTED.encode(), sue.headers()))
    return [one for one in answers if one.status >= 400]


def jobs_fail(desk: RunningDesk, client: Client, hook: Hook) -> None:
    """Break the store under the workers, so that jobs fail with a customer's words in their hands."""
    with desk.heed.database.write() as db:
        db.exec_driver_sql("ALTER TABLE message RENAME TO gone")
    try:
        body = hook.body(f"Once more {SAID['api']}", 43, 44)
        assert client.ask("POST", hook.path, body, hook.headers(body)).status == 200
        [(reply,), *_] = desk.rows("SELECT message_id FROM outgoing")
        desk.heed.background.deliver([reply])
        for failure in ("job deliver failed", "could not be stored and is set aside"):
            until(lambda words=failure: words in (desk.folder / "up.log").read_text(), failure)
        store = redis.Redis.from_url(desk.heed.config.redis_url)
        until(lambda: store.zcard("rq:failed:delivery"), "the broker to keep the failed job")
        store.close()
    finally:
        with desk.heed.database.write() as db:
            db.exec_driver_sql("ALTER TABLE gone RENAME TO message")


READ: Mapping[str, Callable[[redis.Redis, bytes], object]] = {
    "string": lambda store, key: store.get(key),
    "hash": lambda store, key: store.hgetall(key),
    "list": lambda store, key: store.lrange(key, 0, -1),
    "set": lambda store, key: store.smembers(key),
    "zset": lambda store, key: store.zrange(key, 0, -1, withscores=True),
    "stream": lambda store, key: store.xrange(key),
    "none": lambda store, key: None,  # it expired meanwhile
}


def everything_in(url: str) -> str:
    """Return all keys and values of the broker, readable: what is packed is unpacked."""
    store = redis.Redis.from_url(url)
    lines = []
    for key in store.scan_iter():
        value = READ[store.type(key).decode()](store, key)
        lines.append(f"{key!r} {value!r}")
        lines += unpacked(value)
    store.close()
    return "\n".join(lines)


def unpacked(value: object) -> list[str]:
    """Return the texts that RQ has packed with zlib, in base64 or not, wherever they lie in a value."""
    if isinstance(value, Mapping):
        return [text for part in value.values() for text in unpacked(part)]
    if isinstance(value, list | tuple | set):
        return [text for part in value for text in unpacked(part)]
    found = []
    for unwrap in (bytes, base64.b64decode) if isinstance(value, bytes) else ():
        with suppress(zlib.error, ValueError):
            found.append(zlib.decompress(unwrap(value)).decode("utf-8", "replace"))
    return found
