"""Writes generated days into a desk's own tables, as if its people had worked them."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bench.backtest_desk import QUEUES
from router.backtest.records import Days, Recorded, Turn
from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.rows import Event, Ticket
from router.store.schema import evaluation, message, presence, ticket, ticket_event
from router.store.views.reports import id_at

AT_ONCE = 5_000
LATE = timedelta(days=1)  # what ends after the record does is not in it


def fill(
    db: Connection, brand_id: str, version_id: str, queues: Mapping[str, str], agents: Mapping[str, str], days: Days
) -> None:
    """Store tickets, messages, what rules saw and who was here; `queues` and `agents`: generated id -> the desk's."""
    bulk.add_values(db, presence, list(_presence(days, agents)))
    for start in range(0, len(days.tickets), AT_ONCE):
        rows: dict[Any, list[Any]] = {ticket: [], message: [], evaluation: [], ticket_event: []}
        for number, one in enumerate(days.tickets[start : start + AT_ONCE], start=start + 1):
            _ticket(rows, number, one, brand_id, version_id, queues, agents, days.known_until)
        bulk.add(db, ticket, rows[ticket])
        bulk.add_values(db, message, rows[message])
        bulk.add_values(db, evaluation, rows[evaluation])
        bulk.add(db, ticket_event, rows[ticket_event])


def _ticket(
    rows: Mapping[Any, list[Any]], number: int, one: Recorded, brand_id: str, version_id: str,
    queues: Mapping[str, str], agents: Mapping[str, str], until: datetime,
) -> None:  # fmt: skip
    [turn] = one.turns
    own = id_at(turn.at)[:18] + f"{number:08d}"
    evaluated, said = new_id(), new_id()
    rows[ticket].append(
        Ticket(
            id=own,
            brand_id=brand_id,
            number=number,
            kind="conversation",
            state="resolved",
            channel=one.channel,
            work_class=one.work_class,
            slot_key=one.slot_key,
            pace=one.pace,
            connection_id=None,
            queue_id=queues[turn.queue_id],
            contact_id=None,
            subject="",
            created_at=turn.at,
            updated_at=turn.at,
            language="en",
            intent=one.intent,
            intent_confidence=one.intent_confidence,
        )
    )
    rows[message].append(
        {
            "id": said,
            "brand_id": brand_id,
            "home_ticket_id": own,
            "direction": "inbound",
            "visibility": "public",
            "subject": "",
            "text": "Where is it?",
            "state": "received",
            "state_detail": "",
            "automatic": False,
            "proven": True,
            "at": turn.at,
        }
    )
    facts = {"channel": one.channel, "intent": one.intent, "heat": one.heat, "queue": QUEUES[0], "frustration": 10}
    rows[evaluation].append(
        {
            "id": evaluated,
            "ticket_id": own,
            "message_id": said,
            "rules_version_id": version_id,
            "occasion": "message",
            "facts": json.dumps(facts),
            "trace": "[]",
            "at": turn.at,
        }
    )
    for seq, (at, kind, data) in enumerate(_events(turn, evaluated, queues, agents), start=1):
        if at < until:
            rows[ticket_event].append(Event(own, seq, 1, kind, "heed", at, json.dumps(data)))


def _events(
    turn: Turn, evaluated: str, queues: Mapping[str, str], agents: Mapping[str, str]
) -> Iterator[tuple[datetime, str, dict[str, object]]]:
    due = turn.due.isoformat() if turn.due else None
    yield turn.at, "waiting", {"queue": queues[turn.queue_id], "evaluation": evaluated, "answer_by": due}
    for n, stint in enumerate(turn.stints):
        given = turn.at + timedelta(seconds=stint.after_s)
        over = given + timedelta(seconds=stint.took_s or 0.0)
        yield given, "assigned", {"agent": agents[stint.agent_id]}
        if stint.answer_s is not None:
            yield given + timedelta(seconds=stint.answer_s), "replied", {"keep_open": True}
        if stint.passed_on:
            yield over, "transferred", {}
            yield over, "waiting", {"queue": queues[turn.stints[n + 1].queue_id] if n + 1 < len(turn.stints) else ""}
        else:
            yield over, "resolved", {}
    if turn.left_s is not None:
        yield turn.at + timedelta(seconds=turn.left_s), "resolved", {}


def _presence(days: Days, agents: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """Yield one row for each stretch of one presence."""
    since: dict[str, tuple[datetime, str]] = {}
    for at, view in days.presence:
        if view.id in since:
            began, status = since[view.id]
            yield _row(agents[view.id], status, began, at)
        since[view.id] = (at, view.presence.value)
    for agent, (began, status) in since.items():
        yield _row(agents[agent], status, began, days.known_until + LATE)


def _row(agent_id: str, status: str, since: datetime, until: datetime) -> dict[str, object]:
    return {
        "id": new_id(), "agent_id": agent_id, "status": status, "reason": "", "source": "agent", "valid_from": since,
        "valid_to": until,
    }  # fmt: skip
