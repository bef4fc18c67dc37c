"""A busy minute at a desk: customers write, agents answer, and at one moment in the middle of both something breaks.

The moment is while a platform is taking a reply: it has come there, and Heed has not heard so yet.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.journeys.outside import Hook, Program
from tests.journeys.running import WITHIN_S, RunningDesk
from tests.servers.plain import Call, PlainServer, Told
from tests.servers.telegram import TOKEN, TelegramServer

POSTING, ANSWERING = 4, 2  # connections that post, and that answer
BREAKS_AFTER = {"posts": 0.3, "replies": 0.2}  # shares of all
MOST_BEFORE = 0.8  # so much may be done before it breaks
UNHURRIED_S = 0.05  # between those of one connection once it may break, until it has


@dataclass(slots=True)
class Platforms:
    """Where replies go: a shop that takes them as JSON, and a bot. Both have 100 customers who wrote and wait."""

    shop: PlainServer
    bot: TelegramServer
    to_shop: Hook
    to_bot: Hook
    tickets: list[str]

    def at_shop(self, about: str) -> list[str]:
        """Return the Idempotency-Keys of the replies that came to the shop, each as often as it came."""
        said = [(call.headers["idempotency-key"], json.loads(call.body)["text"]) for call in list(self.shop.calls)]
        return [key for key, words in said if words.startswith(about)]

    def at_bot(self, about: str) -> list[str]:
        """Return the texts that came to the bot, each as often as it came."""
        texts = [str(call.params["text"]) for call in list(self.bot.called("sendMessage"))]
        return [words for words in texts if words.startswith(about)]


@contextmanager
def platforms(desk: RunningDesk, customers: int = 100) -> Iterator[Platforms]:
    """Yield platforms whose customers have written to a desk that runs, on either as many."""
    with PlainServer() as shop, TelegramServer() as bot:
        to_shop = desk.hook("api", base_url=shop.url)
        to_bot = desk.hook("telegram", bot_token=TOKEN, base_url=bot.url)
        client = desk.client()
        for number in range(1, customers + 1):
            for hook in (to_shop, to_bot):
                body = hook.body("Where is my parcel, please?", number, number)
                assert client.insist("POST", hook.path, body, lambda h=hook, b=body: h.headers(b)).status == 200
        client.close()
        desk.until(lambda: desk.count("SELECT count(*) FROM ticket") == 2 * customers, "the first tickets")
        lines = [desk.rows("SELECT id FROM ticket WHERE connection_id = :c", c=hook.id) for hook in (to_shop, to_bot)]
        yield Platforms(
            shop, bot, to_shop, to_bot, [ticket_id for pair in zip(*lines, strict=True) for (ticket_id,) in pair]
        )


@dataclass(slots=True)
class Traffic:
    """What goes in and out during one test."""

    desk: RunningDesk
    platforms: Platforms
    program: Program
    about: str  # what its ids and texts begin with
    posts: int
    done: Counter[str] = field(default_factory=Counter)  # posts and replies that the desk has taken
    broke_at: Counter[str] = field(default_factory=Counter)  # the same when it broke
    _broken: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _breaks: threading.Lock = field(default_factory=threading.Lock)

    def flow(self, breaks: str, during: str, *, gently: bool = False) -> None:
        """Post and answer all there is; end `breaks` while `during` takes a reply, and start it again.

        It is killed before that reply is answered; `gently`: it is asked to stop by SIGTERM, and must end with 0.
        """

        def strike(_call: Call) -> None:
            with self._breaks:
                if self._is_ripe() and not self._broken.is_set():
                    self.broke_at = self.done.copy()
                    if not gently:
                        self.desk.kill(breaks)
                    self._broken.set()

        def strike_at_shop(call: Call) -> Told:
            strike(call)
            return Told()

        if during == "bot":
            self.platforms.bot.before = strike
        else:
            self.platforms.shop.answer = strike_at_shop
        bodies = iter([self._body(number) for number in range(self.posts)])
        replies = iter(list(enumerate(self.platforms.tickets)))
        with ThreadPoolExecutor(POSTING + ANSWERING) as pool:
            work = [pool.submit(self._post, bodies) for _ in range(POSTING)]
            work += [pool.submit(self._reply, replies) for _ in range(ANSWERING)]
            assert self._broken.wait(WITHIN_S), f"{breaks} was to be killed in the middle, and the middle never came"
            if gently:
                assert self.desk.stop(breaks) == 0
            self.desk.leases_of_the_dead_end(breaks)
            self.desk.start(breaks)
            for one in work:
                one.result()
        self.desk.until(self.desk.is_caught_up, "all that came to be read, and all that was written to be sent")

    def _body(self, number: int) -> bytes:
        who = f"{self.about} {number}"
        return self.platforms.to_shop.body(f"Message of {who}", who, who)

    def _post(self, bodies: Iterator[bytes]) -> None:
        client = self.desk.client()
        hook = self.platforms.to_shop
        while (body := self._next(bodies)) is not None:
            assert client.insist("POST", hook.path, body, lambda b=body: hook.headers(b)).status == 200
            self._went("posts")
        client.close()

    def _reply(self, replies: Iterator[tuple[int, str]]) -> None:
        client = self.desk.client()
        while (found := self._next(replies)) is not None:
            number, ticket_id = found
            key = f"{self.about}-{number}".replace(" ", "-")
            body = json.dumps({"text": f"{self.about} reply {number}", "keep_open": True}).encode()
            path = f"/api/v1/tickets/{ticket_id}/replies"
            answer = client.insist("POST", path, body, lambda k=key: self.program.headers(k))
            assert answer.status == 201, answer.body
            self._went("replies")
        client.close()

    def _went(self, what: str) -> None:
        """Count one. Until it has broken neither side runs ahead of the other, and something is left for afterwards."""
        with self._lock:
            self.done[what] += 1
            done = self.done[what]
        if done >= MOST_BEFORE * self._all(what):
            self._broken.wait(WITHIN_S)
        elif done >= BREAKS_AFTER[what] * self._all(what):
            while not self._broken.wait(UNHURRIED_S) and not self._is_ripe():
                pass

    def _is_ripe(self) -> bool:
        return all(self.done[what] >= share * self._all(what) for what, share in BREAKS_AFTER.items())

    def _all(self, what: str) -> int:
        return self.posts if what == "posts" else len(self.platforms.tickets)

    def _next(self, things: Iterator) -> object:
        with self._lock:
            return next(things, None)

    def messages(self) -> tuple[int, int, int]:
        """Return how many of the posted messages are stored, how many are different, and in how many tickets."""
        query = (
            "SELECT count(*), count(DISTINCT external_id), count(DISTINCT home_ticket_id) FROM message"
            " WHERE direction = 'inbound' AND external_id LIKE :those"
        )
        found: Sequence[int] = self.desk.rows(query, those=f"{self.about} %")[0]
        return found[0], found[1], found[2]

    def replies(self, channel: str) -> list[tuple[str, str, str]]:
        """Return the replies that went out on a channel: id, text, and what is shown of it."""
        query = (
            "SELECT m.id, m.text, m.state FROM message m JOIN ticket t ON t.id = m.home_ticket_id"
            " WHERE m.direction = 'outbound' AND m.text LIKE :those AND t.channel = :channel"
        )
        return self.desk.rows(query, those=f"{self.about} reply %", channel=channel)
