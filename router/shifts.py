"""People's shifts and leave: planned by supervisors, seen by everyone for themselves; and told before one ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from router import dispatch, notices, rota
from router.app import Heed
from router.handover import at_work
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.staffing import check_zone
from router.store import audit, people, shifts, sites
from router.store.audit import Actor
from router.store.shifts import Leave, PlannedShift

AHEAD = timedelta(minutes=15)  # so long before its end somebody is told that a shift ends
MAX_REASON = 200  # characters
LONGEST_LEAVE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Plan:
    """One person's shifts with breaks, the leave that is not over, and where they work."""

    shifts: tuple[PlannedShift, ...]
    leaves: tuple[Leave, ...]
    site: str  # empty: none


def plan(heed: Heed, agent_id: str, now: datetime) -> Plan:
    """Return a person's plan."""
    with heed.database.read() as db:
        where = sites.of(db, [agent_id]).get(agent_id, "")
        return Plan(tuple(shifts.of(db, agent_id)), tuple(shifts.leaves(db, agent_id, now)), where)


def sites_of(heed: Heed, scope: Scope) -> list[str]:
    """Return where people of the asker's brands work, by name."""
    with heed.database.read() as db:
        return sorted(set(sites.of(db, [who.id for who in people.seen_by(db, scope)]).values()))


def change(
    heed: Heed,
    actor: Actor,
    agent_id: str,
    now: datetime,
    *,
    zone: str,
    work: Sequence[str],
    breaks: Sequence[str],
    site: str = "",
) -> None:
    """Plan a person's week: seven texts of hours and seven of breaks, by the clock of a zone; and where they work.

    Raises Mistake.
    """
    wanted, named = rota.read(check_zone(zone), work, breaks), rota.read_site(site)
    with heed.database.write() as db:
        moved = sites.put(db, agent_id, named, zone, now)
        if not shifts.put(db, agent_id, wanted, now) and not moved:
            return
        audit.append(db, actor, "shifts changed", agent_id, now, change={"shifts": len(wanted), "site": moved})
    heed.notifier.publish([Change("desk", agent=agent_id)])
    if moved:
        dispatch.after_changing(heed, [agent_id], now)


def add_leave(
    heed: Heed, actor: Actor, agent_id: str, now: datetime, starts_at: datetime, ends_at: datetime, reason: str
) -> None:
    """Let a person be away between two moments. Raises Mistake."""
    if not starts_at < ends_at <= starts_at + LONGEST_LEAVE or ends_at <= now:
        raise Mistake("Leave ends after it begins, within a year, and not in the past.")
    with heed.database.write() as db:
        shifts.add_leave(db, agent_id, starts_at, ends_at, " ".join(reason.split())[:MAX_REASON])
        audit.append(db, actor, "leave added", agent_id, now)
    heed.notifier.publish([Change("desk", agent=agent_id)])


def end_leave(heed: Heed, actor: Actor, agent_id: str, leave_id: str, now: datetime) -> None:
    """Take a person's leave back; one that is gone already changes nothing."""
    with heed.database.write() as db:
        if shifts.drop_leave(db, agent_id, leave_id):
            audit.append(db, actor, "leave removed", agent_id, now)
    heed.notifier.publish([Change("desk", agent=agent_id)])


def tell_ends(heed: Heed, now: datetime) -> int:
    """Tell those who are here and hold tickets that their shift ends soon, once for each; return how many were told."""
    with heed.database.read() as db:
        known = shifts.of_those_here(db, now - 2 * AHEAD)
        found = {one.agent_id: one.brand_id for one in known if _ends_soon(one.shift, now)}
    if not found:
        return 0
    with heed.database.write() as db:
        hints = [
            notices.tell(
                db, brand_id=brand_id, ticket_id=None, kind="shift_end", now=now, agent=agent_id,
                because="Say what becomes of the tickets you hold.",
            )
            for agent_id, brand_id in found.items()
        ]  # fmt: skip
    heed.notifier.publish(hints)
    return len(hints)


def _ends_soon(shift: PlannedShift, now: datetime) -> bool:
    working = at_work(shift, now)
    return working is not None and working.at - now <= AHEAD
