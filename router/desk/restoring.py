"""How a ticket stood before an act, and putting it back: its state, queue, promise and place, tags and needs.

The table of states is for acts; an undo goes back where no act leads. Capacity stays exact: whoever has no free slot
any more gets the ticket when one frees, with its own place.
"""

import json
from datetime import datetime
from typing import Any

from router import placing, sla
from router.app import Heed
from router.changes import as_json
from router.desk.acting import Act, back_to_line, reserve_for
from router.giving import give
from router.model import Presence, State
from router.routing.lanes import free_slots
from router.store import roster, tickets, undoing
from router.store.rows import Assignment, Promise

COLUMNS = (
    "state", "queue_id", "agent_id", "last_agent_id", "reserved_for", "lane_id", "place", "waiting_since", "answer_by",
    "head_start_extra_s", "passed_over", "spared", "step_down_at", "kept_until", "hold_until", "flag", "spam",
    "resolved_at", "purge_after",
)  # fmt: skip
MOMENTS = frozenset(
    {"place", "waiting_since", "answer_by", "step_down_at", "kept_until", "hold_until", "resolved_at", "purge_after"}
)
HARMLESS = ("noted", "blocked")  # kinds of events after an act that keep no undo from putting a ticket back


def remember(act: Act) -> str:
    """Return how the ticket stands as JSON, ids and facts alone, to be put back later."""
    ticket = act.ticket
    needs = tickets.needs(act.db, [ticket.id]).get(ticket.id, {})
    open_promises = tickets.open_promises(act.db, [ticket.id]).get(ticket.id, [])
    return as_json(
        {
            "ticket": {name: getattr(ticket, name) for name in COLUMNS},
            "tags": sorted(tickets.tags(act.db, [ticket.id]).get(ticket.id, ())),
            "needs": {skill: [level, because] for skill, (level, because) in needs.items()},
            "promises": [held.id for held in open_promises],
        }
    )


def holders(before: str) -> list[str]:
    """Return the agents who had the ticket or waited for it; they are to be locked before it is put back."""
    was = json.loads(before)["ticket"]
    return [agent for agent in (was["agent_id"], was["reserved_for"]) if agent]


def put_back(heed: Heed, act: Act, before: str, kind: str) -> None:
    """Let the ticket stand as it did before an act of a kind. Its holders are locked."""
    ticket, said = act.ticket, json.loads(before)
    was: dict[str, Any] = {name: _value(name, value) for name, value in said["ticket"].items() if name in COLUMNS}
    tickets.end_assignment(act.db, ticket.id, "undone", act.now)
    made_since = [held.id for held in tickets.open_promises(act.db, [ticket.id]).get(ticket.id, ())]
    tickets.end_promises(act.db, [made for made in made_since if made not in said["promises"]], act.now)
    undoing.reopen_promises(act.db, said["promises"])
    _put_back_tags(act, set(said["tags"]))
    needs = {skill: (int(level), str(because)) for skill, (level, because) in said["needs"].items()}
    if needs != tickets.needs(act.db, [ticket.id]).get(ticket.id, {}):
        act.changes.needs[ticket.id] = needs
    wrote_at = ticket.waiting_since if ticket.spam else None  # a blocked sender, while it was set aside
    for name, value in was.items():
        setattr(ticket, name, value)
    act.changes.event(ticket, "put_back", undone=kind, agent=was["agent_id"], queue=ticket.queue_id)
    if wrote_at is not None and ticket.state not in (State.WAITING, State.OPEN):
        ticket.waiting_since, ticket.agent_id = ticket.waiting_since or wrote_at, None
        wait_anew(act, "put back")
    elif ticket.state == State.OPEN and ticket.agent_id:
        _open_again(act, ticket.agent_id)
    elif ticket.state in (State.WAITING, State.OFFERED, State.NEW) and not ticket.reserved_for:
        _wait_again(heed, act)
    elif ticket.state in (State.PENDING, State.SNOOZED) and ticket.agent_id:
        tickets.assign(act.db, Assignment(ticket.id, ticket.agent_id, "put back", False, act.now))


def wait_anew(act: Act, because: str) -> None:
    """Let a ticket that was set aside wait: since its customer wrote, with its promise, in the place that is worth."""
    ticket = act.ticket
    ticket.spam, ticket.resolved_at, ticket.purge_after = False, None, None
    undoing.reopen_promises(act.db, undoing.promises_set_aside(act.db, ticket.id))
    ticket.agent_id, ticket.state = None, State.WAITING
    back_to_line(act, because=because)
    promised = any(held.kind != "resolution" for held in tickets.open_promises(act.db, [ticket.id]).get(ticket.id, ()))
    if not promised and ticket.waiting_since is not None:
        line = placing.line_now(ticket, {}, act.desk)
        kind = "first_answer" if ticket.last_answer_at is None else "next_answer"
        target_s = int(line.target.total_seconds())
        due = sla.answer_by(ticket.waiting_since, line.target, act.desk.calendar(line.queue))
        made = Promise(ticket.id, ticket.episode, kind, target_s, ticket.waiting_since, due, line.because)
        act.changes.promises.append(made)


def _open_again(act: Act, agent_id: str) -> None:
    """Open the ticket with whoever had it if they are here with a free slot; else it waits for one, or in line."""
    ticket = act.ticket
    ticket.agent_id, ticket.state = None, State.WAITING
    view = roster.views(act.db, act.now, ids={agent_id}).get(agent_id)
    here = view is not None and ticket.brand_id in view.brands and view.presence is not Presence.OFFLINE
    if view is None or not here:
        back_to_line(act, because="put back")
    elif view.presence is Presence.ONLINE and free_slots(view, ticket.work_class) > 0:  # type: ignore[arg-type]
        give(act.db, act.changes, ticket, view, "put back")
    else:
        reserve_for(act, agent_id, "put back")


def _wait_again(heed: Heed, act: Act) -> None:
    ticket = act.ticket
    ticket.state, ticket.agent_id = State.WAITING, None
    if ticket.lane_id is None or ticket.place is None:
        back_to_line(act, because="put back")
    else:
        act.changes.lanes[ticket.id] = heed.lanes.read(act.db).spec(ticket.lane_id)  # opened if it was closed since


def _put_back_tags(act: Act, wanted: set[str]) -> None:
    has = tickets.tags(act.db, [act.ticket.id]).get(act.ticket.id, set())
    tickets.remove_tags(act.db, act.ticket.id, has - wanted)
    act.changes.tags.extend((act.ticket.id, tag, act.changes.by) for tag in sorted(wanted - has))


def _value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in MOMENTS and value else value
