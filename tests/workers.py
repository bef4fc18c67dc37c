"""Processes of the tests' own: each opens the desk as a process of Heed does, and does one thing to it."""

import json
import os
import random
import sys
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import ModuleType

from sqlalchemy import text

import channels
from channels.api import adapter as api
from channels.types import Delivery
from router import delivery, intake, lapsing, presence
from router import desk as acts
from router.app import Heed
from router.desk import offers
from router.drain import drain
from router.model import Presence, Role, Scope
from router.store import connections, tickets
from tests.builders import Desk, a_delivery, a_heed, now
from tests.nursery import Child

FATAL = b"the end"  # a delivery that ends its worker
NUMBER = count()
MOST_WAITING = 40  # while customers write on


class Worker(Child):
    """A process that does one thing to a desk."""

    def __init__(self, desk: Desk, act: Callable[..., object], *arguments: str) -> None:
        self._log = desk.folder / f"{act.__name__}-{next(NUMBER)}.log"
        super().__init__(_work, (act.__name__, str(desk.folder), desk.url, *arguments), os.environ, self._log)

    def says(self) -> object:
        """Return what the act returned, once it is done."""
        assert self.wait(100) == 0, self._log.read_text()[-3000:]
        return json.loads(self._log.read_text().splitlines()[-1])

    def ended(self, timeout: float) -> str:
        """Wait for its end and return what it said when it failed, "" if it did not."""
        return "" if self.wait(timeout) == 0 else self._log.read_text()[-3000:] or "It failed without a word."


def together(desk: Desk, *jobs: tuple[Callable[..., object], *tuple[str, ...]]) -> list[object]:
    """Run several processes at once and return what each says."""
    running = [Worker(desk, *job) for job in jobs]
    return [worker.says() for worker in running]


def _work(act: str, folder: str, url: str, *arguments: str) -> None:
    print(json.dumps(globals()[act](a_heed(url, Path(folder)), *arguments)))


def drains(heed: Heed, connection_id: str) -> object:
    """Read what came on a connection."""
    return drain(heed, connection_id)


def goes_on(heed: Heed, connection_id: str, asks: str, answers: str) -> object:
    """Be a worker that lives on: for each line in one pipe read what came, and say in another what it is about."""
    with Path(asks).open() as lines, Path(answers).open("w") as said:
        for _ in lines:
            drain(heed, connection_id)
            with heed.database.read() as db:
                newest = "SELECT intent FROM ticket WHERE connection_id = :c ORDER BY id DESC LIMIT 1"
                print(db.execute(text(newest), {"c": connection_id}).scalar(), file=said, flush=True)
    return "done"


def dies(heed: Heed, connection_id: str) -> object:
    """Read what came on a connection of the stand-in channel; `FATAL` ends this process at once."""
    stand_in(parse_or_die)
    return drain(heed, connection_id)


def sends(heed: Heed, message_id: str) -> None:
    """Make one attempt at a reply."""
    delivery.send(heed, message_id)


def pulls(heed: Heed, brand: str, agents: str, then: str) -> object:
    """Let agents pull at once, a thread each, until each has all it may; `then`: resolve each and pull on."""
    given: list[tuple[str, str]] = []
    trouble: list[str] = []

    def work(agent: str) -> None:
        scope = Scope(Role.AGENT, frozenset({brand}), agent)
        mine: list[str] = []
        try:
            if then != "resolve":
                fill(scope, mine)
                return
            held = heed_tickets(heed, agent)
            while held:
                acts.resolve(heed, scope, held.pop(), now())
                pulled = acts.pull(heed, scope, now())
                if pulled is not None:
                    held.append(pulled.ticket_id)
                    mine.append(pulled.ticket_id)
        except Exception as error:
            trouble.append(repr(error))
        finally:
            given.extend((agent, ticket) for ticket in mine)

    def fill(scope: Scope, mine: list[str]) -> None:
        try:
            while pulled := acts.pull(heed, scope, now()):
                mine.append(pulled.ticket_id)
        except acts.Refused:
            return  # all slots are taken

    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents.split(",")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"given": given, "trouble": trouble}


