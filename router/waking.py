"""What time alone does to tickets: rests end, needs fall away, chats fall quiet, what was resolved closes for good.

Each change is decided again under the locks of its agents and tickets, so that two clocks, or a clock and a person, do
it once.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from router import placing
from router.app import Heed
from router.changes import Changes
from router.desk.acting import refill, tell
from router.desknow import DeskNow, desk_now
from router.giving import wake
from router.model import SYSTEM, Presence, State
from router.routing.lanes import AgentView, free_slots
from router.store import due, lanes, merges, roster, tickets
from router.store.db import Connection
from router.store.due import DueTicket
from router.store.rows import Ticket
from router.working import REOPENS_FOR

QUIET_FOR = timedelta(minutes=10)  # without a word from the customer, a live ticket no longer holds a slot

Act = Callable[[Connection, Changes, DeskNow, Sequence[Ticket]], None]


def wake_snoozed(heed: Heed, now: datetime) -> int:
    """Wake the tickets whose rest is over: back to their agents, or in line."""
    return each(heed, now, due.snoozed, _wake)


def bring_back(heed: Heed, ticket_id: str, answered_at: datetime, now: datetime) -> int:
    """Bring a ticket back whose answer, written at `answered_at`, never left: to its agent, or in line.

    The promise it had kept counts as open again. A resolved ticket comes back if nothing was answered after it. For a
    ticket that was merged, the one that shows it comes back.
    """
    with heed.database.read() as db:
        shown = merges.shown_in(db, ticket_id)

    def act(db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket]) -> None:
        back = [one for one in held if one.state == State.PENDING or one.last_answer_at == answered_at]
        if shown == ticket_id and back:
            tickets.unmeet_promises(db, ticket_id, answered_at)
        for state in (State.PENDING, State.RESOLVED):
            up(db, changes, desk, back, state, "its answer was not sent")

    return each(heed, now, lambda db, _: due.at_rest(db, shown), act)


def step_down(heed: Heed, now: datetime) -> int:
    """Let needs fall away whose time has passed, languages excepted: more agents may take the ticket."""
    return each(heed, now, due.stepping_down, _step_down)


def open_to_all(heed: Heed, now: datetime) -> int:
    """Let agents who are nearly full take what was left to those who know its topic, once its time for that is over."""
    return each(heed, now, due.kept_long_enough, _open_to_all)


def open_after(heed: Heed, agent_id: str, now: datetime) -> int:
    """Let everybody take what was left to those who know a topic, if an agent who went away was the last of them."""
    return each(heed, now, lambda db, _: due.kept_for_nobody(db, agent_id), _keep_no_more)


def open_unknown(heed: Heed, now: datetime) -> int:
    """Let everybody take what was left to those who know a topic where nobody here does: skills and rights change."""
    return each(heed, now, lambda db, _: due.kept_for_nobody(db), _keep_no_more)


def rest_quiet(heed: Heed, now: datetime) -> int:
    """Free the slots of live tickets that were answered and have not been heard of for ten minutes."""
    return each(heed, now, lambda db, at: due.quiet(db, at - QUIET_FOR), _quiet)


def close_old(heed: Heed, now: datetime) -> int:
    """Close what was resolved so long ago that a message starts a new ticket."""
    return each(heed, now, lambda db, at: due.resolved(db, at - REOPENS_FOR), _close)


def serve_reserved(heed: Heed, now: datetime) -> int:
    """Give tickets that wait for their own agent a slot of theirs, or put them in line if they waited enough."""
    with heed.database.read() as db:
        found = due.reserved(db)
        agents = {one.agent_id for one in found if one.agent_id}
        views = roster.views(db, now, ids=agents) if agents else {}
        held = tickets.load(db, SYSTEM, [one.id for one in found])
    ready = {t.reserved_for for t in held.values() if t.reserved_for and _ready(t, views.get(t.reserved_for), now)}
    for agent_id in sorted(ready):
        with heed.database.write() as db:
            roster.lock(db, [agent_id])
            changes = Changes(now=now)
            _release(db, changes, agent_id)
            refill(db, changes, agent_id)
            changes.write(db)
        tell(heed, changes)
    return len(ready)


def _ready(ticket: Ticket, view: AgentView | None, now: datetime) -> bool:
    if _over(ticket, view, now) or view is None:
        return True
    return view.presence is Presence.ONLINE and free_slots(view, ticket.work_class) > 0  # type: ignore[arg-type]


def _over(ticket: Ticket, view: AgentView | None, now: datetime) -> bool:
    """Say whether a ticket has waited for its own agent long enough."""
    gone = view is None or view.presence is Presence.OFFLINE
    return gone or ticket.hold_until is None or ticket.hold_until <= now


def _release(db: Connection, changes: Changes, agent_id: str) -> None:
    view = roster.views(db, changes.now, ids=[agent_id]).get(agent_id)
    ids = [ticket.id for ticket in tickets.reserved_for(db, agent_id)]
    held = tickets.load(db, SYSTEM, ids, lock=True)
    needs = tickets.needs(db, ids)
    for ticket in held.values():
        if ticket.reserved_for == agent_id and _over(ticket, view, changes.now):
            changes.watch(ticket)
            changes.before[ticket.id] = agent_id
            desk = desk_now(db, ticket.brand_id, changes.now)
            line = placing.line_now(ticket, needs.get(ticket.id, {}), desk)
            changes.lanes[ticket.id] = placing.enter(ticket, line, desk, changes.now)
            because = "its agent has left" if view is None or view.presence is Presence.OFFLINE else "waited enough"
            changes.event(ticket, "waiting", queue=ticket.queue_id, because=because, answer_by=ticket.answer_by)


def each(heed: Heed, now: datetime, find: Callable[[Connection, datetime], list[DueTicket]], act: Act) -> int:
    """Do something to the tickets found, brand by brand: agents locked first, then tickets, then decided."""
    with heed.database.read() as db:
        found = find(db, now)
    for brand_id in sorted({one.brand_id for one in found}):
        mine = [one for one in found if one.brand_id == brand_id]
        agents = {one.agent_id for one in mine if one.agent_id}
        with heed.database.write() as db:
            roster.lock(db, agents)
            still = {one.id for one in find(db, now)}
            held = tickets.load(db, SYSTEM, [one.id for one in mine if one.id in still], lock=True)
            same = [t for t in held.values() if not (t.agent_id or t.last_agent_id) or _holder(t) in agents]
            changes = Changes(now=now)
            act(db, changes, desk_now(db, brand_id, now), same)
            changes.write(db)
        tell(heed, changes)
    return len(found)


def _holder(ticket: Ticket) -> str:
    return ticket.agent_id or ticket.last_agent_id or ""


def _wake(db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket]) -> None:
    over = [ticket for ticket in held if ticket.hold_until is not None and ticket.hold_until <= changes.now]
    up(db, changes, desk, over, State.SNOOZED, "its rest is over")


def up(db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket], state: State, because: str) -> None:
    """Let tickets that rest in a state wait for their agents, or in line."""
    ids = [ticket.id for ticket in held]
    needs, promises = tickets.needs(db, ids), tickets.open_promises(db, ids)
    woken: list[tuple[Ticket, str]] = []
    for ticket in held:
        if ticket.state != state:
            continue
        owner = _holder(ticket)
        changes.watch(ticket)
        if state == State.RESOLVED:
            ticket.episode += 1
            ticket.resolved_at = ticket.purge_after = None
        promised = [p.due_at for p in promises.get(ticket.id, ()) if p.kind != "resolution"]
        ticket.answer_by, ticket.place = min(promised, default=None), None
        if not promised:
            ticket.waiting_since = changes.now
        line = placing.line_now(ticket, needs.get(ticket.id, {}), desk)
        changes.lanes[ticket.id] = placing.enter(ticket, line, desk, changes.now)
        changes.event(ticket, "woke", because=because)
        woken.append((ticket, owner))
    wake(db, changes, woken)


def _step_down(db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket]) -> None:
    due_now = [ticket for ticket in held if ticket.step_down_at is not None and ticket.step_down_at <= changes.now]
    for ticket, before, topic in _in_line(db, due_now):
        changes.watch(ticket)
        kept = placing.lasting(before, desk)
        ticket.step_down_at = None
        changes.needs[ticket.id] = kept
        changes.event(ticket, "stepped_down", dropped=sorted(before.keys() - kept.keys()))
        _stand_anew(changes, desk, ticket, kept, topic)


def _open_to_all(db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket]) -> None:
    due_now = [ticket for ticket in held if ticket.kept_until is not None and ticket.kept_until <= changes.now]
    for ticket, needs, topic in _in_line(db, due_now):
        changes.watch(ticket)
        ticket.kept_until = None
        _stand_anew(changes, desk, ticket, needs, topic)


def _keep_no_more(db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket]) -> None:
    for ticket, needs, topic in _in_line(db, held):
        changes.watch(ticket)
        _stand_anew(changes, desk, ticket, needs, topic)


def _in_line(db: Connection, held: Sequence[Ticket]) -> Iterator[tuple[Ticket, placing.Why, str | None]]:
    """Yield those of these tickets that wait, what each needs, and the topic of its lane."""
    needs = tickets.needs(db, [ticket.id for ticket in held])
    topics = lanes.topics(db, {ticket.lane_id for ticket in held if ticket.lane_id is not None})
    for ticket in held:
        if ticket.state == State.WAITING:
            yield ticket, needs.get(ticket.id, {}), topics.get(ticket.lane_id) if ticket.lane_id is not None else None


def _stand_anew(changes: Changes, desk: DeskNow, ticket: Ticket, needs: placing.Why, topic: str | None) -> None:
    """Give a ticket the lane it belongs to now, unless it waits for its agent's slot."""
    if ticket.lane_id is not None:
        line = placing.line_now(ticket, needs, desk, topic=topic)
        changes.lanes[ticket.id] = placing.rank(ticket, line, desk, changes.now)


def _quiet(db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket]) -> None:
    freed: set[str] = set()
    for ticket in held:
        answered, heard = ticket.last_answer_at, ticket.last_customer_at
        if ticket.state != State.OPEN or answered is None or answered > changes.now - QUIET_FOR:
            continue
        if heard is not None and heard > answered:
            continue
        changes.watch(ticket)
        ticket.state = State.PENDING
        changes.event(ticket, "quiet")
        freed.add(_holder(ticket))
    for agent_id in sorted(freed - {""}):
        refill(db, changes, agent_id)


def _close(db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket]) -> None:
    for ticket in held:
        if ticket.state == State.RESOLVED:
            changes.watch(ticket)
            ticket.state = State.CLOSED
            changes.event(ticket, "closed", because="resolved 14 days ago")
