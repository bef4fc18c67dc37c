"""Which of an agent's tickets hold words they have not seen yet."""

from dataclasses import dataclass

from router.app import Heed
from router.desk.errors import NotFound
from router.model import Scope, State
from router.store import seen

HELD = (State.OPEN, State.PENDING)  # an offer tells of itself


@dataclass(frozen=True, slots=True)
class Unread:
    """One ticket with something new on it."""

    id: str
    number: int
    channel: str


def see(heed: Heed, scope: Scope, ticket_id: str, message_id: str) -> bool:
    """Note that the agent saw a ticket up to a message; return whether that was news. Raises NotFound."""
    assert scope.agent is not None
    with heed.database.read() as db:
        at = seen.moment_of(db, scope, ticket_id, message_id)
    if at is None:
        raise NotFound("There is no such message.")
    with heed.database.write() as db:
        return seen.see(db, scope.agent, ticket_id, message_id, at)


def unread(heed: Heed, scope: Scope) -> tuple[Unread, ...]:
    """Return the agent's tickets with something new."""
    if scope.agent is None:
        return ()
    with heed.database.read() as db:
        return tuple(Unread(*row) for row in seen.unread(db, scope, scope.agent, HELD))
