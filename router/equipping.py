"""What the desk works with: brands, queues, skills and who has which level.

Each change is one transaction and one line in the trail, and open pages are told.
"""

from collections.abc import Mapping
from datetime import datetime

from router import dispatch, publishing
from router.app import Heed
from router.languages import LANGUAGES, language_key
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.store import audit, desk, people, search
from router.store.audit import Actor
from router.store.db import Connection as Db
from router.store.desk import Brand as Brand
from router.store.desk import QueueRow as QueueRow
from router.store.desk import SkillRow, WorkClassRow

MODES = ("pull", "push")
MAX_NAME = 200  # characters
USUAL_LEVEL = 3  # of the brand's language, for a new person
WORK_CLASSES = (
    # key, name, whose slots, percent of an agent, may it wait for a moment, slots by default
    WorkClassRow("live", "Live chat", "live", 30, False, 3),
    WorkClassRow("messaging", "Messaging and social", "live", 30, True, 3),
    WorkClassRow("mail", "E-mail", "mail", 60, True, 1),
    WorkClassRow("task", "Tasks", "task", 60, True, 0),
    WorkClassRow("call", "Calls", "call", 100, False, 0),
)


def ensure_desk(heed: Heed, now: datetime) -> str:
    """Give an empty database a desk that works: one brand, the kinds of work, a queue, a language, first rules.

    Return the id of the first brand. Does nothing to a desk that exists.
    """
    with heed.database.read() as db:
        if not desk.is_empty(db):
            return desk.brands(db)[0].id
    with heed.database.write() as db:
        if not desk.is_empty(db):  # another process was first
            return desk.brands(db)[0].id
        brand_id = desk.add_brand(db, key="main", name="My desk", language="en", zone="UTC", now=now)
        for row in WORK_CLASSES:
            desk.put_work_class(db, row)
        desk.add_queue(db, brand_id=brand_id, name="General", mode="pull", is_default=True, now=now)
        desk.put_skill(db, key="en", label=LANGUAGES["en"], is_language=True, now=now)
        publishing.publish_starter(db, brand_id, now)
        for who in people.everyone(db):
            people.grant_brands(db, who.id, [brand_id])
            people.put_skills(db, who.id, {"en": USUAL_LEVEL}, now)
        search.begin(db)
        audit.append(db, Actor("heed"), "desk made", brand_id, now, brand_id=brand_id)
    return brand_id


def brand_named(heed: Heed, key: str | None) -> str:
    """Return the id of the brand with this key, of the only one for None. Raises Mistake."""
    with heed.database.read() as db:
        brands = desk.brands(db)
    if key is None and len(brands) == 1:
        return brands[0].id
    for brand in brands:
        if brand.key == key:
            return brand.id
    found = f"There is no brand “{key}”." if key else "This desk has several brands."
    raise Mistake(f"{found} Name one of: {', '.join(brand.key for brand in brands) or 'none yet'}.")


def add_queue(
    heed: Heed,
    actor: Actor,
    brand_id: str,
    name: str,
    now: datetime,
    *,
    mode: str = "pull",
    topic: str | None = None,
    answer_s: int | None = None,
) -> str:
    """Add a queue and return its id. `topic` is the skill that suits it best. Raises Mistake."""
    name = _name(name, "queue")
    _check_queue(mode, answer_s)
    with heed.database.write() as db:
        if desk.queue_by_name(db, brand_id, name) is not None:
            raise Mistake(f"There is a queue “{name}” already: take another name.")
        topic = _topic(db, topic)
        queue_id = desk.add_queue(db, brand_id=brand_id, name=name, mode=mode, topic=topic, answer_s=answer_s, now=now)
        audit.append(db, actor, "queue added", queue_id, now, brand_id=brand_id)
    heed.notifier.publish([Change("desk", brand=brand_id)])
    return queue_id


def change_queue(
    heed: Heed,
    actor: Actor,
    queue_id: str,
    now: datetime,
    *,
    name: str,
    mode: str,
    topic: str | None,
    answer_s: int | None,
) -> None:
    """Change a queue; what holds for waiting tickets is decided again at their next event. Raises Mistake."""
    name = _name(name, "queue")
    _check_queue(mode, answer_s)
    with heed.database.write() as db:
        queue = desk.queue_by_id(db, queue_id)
        if queue is None:
            raise Mistake("This queue is gone: load the page again.")
        other = desk.queue_by_name(db, queue.brand_id, name)
        if other is not None and other.id != queue_id:
            raise Mistake(f"There is a queue “{name}” already: take another name.")
        desk.change_queue(db, queue_id, name=name, mode=mode, topic=_topic(db, topic), answer_s=answer_s, now=now)
        fields = [f for f, a, b in (("name", queue.name, name), ("mode", queue.mode, mode)) if a != b]
        audit.append(db, actor, "queue changed", queue_id, now, brand_id=queue.brand_id, change={"fields": fields})
    heed.notifier.publish([Change("desk", brand=queue.brand_id)])
    dispatch.catch_up(heed, now)


