"""Whether agents are here: by their own word, or by the open event stream seen from the server.

Who is here takes what waited for their slot; whoever leaves, or whose last stream ends, has nothing offered any more,
and nothing is left to them because of what they know.
"""

from datetime import datetime, timedelta

from router import dispatch, offering, waking
from router.app import Heed
from router.changes import Changes
from router.desk.acting import refill, tell
from router.model import Presence
from router.notify import Change
from router.store import offers, presences, roster
from router.store.db import Connection
from router.store.ids import new_id

LOST_AFTER = timedelta(seconds=45)  # a stream not seen for so long is gone, and so is its process
GRACE = timedelta(seconds=30)  # a page that reloads, or a line that drops, is no leaving


def current(db: Connection, agent_id: str) -> tuple[Presence, str]:
    """Return an agent's presence and its reason."""
    return roster.present(db, [agent_id]).get(agent_id, (Presence.OFFLINE, ""))


def set_presence(
    heed: Heed, agent_id: str, status: Presence, now: datetime, *, reason: str = "", source: str = "agent"
) -> None:
    """Let an agent be here or not from now on; one who comes online gets what waited for their slot or in line."""
    with heed.database.write() as db:
        roster.lock(db, [agent_id])
        changes = _become(heed, db, agent_id, status, now, reason, source)
    tell(heed, changes, Change(kind="presence", agent=agent_id))
    if status is not Presence.ONLINE:
        waking.open_after(heed, agent_id, now)


def stream_opened(heed: Heed, agent_id: str, process: str, now: datetime) -> str:
    """Record an open event stream and return its id; an agent who was gone for want of one is here again."""
    stream_id = new_id()
    with heed.database.write() as db:
        roster.lock(db, [agent_id])  # against a sweep that finds them gone at this moment
        presences.open_stream(db, stream_id, agent_id, process, now)
        changes = _back(heed, db, agent_id, now)
    if changes is not None:
        tell(heed, changes, Change(kind="presence", agent=agent_id))
    else:
        dispatch.after(heed, Changes(now=now, freed={agent_id}))  # they may be asked again
    return stream_id


def streams_seen(heed: Heed, process: str, now: datetime) -> None:
    """Record that a process is alive, and with it all its streams; those it was thought to have lost are open again."""
    with heed.database.write() as db:
        found_again = presences.see_streams(db, process, now)
    for agent_id in found_again:
        with heed.database.write() as db:
            roster.lock(db, [agent_id])
            changes = _back(heed, db, agent_id, now)
        if changes is not None:
            tell(heed, changes, Change(kind="presence", agent=agent_id))


def stream_closed(heed: Heed, stream_id: str, now: datetime) -> None:
    """Record that a stream ended; its agent has `GRACE` to come back, but what was offered to them is not any more."""
    changes = Changes(now=now)
    with heed.database.write() as db:
        agent_id = presences.close_stream(db, stream_id, now)
        if agent_id and offers.is_cut_off(db, agent_id):
            roster.lock(db, [agent_id])
            offering.release(db, heed.lanes, changes, agent_id)
            changes.write(db)
    if changes.changed:
        tell(heed, changes)


def sweep(heed: Heed, now: datetime) -> list[str]:
    """Find agents whose last stream is gone for longer than the grace; they are offline. Return their ids."""
    with heed.database.write() as db:
        presences.drop_lost(db, now - LOST_AFTER)
        roster.lock(db, presences.without_stream(db, now - GRACE))
        gone = presences.without_stream(db, now - GRACE)  # again: nobody comes back from here on
        changes = [_become(heed, db, agent_id, Presence.OFFLINE, now, "connection lost", "lost") for agent_id in gone]
    for agent_id, change in zip(gone, changes, strict=True):
        tell(heed, change, Change(kind="presence", agent=agent_id))
        waking.open_after(heed, agent_id, now)
    return gone


def _back(heed: Heed, db: Connection, agent_id: str, now: datetime) -> Changes | None:
    """Let an agent whose connection was lost be here again; their own word stands. The agent is locked."""
    held = presences.now_of(db, agent_id)
    if held is None or (held.status == Presence.OFFLINE and held.source == "lost"):
        return _become(heed, db, agent_id, Presence.ONLINE, now, "", "stream")
    return None


def _become(
    heed: Heed, db: Connection, agent_id: str, status: Presence, now: datetime, reason: str, source: str
) -> Changes:
    presences.put(db, agent_id, status, now, reason=reason, source=source)
    changes = Changes(now=now, by=agent_id)
    if status is Presence.ONLINE:
        refill(db, changes, agent_id)
        changes.freed.add(agent_id)
    else:
        offering.release(db, heed.lanes, changes, agent_id)
    changes.write(db)
    return changes
