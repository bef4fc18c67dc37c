"""Notices that the desk itself changed what rules say: nobody is free any more, an agent has left, a queue has filled.

No ticket is looked at for that. The comparisons of the live rules are made once for each queue and kind of work; where
an answer turned since the last look, the tickets of that queue are due. Brands whose rules do not ask are not read.
"""

from datetime import datetime

from router import asking, factual
from router.app import Heed
from router.desknow import DeskNow, desk_now
from router.live_rules import interest
from router.store import asked
from router.store import desk as desk_rows
from router.store.db import Connection
from rules.conditions import judge
from rules.facts import FACTS, Moves
from rules.model import Condition, conditions

OF_ONE = "agent_online"  # a fact of the one agent who has a ticket
ASKED = frozenset(name for name, fact in FACTS.items() if fact.moves is Moves.DESK)

Seen = tuple[bool, ...]


class Watch:
    """What the desk was like at the last look; a process that starts anew asks about everything once."""

    def __init__(self) -> None:
        self._versions: dict[str, str] = {}  # brand -> the rules whose answers are remembered
        self._answers: dict[tuple[str, str, str], Seen] = {}  # brand, queue, kind of work
        self._online: dict[str, frozenset[str]] = {}  # brand -> agents who are here

    def look(self, heed: Heed, now: datetime) -> int:
        """Let the rules be asked where the desk changed an answer; return how many queues and agents that were."""
        with heed.database.read() as db:
            desks = [desk_now(db, brand.id, now) for brand in desk_rows.brands(db) if interest(db, brand.id) & ASKED]
        queues = [(desk.brand.id, queue_id) for desk in desks for queue_id in self._turned(desk)]
        agents = sorted({agent_id for desk in desks for agent_id in self._moved(desk)})
        if not queues and not agents:
            return 0
        with heed.database.write() as db:
            _mark(db, queues, agents, now)
        asking.ring(heed)
        return len(queues) + len(agents)

    def _turned(self, desk: DeskNow) -> list[str]:
        """Return the queues in which an answer is another than it was."""
        if self._versions.get(desk.brand.id) != desk.rules_version:  # a publish asks about what waits by itself
            self._answers = {key: seen for key, seen in self._answers.items() if key[0] != desk.brand.id}
            self._versions[desk.brand.id] = desk.rules_version or ""
        found = []
        asked_about = _comparisons(desk)
        for queue_id in desk.queues if asked_about else ():
            turned = False
            for work_class in desk.slot_of:
                known = {k: v for k, v in factual.of_desk(queue_id, work_class, desk).items() if v is not None}
                answers = tuple(judge(condition, known).holds for condition in asked_about)
                key = (desk.brand.id, queue_id, work_class)
                turned = turned or self._answers.get(key) != answers
                self._answers[key] = answers
            if turned:
                found.append(queue_id)
        return found

    def _moved(self, desk: DeskNow) -> frozenset[str]:
        """Return the agents who came or went."""
        here = frozenset(agent_id for agent_id in desk.agents if factual.is_online(agent_id, desk))
        before = self._online.get(desk.brand.id, here)
        self._online[desk.brand.id] = here
        return here ^ before if OF_ONE in desk.timing.asked else frozenset()


def _comparisons(desk: DeskNow) -> list[Condition]:
    found = [condition for rule in desk.timing.rules for condition in conditions(rule.when)]
    return [one for one in found if one.fact.moves is Moves.DESK and one.fact.name != OF_ONE]


def _mark(db: Connection, queues: list[tuple[str, str]], agents: list[str], now: datetime) -> None:
    for brand_id, queue_id in queues:
        asked.mark_due(db, brand_id, queue_id, now)
    if agents:
        asked.mark_held(db, agents, now)
