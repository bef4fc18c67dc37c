"""How a ticket comes to rest: out of line, out of hands, nothing more promised."""

from datetime import timedelta

from router import placing
from router.desk.acting import Act
from router.model import State
from router.store import desk, tickets


def end(act: Act) -> None:
    """Resolve the ticket; one that is resolved stays as it is."""
    ticket = act.ticket
    if ticket.state == State.RESOLVED:
        return
    act.become(State.RESOLVED)
    tickets.meet_promises(act.db, ticket.id, ["resolution"], act.now)
    rest(act, "resolved")
    ticket.resolved_at = act.now
    keep = next(brand.keep_days for brand in desk.brands(act.db) if brand.id == ticket.brand_id)
    ticket.purge_after = act.now + timedelta(days=keep) if keep is not None else None
    act.changes.event(ticket, "resolved")


def rest(act: Act, ended: str) -> None:
    """Take a ticket out of line and out of hands; nothing more is promised."""
    ticket = act.ticket
    placing.leave(ticket)
    tickets.end_assignment(act.db, ticket.id, ended, act.now)
    ticket.last_agent_id = ticket.agent_id or ticket.last_agent_id
    ticket.agent_id = ticket.hold_until = ticket.waiting_since = ticket.answer_by = ticket.step_down_at = None
    ticket.flag = None
    ticket.passed_over, ticket.head_start_extra_s = 0, 0
    tickets.drop_promises(act.db, ticket.id, act.now)
