"""A desk whose truth is known: how customers come, what they want, how long who needs for them, who passes what on.

Two kinds of rules run over it by the same decisions as production; what happens under the live ones is what a back-test
is given, and what happens afterwards under the draft is what its forecast is held against. All of it is invented.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

from router.backtest.asking import Asking
from router.backtest.attendance import hours_online
from router.backtest.records import Days, Recorded, Turn
from router.backtest.replay import Done, Replay
from router.desknow import NO_RULES, DeskNow
from router.model import Heat, Presence, State
from router.routing.lanes import AgentView
from router.store.desk import Brand, QueueRow
from router.store.rows import Ticket
from router.store.views.recorded import FactsRow, Held
from rules.load import load
from rules.model import RuleSet

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
BRAND = "brand"
QUEUES = ("General", "Billing", "Technical")
TOPIC = {"billing_dispute": "billing", "outage_bug": "technical", "how_to": None}
WANTS = (("billing_dispute", 0.35), ("outage_bug", 0.25), ("how_to", 0.40))
HOME = {"billing_dispute": "Billing", "outage_bug": "Technical", "how_to": "General"}
OPEN_H = 12  # hours a day, from 8:00 on
WORK_S = {"chat": 540.0, "email": 420.0}  # median at heat 0
SPREAD = 0.6  # of the logarithm of the work
PATIENCE_S = {"chat": 1500.0, "email": math.inf}

LIVE = """
rules:
  - name: Technical
    when: {fact: intent, is: is, value: outage_bug}
    then: [{queue: Technical}, {prefer: technical}]
