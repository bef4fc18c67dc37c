"""A ticket's history read as turns: when the customer waited, who had it and for how long. Pure."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from router.backtest.records import Sent, Stint, Turn
from router.store.views.recorded import EventRow

OVER = frozenset({"resolved", "closed", "snoozed", "spam", "quiet"})
TELLING = frozenset({"waiting", "woke", "assigned", "replied"})  # what is told of them is read

Ask = Callable[[str | None, str], tuple[Sent, ...]]  # evaluation id and queue id -> where the rules send it


@dataclass(slots=True)
class _Open:
    """A turn that is not over yet."""

    at: datetime
    rest_s: float
    queue_id: str
    sent: tuple[Sent, ...]
    due: datetime | None
    flagged: bool
    waits_in: str
    stints: list[Stint] = field(default_factory=list)
    agent_id: str | None = None
    given_at: datetime | None = None
    answer_s: float | None = None

    def give(self, agent_id: str, at: datetime) -> None:
        """Note that an agent has it from now on."""
        self.free(at, passed_on=True)
        self.agent_id, self.given_at = agent_id, at

    def free(self, at: datetime, *, passed_on: bool = False) -> None:
        """Note that the agent who has it has it no longer."""
        if self.agent_id is None or self.given_at is None:
            return
        self._note(max((at - self.given_at).total_seconds(), 0.0), passed_on)
        self.agent_id = self.given_at = self.answer_s = None

    def turn(self, left_s: float | None) -> Turn:
        """Return it as recorded; an agent who still has it is named, without an end."""
        self._note(None, False)
        left_s = None if self.stints else left_s
        return Turn(
            at=self.at, rest_s=self.rest_s, queue_id=self.queue_id, sent=self.sent, left_s=left_s,
            due=self.due, flagged=self.flagged, stints=tuple(self.stints),
        )  # fmt: skip

    def _note(self, took_s: float | None, passed_on: bool) -> None:
        if self.agent_id is not None and self.given_at is not None:
            after_s = (self.given_at - self.at).total_seconds()
            self.stints.append(Stint(self.agent_id, self.waits_in, after_s, took_s, self.answer_s, passed_on))


def turns_of(events: Sequence[EventRow], queue_id: str, ask: Ask) -> tuple[Turn, ...]:
    """Return the turns of a ticket, oldest first.

    `queue_id` is the ticket's own, for events that name none. What was snoozed or fell quiet ends a turn as an answer
    does: its slot was free from then on.
    """
    done: list[Turn] = []
    turn: _Open | None = None
    over_at: datetime | None = None
    for event in events:
        said = json.loads(event.data) if event.kind in TELLING and len(event.data) > 2 else {}
        if event.kind in ("waiting", "woke"):
            if turn is None:
                turn = _begun(event, said, queue_id, over_at, ask)
            else:
                turn.free(event.at)
                turn.waits_in = str(said.get("queue") or turn.waits_in)
                turn.flagged = turn.flagged or bool(said.get("flag"))
        elif turn is None:
            continue
        elif event.kind == "assigned":
            turn.give(str(said.get("agent", "")), event.at)
        elif event.kind == "replied":
            if turn.answer_s is None and turn.given_at is not None:
                turn.answer_s = (event.at - turn.given_at).total_seconds()
            if not said.get("keep_open"):
                turn.free(event.at)
                done.append(turn.turn(None))
                turn, over_at = None, event.at
        elif event.kind == "transferred":
            turn.free(event.at, passed_on=True)
        elif event.kind in OVER:
            turn.free(event.at)
            done.append(turn.turn((event.at - turn.at).total_seconds()))
            turn, over_at = None, event.at
    return (*done, turn.turn(None)) if turn is not None else tuple(done)


def _begun(event: EventRow, said: dict[str, Any], queue_id: str, over_at: datetime | None, ask: Ask) -> _Open:
    queue = str(said.get("queue") or queue_id)
    due = said.get("answer_by")
    return _Open(
        at=event.at,
        rest_s=(event.at - over_at).total_seconds() if over_at else 0.0,
        queue_id=queue,
        sent=ask(said.get("evaluation"), queue),
        due=datetime.fromisoformat(due) if due else None,
        flagged=bool(said.get("flag")),
        waits_in=queue,
    )