def heed_tickets(heed: Heed, agent: str) -> list[str]:
    """Return the tickets an agent has."""
    with heed.database.read() as db:
        return [ticket.id for ticket in tickets.held_by(db, agent, ["open"])]


def stand_in(parse: object) -> ModuleType:
    """Let the channel `standin` be there in this process: the API's adapter with another `parse`."""
    module = ModuleType("channels.standin.adapter")
    module.__dict__.update({name: getattr(api, name) for name in ("INFO", "receive", "send", "fetch", "test")})
    module.__dict__["parse"] = parse
    sys.modules["channels.standin.adapter"] = module
    sys.modules.setdefault("channels.standin", ModuleType("channels.standin"))
    if "standin" not in channels.CHANNELS:
        channels.CHANNELS = (*channels.CHANNELS, "standin")
    return module


def parse_or_die(delivery: Delivery, connection: object) -> object:
    """Read a delivery; `FATAL` ends the process as a kill or a fault in a library does."""
    if delivery.body == FATAL:
        os._exit(9)
    return api.parse(delivery, connection)  # type: ignore[arg-type]


def agents_at_work(heed: Heed, stop: str, brand: str, agents: str, seed: str, log: str) -> None:
    """Let agents come, go, answer or not, resolve and pull, a thread each, in any order; trouble goes to a file."""

    def work(agent: str) -> None:
        chance, scope = random.Random(f"{seed}{agent}"), Scope(Role.AGENT, frozenset({brand}), agent)
        while _goes_on(stop):
            try:
                _anything(heed, scope, chance)
            except (acts.Refused, acts.NotFound):
                pass  # the other was first, or they are away
            except Exception as error:
                with Path(log).open("a") as file:
                    print(repr(error)[:300], file=file)

    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents.split(",")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _anything(heed: Heed, scope: Scope, chance: random.Random) -> None:
    """Let an agent do one thing that agents do."""
    agent, drawn = scope.agent or "", chance.random()
    if drawn < 0.2:
        online = chance.random() < 0.7
        presence.set_presence(heed, agent, Presence.ONLINE if online else Presence.AWAY, now())
    elif drawn < 0.3:
        stream = presence.stream_opened(heed, agent, "fire", now())
        if chance.random() < 0.5:
            presence.stream_closed(heed, stream, now())
    elif drawn < 0.35:
        acts.pull(heed, scope, now())
    elif drawn < 0.7:
        for offer in offers.offered(heed, scope):
            if chance.random() < 0.8:
                answer = offers.accept if chance.random() < 0.7 else offers.decline
                answer(heed, scope, offer.id, now())
    else:
        for ticket in heed_tickets(heed, agent)[:1]:
            acts.resolve(heed, scope, ticket, now())


def customers_write(heed: Heed, stop: str, connection_id: str, first: str) -> None:
    """Let customers write and read it, never so many that everyone is busy for good."""
    number = count(int(first))
    with heed.database.read() as db:
        row = connections.by_id(db, heed.vault, connection_id)
    assert row is not None
    while _goes_on(stop):
        with heed.database.read() as db:
            waiting = db.execute(text("SELECT count(*) FROM ticket WHERE state = 'waiting'")).scalar_one()
        for n in [next(number) for _ in range(5)] if waiting < MOST_WAITING else ():
            asked = a_delivery(f"I want a {('refund', 'parcel')[n % 2]}, {n}", f"v{n}", id=f"f{n}")
            intake.accept(heed, row, asked, now())
        drain(heed, connection_id)


def the_clock_ticks(heed: Heed, stop: str) -> None:
    """End offers, exclusions and presences as the clock does."""
    while _goes_on(stop):
        lapsing.lapse(heed, now())
        lapsing.ask_again(heed, now())
        presence.sweep(heed, now())


def _goes_on(stop: str) -> bool:
    """Say whether a desk is still under fire: there is no file that says stop, nor has whoever started it gone."""
    return not Path(stop).exists() and Path(stop).parent.exists() and os.getppid() > 1
