"""What rules do to tickets after the commit: escalate, hand to, take back, bring back, resolve, remind.

Each is settled in the transaction that does it, so it is done once, however often it is tried. What a rule does asks
no rules again; only their next moment is worked out anew. A ticket that another hand holds is tried again soon.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from channels.types import WorkClass
from router import notices, rule_times
from router.app import Heed
from router.desk import resting
from router.desk.acting import Act, acting, hand_over
from router.desk.errors import DeskError, Refused
from router.desk.moving import let_go, move_to
from router.model import SYSTEM, Presence, Role, State
from router.notify import Change
from router.routing.lanes import free_slots
from router.store import effects as effect_rows
from router.store import people, roster, rulebook, tickets
from router.store.db import Connection
from router.waking import up

AGAIN = timedelta(seconds=10)  # after a ticket was held by another hand
MOST_TRIES = 20
DONE = (State.RESOLVED, State.CLOSED)
RESTING = (State.PENDING, State.SNOOZED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule asked for."""

    id: str
    ticket_id: str
    rule: str
    at: datetime
    target: str
    note: str
    agent: str | None = None  # whom it concerns, locked with the ticket

    @property
    def because(self) -> str:
        """Return what people are told."""
        return self.note or f"Rule “{self.rule}”"


Hints = list[Change]
Do = Callable[[Act, Asked, Hints], str]


def carry_out(heed: Heed, effect: Mapping[str, object], now: datetime) -> None:
    """Do one thing that a rule asked for; what became of it is kept with it."""
    given = json.loads(str(effect["argument"]))
    asked = Asked(
        str(effect["id"]), str(effect["ticket_id"]), str(effect["rule"]), cast(datetime, effect["at"]),
        str(given.get("target", "")), str(given.get("note", "")),
    )  # fmt: skip
    kind = str(effect["kind"])
    with heed.database.read() as db:
        asked, others = _concerned(db, kind, asked, now)
    hints: Hints = []
    try:
        with acting(heed, SYSTEM, asked.ticket_id, now, *others, own=False) as act:
            act.changes.asked.add(asked.ticket_id)
            if act.ticket.state == State.OFFERED:
                raise Refused("The ticket is being offered at this moment.")
            if effect_rows.hold(act.db, asked.id):
                result = ACTS[kind](act, asked, hints)
                rulebook.settle_effect(act.db, asked.id, result, now)
                act.ticket.rules_due_at = rule_times.next_moment(act.ticket, None, act.desk, now)
    except DeskError as error:
        with heed.database.write() as db:
            if cast(int, effect["attempts"]) >= MOST_TRIES:
                rulebook.settle_effect(db, asked.id, f"not done: {error}", now)
            else:
                effect_rows.try_later(db, asked.id, now + AGAIN, now, str(error))
        return
    heed.notifier.publish(hints)


def _concerned(db: Connection, kind: str, asked: Asked, now: datetime) -> tuple[Asked, list[str]]:
    """Return what was asked for with the agent who is to get the ticket, and whom to lock with it."""
    ticket = tickets.load(db, SYSTEM, [asked.ticket_id]).get(asked.ticket_id)
    last = [ticket.last_agent_id] if ticket is not None and ticket.last_agent_id else []
    if kind != "hand_to" or ticket is None:
        return asked, last
    everyone = [who for who in people.everyone(db) if who.active]
    if asked.target == Role.SUPERVISOR:
        named = {who.id for who in everyone if who.role == Role.SUPERVISOR}
    else:
        named = {who.id for who in everyone if who.name.casefold() == asked.target.casefold()}
    views = [view for view in roster.views(db, now, brand_id=ticket.brand_id).values() if view.id in named]
    here = [view for view in views if view.presence is Presence.ONLINE]
    room = sorted(here, key=lambda view: (-free_slots(view, cast(WorkClass, ticket.work_class)), view.id))
    chosen = next((view.id for view in room), None)
    rest = (asked.id, asked.ticket_id, asked.rule, asked.at, asked.target, asked.note)
    return Asked(*rest, chosen), [*last, *([chosen] if chosen else [])]


