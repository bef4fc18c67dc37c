"""Moving a ticket on: snooze, resolve, reopen, hand over, give back, assign by hand, set aside as spam."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from router import placing
from router.app import Heed
from router.desk.acting import Act, acting, back_to_line, hand_over
from router.desk.answering import write_note
from router.desk.errors import NotAllowed, NotFound, Refused
from router.model import Role, Scope, State
from router.store import desk, lanes, tickets

PASSED_FOR = timedelta(minutes=5)  # a returned ticket does not come straight back
LONGEST_SNOOZE = timedelta(days=366)
AT_WORK = (State.OPEN, State.PENDING, State.SNOOZED)


def snooze(heed: Heed, scope: Scope, ticket_id: str, until: datetime, now: datetime) -> None:
    """Put a ticket to rest until a moment; it keeps its agent and uses no slot."""
    if not now < until <= now + LONGEST_SNOOZE:
        raise Refused("Choose a moment to come, within a year.")
    with acting(heed, scope, ticket_id, now) as act:
        act.become(State.SNOOZED)
        placing.leave(act.ticket)
        act.ticket.agent_id = act.ticket.agent_id or act.agent
        act.ticket.hold_until = until
        act.changes.event(act.ticket, "snoozed", until=until)


def resolve(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> None:
    """End a ticket; a message within 14 days reopens it."""
    with acting(heed, scope, ticket_id, now) as act:
        if act.ticket.state == State.RESOLVED:
            return
        act.become(State.RESOLVED)
        _rest(act, "resolved")
        tickets.meet_promises(act.db, ticket_id, ["resolution"], now)
        act.ticket.resolved_at = now
        keep = next(brand.keep_days for brand in desk.brands(act.db) if brand.id == act.ticket.brand_id)
        act.ticket.purge_after = now + timedelta(days=keep) if keep is not None else None
        act.changes.event(act.ticket, "resolved")


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
    needs: Mapping[str, int] | None = None,
    note: str = "",
) -> None:
    """Hand a ticket to a queue or a person, with what it needs and a word about it."""
    if (queue is None) == (agent is None):
        raise Refused("Choose a queue or a person to hand the ticket to.")
    with acting(heed, scope, ticket_id, now, *([agent] if agent else [])) as act:
        unknown = sorted(set(needs or {}) - act.desk.skills)
        if unknown:
            raise Refused(f"There is no skill “{unknown[0]}”.")
        if note.strip():
            write_note(act, note)
        if needs:
            held = tickets.needs(act.db, [ticket_id]).get(ticket_id, {})
            act.changes.needs[ticket_id] = held | {skill: (level, "transfer") for skill, level in needs.items()}
        act.changes.event(act.ticket, "transferred", queue=queue, agent=agent, needs=dict(needs or {}) or None)
        if agent is not None:
            hand_over(act, agent, "transferred")
            return
        if queue not in act.desk.queues:
            raise NotFound("There is no such queue.")
        _pass_by(act, "transferred")
        tickets.end_assignment(act.db, ticket_id, "transferred", now)
        back_to_line(act, queue_id=queue, because="transferred")


def give_back(heed: Heed, scope: Scope, ticket_id: str, now: datetime, reason: str = "") -> None:
    """Return a ticket to its queue with its old place; it does not come straight back to the same agent."""
    with acting(heed, scope, ticket_id, now) as act:
        if act.ticket.state not in AT_WORK and not act.ticket.reserved_for:
            raise Refused("Only a ticket that somebody has can be returned.")
        _pass_by(act, "returned")
        tickets.end_assignment(act.db, ticket_id, "returned", now)
        if reason.strip():
            write_note(act, reason)
        back_to_line(act, because="returned")


def assign(heed: Heed, scope: Scope, ticket_id: str, agent_id: str, now: datetime) -> None:
    """Give a ticket to a person by hand, above their capacity if need be; it is recorded and shown."""
    if scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("Only a supervisor assigns by hand.")
    with acting(heed, scope, ticket_id, now, agent_id) as act:
        if act.ticket.state in (State.RESOLVED, State.CLOSED):
            raise Refused(f"This ticket is {act.ticket.state}.")
        hand_over(act, agent_id, "by hand", over=True)


def spam(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> None:
    """Set a ticket aside as spam, by a person's word; nothing is deleted."""
    with acting(heed, scope, ticket_id, now) as act:
        act.become(State.CLOSED)
        _rest(act, "spam")
        act.ticket.spam = True
        act.changes.event(act.ticket, "spam")


def _rest(act: Act, ended: str) -> None:
    """Take a ticket out of line and out of hands; nothing more is promised."""
    ticket = act.ticket
    placing.leave(ticket)
    tickets.end_assignment(act.db, ticket.id, ended, act.now)
    ticket.last_agent_id = ticket.agent_id or ticket.last_agent_id
    ticket.agent_id = ticket.hold_until = ticket.waiting_since = ticket.answer_by = ticket.step_down_at = None
    ticket.flag = None
    ticket.passed_over, ticket.head_start_extra_s = 0, 0
    tickets.drop_promises(act.db, ticket.id, act.now)


def _pass_by(act: Act, reason: str) -> None:
    holder = act.ticket.agent_id or act.ticket.reserved_for
    if holder:
        lanes.pass_by(act.db, holder, act.ticket.id, reason, act.now + PASSED_FOR)
