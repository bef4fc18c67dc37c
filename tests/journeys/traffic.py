"""A busy minute at a desk: customers write, agents answer, and at moments in the middle of both something breaks.

Such a moment is while a platform is taking a reply: it has come there, and Heed has not heard so yet.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.journeys.outside import Hook, Program
from tests.journeys.running import WITHIN_S, RunningDesk
from tests.servers.plain import PlainServer, Told
from tests.servers.telegram import TOKEN, TelegramServer

POSTING, ANSWERING = 4, 2  # connections that post, and that answer
FIRST, LAST = 0.2, 0.75  # shares of all that are done when the first thing may break, and the last
LEAD = 0.2  # so much more may be done before it breaks
UNHURRIED_S = 0.05  # between those of one connection once something may break, until it has

Break = tuple[str, str]  # what ends, and which platform is taking a reply at that moment: shop or bot


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
    broke_at: list[Counter[str]] = field(default_factory=list)  # the same at each break
    _breaks: Sequence[Break] = ()
    _gently: bool = False
    _next_break: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _striking: threading.Lock = field(default_factory=threading.Lock)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def flow(self, *breaks: Break, gently: bool = False) -> None:
        """Post and answer all there is; meanwhile end one thing after another, and start it again.

        Each is killed before the reply that is being taken is answered; `gently`: it is asked to stop by SIGTERM, and
        must end with 0.
        """
        self._breaks, self._gently = breaks, gently
        self.platforms.bot.before = lambda _call: self._strike("bot")
        self.platforms.shop.answer = lambda _call: self._strike("shop")
        bodies = iter([self._body(number) for number in range(self.posts)])
        replies = iter(list(enumerate(self.platforms.tickets)))
        with ThreadPoolExecutor(POSTING + ANSWERING) as pool:
            work = [pool.submit(self._post, bodies) for _ in range(POSTING)]
            work += [pool.submit(self._reply, replies) for _ in range(ANSWERING)]
            for number, (victim, _) in enumerate(breaks):
                broken = self._wait_for(lambda n=number: len(self.broke_at) > n)
                assert broken, f"{victim} was to be killed in the middle, and the middle never came"
                if gently:
                    assert self.desk.stop(victim) == 0
                self.desk.leases_of_the_dead_end(victim)
                self.desk.start(victim)
                with self._changed:
                    self._next_break += 1
                    self._changed.notify_all()
            for one in work:
                one.result()
        self.desk.until(self.desk.is_caught_up, "all that came to be read, and all that was written to be sent")

    def _strike(self, platform: str) -> Told:
        """End what is to end now, if this platform is the one that is to be in the middle of a reply."""
        with self._striking:
            at = self._next_break
            due = at < len(self._breaks) and self._breaks[at][1] == platform and len(self.broke_at) == at
            if due and self._is_ripe():
                if not self._gently:
                    self.desk.kill(self._breaks[at][0])
                with self._changed:
                    self.broke_at.append(self.done.copy())
                    self._changed.notify_all()
        return Told()

    def _wait_for(self, holds: Callable[[], bool], within_s: float = WITHIN_S) -> bool:
        with self._changed:
            return self._changed.wait_for(holds, within_s)

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
        """Count one. Neither side runs ahead of the other or of what is to break: every break is in the middle."""
        with self._lock:
            self.done[what] += 1
            done = self.done[what]
        at = self._next_break
        if done >= (self._share(at) + LEAD) * self._all(what):
            self._wait_for(lambda: self._next_break > at)
        elif done >= self._share(at) * self._all(what):
            while not self._wait_for(lambda: self._next_break > at, UNHURRIED_S) and not self._is_ripe():
                pass

    def _share(self, at: int) -> float:
        """Return how much of all is done when a break may come; what cannot come any more holds nobody up."""
        if at >= len(self._breaks):
            return 2.0
        return FIRST + (LAST - FIRST) * at / max(len(self._breaks) - 1, 1)

    def _is_ripe(self) -> bool:
        return all(self.done[what] >= self._share(self._next_break) * self._all(what) for what in ("posts", "replies"))

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
