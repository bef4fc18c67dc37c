"""Builders of a whole desk on a real database: every argument has a default but what a test is about."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select, text

from channels.types import Delivery
from router import desk as acts
from router import intake
from router.app import Heed, open_heed
from router.config import load
from router.drain import drain
from router.equipping import ensure_desk
from router.model import SYSTEM, Presence, Role, Scope
from router.presence import set_presence
from router.store import connections, desk, people, rulebook, tickets
from router.store.connections import ConnectionRow
from router.store.rows import Ticket
from router.store.schema import message, ticket
from rules.model import FORMAT
from tests import snapshots
from tests.snapshots import Snapshot

NUMBER = itertools.count(1)
KEY = "k" * 40
OWN_ADDRESS = "help@shop.example"
_MADE: dict[str, tuple[Snapshot, str, ConnectionRow]] = {}  # key of an empty database -> desk, brand, API connection


def now() -> datetime:
    """Return the moment it is."""
    return datetime.now(UTC)


def in_minutes(number: float) -> datetime:
    """Return a moment to come, or one that has passed."""
    return now() + timedelta(minutes=number)


@dataclass(slots=True)
class Desk:
    """A desk with one brand, a queue and an API connection, and ways to let things happen at it."""

    heed: Heed
    brand_id: str
    folder: Path
    api: ConnectionRow = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.api = self.api or a_connection_row(self)

    def restart(self) -> None:
        """Go on as a process that starts anew."""
        self.heed.database.close()
        self.heed = a_heed(self.url, self.folder)

    @property
    def url(self) -> str:
        """Return DATABASE_URL."""
        return self.heed.config.database_url

    @property
    def tickets(self) -> list[Ticket]:
        """Return all tickets in the order of their numbers."""
        with self.heed.database.read() as db:
            ids = db.execute(select(ticket.c.id)).scalars().all()
            return sorted(tickets.load(db, SYSTEM, ids).values(), key=lambda t: t.number)

    def ticket(self, ticket_id: str) -> Ticket:
        """Return one ticket."""
        with self.heed.database.read() as db:
            return tickets.load(db, SYSTEM, [ticket_id])[ticket_id]

    def messages(self, ticket_id: str | None = None) -> list:
        """Return the rows of messages in the order they came."""
        query = select(message).order_by(message.c.at, message.c.id)
        with self.heed.database.read() as db:
            return db.execute(query.where(message.c.home_ticket_id == ticket_id) if ticket_id else query).all()

    def rows(self, query: str, **values: object) -> list[tuple]:
        """Return what a query finds, as tuples."""
        with self.heed.database.read() as db:
            return [tuple(row) for row in db.execute(text(query), values)]

    def do(self, statement: str, **values: object) -> None:
        """Change what no use case changes."""
        with self.heed.database.write() as db:
            db.execute(text(statement), values)

    def events(self, ticket_id: str) -> list[str]:
        """Return the kinds of a ticket's events in order."""
        return [kind for (kind,) in self.rows("SELECT kind FROM ticket_event WHERE ticket_id = :t ORDER BY seq",
                                              t=ticket_id)]  # fmt: skip

    def drain(self, row: ConnectionRow | None = None) -> int:
        """Read everything that came on a connection."""
        return drain(self.heed, (row or self.api).id)

    def says(self, text: str = "Where is my parcel, please?", who: str = "dan", **fields: object) -> Ticket:
        """Let a customer write by the API, and return the ticket it lands in."""
        external_id = str(fields.pop("id", f"m{next(NUMBER)}"))
        post(self, text, who, id=external_id, **fields)
        self.drain()
        return self.ticket_of(external_id)

    def ticket_of(self, external_id: str, row: ConnectionRow | None = None) -> Ticket:
        """Return the ticket of a message."""
        [(ticket_id,)] = self.rows(
            "SELECT home_ticket_id FROM message WHERE connection_id = :c AND external_id = :e",
            c=(row or self.api).id, e=external_id,
        )  # fmt: skip
        return self.ticket(ticket_id)


@contextmanager
def a_desk(url: str, folder: Path, **environ: str) -> Iterator[Desk]:
    """Yield a new desk on a migrated database."""
    key = snapshots.key(url)
    desk = _as_made_before(key, url, folder, environ) if key in _MADE else _made(key, url, folder, environ)
    try:
        yield desk
    finally:
        desk.heed.notifier.stop()
        desk.heed.database.close()


def _made(key: str, url: str, folder: Path, environ: dict[str, str]) -> Desk:
    """Make a desk on a migrated database, and remember it if there was nothing in there."""
    heed = a_heed(url, folder, **environ)
    desk = Desk(heed, ensure_desk(heed, now()), folder)
    if key:
        heed.database.close()  # brings everything into a SQLite file
        _MADE[key] = (snapshots.take(url), desk.brand_id, desk.api)
        desk.heed = a_heed(url, folder, **environ)
    return desk


def _as_made_before(key: str, url: str, folder: Path, environ: dict[str, str]) -> Desk:
    """Make the desk that was made of such a database before."""
    snapshot, brand_id, api = _MADE[key]
    snapshots.put(url, snapshot)
    return Desk(a_heed(url, folder, **environ), brand_id, folder, api)


