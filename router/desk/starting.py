"""Writing to a customer first: a new ticket that begins with our own mail."""

from collections.abc import Sequence
from datetime import datetime

from channels import adapter
from router import placing
from router.app import Heed
from router.changes import Changes
from router.desk.acting import Act, tell
from router.desk.addressing import new_token, typed_recipients
from router.desk.errors import NotAllowed, NotFound, Refused
from router.desk.writing import Upload, checked, remember, said_before, write
from router.giving import give
from router.model import Scope, State
from router.routing.lanes import free_slots
from router.store import answers, connections, contacts, desk, roster, tickets
from router.store.db import Connection
from router.store.ids import new_id
from router.store.rows import Ticket


def start(
    heed: Heed,
    scope: Scope,
    now: datetime,
    *,
    connection_id: str,
    to: str | Sequence[str],
    subject: str,
    text: str,
    key: str = "",
    cc: Sequence[str] = (),
    attachments: Sequence[Upload] = (),
    keep_open: bool = False,
    follows: str | None = None,
) -> str:
    """Write to a customer first, by mail, and return the new ticket's id; it waits for their answer.

    The first of `to` is the customer. `keep_open`: it stays open with whoever writes, in a slot of theirs. `follows`:
    the ticket of the same brand that it continues. Raises Refused for an address that is none or is blocked, and where
    no slot is free to keep it open.
    """
    text = checked(text, attachments)
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk can write to a customer.")
    typed = [to] if isinstance(to, str) else list(to)
    about = f"{connection_id} {', '.join(typed)} {subject}"
    with heed.database.write() as db:
        roster.lock(db, [scope.agent])
        before = said_before(db, scope.agent, key, about, text)
        if before:
            return answers.ticket_of(db, before)
        row = connections.by_id(db, heed.vault, connection_id)
        if row is None or not scope.sees(row.brand_id):
            raise NotFound("There is no such connection.")
        info = adapter(row.connection.channel).INFO
        if info.work_class != "mail":
            raise Refused("Only by mail can a customer be written to first.")
        old = tickets.load(db, scope, [follows]).get(follows) if follows else None
        if follows and (old is None or old.brand_id != row.brand_id):
            raise NotFound("There is no such ticket.")
        people = typed_recipients(typed, cc)
        address = people.to[0].address
        known = contacts.ensure(db, row.brand_id, info.key, {address: ""}, "we wrote to it", now)[address]
        if known.blocked:
            raise Refused(f"{address} is blocked. Unblock it under “Set aside”, or write to another address.")
        queue = row.queue_id or next(q.id for q in desk.queues(db, row.brand_id) if q.is_default)
        ticket = Ticket(
            id=new_id(), brand_id=row.brand_id, number=tickets.take_numbers(db, row.brand_id, 1), kind="conversation",
            state=State.PENDING, channel=info.key, work_class=info.work_class, slot_key=info.work_class, pace=info.pace,
            connection_id=row.id, queue_id=queue, contact_id=known.own_contact, subject=subject[:500], created_at=now,
            updated_at=now, agent_id=scope.agent, last_agent_id=scope.agent, follows_ticket_id=follows,
        )  # fmt: skip
        tickets.insert(db, [ticket])
        changes = Changes(now=now, by=scope.agent)
        changes.watch(ticket)
        act = Act(db, scope, ticket, changes)
        message = write(act, text, row.connection.setting("address"), people, attachments)
        message.subject = subject[:500]
        remember(act, key, text, message, about)
        changes.needs[ticket.id] = placing.at_first(act.desk)
        changes.event(ticket, "started", message=message.id, follows=follows)
        changes.tokens.append((new_token(), ticket.id, "ticket", None))
        if keep_open:
            _keep(db, act)
        changes.write(db)
    tell(heed, changes)
    return ticket.id


def _keep(db: Connection, act: Act) -> None:
    """Keep the new ticket open, in a slot of whoever writes."""
    view = roster.views(db, act.now, ids={act.agent})[act.agent]
    if free_slots(view, act.ticket.work_class) <= 0:  # type: ignore[arg-type]
        raise Refused("You have no free slot to keep it open. Send it as the customer's turn, or finish another first.")
    give(db, act.changes, act.ticket, view, "started")
