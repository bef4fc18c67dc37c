"""Brands as their page shows and changes them."""

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection as Db

from router.store.schema import agent_brand, brand, connection, queue


def change(db: Db, brand_id: str, *, name: str, language: str, zone: str, mood_on: bool, keep_days: int | None) -> None:
    """Let a brand be this from now on."""
    values = {"name": name, "language": language, "zone": zone, "mood_on": mood_on, "keep_days": keep_days}
    db.execute(update(brand).where(brand.c.id == brand_id).values(**values))


def has_key(db: Db, key: str) -> bool:
    """Say whether a brand is called by this key."""
    return db.execute(select(brand.c.id).where(brand.c.key == key)).first() is not None


def size(db: Db, brand_id: str) -> tuple[int, int, int]:
    """Return how many people, queues and connections a brand has."""
    counts = (
        select(func.count()).select_from(agent_brand).where(agent_brand.c.brand_id == brand_id),
        select(func.count()).select_from(queue).where(queue.c.brand_id == brand_id, queue.c.removed.is_(False)),
        select(func.count()).select_from(connection).where(connection.c.brand_id == brand_id),
    )
    people, queues, connections = (int(db.execute(query).scalar_one()) for query in counts)
    return people, queues, connections
