"""A platform of the tests' own: what it says and how it answers is up to the test."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from types import ModuleType

import pytest

import channels
from channels import adapter
from channels.errors import DeliveryFailed
from channels.types import (
    Connection,
    Deletion,
    Delivery,
    Edit,
    InboundMessage,
    Parsed,
    Party,
    Receipt,
    Reply,
    Sent,
)
from router import desk, intake
from router.model import Scope
from router.store.rows import Ticket
from tests.builders import NUMBER, Desk, a_connection_row, now, raw

KEY = "standin"
OURS = Party("from", "shop-page", "Shop")


class Platform:
    """One connection to it."""

    def __init__(self, of: Desk, monkeypatch: pytest.MonkeyPatch, **info: object) -> None:
        self.desk = of
        self.sent: list[Reply] = []
        self.trouble: list[DeliveryFailed] = []  # the next sends end with these
        self.problems: list[str] = []  # what a test of the connection finds
        self.before_answering: Callable[[Reply], None] = lambda reply: None
        self._told: list[list[Parsed]] = []
        self._names = count(1)
        module = ModuleType(f"channels.{KEY}.adapter")
        telegram = adapter("telegram")
        module.__dict__.update(
            INFO=replace(telegram.INFO, key=KEY, label="Post", **{"sends_per_s": None, "chat_pause_s": 0.0, **info}),  # type: ignore[arg-type]
            receive=telegram.receive, parse=self._parse, send=self._send, fetch=telegram.fetch,
            test=lambda connection: self.problems,
        )  # fmt: skip
        monkeypatch.setitem(sys.modules, f"channels.{KEY}", ModuleType(f"channels.{KEY}"))
        monkeypatch.setitem(sys.modules, f"channels.{KEY}.adapter", module)
        monkeypatch.setattr(channels, "CHANNELS", (*channels.CHANNELS, KEY))
        self.row = a_connection_row(of, KEY)

    def tell(self, *parts: Parsed, at: datetime | None = None) -> None:
        """Let a delivery come that says all this, and read it."""
        self.store(*parts, at=at)
        self.desk.drain(self.row)

    def store(self, *parts: Parsed, at: datetime | None = None) -> None:
        """Let a delivery come; it is not read yet."""
        self._told.append(list(parts))
        intake.accept(self.desk.heed, self.row, raw(str(len(self._told) - 1).encode()), at or now())

    def pulled(self, ana: Scope, text: str = "Is anybody there?") -> Ticket:
        """Let a customer write, and an agent take the ticket."""
        self.tell(customer_says(text))
        found = desk.pull(self.desk.heed, ana, now())
        assert found is not None
        return self.desk.ticket(found.ticket_id)

    def _parse(self, delivery: Delivery, _connection: Connection) -> list[Parsed]:
        return self._told[int(delivery.body)]

    def _send(self, reply: Reply, _connection: Connection) -> Sent:
        self.sent.append(reply)
        if self.trouble:
            raise self.trouble.pop(0)
        self.before_answering(reply)
        return Sent((f"ours-{next(self._names)}",))


def customer_says(text: str, who: str = "dan", **facts: object) -> InboundMessage:
    """Return what a customer wrote."""
    known = {
        "external_id": f"p{next(NUMBER)}",
        "sender": Party("from", who, who.title()),
        "thread": who,
        "proven": True,
    }
    return InboundMessage(text=text, **{**known, **facts})  # type: ignore[arg-type]


def we_say(text: str, who: str = "dan", **facts: object) -> InboundMessage:
    """Return what an agent answered in the platform's own app."""
    known: dict[str, object] = {"external_id": f"p{next(NUMBER)}", "sender": OURS, "thread": who, "from_us": True}
    known["parties"] = (OURS, Party("to", who, who.title()))
    return InboundMessage(text=text, **{**known, **facts})  # type: ignore[arg-type]


__all__ = ["Deletion", "Edit", "Platform", "Receipt", "customer_says", "we_say"]
