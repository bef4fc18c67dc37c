"""The desk of one brand at one moment: queues, calendars, agents, rules. Read once, then decided from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from router import live_rules
from router.calendars import Calendar
from router.live_rules import NO_RULES, NO_TIMING
from router.routing.lanes import AgentView
from router.store import asked, roster, rulebook, surveys, teaching
from router.store import desk as desk_rows
from router.store.db import Connection
from router.store.desk import Brand, QueueRow
from router.store.teaching import IntentRow
from router.teaching.loaded import holding
from router.triage.calibration import Scale
from router.triage.taught import Taught
from rules.model import RuleSet
from rules.timing import Timing

ALWAYS = Calendar(zone="UTC", always_open=True)
OVERLOAD = "overload"  # setting of a brand: none, or what counts while there is more than its desk can do


@dataclass(frozen=True, slots=True)
class DeskNow:
    """What decisions about one brand's tickets read besides the ticket."""

    brand: Brand
    queues: Mapping[str, QueueRow]  # by id
    calendars: Mapping[str, Calendar]
    agents: Mapping[str, AgentView]
    skills: frozenset[str]
    languages: frozenset[str]  # those that someone on the desk speaks, and the brand's own
    slot_of: Mapping[str, str]  # work class -> whose slots it uses
    rules: RuleSet
    rules_version: str | None
    intents: Mapping[str, IntentRow]  # the brand's own, by key
    taught: Taught | None = None  # what it taught; None: triage reads as it came
    scale: Scale | None = None
    lessons: str = ""  # ends the version of a reading
    timing: Timing = NO_TIMING  # what the rules ask for that changes while nobody writes
    waiting: Mapping[str, int] | None = None  # queue -> tickets waiting; None: no rule asks
    heat_counts: bool = True  # in the order of places; not while a brand is overloaded and wants everyone in turn

    def queue_named(self, name: str) -> QueueRow | None:
        """Return the queue that a rule names."""
        wanted = name.casefold()
        return next((queue for queue in self.queues.values() if queue.name.casefold() == wanted), None)

    @property
    def default_queue(self) -> QueueRow:
        """Return the queue for tickets that no rule and no connection sends elsewhere."""
        return next((queue for queue in self.queues.values() if queue.is_default), next(iter(self.queues.values())))

    def calendar(self, queue: QueueRow) -> Calendar:
        """Return the calendar a queue's promises are counted in."""
        return self.calendars.get(queue.calendar_id or "", ALWAYS)


def desk_now(db: Connection, brand_id: str, now: datetime) -> DeskNow:
    """Read the desk of one brand."""
    brand = next(b for b in desk_rows.brands(db) if b.id == brand_id)
    agents = roster.views(db, now, brand_id=brand_id)
    skills = desk_rows.skills(db)
    tongues = {skill.key for skill in skills if skill.is_language}
    spoken = {key for agent in agents.values() for key in agent.skills if key in tongues}
    live = rulebook.live(db, brand_id)
    rules = live_rules.read(*live) if live else None
    timing = live_rules.timing(*live) if live else NO_TIMING
    held = holding(db, brand_id)
    queues = {queue.id: queue for queue in desk_rows.queues(db, brand_id)}
    return DeskNow(
        brand=brand,
        queues=queues,
        calendars=desk_rows.calendars(db),
        agents=agents,
        skills=frozenset(skill.key for skill in skills),
        languages=frozenset(spoken | {brand.language}),
        slot_of={row.key: row.slot_key for row in desk_rows.work_classes(db)},
        rules=rules or NO_RULES,
        rules_version=live[0] if live and rules else None,
        intents=teaching.intents(db, brand_id),
        taught=held.taught,
        scale=held.scale,
        lessons=held.mark,
        timing=timing,
        heat_counts=brand.mood_on and surveys.setting(db, brand_id, OVERLOAD) != "everyone",
        waiting=asked.waiting(db, brand_id, queues) if "queue_waiting" in timing.asked else None,
    )
