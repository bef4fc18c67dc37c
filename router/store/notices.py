"""Notices: what a person should know, such as a rule's alert or a reply that did not get through."""

from datetime import datetime

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import notice


def add(
    db: Connection,
    *,
    brand_id: str,
    ticket_id: str | None,
    kind: str,
    because: str,
    now: datetime,
    agent_id: str | None = None,
    role: str | None = None,
) -> None:
    """Store a notice for one agent, or for everyone of a role. `because` holds no words of a customer's."""
    row = {
        "id": new_id(),
        "agent_id": agent_id,
        "role": role,
        "brand_id": brand_id,
        "ticket_id": ticket_id,
        "kind": kind,
        "because": because,
        "at": now,
        "closed": False,
    }
    bulk.add_values(db, notice, [row])
