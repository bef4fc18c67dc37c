"""Processes of the tests' own: each opens the desk as a process of Heed does, and does one thing to it.

Run as `python -m tests.workers NAME FOLDER URL ARGUMENTS…`, from the root of the repository.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import channels
from channels.api import adapter as api
from channels.types import Delivery
from router import desk as acts
from router.app import Heed
from router.drain import drain
from router.model import Role, Scope
from router.store import tickets
from tests.builders import Desk, a_heed, now

ROOT = Path(__file__).parent.parent
FATAL = b"the end"  # a delivery that ends its worker


def run(desk: Desk, name: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start one process on a desk."""
    command = [sys.executable, "-m", "tests.workers", name, str(desk.folder), desk.url, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def together(desk: Desk, *jobs: Sequence[str]) -> list[object]:
    """Run several processes at once and return what each says."""
    running = [run(desk, *job) for job in jobs]
    said = [process.communicate(timeout=100) for process in running]
    for process, (_, errors) in zip(running, said, strict=True):
        assert process.returncode == 0, errors[-3000:]
    return [json.loads(out) for out, _ in said]


def drains(heed: Heed, connection_id: str) -> object:
    """Read what came on a connection."""
    return drain(heed, connection_id)


def dies(heed: Heed, connection_id: str) -> object:
    """Read what came on a connection of the stand-in channel; `FATAL` ends this process at once."""
    stand_in(parse_or_die)
    return drain(heed, connection_id)


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


if __name__ == "__main__":
    NAME, FOLDER, URL, *ARGUMENTS = sys.argv[1:]
    FOUND = {f.__name__: f for f in (drains, dies, pulls)}[NAME](a_heed(URL, Path(FOLDER)), *ARGUMENTS)
    print(json.dumps(FOUND))
