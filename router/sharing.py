"""What hard work counts: a ticket once for each agent, by its mood when it leaves their hands or by their own word.

If it grows hotter and they have it again, the difference is added.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, cast

from router.model import Heat
from router.routing.policy import DIFFICULT
from router.routing.share import closed, faded
from router.store import ledger
from router.store.db import Connection
from router.store.rows import Ticket

Source = Literal["mood", "agent"]


def left(db: Connection, agent_id: str, ticket: Ticket, now: datetime) -> None:
    """Write down a ticket that has left the hands of an agent, who is locked."""
    count(db, agent_id, ticket.id, {"mood": closed(0.0, 0, cast(Heat, ticket.heat))[0]}, now)


def count(db: Connection, agent_id: str, ticket_id: str, given: Mapping[Source, float | None], now: datetime) -> None:
    """Let a ticket count the most that mood and own word say, None: nothing is said; what changed goes to the sum."""
    before = ledger.amounts(db, agent_id, ticket_id)
    after = {source: amount for source, (amount, _) in before.items()}
    for source, amount in given.items():
        if amount is None:
            after.pop(source, None)
            ledger.drop(db, agent_id, ticket_id, source)
        elif amount > after.get(source, -1.0):
            after[source] = amount
            ledger.write(db, agent_id, ticket_id, source, amount, now)
    was, becomes = max((amount for amount, _ in before.values()), default=0.0), max(after.values(), default=0.0)
    held = ledger.held(db, agent_id)
    run = held.run + _hard(becomes) - _hard(was) if before else (held.run + 1) * _hard(becomes)
    if was > becomes:  # taken back: what is left of it by now
        since = min(at for _, at in before.values())
        more = -faded(was - becomes, (now - since).total_seconds())
    else:
        more = becomes - was
    ledger.put(db, agent_id, max(as_of(held, now) + more, 0.0), max(run, 0), now)


def _hard(amount: float) -> int:
    return int(amount + 1 >= DIFFICULT)


def as_of(held: ledger.Held, now: datetime) -> float:
    """Return what a ledger holds at a moment."""
    return faded(held.hard_work, (now - held.at).total_seconds()) if held.at else 0.0
