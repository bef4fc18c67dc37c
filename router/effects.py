"""What rules asked for outside a ticket: notices for the desk, and the one automatic word to a customer.

Each effect is settled in the transaction that does it, so it happens once. An acknowledgement repeats nothing that a
stranger wrote, never answers a machine, and reaches one address at most once a day.
"""

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from channels import adapter
from router import carrying_out
from router.app import Heed
from router.changes import Changes
from router.desk.acting import tell
from router.desk.addressing import message_id_for
from router.holding import new_holder
from router.model import SYSTEM, Role, State
from router.notify import Change
from router.store import connections, desk, leases, notices, outgoing, people, rulebook, templates, tickets
from router.store import effects as effect_rows
from router.store.db import Connection
from router.store.rows import Message, Outgoing, Ticket

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
ONCE_IN = timedelta(days=1)  # an acknowledgement, per address
NOBODY = ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster", "bounce")
PLACEHOLDERS = ("name", "number", "brand")  # all that a template may hold


def settle_due(heed: Heed, now: datetime) -> int:
    """Do the effects that are due and return how many; nothing if another process is at it."""
    holder = new_holder()
    with heed.database.read() as db:
        if not rulebook.due_effects(db, now, 1, but=("webhook",)):
            return 0
    with heed.database.write() as db:
        if not leases.take(db, "effects", holder, now, LEASE):
            return 0
    done = 0
    try:
        with heed.database.read() as db:
            found = rulebook.due_effects(db, now, but=("webhook",))
        for effect in found:
            _settle(heed, effect, now)
            done += 1
    finally:
        with heed.database.write() as db:
            leases.release(db, "effects", holder)
    return done


def is_due(heed: Heed, now: datetime) -> bool:
    """Say whether an effect is to be done."""
    with heed.database.read() as db:
        return bool(rulebook.due_effects(db, now, 1))


def _settle(heed: Heed, effect: Mapping[str, object], now: datetime) -> None:
    if effect["kind"] in carrying_out.ACTS:
        carrying_out.carry_out(heed, effect, now)
        return
    effect_id, ticket_id = str(effect["id"]), str(effect["ticket_id"])
    asked = json.loads(str(effect["argument"]))
    changes = Changes(now=now)
    hints: list[Change] = []
    with heed.database.write() as db:
        ticket = tickets.load(db, SYSTEM, [ticket_id], lock=True).get(ticket_id)
        if not effect_rows.hold(db, effect_id) or ticket is None:
            return
        if effect["kind"] == "notify":
            result, hints = _notify(db, ticket, str(asked.get("target", "")), str(asked.get("note", "")), effect, now)
        elif effect["kind"] == "acknowledge":
            result = _acknowledge(heed, db, changes, ticket, str(asked.get("target", "")))
        else:
            result = f"This release knows no “{effect['kind']}”."
        rulebook.settle_effect(db, effect_id, result, now)
        changes.write(db)
    tell(heed, changes, *hints)


def _notify(
    db: Connection, ticket: Ticket, target: str, note: str, effect: Mapping[str, object], now: datetime
) -> tuple[str, list[Change]]:
    because = note or f"Rule “{effect['rule']}”"
    known = {"brand_id": ticket.brand_id, "ticket_id": ticket.id, "kind": "rule", "because": because, "now": now}
    if target in {role.value for role in Role}:
        notices.add(db, role=target, **known)  # type: ignore[arg-type]
        return f"told every {target}", [Change("notice", ticket.brand_id, ticket.id)]
    wanted = target.casefold()
    of_brand = {agent_id for agent_id, brands in people.all_brands(db).items() if ticket.brand_id in brands}
    named = [p for p in people.everyone(db) if p.active and p.id in of_brand and p.name.casefold() == wanted]
    if not named:
        return f"There is nobody called “{target}”: change the rule.", []
    for person in named:
        notices.add(db, agent_id=person.id, **known)  # type: ignore[arg-type]
    return f"told {target}", [Change("notice", ticket.brand_id, ticket.id, person.id) for person in named]


def _acknowledge(heed: Heed, db: Connection, changes: Changes, ticket: Ticket, name: str) -> str:
    """Queue the automatic answer, or return why there is none."""
    if ticket.automatic or ticket.spam or ticket.state == State.CLOSED:
        return "not sent: it was written by a machine, or is closed"
    opening = outgoing.opening(db, ticket.id)
    if opening is None or ticket.connection_id is None:
        return "not sent: nobody wrote"
    if opening.automatic or opening.address.partition("@")[0].lower().startswith(NOBODY):
        return "not sent: it was written by a machine"
    if outgoing.acknowledged_since(db, ticket.brand_id, opening.address, changes.now - ONCE_IN):
        return "not sent: this address was acknowledged within a day"
    brand = next(b for b in desk.brands(db) if b.id == ticket.brand_id)
    body = templates.body(db, brand.id, "acknowledge", name, (ticket.language, brand.language))
    if body is None:
        return f"not sent: there is no acknowledgement “{name}” in {ticket.language} or {brand.language}"
    row = connections.by_id(db, heed.vault, ticket.connection_id)
    if row is None:
        return "not sent: its connection is gone"
    called = opening.name if opening.proven else ""
    message = Message(
        brand_id=brand.id,
        home_ticket_id=ticket.id,
        direction="outbound",
        visibility="public",
        text=fill(body, {"name": called, "number": str(ticket.number), "brand": brand.name}),
        at=changes.now,
        state="queued",
        connection_id=ticket.connection_id,
        subject=f"{brand.name} #{ticket.number}",
        thread=ticket.thread,
        automatic=True,
    )
    if adapter(row.connection.channel).INFO.work_class == "mail":
        message.external_id = message_id_for(message.id, row.connection.setting("address"))
    changes.watch(ticket)
    changes.messages.append(message)
    changes.parties.append((message.id, 0, "to", opening.address, called))
    changes.outgoing.append(Outgoing(message.id, ticket.id, ticket.connection_id, changes.now, changes.now))
    changes.event(ticket, "acknowledged", message=message.id)
    return "queued"


def fill(body: str, values: Mapping[str, str]) -> str:
    """Return a template with its placeholders filled, each on one line; what is no placeholder stays as it is."""
    for name in PLACEHOLDERS:
        body = body.replace("{" + name + "}", " ".join(values.get(name, "").replace("{", "").split()))
    return body
