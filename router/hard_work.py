"""The fair share of hard work as people meet it: an agent's own word, own ledger and wish for a pause.

What stands in a ledger its agent alone may see; of a brand, only shares of groups are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from router import notices
from router.app import Heed
from router.desk.errors import NotAllowed, NotFound, Refused
from router.model import Scope
from router.sharing import as_of, count
from router.store import desk, ledger, people, roster, tickets

OWN_WORD = 2.0  # what a hard one counts, as much as the hottest
GROUP = 5  # agents; of fewer nothing is told
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Own:
    """An agent's own ledger."""

    hard_work: float  # as of now
    run: int  # difficult tickets in a row
    entries: tuple[ledger.EntryRow, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How hard work was shared within a group, without naming anyone."""

    agents: int
    top: int  # a fifth of them: those with most
    most: int  # percent of it that these were handed
    even: int  # percent, if all had had alike
    gini: float  # 0: all alike, 1: one has all
    brand: str = ""  # its id
    named: str = ""  # its name where the reader has several


def say(heed: Heed, scope: Scope, ticket_id: str, hard: bool, now: datetime) -> None:
    """Say of a ticket one has or had that it was a hard one, or take that back.

    Raises NotFound, and Refused for a ticket one never had.
    """
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk can say so.")
    with heed.database.write() as db:
        roster.lock(db, [scope.agent])
        if tickets.load(db, scope, [ticket_id]).get(ticket_id) is None:
            raise NotFound("There is no such ticket.")
        if not tickets.was_with(db, ticket_id, scope.agent):
            raise Refused("You did not have this ticket.")
        count(db, scope.agent, ticket_id, {"agent": OWN_WORD if hard else None}, now)


def said(heed: Heed, scope: Scope, ticket_id: str) -> bool | None:
    """Return whether this agent called a ticket hard; None if they never had it."""
    if scope.agent is None:
        return None
    with heed.database.read() as db:
        if not tickets.was_with(db, ticket_id, scope.agent):
            return None
        return "agent" in ledger.amounts(db, scope.agent, ticket_id)


def own(heed: Heed, agent_id: str, now: datetime) -> Own:
    """Return the ledger of whoever asks: the caller passes no other agent's id."""
    with heed.database.read() as db:
        held = ledger.held(db, agent_id)
        return Own(round(as_of(held, now), 2), held.run, tuple(ledger.entries(db, agent_id)))


def ask_for_a_pause(heed: Heed, scope: Scope, now: datetime) -> None:
    """Tell the supervisors of one's brands that one would like a pause; nothing else of one's work is told."""
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk can ask for a pause.")
    with heed.database.write() as db:
        me = next(person for person in people.everyone(db) if person.id == scope.agent)
        hints = [
            notices.tell(
                db,
                brand_id=brand.id,
                ticket_id=None,
                kind="pause",
                because=f"{me.name} would like a pause",
                now=now,
                role="supervisor",
                by=scope.agent,
            )
            for brand in desk.brands_seen_by(db, scope)
        ]
    heed.notifier.publish(hints)


def shares(heed: Heed, scope: Scope, now: datetime) -> list[Share]:
    """Return how hard work was shared in the last seven days in each brand with at least five agents at work."""
    with heed.database.read() as db:
        brands = desk.brands_seen_by(db, scope)
        found = [(brand, shared(ledger.sums(db, brand.id, now - LATELY))) for brand in brands]
    return [
        replace(share, brand=brand.id, named=brand.name if len(brands) > 1 else "") for brand, share in found if share
    ]


def shared(sums: Sequence[float]) -> Share | None:
    """Return how some sums, least first, are shared; None if they are too few to hide anyone, or all nothing."""
    total = sum(sums)
    if len(sums) < GROUP or total <= 0:
        return None
    fifth = -(-len(sums) // 5)
    ranked = sum(place * amount for place, amount in enumerate(sums, start=1))
    gini = 2 * ranked / (len(sums) * total) - (len(sums) + 1) / len(sums)
    most = round(100 * sum(sums[-fifth:]) / total)
    return Share(len(sums), fifth, most, round(100 * fifth / len(sums)), round(max(gini, 0.0), 3))
