"""Decision records: why each ticket went where it went."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from router.model import Decision
from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import decision as table


def add(
    db: Connection, ticket_id: str, agent_id: str | None, made: Decision, rules_version: str | None, now: datetime
) -> str:
    """Store a decision and return its id."""
    row = {
        "id": new_id(),
        "ticket_id": ticket_id,
        "agent_id": agent_id,
        "kind": made.kind,
        "because": made.because,
        "inputs": json.dumps(made.inputs, separators=(",", ":")),
        "policy": made.policy,
        "rules_version_id": rules_version,
        "at": now,
    }
    bulk.add_values(db, table, [row])
    return str(row["id"])


def newest(db: Connection, ticket_id: str) -> tuple[Decision, str | None, datetime] | None:
    """Return the last decision on a ticket, for whom, and when."""
    query = select(table).where(table.c.ticket_id == ticket_id).order_by(table.c.at.desc(), table.c.id.desc())
    row = db.execute(query.limit(1)).first()
    if row is None:
        return None
    inputs: Mapping[str, object] = json.loads(row.inputs)
    return Decision(row.kind, row.because, inputs, row.policy), row.agent_id, row.at