def _escalate(act: Act, asked: Asked, hints: Hints) -> str:
    ticket, target = act.ticket, asked.target
    if target in {role.value for role in Role}:
        hints.append(_tell(act, asked, role=target))
        act.changes.event(ticket, "escalated", role=target, rule=asked.rule)
        return f"told every {target}"
    queue = act.desk.queue_named(target)
    if queue is None:
        return f"not done: there is no queue called “{target}”"
    if ticket.state in DONE:
        return f"not done: the ticket is {ticket.state}"
    if ticket.queue_id != queue.id or ticket.state != State.WAITING:
        move_to(act, queue.id)
    act.changes.event(ticket, "escalated", queue=queue.id, rule=asked.rule)
    return f"in queue {queue.name}"


def _hand_to(act: Act, asked: Asked, hints: Hints) -> str:
    ticket = act.ticket
    if ticket.state in DONE:
        return f"not done: the ticket is {ticket.state}"
    views = roster.views(act.db, act.now, ids={asked.agent} if asked.agent else set())
    view = views.get(asked.agent or "")
    if view is not None and view.id == ticket.agent_id and ticket.state == State.OPEN:
        return f"{view.name} has it already"
    if view is None or view.presence is not Presence.ONLINE or free_slots(view, cast(WorkClass, ticket.work_class)) < 1:
        if asked.target == Role.SUPERVISOR:
            hints.append(_tell(act, asked, role=asked.target))
        elif (agent := _by_name(act, asked.target)) is not None:
            hints.append(_tell(act, asked, agent=agent))
        else:
            return f"not done: there is nobody called “{asked.target}”"
        return "told: nobody is here with a free slot"
    hand_over(act, view.id, "by a rule")
    hints.append(_tell(act, asked, agent=view.id))
    return f"with {view.name}"


def _hand_on(act: Act, asked: Asked, hints: Hints) -> str:
    holder = act.ticket.agent_id
    if act.ticket.state != State.OPEN or holder is None:
        return "not done: nobody has it open"
    let_go(act)
    act.changes.event(act.ticket, "acted", rule=asked.rule)
    hints.append(_tell(act, asked, agent=holder))
    return "back in its queue"


def _bring_back(act: Act, asked: Asked, _hints: Hints) -> str:
    state = State(act.ticket.state)
    if state not in RESTING:
        return f"not done: the ticket is {state}"
    up(act.db, act.changes, act.desk, [act.ticket], state, f"rule “{asked.rule}”")
    return "back"


def _resolve(act: Act, asked: Asked, _hints: Hints) -> str:
    if act.ticket.state != State.PENDING:
        return "not done: it is not the customer's turn"
    act.changes.event(act.ticket, "acted", rule=asked.rule)
    resting.end(act)
    return "resolved"


def _remind(act: Act, asked: Asked, hints: Hints) -> str:
    ticket = act.ticket
    if ticket.state in DONE:
        return f"not done: the ticket is {ticket.state}"
    if ticket.last_answer_at is not None and ticket.last_answer_at > asked.at:
        return "not done: it was answered"
    holder = ticket.agent_id or ticket.reserved_for
    hints.append(_tell(act, asked, agent=holder) if holder else _tell(act, asked, role=Role.SUPERVISOR.value))
    return "reminded"


def _by_name(act: Act, name: str) -> str | None:
    views = act.desk.agents.values()
    return next((view.id for view in views if view.name.casefold() == name.casefold()), None)


def _tell(act: Act, asked: Asked, *, agent: str | None = None, role: str | None = None) -> Change:
    return notices.tell(
        act.db,
        brand_id=act.ticket.brand_id,
        ticket_id=act.ticket.id,
        kind="rule",
        because=asked.because,
        now=act.now,
        agent=agent,
        role=role,
    )


ACTS: Mapping[str, Do] = {
    "escalate": _escalate,
    "hand_to": _hand_to,
    "hand_on": _hand_on,
    "bring_back": _bring_back,
    "resolve": _resolve,
    "remind": _remind,
}
