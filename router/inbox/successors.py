"""To whom somebody who leaves can hand what they hold: colleagues who are here, or whose shift it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.handover import at_work, next_start
from router.inbox.desk import AgentLine, agents
from router.model import Presence, Scope
from router.store import people, sites
from router.store.views import wallboard


@dataclass(frozen=True, slots=True)
class Successor:
    """A colleague at work."""

    who: AgentLine
    place: str  # where their shift is worked: a site, or the city of its zone; empty without one
    brands: frozenset[str]


@dataclass(frozen=True, slots=True)
class Site:
    """Where some of them work."""

    name: str
    here: int
    on_shift: int  # by the plan, but not online
    brands: frozenset[str]


@dataclass(frozen=True, slots=True)
class Succession:
    """Who is there, and when whoever leaves is back."""

    here: tuple[Successor, ...]  # online
    on_shift: tuple[Successor, ...]  # by the plan, but not online
    sites: tuple[Site, ...]  # with somebody at work now, the most first
    back_at: datetime | None  # when one's own next shift begins


def succession(heed: Heed, scope: Scope, now: datetime) -> Succession:
    """Return to whom what one holds can be handed."""
    known = agents(heed, scope)
    with heed.database.read() as db:
        brands: Mapping[str, frozenset[str]] = people.all_brands(db)
        works_at = sites.of(db, [who.id for who in known])
        shifts = wallboard.shifts(db, [who.id for who in known], now)
    at = {shift.agent_id: found.place for shift in shifts if (found := at_work(shift, now)) is not None}
    others = [Successor(w, at.get(w.id, ""), brands.get(w.id, frozenset())) for w in known if w.id != scope.agent]
    here = tuple(one for one in others if one.who.presence is Presence.ONLINE)
    on_shift = tuple(one for one in others if one.who.presence is not Presence.ONLINE and one.who.id in at)
    return Succession(
        here=here,
        on_shift=on_shift,
        sites=_sites(here, on_shift, works_at),
        back_at=next_start((shift for shift in shifts if shift.agent_id == scope.agent), now),
    )


def _sites(here: Sequence[Successor], on_shift: Sequence[Successor], works_at: Mapping[str, str]) -> tuple[Site, ...]:
    found = []
    for name in {works_at[one.who.id] for one in (*here, *on_shift) if one.who.id in works_at}:
        online, planned = ([one for one in some if works_at.get(one.who.id) == name] for some in (here, on_shift))
        brands = frozenset(brand for one in (*online, *planned) for brand in one.brands)
        found.append(Site(name, len(online), len(planned), brands))
    return tuple(sorted(found, key=lambda one: (-one.here, -one.on_shift, one.name)))
