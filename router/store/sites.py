"""Sites: where people work, over time. A ticket may need one for a while, as it needs a skill."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import agent_site, site


def of(db: Connection, agent_ids: Collection[str]) -> dict[str, str]:
    """Return the site of each of these people who has one."""
    query = select(agent_site.c.agent_id, site.c.name).join(site, site.c.id == agent_site.c.site_id)
    query = query.where(agent_site.c.agent_id.in_(list(agent_ids)), agent_site.c.valid_to.is_(None))
    return {row.agent_id: row.name for row in db.execute(query)}


def put(db: Connection, agent_id: str, name: str, zone: str, now: datetime) -> bool:
    """Let a person work at a site from now on, at none if it has no name; say whether that is another one.

    A site that is named for the first time begins with this zone; large and small letters make no other site.
    """
    if of(db, [agent_id]).get(agent_id, "").casefold() == name.casefold():
        return False
    holds = (agent_site.c.agent_id == agent_id) & agent_site.c.valid_to.is_(None)
    db.execute(update(agent_site).where(holds).values(valid_to=now))
    if name:
        row = {"id": new_id(), "agent_id": agent_id, "site_id": _known(db, name, zone), "valid_from": now}
        bulk.add_values(db, agent_site, [row])
    return True


def _known(db: Connection, name: str, zone: str) -> str:
    rows = db.execute(select(site.c.id, site.c.name).order_by(site.c.name)).all()
    found = next((row.id for row in rows if row.name.casefold() == name.casefold()), None)  # SQLite lowers ASCII alone
    if found is None:
        found = new_id()
        bulk.add_values(db, site, [{"id": found, "name": name, "zone": zone}])
    return str(found)