def add_skill(heed: Heed, actor: Actor, name: str, now: datetime) -> str:
    """Add a skill, unless there is one of that name, and return its key; a language's tag or name makes a language."""
    with heed.database.write() as db:
        key, is_new = put_skill(db, name, now)
        if is_new:
            audit.append(db, actor, "skill added", key, now)
    if is_new:
        heed.notifier.publish([Change("desk")])
    return key


def put_skill(db: Db, name: str, now: datetime) -> tuple[str, bool]:
    """Store a skill inside a transaction; return its key and whether it is new. Raises Mistake."""
    label = _name(name, "skill")
    tag = language_key(label)
    key = tag or skill_key(label)
    if not key:
        raise Mistake(f"“{label}” is no name for a skill: it needs a letter or a digit.")
    return key, desk.put_skill(
        db, key=key, label=LANGUAGES[tag] if tag else label, is_language=tag is not None, now=now
    )


def skill_key(name: str) -> str:
    """Return how rules call a skill: lower case, letters and digits, with hyphens between."""
    spaced = "".join(char if char.isalnum() else " " for char in name.casefold())
    return "-".join(spaced.split())


def put_levels(heed: Heed, actor: Actor, levels: Mapping[str, Mapping[str, int]], now: datetime) -> None:
    """Let these levels hold: agent id to skill key to 1 … 5, 0 takes the skill away. Raises Mistake."""
    for by_skill in levels.values():
        for key, level in by_skill.items():
            check_level(key, level)
    with heed.database.write() as db:
        known = {skill.key for skill in desk.skills(db)}
        for agent_id, by_skill in levels.items():
            unknown = sorted(set(by_skill) - known)
            if unknown:
                raise Mistake(f"There is no skill “{unknown[0]}”: add it first.")
            people.put_skills(db, agent_id, by_skill, now)
            audit.append(db, actor, "levels set", agent_id, now, change={"skills": sorted(by_skill)})
    heed.notifier.publish([Change("desk", agent=agent_id) for agent_id in levels])
    dispatch.after_changing(heed, levels, now)


def check_level(skill: str, level: int) -> None:
    """Raise Mistake unless a level is 0 … 5."""
    if not 0 <= level <= 5:
        raise Mistake(f"The level of {skill} is {level}: give 1 (beginner) to 5 (expert), or 0 for none.")


def _name(name: str, what: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Mistake(f"The {what} needs a name of 1 to {MAX_NAME} characters; found {len(name)}.")
    return name


def _topic(db: Db, topic: str | None) -> str | None:
    if not topic:
        return None
    if topic not in {skill.key for skill in desk.skills(db)}:
        raise Mistake(f"There is no skill “{topic}”: add it first, or leave the topic empty.")
    return topic


def _check_queue(mode: str, answer_s: int | None) -> None:
    if mode not in MODES:
        raise Mistake(f"The mode is “{mode}”: give pull (agents take the next) or push (Heed offers).")
    if answer_s is not None and not 30 <= answer_s <= 365 * 86_400:
        raise Mistake("The answer target must lie between 30 seconds and a year.")


def queue_named(heed: Heed, brand_id: str, name: str) -> str:
    """Return the id of a brand's queue. Raises Mistake."""
    with heed.database.read() as db:
        queue = desk.queue_by_name(db, brand_id, name)
        known = [q.name for q in desk.queues(db, brand_id)]
    if queue is None:
        raise Mistake(f"There is no queue “{name}”. Queues: {', '.join(known)}.")
    return queue.id


def queues(heed: Heed, scope: Scope) -> list[QueueRow]:
    """Return the queues of the scope's brands."""
    with heed.database.read() as db:
        return desk.queues_seen_by(db, scope)


def skills(heed: Heed) -> list[SkillRow]:
    """Return every skill: topics, then languages."""
    with heed.database.read() as db:
        return desk.skills(db)


def brands(heed: Heed, scope: Scope) -> list[Brand]:
    """Return the brands of a scope."""
    with heed.database.read() as db:
        return desk.brands_seen_by(db, scope)


def work_classes(heed: Heed) -> list[WorkClassRow]:
    """Return the kinds of work that have slots of their own."""
    with heed.database.read() as db:
        return [row for row in desk.work_classes(db) if row.key == row.slot_key]
