"""The dry run: reads everything an act on many tickets depends on, and changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from router.app import Heed
from router.desk.errors import NotAllowed, Refused
from router.many.acts import MOST, Order
from router.many.foreseeing import Foreseen, foresee
from router.model import Scope
from router.store import desk, roster, tickets
from router.store.rows import Ticket

AT_ONCE = 500  # ids in one statement


def preview(heed: Heed, scope: Scope, order: Order, ticket_ids: Sequence[str], now: datetime) -> Foreseen:
    """Return what an order would do to tickets, in the order they are named; those of other brands are not there."""
    may(scope, order)
    wanted = list(dict.fromkeys(ticket_ids))[:MOST]
    with heed.database.read() as db:
        rows: dict[str, Ticket] = {}
        tags: dict[str, set[str]] = {}
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            rows |= tickets.load(db, scope, part)
            tags |= tickets.tags(db, part)
        agent = roster.views(db, now, ids=[order.given]).get(order.given) if order.kind.needs == "agent" else None
        queues = [(row.brand_id, row.id) for row in desk.queues_seen_by(db, scope)]
    found = [rows[ticket_id] for ticket_id in wanted if ticket_id in rows]
    if not found:
        raise Refused("Choose at least one ticket.")
    return foresee(order, found, scope, now, tags=tags, queues=frozenset(queues), agent=agent)


def may(scope: Scope, order: Order) -> None:
    """Raise NotAllowed unless whoever asks may do this kind of act at all."""
    if scope.agent is None or scope.role.rank < order.kind.role.rank:
        raise NotAllowed(f"“{order.kind.words}” for many tickets is for a {order.kind.role}.")
