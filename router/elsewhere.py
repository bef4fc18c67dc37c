"""An answer that an agent typed in the platform's own app: ours like any other, only that nobody here wrote it.

It answers the ticket it joins: the promise is met, and a ticket in line leaves it, to be the customer's turn. Where the
customer has no open ticket it opens one at that, so that their answer comes to something that can be read; nobody has
it, and it waits in line once the customer writes. No I/O: everything was looked up.
"""

from datetime import datetime

from router import placing
from router.changes import Changes
from router.model import State
from router.working import Conversation

IN_LINE = frozenset({State.NEW, State.WAITING})
DONE = frozenset({State.RESOLVED, State.CLOSED})


def answer(talk: Conversation, message_id: str, written_at: datetime, came_at: datetime, changes: Changes) -> None:
    """Let an answer from elsewhere count on its ticket, unless the customer wrote after it."""
    ticket = talk.ticket
    changes.asked.discard(ticket.id)
    changes.event(ticket, "answered_elsewhere", message=message_id)
    if talk.heard_at is not None and talk.heard_at > written_at:
        return
    ticket.last_answer_at = came_at
    state = State(ticket.state)
    if state in DONE:
        return
    for promise in [held for held in talk.promises if held.kind != "resolution"]:
        talk.promises.remove(promise)
        if promise in changes.promises:
            promise.met_at = came_at
        else:
            changes.met_promises.append((promise.id, came_at))
    ticket.waiting_since = ticket.answer_by = ticket.step_down_at = None
    ticket.passed_over, ticket.head_start_extra_s = 0, 0
    ticket.flag = None
    if state in IN_LINE:
        placing.leave(ticket)
        changes.lanes.pop(ticket.id, None)
        ticket.hold_until = None
        ticket.state = State.PENDING
        ticket.agent_id = changes.before.get(ticket.id)  # who had it when this batch woke it, if it did
        talk.wakes = None
