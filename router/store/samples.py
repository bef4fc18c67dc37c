"""What the sample desk asks of the store: whether the desk is unused, a brand's name, how far the loading is."""

import json
from datetime import datetime

from sqlalchemy import exists, select, update

from router.store import desk
from router.store.db import Connection
from router.store.schema import brand, connection, ticket

SETTING = "sample"  # of the whole desk: what is known of the loading, as JSON


def is_unused(db: Connection) -> bool:
    """Say whether the desk has no connection, no ticket and no sample on its way."""
    anything = exists(select(connection.c.id)), exists(select(ticket.c.id))
    return not any(db.execute(select(*anything)).one()) and not desk.setting(db, SETTING)


def has_tickets(db: Connection) -> bool:
    """Say whether a ticket was ever made."""
    return bool(db.execute(select(exists(select(ticket.c.id)))).scalar())


def rename_brand(db: Connection, brand_id: str, name: str, zone: str) -> None:
    """Let a brand be called this, with its people in this zone (IANA)."""
    db.execute(update(brand).where(brand.c.id == brand_id).values(name=name, zone=zone))


def kept(db: Connection) -> dict[str, object]:
    """Return what was kept of the loading; nothing if no sample was asked for."""
    found = json.loads(desk.setting(db, SETTING) or "{}")
    return found if isinstance(found, dict) else {}


def keep(db: Connection, what: dict[str, object], now: datetime) -> None:
    """Keep how far the loading is."""
    desk.put_setting(db, SETTING, json.dumps({**what, "at": now.isoformat()}, ensure_ascii=False))
