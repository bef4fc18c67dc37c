"""Who is free for a lane: asked the other way round, from a ticket to its agents, in one round trip.

Only what a lane asks for is read of each agent, so that a desk of a thousand costs little.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import BindParameter, TextualSelect, bindparam, func, select, text

from channels.types import WorkClass
from router.model import Presence
from router.routing.lanes import AgentView, LaneSpec
from router.routing.policy import SLOT_OF
from router.routing.words import SITE
from router.store.db import Connection
from router.store.roster import decayed
from router.store.schema import agent, assignment

# work_class || '': by its index SQLite would look at everybody's slots for each agent
_ABLE = """
    SELECT a.id, a.name, a.last_assigned_at, a.run, a.hard_work, a.hard_work_at,
        COALESCE((SELECT k.level FROM agent_skill k
            WHERE k.agent_id = a.id AND k.skill_key = :topic AND k.valid_to IS NULL), 0) AS level,
        COALESCE((SELECT n.slots FROM agent_slot n
            WHERE n.agent_id = a.id AND n.work_class || '' = :slot AND n.valid_to IS NULL),
            (SELECT c.slots FROM work_class c WHERE c.key = :slot)) AS slots,
        (SELECT count(*) FROM ticket t
            WHERE t.agent_id = a.id AND t.state IN ('open', 'offered') AND t.slot_key = :slot) AS load
    FROM presence p JOIN agent a ON a.id = p.agent_id
    WHERE p.valid_to IS NULL AND p.status = 'online' AND a.active
        AND EXISTS (SELECT 1 FROM agent_brand b WHERE b.agent_id = a.id AND b.brand_id = :brand)
        AND (EXISTS (SELECT 1 FROM agent_channel h
                WHERE h.agent_id = a.id AND h.channel = :channel AND h.valid_to IS NULL)
            OR NOT EXISTS (SELECT 1 FROM agent_channel h WHERE h.agent_id = a.id AND h.valid_to IS NULL))
        AND (EXISTS (SELECT 1 FROM stream s WHERE s.agent_id = a.id AND s.closed_at IS NULL)
            OR NOT EXISTS (SELECT 1 FROM stream s WHERE s.agent_id = a.id AND s.closed_at >= p.valid_from))
"""
_NEED = """
        AND EXISTS (SELECT 1 FROM agent_skill k WHERE k.agent_id = a.id AND k.skill_key = :skill{n}
            AND k.level >= :level{n} AND k.valid_to IS NULL)
"""
_AT_SITE = """
        AND EXISTS (SELECT 1 FROM agent_site w JOIN site s ON s.id = w.site_id WHERE w.agent_id = a.id
            AND w.valid_to IS NULL AND s.name = :skill{n} AND 1 >= :level{n})
"""
# OFFSET 0: without it PostgreSQL would count the load of whoever is free twice
_WITH_SLOTS = {
    "postgresql": "SELECT * FROM ({able} OFFSET 0) able WHERE slots > 0 {free}",
    "sqlite": "SELECT * FROM ({able}) able WHERE slots > 0 {free}",
}
_FREE = "AND load < slots"


def views(db: Connection, lane: LaneSpec, now: datetime, *, full: bool = False) -> list[AgentView]:
    """Return the agents who are here, may take a lane's tickets and have a free slot, as far as the lane asks.

    `full`: those without a free slot too. Whose event streams have all ended is not here: they would not see an offer.
    """
    slot = SLOT_OF[lane.work_class]
    values: dict[str, object] = {"brand": lane.brand, "channel": lane.channel, "slot": slot, "topic": lane.topic or ""}
    needs = sorted(lane.needs.items())
    for n, (skill, level) in enumerate(needs):
        values |= {f"skill{n}": skill.removeprefix(SITE), f"level{n}": max(1, level)}
    sites = tuple(skill.startswith(SITE) for skill, _ in needs)
    found = []
    for row in db.execute(_statement(sites, full, db.dialect.name), values):
        skills = dict(needs)
        if lane.topic is not None:
            skills[lane.topic] = row.level
        found.append(
            AgentView(
                id=row.id,
                name=row.name,
                brands=frozenset({lane.brand}),
                skills=skills,
                presence=Presence.ONLINE,
                capacity=cast(Mapping[WorkClass, int], {slot: row.slots}),
                load={slot: row.load},
                last_assigned_at=row.last_assigned_at,
                run=row.run,
                ledger=decayed(row.hard_work, row.hard_work_at, now),
            )
        )
    return found


def since(db: Connection, agent_ids: Collection[str]) -> dict[str, datetime]:
    """Return when the last ticket of agents left their hands."""
    table = assignment
    query = select(table.c.agent_id, func.max(table.c.valid_to)).where(table.c.agent_id.in_(list(agent_ids)))
    rows: Sequence[tuple[str, datetime | None]] = db.execute(query.group_by(table.c.agent_id)).all()
    return {agent_id: at for agent_id, at in rows if at is not None}


@cache
def _statement(sites: tuple[bool, ...], full: bool, dialect: str) -> TextualSelect:
    """Return the statement for needs, each of which is a site's or not; `full`: for those without a free slot too."""
    needs = [(_AT_SITE if is_site else _NEED).format(n=n) for n, is_site in enumerate(sites)]
    statement = text(_WITH_SLOTS[dialect].format(able=_ABLE + "".join(needs), free="" if full else _FREE))
    bound: list[BindParameter[object]] = [
        bindparam(name) for n in range(len(needs)) for name in (f"skill{n}", f"level{n}")
    ]
    typed = {"last_assigned_at": agent.c.last_assigned_at.type, "hard_work_at": agent.c.hard_work_at.type}
    return statement.bindparams(*bound).columns(**typed)
