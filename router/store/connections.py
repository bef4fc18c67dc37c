"""Connections with their settings and secrets: rows whose history is kept, values opened by the vault."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.engine import Connection as Db

from channels.types import Connection
from router.model import Scope
from router.store import traffic
from router.store.db import Database
from router.store.ids import new_id
from router.store.schema import connection, connection_secret, connection_setting, destination
from router.vault import Vault

CACHED_S = 1.0  # how long a process may go on with what it read; a change made elsewhere takes effect after that
UNKNOWN_KEPT = 1000  # keys that do not exist, remembered at most


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """One connection as the desk sees it; `connection` is what its adapter gets."""

    id: str
    brand_id: str
    queue_id: str | None
    active: bool
    connection: Connection
    created_at: datetime
    last_event_at: datetime | None
    last_error_at: datetime | None
    last_error: str | None
    backlog_since: datetime | None
    resumed_at: datetime | None = None
    silent_since: datetime | None = None  # unusually silent since then, as admins were told


class KnownConnections:
    """The connections of one process, read again when a second old; the accept path asks it for every request."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._rows: dict[str, tuple[float, ConnectionRow | None]] = {}
        self._lock = threading.Lock()

    def by_key(self, key: str) -> ConnectionRow | None:
        """Return the connection of /hooks/<key>, None if there is none."""
        kept = self._rows.get(key)
        moment = time.monotonic()
        if kept is not None and moment < kept[0]:
            return kept[1]
        with self._database.read() as db:
            row = by_key(db, self._vault, key)
        with self._lock:
            if len(self._rows) > UNKNOWN_KEPT:
                self._rows = {k: v for k, v in self._rows.items() if v[1] is not None and moment < v[0] + 60}
            self._rows[key] = (moment + CACHED_S, row)
        return row

    def forget(self) -> None:
        """Read everything anew from now on."""
        with self._lock:
            self._rows = {}


def by_key(db: Db, vault: Vault, key: str) -> ConnectionRow | None:
    """Return the connection of /hooks/<key>."""
    return next(iter(_where(db, vault, connection.c.key == key)), None)


def by_id(db: Db, vault: Vault, connection_id: str) -> ConnectionRow | None:
    """Return one connection by its id."""
    return next(iter(_where(db, vault, connection.c.id == connection_id)), None)


def seen_by(db: Db, vault: Vault, scope: Scope) -> list[ConnectionRow]:
    """Return the connections of the scope's brands, by name."""
    if scope.everything:
        return _where(db, vault, connection.c.id.is_not(None))
    return _where(db, vault, connection.c.brand_id.in_(scope.brands))


def active_on(db: Db, vault: Vault, channels: Iterable[str]) -> list[ConnectionRow]:
    """Return the connections at work on these channels: whose mailboxes the clock holds."""
    return _where(db, vault, connection.c.active & connection.c.channel.in_(list(channels)))


def add(db: Db, *, brand_id: str, key: str, channel: str, name: str, queue_id: str | None, now: datetime) -> str:
    """Store a new connection and return its id."""
    connection_id = new_id()
    db.execute(
        insert(connection).values(
            id=connection_id,
            brand_id=brand_id,
            key=key,
            channel=channel,
            name=name,
            queue_id=queue_id,
            active=True,
            created_at=now,
        )
    )
    return connection_id


def change(db: Db, connection_id: str, *, name: str, queue_id: str | None) -> None:
    """Give a connection another name, or another queue for its tickets."""
    db.execute(update(connection).where(connection.c.id == connection_id).values(name=name, queue_id=queue_id))


def set_active(db: Db, connection_id: str, active: bool, now: datetime) -> None:
    """Pause a connection, or let it go on."""
    values: dict[str, object] = {"active": active, "silent_since": None}
    if active:
        values["resumed_at"] = now
    db.execute(update(connection).where(connection.c.id == connection_id).values(values))


def note_silence(db: Db, connection_id: str, since: datetime) -> bool:
    """Record that a connection fell silent. False: that is known, or something came meanwhile."""
    still = connection.c.silent_since.is_(None) & (connection.c.last_event_at == since)
    query = update(connection).where(connection.c.id == connection_id, still)
    return bool(db.execute(query.values(silent_since=since)).rowcount)


def hold(db: Db, connection_id: str) -> None:
    """Hold a connection until the transaction ends; whoever holds it first goes first."""
    if db.dialect.name == "postgresql":  # SQLite has one writer anyway
        query = select(connection.c.id).where(connection.c.id == connection_id)
        db.execute(query.with_for_update(key_share=True))


def note_event(db: Db, connection_id: str, now: datetime, events: int = 1, not_understood: int = 0) -> None:
    """Record that something arrived and was read, or could not be; a connection that was silent is so no longer."""
    values = {"last_event_at": now, "silent_since": None}
    db.execute(update(connection).where(connection.c.id == connection_id).values(values))
    traffic.count(db, connection_id, now, events, not_understood)


def note_error(db: Db, connection_id: str, error: str | None, now: datetime) -> None:
    """Record what went wrong last, or with None that it is mended; `error` holds no secret and no customer's text."""
    at = now if error else None
    db.execute(update(connection).where(connection.c.id == connection_id).values(last_error=error, last_error_at=at))


