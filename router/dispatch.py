"""Hands out what waits in push queues as soon as something allows it, in the process whose commit did.

An agent who is free takes the best head of the lanes open to them; a ticket that comes to stand first in its lane goes
to the best of the agents who are free. Each looks after the commit that it follows, so of a ticket and an agent that
come at the same moment at least one sees the other. What a process that died left undone the clock finds (`catch_up`).
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from router import flagging
from router.app import Heed
from router.changes import Changes
from router.choosing import Claimed, claim_next, head_of
from router.model import USES_SLOT, Presence, State
from router.offering import hand_out
from router.routing.choose import Choice, choose_agent
from router.routing.eligibility import may_take
from router.routing.lanes import AgentView, LaneSpec
from router.store import free, lanes, offers, roster, tickets
from router.store.db import Connection
from router.store.lanes import HeadRow
from router.store.offers import Offering

log = logging.getLogger(__name__)

AT_ONCE = 200  # tickets of one lane handed out in one go; the clock goes on with the rest

Push = Mapping[str, Offering]


def after(heed: Heed, changes: Changes) -> None:
    """Hand out what this commit allows. Its own work is done: if this fails, the clock does it."""
    freed = changes.freed | {
        agent
        for ticket_id, agent in changes.before.items()
        if agent and not _holds(changes.changed[ticket_id].state, changes.changed[ticket_id].agent_id, agent)
    }
    came = {
        t.id: t.lane_id for t in (*changes.new, *changes.changed.values()) if t.state == State.WAITING and t.lane_id
    }
    if not freed and not came:
        return
    try:
        with heed.database.read() as db:
            push = offers.pushing(db)
            ready = _firsts(heed, db, push, {i: lane for i, lane in came.items() if lane}, changes.now) if push else []
        if push:
            serve(heed, freed, changes.now, push)
            for lane_id in ready:
                fill(heed, lane_id, changes.now, push)
    except Exception as error:
        log.exception("what waits is handed out by the clock: %s", type(error).__name__)


def after_changing(heed: Heed, agent_ids: Iterable[str], now: datetime) -> None:
    """Hand agents what they may take since their skills, slots, brands or channels are others, or they are new or gone.

    What nobody may take since then says so first, and what somebody may says it no more.
    """
    flagging.renew(heed, now)
    after(heed, Changes(now=now, freed=set(agent_ids)))


def catch_up(heed: Heed, now: datetime) -> None:
    """Hand out what waits in push queues and could be taken, whatever was to trigger it."""
    with heed.database.read() as db:
        push, ids = offers.pushing(db), lanes.open_ids(db)
        book = heed.lanes.read(db)
        mine = [lane_id for lane_id in ids if book.spec(lane_id).queue in push] if push else []
        waiting = [row.lane_id for row in lanes.heads(db, mine, "", now, len(mine))] if mine else []
    for lane_id in waiting:
        fill(heed, lane_id, now, push)


def serve(heed: Heed, agent_ids: Iterable[str], now: datetime, push: Push) -> None:
    """Hand agents what they may take of push queues until none of their slots is free or nothing waits for them."""
    for agent_id in sorted(agent_ids):
        while changes := _next_for(heed, agent_id, now, push):
            _tell(heed, changes)


def fill(heed: Heed, lane_id: int, now: datetime, push: Push) -> None:
    """Hand out a lane from its head on until nothing waits in it or nobody is free for it."""
    for _ in range(AT_ONCE):
        with heed.database.read() as db:
            spec = heed.lanes.read(db).spec(lane_id)
            head = next(iter(lanes.heads(db, [lane_id], "", now, 1)), None)
            here = _free(db, spec, now, push) if head else []
            choice = _choose(db, spec, head, here, now, push) if head and here else None
        if head is None or not here:
            return
        if choice is None:  # all who are free let this one go just now: they may take what stands behind it
            serve(heed, {view.id for view in here}, now, push)
            return
        changes = _claim(heed, Claimed(choice, lane_id), now, push)
        if changes is not None:
            _tell(heed, changes)


def _firsts(heed: Heed, db: Connection, push: Push, came: Mapping[str, int], now: datetime) -> list[int]:
    """Return the lanes to look at because of tickets that came.

    Where another ticket stands first, nobody is free or it is being handed out at this moment, and then those behind
    it are too; unless somebody let it go just now.
    """
    book = heed.lanes.read(db)
    wanted = sorted({lane for lane in came.values() if book.spec(lane).queue in push})
    rows = lanes.heads(db, wanted, "", now, len(wanted)) if wanted else []
    return [row.lane_id for row in rows if row.ticket_id in came or offers.passes(db, row.ticket_id, now)]


def _next_for(heed: Heed, agent_id: str, now: datetime, push: Push) -> Changes | None:
    """Hand an agent their next ticket; None if there is none for them."""
    with heed.database.write() as db:
        roster.lock(db, [agent_id])
        view = _here(db, agent_id, now)
        claimed = claim_next(db, heed.lanes.read(db), view, now, push.keys()) if view else None
        if view is None or claimed is None:
            return None
        changes = Changes(now=now)
        hand_out(db, changes, claimed, view, push[claimed.choice.lane.queue])
        changes.write(db)
    return changes


def _claim(heed: Heed, claimed: Claimed, now: datetime, push: Push) -> Changes | None:
    """Hand a ticket to the agent chosen for it; None if either is not free any more."""
    choice = claimed.choice
    with heed.database.write() as db:
        roster.lock(db, [choice.agent_id])
        view = _here(db, choice.agent_id, now)
        if view is None or may_take(choice.lane, view):
            return None
        if not tickets.claim(db, choice.ticket_id, claimed.lane_id, patient=True):
            return None
        changes = Changes(now=now)
        hand_out(db, changes, claimed, view, push[choice.lane.queue])
        changes.write(db)
    return changes


def _here(db: Connection, agent_id: str, now: datetime) -> AgentView | None:
    """Return an agent who is locked if they would see an offer."""
    view = roster.views(db, now, ids={agent_id}).get(agent_id)
    if view is None or view.presence is not Presence.ONLINE or offers.is_cut_off(db, agent_id):
        return None
    return view


def _free(db: Connection, spec: LaneSpec, now: datetime, push: Push) -> list[AgentView]:
    found = free.views(db, spec, now)
    if spec.queue in push and push[spec.queue].discipline == "longest_idle":
        ended = free.since(db, [view.id for view in found])
        found = [replace(view, free_since=ended.get(view.id)) for view in found]
    return found


def _choose(
    db: Connection, spec: LaneSpec, head: HeadRow, here: Collection[AgentView], now: datetime, push: Push
) -> Choice | None:
    declined = offers.passes(db, head.ticket_id, now)
    discipline = push[spec.queue].discipline
    return choose_agent(
        head_of(head, spec), here, same_agent=head.last_agent_id, declined=declined, discipline=discipline
    )


def _holds(state: str, has: str | None, agent: str) -> bool:
    return has == agent and state in USES_SLOT


def _tell(heed: Heed, changes: Changes) -> None:
    heed.notifier.publish(changes.hints())
