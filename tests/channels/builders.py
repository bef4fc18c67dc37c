"""What the channel tests build: requests, deliveries, mutated JSON. All but what matters has a default."""

import copy
import random
from collections.abc import Callable
from datetime import UTC, datetime

from channels.types import Connection, Delivery, Party, Reply, Request

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = "first-secret_0123456789"
OLD_SECRET = "second-secret_0123456789"
JUNK: tuple[object, ...] = (
    None, True, -1, 0, 2**63, 10**400, 1e308, -0.5, "", "1", "\0", "\ud800", "x" * 5000,
    [], [[]], [None], {}, {"id": {}},
)  # fmt: skip


def a_connection(channel: str, *, secrets: tuple[str, ...] = (SECRET, OLD_SECRET), **settings: str) -> Connection:
    """Return a connection with two active secrets."""
    return Connection("hook-key", channel, "Shop", settings, secrets)


def a_request(body: bytes, **headers: str) -> Request:
    """Return a POST to our hook; header names are written with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "https://desk.example/hooks/hook-key", named, body)


def a_delivery(body: bytes, **headers: str) -> Delivery:
    """Return a stored delivery."""
    return Delivery(
        "1", "https://desk.example/hooks/hook-key", {k.replace("_", "-"): v for k, v in headers.items()}, body
    )


def a_reply(text: str = "We are on it.", *, to: str = "42", thread: str | None = "42", **more: object) -> Reply:
    """Return a reply to one customer."""
    return Reply("msg-1", text, Party("to", to), thread=thread, **more)  # type: ignore[arg-type]


def mutated(value: object, random_: random.Random) -> object:
    """Return a copy of a JSON value with one to three places changed, removed or replaced by junk."""
    found = copy.deepcopy(value)
    for _ in range(random_.randint(1, 3)):
        places = _places(found)
        if not places:
            return random_.choice(JUNK)
        change = random_.choice(places)
        change(random_)
    return found


def _places(value: object) -> list[Callable[[random.Random], None]]:
    """Return one change for every field and element of a JSON value."""
    changes: list[Callable[[random.Random], None]] = []
    todo = [value]
    while todo:
        here = todo.pop()
        if isinstance(here, dict):
            for name in here:
                changes.append(lambda r, h=here, n=name: _change(h, n, r))  # type: ignore[misc]
            todo.extend(here.values())
        elif isinstance(here, list):
            for index in range(len(here)):
                changes.append(lambda r, h=here, n=index: _change(h, n, r))  # type: ignore[misc]
            todo.extend(here)
    return changes


def _change(holder: object, place: object, random_: random.Random) -> None:
    assert isinstance(holder, dict | list)
    if isinstance(holder, list):
        if isinstance(place, int) and place < len(holder):
            holder[place] = copy.deepcopy(random_.choice(JUNK))
    elif random_.random() < 0.25:
        holder.pop(place, None)
    else:
        holder[place] = copy.deepcopy(random_.choice(JUNK))
