"""What a blocked sender's message does to its ticket: stored and read as always, then set aside. No I/O.

A person decided it. The ticket stands in no line, promises nothing and tells nobody; its queue, needs and promise are
kept as they would have been, so that un-blocking brings it back with the place its age is worth.
"""

from router import placing, understanding
from router.changes import Changes
from router.desknow import DeskNow
from router.model import State
from router.store.contacts import Known
from router.understanding import Understood
from router.working import Conversation


def is_for_aside(talk: Conversation, known: Known | None) -> bool:
    """Say whether a message is to be set aside: its sender is blocked, and nobody works on the ticket it starts."""
    state = State(talk.ticket.state)
    return known is not None and known.blocked and (state is State.NEW or (state is State.CLOSED and talk.ticket.spam))


def lay_aside(talk: Conversation, made: Understood, home_queue_id: str, desk: DeskNow, changes: Changes) -> None:
    """Set a ticket aside on which a blocked sender has written; nothing that rules asked for is done."""
    ticket = talk.ticket
    changes.effects[:] = [effect for effect in changes.effects if effect["ticket_id"] != ticket.id]
    if ticket.state == State.CLOSED:
        return
    understanding.wait(talk, made, home_queue_id, desk, changes, "set_aside")
    changes.lanes.pop(ticket.id)
    placing.leave(ticket)
    ticket.state, ticket.spam = State.CLOSED, True
    ticket.answer_by = ticket.step_down_at = ticket.flag = None
    for promise in talk.promises:
        promise.ended_at = changes.now
    talk.promises.clear()
