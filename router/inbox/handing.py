"""To whom a ticket can be handed: queues and people, those of one's latest hand-overs first, and sites at work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from router.app import Heed
from router.inbox.desk import AgentLine, agents, queues
from router.inbox.successors import Site, succession
from router.model import Scope
from router.store.desk import QueueRow
from router.store.views import handovers

LATELY = timedelta(days=30)
FEW = 4  # of each kind stand first

Target = TypeVar("Target", AgentLine, QueueRow)


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a ticket can go; `late_…` are those of the latest hand-overs."""

    queues: tuple[QueueRow, ...]
    late_queues: tuple[QueueRow, ...]
    people: tuple[AgentLine, ...]
    late_people: tuple[AgentLine, ...]
    sites: tuple[Site, ...]  # with a colleague of the ticket's brand at work now


def targets(heed: Heed, scope: Scope, brand_id: str, queue_id: str, now: datetime) -> Targets:
    """Return where a ticket of a brand, in a queue, can be handed to: not to that queue, and not to oneself."""
    with heed.database.read() as db:
        latest = handovers.latest(db, scope.agent, now - LATELY) if scope.agent else []
    others = [queue for queue in queues(heed, scope) if queue.brand_id == brand_id and queue.id != queue_id]
    people = [one for one in agents(heed, scope) if one.id != scope.agent]
    late_queues, late_people = _late(others, latest), _late(people, latest)
    return Targets(
        queues=tuple(queue for queue in others if queue not in late_queues),
        late_queues=late_queues,
        people=tuple(one for one in people if one not in late_people),
        late_people=late_people,
        sites=tuple(site for site in succession(heed, scope, now).sites if brand_id in site.brands),
    )


def _late(found: Iterable[Target], latest: list[str]) -> tuple[Target, ...]:
    by_id = {one.id: one for one in found}
    return tuple([by_id[one] for one in latest if one in by_id][:FEW])
