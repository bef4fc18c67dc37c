"""Views that people keep: a name and a question, their own or shared with a brand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store import bulk
from router.store.ids import new_id
from router.store.schema import brand, saved_view


@dataclass(frozen=True, slots=True)
class SavedView:
    """One view as its reader sees it."""

    id: str
    agent_id: str  # who made it
    brand_id: str | None  # None: all that the reader may see
    brand: str
    shared: bool
    name: str
    query: str
    position: int


def seen_by(db: Db, scope: Scope) -> list[SavedView]:
    """Return the reader's own views in their order, then those that are shared with one of their brands."""
    table = saved_view
    own = and_(table.c.agent_id == scope.agent, or_(table.c.brand_id.is_(None), table.c.brand_id.in_(scope.brands)))
    theirs = and_(table.c.shared, table.c.brand_id.in_(scope.brands))
    columns = [table.c[name] for name in SavedView.__slots__ if name in table.c]
    query = (
        select(*columns, func.coalesce(brand.c.name, "").label("brand"))
        .outerjoin(brand, brand.c.id == table.c.brand_id)
        .where(table.c.removed_at.is_(None), or_(own, theirs))
    )
    rows = [SavedView(**row._mapping) for row in db.execute(query)]
    return sorted(rows, key=lambda row: (row.agent_id != scope.agent, row.position, row.id))


def add(
    db: Db, agent_id: str, name: str, query: str, now: datetime, *, brand_id: str | None, shared: bool, position: int
) -> str:
    """Keep a view and return its id."""
    row = {"id": new_id(), "agent_id": agent_id, "brand_id": brand_id, "shared": shared, "name": name, "query": query}
    bulk.add_values(db, saved_view, [{**row, "position": position, "created_at": now, "removed_at": None}])
    return row["id"]  # type: ignore[return-value]


def change(db: Db, view_id: str, *, name: str, query: str, brand_id: str | None, shared: bool) -> None:
    """Let a view have another name or question, or be shared with another brand."""
    values = {"name": name, "query": query, "brand_id": brand_id, "shared": shared}
    db.execute(update(saved_view).where(saved_view.c.id == view_id).values(values))


def place(db: Db, ids: list[str]) -> None:
    """Put views into this order."""
    for position, view_id in enumerate(ids):
        db.execute(update(saved_view).where(saved_view.c.id == view_id).values(position=position))


def remove(db: Db, view_id: str, now: datetime) -> None:
    """Take a view away."""
    db.execute(update(saved_view).where(saved_view.c.id == view_id).values(removed_at=now))
