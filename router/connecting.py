"""Connections: added step by step, tested, paused, given new secrets. What is secret is sealed and shown once."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from channels import CHANNELS, adapter
from channels.errors import ChannelError
from channels.types import ChannelInfo, Connection
from router.app import Heed
from router.connection_settings import checked, former, rotating, secret_names
from router.equipping import MAX_NAME
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.store import audit, connections, desk
from router.store.audit import Actor
from router.store.connections import ConnectionRow as ConnectionRow
from router.store.connections import KnownConnections as KnownConnections

HIDDEN = "(the secret shown when it was made)"  # stands in a step for a secret that is shown once


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What is shown once a connection is made; the secret never again."""

    id: str
    key: str
    url: str
    secret: str  # empty where the platform gives its own
    trouble: str = ""  # the platform could not be told of the webhook: why, and what to do


def info(channel: str) -> ChannelInfo:
    """Return what set-up needs to know of a channel. Raises Mistake."""
    try:
        return adapter(channel).INFO
    except KeyError as error:
        raise Mistake(str(error.args[0])) from None


def infos() -> list[ChannelInfo]:
    """Return every channel that a connection can be made on."""
    return [adapter(channel).INFO for channel in CHANNELS]


def add_connection(
    heed: Heed,
    actor: Actor,
    scope: Scope,
    *,
    brand_id: str,
    channel: str,
    name: str,
    settings: Mapping[str, str],
    now: datetime,
    queue_id: str | None = None,
) -> NewConnection:
    """Add a connection, and have the platform told of it where it can be. Raises Mistake with every error."""
    about = info(channel)
    name = _name(name)
    kept = checked(about, settings, scope, before={})
    key, secret = _key(), secrets.token_urlsafe(32) if about.generates_secret else ""
    with heed.database.write() as db:
        if queue_id is not None and queue_id not in {q.id for q in desk.queues(db, brand_id)}:
            raise Mistake("The queue is not one of this brand: choose another.")
        connection_id = connections.add(
            db, brand_id=brand_id, key=key, channel=channel, name=name, queue_id=queue_id, now=now
        )
        connections.put_settings(db, heed.vault, connection_id, kept, secret_names(about), now)
        if secret:
            connections.add_secret(db, heed.vault, connection_id, secret, now)
        change = {"channel": channel, "settings": sorted(kept)}
        audit.append(db, actor, "connection added", connection_id, now, brand_id=brand_id, change=change)
    heed.notifier.publish([Change("desk", brand=brand_id)])
    return NewConnection(connection_id, key, hook_url(heed, key), secret, tell_platform(heed, connection_id, now))


def change_connection(
    heed: Heed,
    actor: Actor,
    scope: Scope,
    row: ConnectionRow,
    now: datetime,
    *,
    name: str,
    settings: Mapping[str, str],
    queue_id: str | None,
) -> str:
    """Change a connection and return what the platform said against it; an empty secret keeps the one there is.

    Raises Mistake with every error.
    """
    about = info(row.connection.channel)
    name = _name(name)
    kept = checked(about, settings, scope, before=row.connection.settings)
    with heed.database.write() as db:
        if queue_id is not None and queue_id not in {q.id for q in desk.queues(db, row.brand_id)}:
            raise Mistake("The queue is not one of this brand: choose another.")
        connections.change(db, row.id, name=name, queue_id=queue_id)
        changed = {k: v for k, v in kept.items() if row.connection.settings.get(k, "") != v}
        changed |= former(about, row.connection.settings, changed)
        connections.put_settings(db, heed.vault, row.id, changed, secret_names(about), now)
        change = {"settings": sorted(changed)}
        audit.append(db, actor, "connection changed", row.id, now, brand_id=row.brand_id, change=change)
    heed.notifier.publish([Change("desk", brand=row.brand_id)])
    return tell_platform(heed, row.id, now)


def tell_platform(heed: Heed, connection_id: str, now: datetime) -> str:
    """Have the platform call our webhook, where its API can be asked to; return what went wrong, for people."""
    row = by_id(heed, connection_id)
    set_up = cast(Callable[[Connection, str], None] | None, getattr(adapter(row.connection.channel), "set_up", None))
    if set_up is None:
        return ""
    try:
        set_up(row.connection, hook_url(heed, row.connection.key))
    except ChannelError as error:
        trouble = str(error)
    else:
        trouble = ""
    with heed.database.write() as db:
        connections.note_error(db, connection_id, trouble or None, now)
    return trouble


