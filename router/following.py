"""Follow-ups: somebody comes back to a ticket at a moment, also to one that is done by then.

Where it was asked only for silence, the customer's next message ends it. One on a ticket that was set aside as spam is
dropped; when its agent has left the brand, the supervisors are told instead.
"""

from datetime import datetime, timedelta

from router import notices
from router.app import Heed
from router.desk.errors import NotAllowed, NotFound, Refused
from router.model import Role, Scope
from router.notify import Change
from router.store import followups, tickets
from router.store.followups import FollowUp

LONGEST = timedelta(days=366)
MAX_NOTE = 500  # characters
PLAIN = "You wanted to come back to this ticket."
LEFT = "{who} wanted to come back to this ticket, and does not work here now."


def add(
    heed: Heed,
    scope: Scope,
    ticket_id: str,
    due_at: datetime,
    now: datetime,
    *,
    note: str = "",
    only_if_silent: bool = False,
) -> str:
    """Let an agent come back to a ticket at a moment, and return the follow-up's id. Raises NotFound, Refused."""
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk comes back to a ticket.")
    if not now < due_at <= now + LONGEST:
        raise Refused("Choose a moment to come, within a year.")
    note = " ".join(note.split())
    if len(note) > MAX_NOTE:
        raise Refused(f"The note has {len(note)} characters; {MAX_NOTE} are the most.")
    with heed.database.write() as db:
        found = tickets.load(db, scope, [ticket_id]).get(ticket_id)
        if found is None:
            raise NotFound("There is no such ticket.")
        made = followups.add(db, ticket_id, scope.agent, due_at, note, now, only_if_silent=only_if_silent)
    heed.notifier.publish([Change("ticket", found.brand_id, ticket_id, scope.agent)])
    return made


def cancel(heed: Heed, scope: Scope, follow_up_id: str, now: datetime) -> str:
    """Drop a follow-up and return its ticket's id: one's own, or a supervisor anybody's. Raises NotFound."""
    with heed.database.write() as db:
        found = followups.one(db, scope, follow_up_id)
        if found is None:
            raise NotFound("There is no such follow-up.")
        if found.agent_id != scope.agent and scope.role.rank < Role.SUPERVISOR.rank:
            raise NotAllowed("This is a colleague's follow-up. They or a supervisor can cancel it.")
        followups.end(db, follow_up_id, "dropped", now)
    heed.notifier.publish([Change("ticket", found.brand_id, found.ticket_id, found.agent_id)])
    return found.ticket_id


def to_come(heed: Heed, scope: Scope, ticket_id: str) -> list[FollowUp]:
    """Return what is to come on a ticket, the next first."""
    with heed.database.read() as db:
        return followups.of_ticket(db, scope, ticket_id)


def tell_due(heed: Heed, now: datetime) -> int:
    """Tell whoever wanted to come back to a ticket at a moment that has come; return how many were looked at."""
    with heed.database.read() as db:
        if not followups.due(db, now):
            return 0
    told: list[Change] = []
    with heed.database.write() as db:
        found = followups.due(db, now)
        for one in found:
            ended = "dropped" if one.spam else "answered" if one.is_answered else "told"
            if not followups.end(db, one.id, ended, now) or ended != "told":
                continue
            told.append(
                notices.tell(
                    db,
                    brand_id=one.brand_id,
                    ticket_id=one.merged_into or one.ticket_id,
                    kind="follow_up",
                    because=(one.note or PLAIN) if one.works_here else LEFT.format(who=one.agent),
                    now=now,
                    agent=one.agent_id if one.works_here else None,
                    role=None if one.works_here else Role.SUPERVISOR.value,
                )
            )
    heed.notifier.publish(told)
    return len(found)