"""
DRAFT = """
rules:
  - name: Technical
    when: {fact: intent, is: is, value: outage_bug}
    then: [{queue: Technical}, {prefer: technical}]
  - name: Money
    when: {fact: intent, is: is, value: billing_dispute}
    then: [{queue: Billing}, {prefer: billing}]
  - name: Frustrated first
    when: {fact: heat, is: at_least, value: 2}
    then: [{answer_within: 10m}, {head_start: 30m}]
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one generated desk is like."""

    seed: int
    a_day: int  # tickets
    agents: int
    days: int = 28
    growth: float = 1.0  # times as many tickets


def a_desk(agents: Sequence[AgentView]) -> DeskNow:
    """Return the desk as decisions read it."""
    queues = {
        name: QueueRow(
            id=name,
            brand_id=BRAND,
            name=name,
            mode="pull",
            calendar_id=None,
            answer_s=None,
            topic=None if name == "General" else name.lower(),
            is_default=name == "General",
        )
        for name in QUEUES
    }
    return DeskNow(
        brand=Brand(BRAND, "shop", "Shop", "en", "UTC", True, None), queues=queues, calendars={},
        agents={agent.id: agent for agent in agents}, skills=frozenset({"billing", "technical", "en"}),
        languages=frozenset({"en"}), slot_of={"live": "live", "mail": "mail"}, rules=NO_RULES, rules_version=None,
        intents={},
    )  # fmt: skip


def the_agents(shape: Shape) -> list[AgentView]:
    """Return who works here: some know billing, some technical matters, all speak English."""
    chance = Random(f"agents:{shape.seed}")
    found = []
    for n in range(shape.agents):
        skills = {"en": 3}
        if n % 3 == 0:
            skills["billing"] = chance.choice((3, 4, 5))
        elif n % 3 == 1:
            skills["technical"] = chance.choice((3, 4, 5))
        found.append(AgentView(f"a{n:02}", f"Agent {n}", frozenset({BRAND}), skills, capacity={"live": 2, "mail": 1}))
    return found


def presence(
    shape: Shape, agents: Sequence[AgentView], first_day: int
) -> tuple[list[Held], list[tuple[datetime, AgentView]]]:
    """Return who is here when: early and late shifts, and now and then somebody is ill."""
    held, views = [], []
    for day in range(first_day, first_day + shape.days):
        chance = Random(f"here:{shape.seed}:{day}")
        for n, agent in enumerate(agents):
            if chance.random() < 0.06:
                continue
            start = BEGIN + timedelta(days=day, hours=8 if n % 2 else 12)
            end = start + timedelta(hours=8)
            held.append(Held(agent.id, "presence", "", "online", start, end))
            views += [
                (start, replace(agent, presence=Presence.ONLINE)),
                (end, replace(agent, presence=Presence.OFFLINE)),
            ]
    return held, sorted(views, key=lambda pair: (pair[0], pair[1].id))


def arrivals(shape: Shape, first_day: int, sets: Sequence[RuleSet], desk: DeskNow) -> list[Recorded]:
    """Return who writes when and why, and where each set of rules sends them; nothing is worked on yet."""
    asking, found = Asking(desk, sets), []
    for day in range(first_day, first_day + shape.days):
        chance = Random(f"day:{shape.seed}:{day}")
        busy = chance.gauss(1.0, 0.08) * (1.15 if day % 7 == 0 else 0.6 if day % 7 > 4 else 1.0)
        for n in range(int(shape.a_day * shape.growth * busy)):
            at = BEGIN + timedelta(days=day, hours=8, seconds=chance.betavariate(1.6, 1.9) * OPEN_H * 3600)
            found.append(_a_ticket(f"{day:04}-{n:05}", at, chance, asking))
    return sorted(found, key=lambda ticket: (ticket.opened_at, ticket.id))


def _a_ticket(key: str, at: datetime, chance: Random, asking: Asking) -> Recorded:
    channel = "chat" if chance.random() < 0.55 else "email"
    intent = chance.choices([want for want, _ in WANTS], [share for _, share in WANTS])[0]
    heat = cast(Heat, chance.choices((0, 1, 2, 3), (0.55, 0.25, 0.13, 0.07))[0])
    work_class = "live" if channel == "chat" else "mail"
    row = Ticket(
        id=key, brand_id=BRAND, number=0, kind="conversation", state=State.NEW, channel=channel, work_class=work_class,
        slot_key=work_class, pace=channel, connection_id=None, queue_id="General", contact_id=None, subject="",
        created_at=at, updated_at=at, language="en", intent=intent, intent_confidence=0.9,
    )  # fmt: skip
    facts = json.dumps({"channel": channel, "intent": intent, "heat": heat, "queue": "General"})
    _, sent = asking.about(row, FactsRow(facts, at, True, "", ""), ())
    turns = (Turn(at, 0.0, "General", sent),)
    return Recorded(key, BRAND, channel, work_class, work_class, channel, "en", intent, 0.9, heat, turns)


class Truth:
    """How the work really is; the same ticket asks the same of everyone, whichever way it comes to them."""

    def __init__(self, shape: Shape, agents: Sequence[AgentView]) -> None:
        self._shape = shape
        self._skills = {agent.id: agent.skills for agent in agents}
        chance = Random(f"pace:{shape.seed}")
        self._pace = {agent.id: math.exp(chance.gauss(0.0, 0.15)) for agent in agents}

    def patience_s(self, ticket: Recorded, number: int) -> float:
        """Return how long the customer stays."""
        mean = PATIENCE_S[ticket.channel] / math.exp(0.3 * ticket.heat)
        return mean if mean == math.inf else self._chance(ticket, "stays").expovariate(1 / mean)

    def done_by(self, ticket: Recorded, number: int, hop: int, queue_id: str, agent_id: str) -> Done:
        """Return what an agent makes of it: who cannot help passes it on, who can takes as long as they are good."""
        topic = TOPIC[ticket.intent]
        level = self._skills[agent_id].get(topic, 0) if topic else 4
        if hop == 0 and not level and queue_id != HOME[ticket.intent] and self._chance(ticket, "passes").random() < 0.4:
            took = 90 * math.exp(self._chance(ticket, "short").gauss(0, 0.4))
            return Done(took, None, HOME[ticket.intent])
        chance = self._chance(ticket, "work")
        work = WORK_S[ticket.channel] * math.exp(chance.gauss(0.0, SPREAD)) * (1 + 0.1 * ticket.heat)
        noise = math.exp(self._chance(ticket, f"by {agent_id}").gauss(0.0, 0.2))
        took = work * noise * self._pace[agent_id] * (1.35 - 0.08 * level)
        return Done(took, took * (0.15 if ticket.channel == "chat" else 1.0))

    def _chance(self, ticket: Recorded, what: str) -> Random:
        return Random(f"{self._shape.seed}:{ticket.id}:{what}")


def happened(shape: Shape, which: int, first_day: int, sources: Sequence[str] = (LIVE, DRAFT)) -> tuple[Days, DeskNow]:
    """Return what is recorded of some days under one of the sets of rules."""
    agents = the_agents(shape)
    desk = a_desk(agents)
    sets = [load(source) for source in sources]
    held, views = presence(shape, agents, first_day)
    start = BEGIN + timedelta(days=first_day)
    end = start + timedelta(days=shape.days)
    asked = arrivals(shape, first_day, sets, desk)
    days = Days(start, end, end + timedelta(days=1), asked, views, hours_online(held, start, end))
    lives = Replay(days, which, {BRAND: desk}, Truth(shape, agents)).run()
    tickets = [replace(ticket, turns=turns) for ticket, turns in zip(asked, lives, strict=True)]
    return replace(days, tickets=tickets), desk
