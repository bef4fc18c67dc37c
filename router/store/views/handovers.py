"""To whom somebody handed tickets lately."""

import json
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.engine import Connection as Db

from router.store.schema import ticket_event

AGAIN = text("ticket_event.kind IN ('reopened', 'transferred')")  # as a literal: so begins the partial index
LOOKED_AT = 100  # of the latest hand-overs


def latest(db: Db, agent_id: str, since: datetime) -> list[str]:
    """Return the queues and people an agent handed tickets to since a moment, by id, the latest first, each once."""
    theirs = (ticket_event.c.by == agent_id) & (ticket_event.c.kind == "transferred") & (ticket_event.c.at >= since)
    query = select(ticket_event.c.data).where(AGAIN, theirs).order_by(ticket_event.c.at.desc()).limit(LOOKED_AT)
    said = [json.loads(data) for data in db.execute(query).scalars()]
    return list(dict.fromkeys(str(one.get("agent") or one.get("queue") or "") for one in said))