def a_heed(url: str, folder: Path, **environ: str) -> Heed:
    """Return one process's view of a desk; without REDIS_URL its broker is away."""
    nowhere = f"unix://{folder}/nobody.sock"
    return open_heed(
        load({"DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": KEY, "REDIS_URL": nowhere, **environ})
    )


def a_connection_row(desk: Desk, channel: str = "api", *, brand_id: str = "", **facts: object) -> ConnectionRow:
    """Add a connection and return its row; mail has an address, and needs no servers to be read."""
    settings = {"address": OWN_ADDRESS} if channel == "email" else {}
    settings |= facts.pop("settings", {})  # type: ignore[operator]
    with desk.heed.database.write() as db:
        connection_id = connections.add(
            db, **{"brand_id": brand_id or desk.brand_id, "key": f"key-{next(NUMBER)}", "channel": channel,
                   "name": f"{channel} {next(NUMBER)}", "queue_id": None, "now": now(), **facts},
        )  # fmt: skip
        connections.put_settings(db, desk.heed.vault, connection_id, settings, frozenset(), now())
        row = connections.by_id(db, desk.heed.vault, connection_id)
    assert row is not None
    return row


def a_queue(of: Desk, name: str, **facts: object) -> str:
    """Add a queue and return its id."""
    known = {"brand_id": of.brand_id, "name": name, "mode": "pull", "is_default": False, "now": now(), **facts}
    with of.heed.database.write() as db:
        return desk.add_queue(db, **known)


def a_skill(of: Desk, key: str, *, is_language: bool = False) -> str:
    """Add a skill and return its key."""
    with of.heed.database.write() as db:
        desk.put_skill(db, key=key, label=key.title(), is_language=is_language, now=now())
    return key


def a_brand(of: Desk, key: str) -> str:
    """Add a second brand with a queue of its own, and return its id."""
    with of.heed.database.write() as db:
        brand_id = desk.add_brand(db, key=key, name=key.title(), language="en", zone="UTC", now=now())
        desk.add_queue(db, brand_id=brand_id, name="General", mode="pull", is_default=True, now=now())
    return brand_id


def an_agent(
    of: Desk,
    name: str = "Ana",
    *,
    skills: dict[str, int] | None = None,
    slots: dict[str, int | None] | None = None,
    role: Role = Role.AGENT,
    brands: tuple[str, ...] = (),
    channels: tuple[str, ...] = (),
    presence: Presence | None = Presence.ONLINE,
) -> Scope:
    """Add a person who speaks English and is here, and return the scope they act in."""
    granted = brands or (of.brand_id,)
    with of.heed.database.write() as db:
        agent_id = people.add(
            db, email=f"{name.lower()}-{next(NUMBER)}@desk.example", name=name, role=role, zone="UTC", locale="en",
            now=now(),
        )  # fmt: skip
        people.grant_brands(db, agent_id, granted)
        people.put_skills(db, agent_id, {"en": 3} if skills is None else skills, now())
        people.put_slots(db, agent_id, slots or {}, now())
        people.put_channels(db, agent_id, channels, now())
    if presence is not None:
        set_presence(of.heed, agent_id, presence, now())
    return Scope(role, frozenset(granted), agent_id)


def a_supervisor(of: Desk, name: str = "Sue", **facts: object) -> Scope:
    """Add a supervisor and return the scope they act in."""
    return an_agent(of, name, **{"role": Role.SUPERVISOR, **facts})  # type: ignore[arg-type]


def rules(of: Desk, source: str) -> str:
    """Let a rule set be the live one and return its version's id."""
    with of.heed.database.write() as db:
        return rulebook.publish(db, of.brand_id, source, FORMAT, "heed", "", now())[0]


def a_delivery(text: str, who: str = "dan", *, key: str = "", **fields: object) -> Delivery:
    """Return one message of the API as it comes."""
    said = {"id": f"m{next(NUMBER)}", "from": {"id": who, "name": who.title()}, "text": text, **fields}
    return raw(json.dumps(said).encode(), key)


def raw(body: bytes, key: str = "") -> Delivery:
    """Return a delivery with this body."""
    return Delivery(key or f"delivery-{next(NUMBER)}", "https://heed.example/hooks/k", {}, body)


def post(desk: Desk, text: str = "Where is my parcel, please?", who: str = "dan", **fields: object) -> None:
    """Let a message come in by the API; it is stored, not yet read."""
    row = fields.pop("row", desk.api)
    at = fields.pop("received", None) or now()
    intake.accept(desk.heed, row, a_delivery(text, who, **fields), at)  # type: ignore[arg-type]


def mail(
    desk: Desk, row: ConnectionRow, text: str = "Where is my parcel?", who: str = "dan@home.example", **headers: str
) -> str:
    """Let a mail come in and be read, and return its Message-ID. Headers are named with underscores."""
    letter = EmailMessage()
    given = {"From": f"Dan <{who}>", "To": OWN_ADDRESS, "Subject": "Order", "Date": "Mon, 23 Nov 2026 12:00:00 +0000",
             "Message-ID": f"<{next(NUMBER)}@home.example>"}  # fmt: skip
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in given.items():
        letter[name] = value
    letter.set_content(text)
    intake.accept(desk.heed, row, raw(letter.as_bytes()), now())
    desk.drain(row)
    return given["Message-ID"]


def pulled(at: Desk, who: Scope) -> str:
    """Pull the next ticket and return its id."""
    got = acts.pull(at.heed, who, now())
    assert got is not None
    return got.ticket_id