def put_settings(
    db: Db, vault: Vault, connection_id: str, settings: Mapping[str, str], secret: frozenset[str], now: datetime
) -> None:
    """Let these settings hold from now on; those named in `secret` are sealed. What held before stays as history."""
    table = connection_setting
    db.execute(
        update(table)
        .where(table.c.connection_id == connection_id, table.c.name.in_(list(settings)), table.c.valid_to.is_(None))
        .values(valid_to=now)
    )
    db.execute(  # a secret that no longer holds is not kept: history needs its time, not its value
        update(table)
        .where(table.c.connection_id == connection_id, table.c.valid_to.is_not(None), table.c.sealed.is_not(None))
        .values(sealed=None)
    )
    rows = []
    for name, value in settings.items():
        sealed, key_id = vault.seal(value) if name in secret else (None, None)
        rows.append(
            {
                "id": new_id(),
                "connection_id": connection_id,
                "name": name,
                "value": None if name in secret else value,
                "sealed": sealed,
                "key_id": key_id,
                "valid_from": now,
                "valid_to": None,
            }
        )
    if rows:
        db.execute(insert(table), rows)


def add_secret(db: Db, vault: Vault, connection_id: str, secret: str, now: datetime) -> None:
    """Store a further active webhook secret, and retire all but the one before it: two are active at most."""
    table = connection_secret
    active = (table.c.connection_id == connection_id) & table.c.retired_at.is_(None)
    older = db.execute(
        select(table.c.id).where(active).order_by(table.c.created_at.desc(), table.c.id.desc())
    ).scalars()
    for row_id in list(older)[1:]:
        retire_secret(db, row_id, now)
    sealed, key_id = vault.seal(secret)
    db.execute(
        insert(table).values(
            id=new_id(), connection_id=connection_id, sealed=sealed, key_id=key_id, created_at=now, retired_at=None
        )
    )


def retire_old_secrets(db: Db, connection_id: str, now: datetime) -> int:
    """Retire every active webhook secret but the newest; return how many that were."""
    table = connection_secret
    active = (table.c.connection_id == connection_id) & table.c.retired_at.is_(None)
    older = list(
        db.execute(select(table.c.id).where(active).order_by(table.c.created_at.desc(), table.c.id.desc())).scalars()
    )
    for row_id in older[1:]:
        retire_secret(db, row_id, now)
    return len(older[1:])


def retire_secret(db: Db, row_id: str, now: datetime) -> None:
    """End one webhook secret; its value is not kept."""
    db.execute(update(connection_secret).where(connection_secret.c.id == row_id).values(retired_at=now, sealed=b""))


def reseal(db: Db, vault: Vault) -> int:
    """Seal every secret with the vault's first key; return how many needed it."""
    done = 0
    for table, live in (
        (connection_setting, connection_setting.c.sealed.is_not(None)),
        (connection_secret, connection_secret.c.retired_at.is_(None)),
        (destination, destination.c.removed_at.is_(None)),
    ):
        for row in db.execute(select(table.c.id, table.c.sealed, table.c.key_id).where(live)).all():
            if not vault.is_current(row.key_id):
                sealed, key_id = vault.seal(vault.open(row.sealed, row.key_id))
                db.execute(update(table).where(table.c.id == row.id).values(sealed=sealed, key_id=key_id))
                done += 1
    return done


def _where(db: Db, vault: Vault, condition: ColumnElement[bool]) -> list[ConnectionRow]:
    rows = db.execute(select(connection).where(condition).order_by(connection.c.name, connection.c.id)).all()
    ids = [row.id for row in rows]
    settings: dict[str, dict[str, str]] = defaultdict(dict)
    held = connection_setting.c.connection_id.in_(ids) & connection_setting.c.valid_to.is_(None)
    for row in db.execute(select(connection_setting).where(held)).all() if ids else ():
        value = row.value if row.sealed is None else vault.open(row.sealed, row.key_id)
        settings[row.connection_id][row.name] = value or ""
    secrets: dict[str, list[str]] = defaultdict(list)
    active = connection_secret.c.connection_id.in_(ids) & connection_secret.c.retired_at.is_(None)
    newest_first = (connection_secret.c.created_at.desc(), connection_secret.c.id.desc())
    for row in db.execute(select(connection_secret).where(active).order_by(*newest_first)).all() if ids else ():
        secrets[row.connection_id].append(vault.open(row.sealed, row.key_id))
    return [_row(row, settings[row.id], secrets[row.id]) for row in rows]


def _row(row: Row[tuple[object, ...]], settings: Mapping[str, str], secrets: Sequence[str]) -> ConnectionRow:
    return ConnectionRow(
        id=row.id,
        brand_id=row.brand_id,
        queue_id=row.queue_id,
        active=row.active,
        connection=Connection(row.key, row.channel, row.name, dict(settings), tuple(secrets)),
        created_at=row.created_at,
        last_event_at=row.last_event_at,
        last_error_at=row.last_error_at,
        last_error=row.last_error,
        backlog_since=row.backlog_since,
        resumed_at=row.resumed_at,
        silent_since=row.silent_since,
    )
