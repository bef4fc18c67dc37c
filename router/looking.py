"""Keeps a trail of who looked at a ticket that somebody else holds: once for each person, ticket and hour."""

from datetime import datetime, timedelta

from router.app import Heed
from router.model import Scope
from router.store import audit, leases
from router.store.audit import Actor
from router.store.ids import new_id
from router.store.views.lines import TicketLine

ACT = "ticket.read"
ONCE_IN = timedelta(hours=1)
REMEMBERED = 20_000  # looks this process knows to be on the trail

_known: dict[tuple[str, str, str], datetime] = {}  # (desk, person, ticket) -> until when


def note_read(heed: Heed, scope: Scope, actor: Actor, line: TicketLine, now: datetime) -> bool:
    """Put a look on the trail if another agent holds the ticket; say whether it was put there.

    What waits in one's brands is everybody's work, what is done belongs to nobody: neither is another's ticket.
    """
    if scope.agent is None or line.agent_id is None or line.agent_id == scope.agent:
        return False
    if line.state in ("resolved", "closed"):
        return False
    key = (heed.config.database_url, scope.agent, line.id)
    if _known.get(key, now) > now:
        return False
    with heed.database.write() as db:
        is_first = leases.take(db, f"{ACT} {scope.agent} {line.id}", new_id(), now, ONCE_IN)
        if is_first:
            audit.append(db, actor, ACT, line.id, now, brand_id=line.brand_id)
    if len(_known) >= REMEMBERED:
        _known.clear()
    _known[key] = now + ONCE_IN
    return is_first