def test_connection(heed: Heed, connection_id: str, now: datetime) -> list[str]:
    """Ask the platform whether all is well; return what is not, each with its remedy, and keep the first on record."""
    row = by_id(heed, connection_id)
    try:
        found = adapter(row.connection.channel).test(row.connection)
    except ChannelError as error:
        found = [str(error)]
    with heed.database.write() as db:
        connections.note_error(db, connection_id, found[0] if found else None, now)
    return found


def pause(heed: Heed, actor: Actor, connection_id: str, now: datetime, *, active: bool) -> None:
    """Pause a connection (its webhook answers 503, so that platforms keep what they have), or let it go on."""
    row = by_id(heed, connection_id)
    with heed.database.write() as db:
        connections.set_active(db, connection_id, active, now)
        act = "connection resumed" if active else "connection paused"
        audit.append(db, actor, act, connection_id, now, brand_id=row.brand_id)
    heed.notifier.publish([Change("desk", brand=row.brand_id)])


def rotate_secret(heed: Heed, actor: Actor, connection_id: str, now: datetime) -> NewConnection:
    """Give a connection a second webhook secret; the one before goes on to hold until `retire_secret`."""
    row = by_id(heed, connection_id)
    secret = secrets.token_urlsafe(32)
    with heed.database.write() as db:
        connections.add_secret(db, heed.vault, connection_id, secret, now)
        audit.append(db, actor, "secret rotated", connection_id, now, brand_id=row.brand_id)
    trouble = tell_platform(heed, connection_id, now)
    return NewConnection(connection_id, row.connection.key, hook_url(heed, row.connection.key), secret, trouble)


def retire_secret(heed: Heed, actor: Actor, connection_id: str, now: datetime) -> int:
    """Let only the newest secrets hold, ours and those the platform gave; return how many ended."""
    row = by_id(heed, connection_id)
    about = info(row.connection.channel)
    given = {name: "" for name in rotating(about) if row.connection.setting(name)}
    with heed.database.write() as db:
        ended = connections.retire_old_secrets(db, connection_id, now) + len(given)
        connections.put_settings(db, heed.vault, connection_id, given, secret_names(about), now)
        audit.append(db, actor, "old secret retired", connection_id, now, brand_id=row.brand_id)
    return ended


def has_two_secrets(row: ConnectionRow) -> bool:
    """Say whether a former secret still holds beside its successor."""
    return len(row.connection.secrets) > 1 or any(map(row.connection.setting, rotating(info(row.connection.channel))))


def rekey(heed: Heed, actor: Actor, now: datetime) -> int:
    """Seal every stored secret with the first SECRET_KEY; return how many were sealed with another."""
    with heed.database.write() as db:
        done = connections.reseal(db, heed.vault)
        audit.append(db, actor, "secrets sealed anew", "desk", now, change={"count": done})
    return done


def by_id(heed: Heed, connection_id: str) -> ConnectionRow:
    """Return a connection. Raises Mistake."""
    with heed.database.read() as db:
        row = connections.by_id(db, heed.vault, connection_id)
    if row is None:
        raise Mistake("This connection is gone: load the page again.")
    return row


def by_key(heed: Heed, key: str) -> ConnectionRow:
    """Return the connection of a webhook's key. Raises Mistake."""
    with heed.database.read() as db:
        row = connections.by_key(db, heed.vault, key)
    if row is None:
        raise Mistake(f"There is no connection with the key {key}: `connections list` shows them.")
    return row


def seen_by(heed: Heed, scope: Scope) -> list[ConnectionRow]:
    """Return the connections of the scope's brands."""
    with heed.database.read() as db:
        return connections.seen_by(db, heed.vault, scope)


def hook_url(heed: Heed, key: str) -> str:
    """Return the address a platform posts to."""
    return f"{heed.config.public_url}/hooks/{key}"


def steps(heed: Heed, row: ConnectionRow, secret: str = "", say: Callable[[str], str] = str) -> list[str]:
    """Return how to set the platform up, in order, with this connection's address; the secret only when just made.

    `say` puts a step into the reader's language.
    """
    shown = secret or say(HIDDEN)
    url = hook_url(heed, row.connection.key)
    return [
        say(step).replace("{url}", url).replace("{secret}", shown).replace("<connection>", row.connection.key)
        for step in info(row.connection.channel).steps
    ]


def _key() -> str:
    """Return 26 letters and digits that nobody guesses."""
    return secrets.token_hex(13)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Mistake(f"The connection needs a name of 1 to {MAX_NAME} characters.")
    return name
