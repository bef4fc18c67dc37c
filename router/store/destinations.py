"""Destinations: where rules may send word of a ticket. What requests are signed with is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import destination
from router.vault import Vault


@dataclass(frozen=True, slots=True)
class Destination:
    """One address that an admin registered."""

    id: str
    brand_id: str
    name: str
    url: str
    internal: bool  # its host may have a private address
    created_at: datetime


def add(
    db: Connection, vault: Vault, *, brand_id: str, name: str, url: str, internal: bool, secret: str, now: datetime
) -> str:
    """Register a destination and return its id."""
    sealed, key_id = vault.seal(secret)
    row = {"id": new_id(), "brand_id": brand_id, "name": name, "url": url, "internal": internal}
    secrets = {"sealed": sealed, "key_id": key_id, "created_at": now, "removed_at": None}
    db.execute(insert(destination).values(**row, **secrets))
    return row["id"]  # type: ignore[return-value]


def there(db: Connection, brand_id: str | None = None) -> list[Destination]:
    """Return the destinations of a brand, or of all, by name."""
    columns = [destination.c[name] for name in Destination.__slots__]
    query = select(*columns).where(destination.c.removed_at.is_(None))
    if brand_id is not None:
        query = query.where(destination.c.brand_id == brand_id)
    return [Destination(*row) for row in db.execute(query.order_by(destination.c.name, destination.c.id))]


def names(db: Connection, brand_id: str) -> frozenset[str]:
    """Return what rules of a brand may call."""
    return frozenset(one.name for one in there(db, brand_id))


def secret(db: Connection, vault: Vault, destination_id: str) -> str:
    """Return what requests to a destination are signed with."""
    row = db.execute(select(destination.c.sealed, destination.c.key_id).where(destination.c.id == destination_id)).one()
    return vault.open(row.sealed, row.key_id)


def remove(db: Connection, destination_id: str, now: datetime) -> bool:
    """Forget a destination and its secret. False: it is not there."""
    held = (destination.c.id == destination_id) & destination.c.removed_at.is_(None)
    values: Mapping[str, object] = {"removed_at": now, "sealed": b""}
    return bool(db.execute(update(destination).where(held).values(**values)).rowcount)
