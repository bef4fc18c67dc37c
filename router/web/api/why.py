"""Why a ticket is where it is: the decision, the rules, who else was looked at, or why it still waits."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from router import inbox
from router.web.api.base import api
from router.web.api.typed import Call
from router.web.api.values import Out


class CandidateOut(Out):
    """One that was looked at: an agent for the ticket, or a ticket for the agent who asked."""

    id: str
    name: str = Field(description="Of an agent; of a ticket its number.")
    chosen: bool
    level: int
    same_agent: bool
    heat: int | None
    position: int | None
    load: int | None
    capacity: int | None
    score: float | None


class LeftOut(Out):
    """Others that were not looked at further."""

    because: str
    count: int


class RuleRead(Out):
    """What became of one rule."""

    rule: str
    matched: bool
    because: str


class EarlierDecision(Out):
    """A decision before the last one."""

    kind: str
    because: str
    at: datetime


class WhyOut(Out):
    """The reasons behind where a ticket is now."""

    because: str = Field(description="The last decision in a sentence; empty if nothing was decided yet.")
    kind: str
    decided_at: datetime | None
    policy: str = Field(description="Version of the routing policy.")
    rules_version: int | None
    rules: list[str] = Field(description="Those that acted.")
    trace: list[RuleRead]
    candidates_are: Literal["agent", "ticket", ""] = Field(
        description="Tickets when an agent was free, agents when a ticket came."
    )
    candidates: list[CandidateOut]
    left_out: list[LeftOut]
    needs: list[str]
    topic: str | None
    otherwise: str = Field(description="What single difference would have changed the choice; empty if none is told.")
    waits: str = Field(description="Why it still waits; empty if it does not.")
    not_you: str = Field(description="Why it is not the caller's, or that it may be; empty if it does not wait.")
    flag: str
    without_mood: str = Field(description="Said where the brand switched mood off; empty otherwise.")
    earlier: list[EarlierDecision]


@api.route("GET", "/tickets/{id}/why", scope="tickets:read")
def why_ticket(call: Call, ticket_id: str) -> WhyOut:
    """Say why a ticket went to its agent, or why it still waits."""
    found = inbox.why(call.heed, call.scope, ticket_id, call.now)
    return WhyOut(
        because=found.because,
        kind=found.kind,
        decided_at=found.decided_at,
        policy=found.policy,
        rules_version=found.rules_version,
        rules=list(found.rules),
        trace=_trace(found.trace),
        candidates_are=found.asked,  # type: ignore[arg-type]  # the record knows no other
        candidates=[CandidateOut.model_validate(one, from_attributes=True) for one in found.candidates],
        left_out=[LeftOut(because=because, count=count) for because, count in found.left_out],
        needs=list(found.needs),
        topic=found.topic,
        otherwise=found.otherwise,
        waits=found.waits,
        not_you=found.not_you,
        flag=found.flag,
        without_mood=found.without_mood,
        earlier=[EarlierDecision(kind=one.kind, because=one.because, at=one.at) for one in found.earlier],
    )


def _trace(recorded: object) -> list[RuleRead]:
    """Return a trace as it was recorded: a list of rule, whether it matched, and why."""
    steps = recorded if isinstance(recorded, list) else []
    return [
        RuleRead(rule=str(step[0]), matched=bool(step[1]), because=str(step[2]))
        for step in steps
        if isinstance(step, list) and len(step) == 3
    ]
