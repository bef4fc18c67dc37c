"""Moving a ticket on: snooze, resolve, reopen, hand over, give back, assign by hand.

What the acts do to a ticket that is held stands apart from the act itself: an act on many does the same to each.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from router import notices, placing
from router.app import Heed
from router.desk import resting
from router.desk.acting import Act, acting, back_to_line, hand_over
from router.desk.answering import write_note
from router.desk.errors import NotAllowed, NotFound, Refused
from router.model import Role, Scope, State
from router.notify import Change
from router.routing.words import SITE, at_site
from router.store import audit, lanes, tickets
from router.store.audit import Actor

PASSED_FOR = timedelta(minutes=5)  # a returned ticket does not come straight back
LONGEST_SNOOZE = timedelta(days=366)
AT_WORK = (State.OPEN, State.PENDING, State.SNOOZED)


def snooze(heed: Heed, scope: Scope, ticket_id: str, until: datetime, now: datetime) -> None:
    """Put a ticket to rest until a moment; it keeps its agent and uses no slot."""
    with acting(heed, scope, ticket_id, now) as act:
        put_off(act, until)


def put_off(act: Act, until: datetime) -> None:
    """Put the ticket that is held to rest until a moment."""
    if not act.now < until <= act.now + LONGEST_SNOOZE:
        raise Refused("Choose a moment to come, within a year.")
    act.become(State.SNOOZED)
    placing.leave(act.ticket)
    act.ticket.agent_id = act.ticket.agent_id or act.agent
    act.ticket.hold_until = until
    act.changes.event(act.ticket, "snoozed", until=until)


def resolve(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> None:
    """End a ticket; a message within 14 days reopens it."""
    with acting(heed, scope, ticket_id, now) as act:
        resting.end(act)


def reopen(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> None:
    """Take a resolved ticket up again: with whoever asks if they have a free slot, else it waits for one."""
    with acting(heed, scope, ticket_id, now, own=False) as act:
        if act.ticket.state == State.CLOSED:
            raise Refused("This ticket is closed for good. Start a new one.")
        if act.ticket.state != State.RESOLVED:
            raise Refused("This ticket is not resolved.")
        act.ticket.episode += 1
        act.ticket.resolved_at = act.ticket.purge_after = None
        act.ticket.waiting_since = now
        act.changes.event(act.ticket, "reopened")
        hand_over(act, act.agent, "reopened")


def transfer(
    heed: Heed,
    scope: Scope,
    ticket_id: str,
    now: datetime,
    *,
    queue: str | None = None,
    agent: str | None = None,
    site: str | None = None,
    needs: Mapping[str, int] | None = None,
    note: str = "",
) -> None:
    """Hand a ticket to a queue, a person or a site, with what it needs and a word about it; the person is told.

    A site is needed for a quarter of the target; then whoever may takes it.
    """
    if sum(where is not None for where in (queue, agent, site)) != 1:
        raise Refused("Choose a queue, a person or a site to hand the ticket to.")
    told: list[Change] = []
    with acting(heed, scope, ticket_id, now, *([agent] if agent else [])) as act:
        if act.ticket.state in (State.RESOLVED, State.CLOSED):
            raise Refused(f"This ticket is {act.ticket.state}.")
        unknown = sorted(set(needs or {}) - act.desk.skills)
        if unknown:
            raise Refused(f"There is no skill “{unknown[0]}”.")
        word = write_note(act, note) if note.strip() else None
        if site is not None:
            _need_site(act, site)
        if needs:
            held = act.changes.needs.get(ticket_id) or tickets.needs(act.db, [ticket_id]).get(ticket_id, {})
            added = {skill: (level, "transfer") for skill, level in needs.items()}
            act.changes.needs[ticket_id] = {**held, **added}
        act.changes.event(
            act.ticket, "transferred", queue=queue, agent=agent, site=site, needs=dict(needs or {}) or None,
            note=word.id if word else None,
        )  # fmt: skip
        if queue is not None or site is not None:
            move_to(act, queue or act.ticket.queue_id)
        elif agent is not None:
            hand_over(act, agent, "transferred")
            if agent != scope.agent:
                told.append(_tell_of_transfer(act, agent))
    heed.notifier.publish(told)


def _need_site(act: Act, name: str) -> None:
    """Let the ticket that is held need a site where somebody of its brand works."""
    need, ticket = at_site(name), act.ticket
    if not any(need in view.skills for view in act.desk.agents.values()):
        raise Refused("Nobody of this brand works at that site.")
    held = tickets.needs(act.db, [ticket.id]).get(ticket.id, {})
    if ticket.step_down_at is not None and ticket.step_down_at <= act.now:  # what has fallen away does not come back
        held, ticket.step_down_at = dict(placing.lasting(held, act.desk)), None
    others = {key: why for key, why in held.items() if not key.startswith(SITE)}
    act.changes.needs[ticket.id] = {**others, need: (1, "transfer")}
    queue = act.desk.queues.get(ticket.queue_id) or act.desk.default_queue
    patience = placing.line_now(ticket, held, act.desk).target * placing.STEP_DOWN
    falls_at = act.desk.calendar(queue).add_working_time(act.now, patience)
    ticket.step_down_at = min(ticket.step_down_at or falls_at, falls_at)


def _tell_of_transfer(act: Act, agent_id: str) -> Change:
    return notices.tell(
        act.db,
        brand_id=act.ticket.brand_id,
        ticket_id=act.ticket.id,
        kind="transfer",
        because="This ticket was handed to you.",
        now=act.now,
        agent=agent_id,
        by=act.agent,
    )


def move_to(act: Act, queue_id: str) -> None:
    """Put the ticket that is held in line in another queue; it does not come straight back to who had it."""
    if queue_id not in act.desk.queues:
        raise NotFound("There is no such queue.")
    _pass_by(act, "transferred")
    tickets.end_assignment(act.db, act.ticket.id, "transferred", act.now)
    back_to_line(act, queue_id=queue_id, because="transferred")


def give_back(heed: Heed, scope: Scope, ticket_id: str, now: datetime, reason: str = "") -> None:
    """Return a ticket to its queue with its old place; it does not come straight back to the same agent."""
    with acting(heed, scope, ticket_id, now) as act:
        let_go(act, reason)


def let_go(act: Act, reason: str = "") -> None:
    """Return the ticket that is held to its queue."""
    if act.ticket.state not in AT_WORK and not act.ticket.reserved_for:
        raise Refused("Only a ticket that somebody has can be returned.")
    _pass_by(act, "returned")
    tickets.end_assignment(act.db, act.ticket.id, "returned", act.now)
    if reason.strip():
        write_note(act, reason)
    back_to_line(act, because="returned")


def assign(heed: Heed, scope: Scope, ticket_id: str, agent_id: str, now: datetime) -> None:
    """Give a ticket to a person by hand, above their capacity if need be; it is recorded and shown."""
    if scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("Only a supervisor assigns by hand.")
    with acting(heed, scope, ticket_id, now, agent_id) as act:
        assign_held(act, agent_id)


def assign_held(act: Act, agent_id: str) -> None:
    """Give the ticket that is held to a person by hand, who is locked."""
    if act.ticket.state in (State.RESOLVED, State.CLOSED):
        raise Refused(f"This ticket is {act.ticket.state}.")
    hand_over(act, agent_id, "by hand", over=True)
    audit.append(
        act.db,
        Actor("agent", act.agent),
        "assigned by hand",
        act.ticket.id,
        act.now,
        brand_id=act.ticket.brand_id,
        change={"agent": agent_id},
    )


def _pass_by(act: Act, reason: str) -> None:
    holder = act.ticket.agent_id or act.ticket.reserved_for
    if holder:
        lanes.pass_by(act.db, holder, act.ticket.id, reason, act.now + PASSED_FOR)
