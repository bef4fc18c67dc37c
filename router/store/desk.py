"""The desk's own rows: brands, work classes, queues, skills, calendars, settings. Small tables, read whole."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, true, update
from sqlalchemy.engine import Connection as Db

from router.calendars import Calendar, Period
from router.model import Scope
from router.public_holidays import public_holidays
from router.store.ids import new_id
from router.store.schema import (
    brand,
    calendar,
    calendar_closed,
    calendar_period,
    desk_setting,
    queue,
    queue_setting,
    skill,
    work_class,
)


@dataclass(frozen=True, slots=True)
class Brand:
    """A client whose connections, contacts, queues and rules only its people see."""

    id: str
    key: str
    name: str
    language: str  # BCP 47
    zone: str  # IANA
    mood_on: bool
    keep_days: int | None  # resolved tickets are purged after this many; None: kept


@dataclass(frozen=True, slots=True)
class WorkClassRow:
    """A kind of work, and whose slots it uses."""

    key: str
    label: str
    slot_key: str
    share: int  # percent of an agent one piece takes
    interruptible: bool
    slots: int  # of an agent, unless their own rows say otherwise


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Tickets waiting for one kind of agent."""

    id: str
    brand_id: str
    name: str
    mode: str  # pull, push
    topic: str | None  # the skill that suits it best
    calendar_id: str | None
    answer_s: int | None  # default target in seconds; None: the pace's
    is_default: bool


@dataclass(frozen=True, slots=True)
class SkillRow:
    """Something agents can do, in levels 1 … 5; languages are skills."""

    key: str
    label: str
    is_language: bool


def add_brand(db: Db, *, key: str, name: str, language: str, zone: str, now: datetime) -> str:
    """Store a brand and return its id."""
    brand_id = new_id()
    db.execute(
        insert(brand).values(
            id=brand_id,
            key=key,
            name=name,
            language=language,
            zone=zone,
            next_ticket=1,
            mood_on=True,
            keep_days=None,
            created_at=now,
        )
    )
    return brand_id


def brands(db: Db) -> list[Brand]:
    """Return every brand, the oldest first."""
    rows = db.execute(select(brand).order_by(brand.c.created_at, brand.c.id)).all()
    return [Brand(r.id, r.key, r.name, r.language, r.zone, r.mood_on, r.keep_days) for r in rows]


def brands_seen_by(db: Db, scope: Scope) -> list[Brand]:
    """Return the scope's brands, the oldest first."""
    return [b for b in brands(db) if scope.sees(b.id)]


def put_work_class(db: Db, row: WorkClassRow) -> None:
    """Store a work class unless there is one of that key."""
    if db.execute(select(work_class.c.key).where(work_class.c.key == row.key)).first() is None:
        db.execute(insert(work_class).values(asdict(row)))


def work_classes(db: Db) -> list[WorkClassRow]:
    """Return every work class, by key."""
    rows = db.execute(select(work_class).order_by(work_class.c.key)).all()
    return [WorkClassRow(r.key, r.label, r.slot_key, r.share, r.interruptible, r.slots) for r in rows]


def add_queue(
    db: Db,
    *,
    brand_id: str,
    name: str,
    mode: str,
    now: datetime,
    topic: str | None = None,
    calendar_id: str | None = None,
    answer_s: int | None = None,
    is_default: bool = False,
) -> str:
    """Store a queue and return its id."""
    queue_id = new_id()
    db.execute(
        insert(queue).values(
            id=queue_id,
            brand_id=brand_id,
            name=name,
            mode=mode,
            topic=topic,
            calendar_id=calendar_id,
            answer_s=answer_s,
            is_default=is_default,
            removed=False,
            created_at=now,
        )
    )
    note_settings(db, queue_id, {"mode": mode, "topic": topic, "answer_s": answer_s}, now)
    return queue_id


def change_queue(
    db: Db, queue_id: str, *, name: str, mode: str, topic: str | None, answer_s: int | None, now: datetime
) -> None:
    """Let a queue be this from now on; what held before stays as history."""
    db.execute(update(queue).where(queue.c.id == queue_id).values(name=name, mode=mode, topic=topic, answer_s=answer_s))
    note_settings(db, queue_id, {"mode": mode, "topic": topic, "answer_s": answer_s}, now)


def queues(db: Db, brand_id: str | None = None) -> list[QueueRow]:
    """Return the queues of one brand or of all, by name."""
    of_brand = true() if brand_id is None else queue.c.brand_id == brand_id
    rows = db.execute(
        select(queue).where(queue.c.removed.is_(False), of_brand).order_by(queue.c.name, queue.c.id)
    ).all()
    return [QueueRow(r.id, r.brand_id, r.name, r.mode, r.topic, r.calendar_id, r.answer_s, r.is_default) for r in rows]


def queues_seen_by(db: Db, scope: Scope) -> list[QueueRow]:
    """Return the queues of the scope's brands, by name."""
    return [q for q in queues(db) if scope.sees(q.brand_id)]


def queue_by_id(db: Db, queue_id: str) -> QueueRow | None:
    """Return one queue."""
    return next((q for q in queues(db) if q.id == queue_id), None)


def queue_by_name(db: Db, brand_id: str, name: str) -> QueueRow | None:
    """Return a brand's queue of this name; capitals make no difference."""
    return next((q for q in queues(db, brand_id) if q.name.casefold() == name.strip().casefold()), None)


def default_queue(db: Db, brand_id: str) -> QueueRow | None:
    """Return where a brand's tickets go when nothing says otherwise."""
    return next((q for q in queues(db, brand_id) if q.is_default), None)


def put_skill(db: Db, *, key: str, label: str, is_language: bool, now: datetime) -> bool:
    """Store a skill unless there is one of that key; say whether it is new."""
    if db.execute(select(skill.c.key).where(skill.c.key == key)).first() is not None:
        return False
    db.execute(insert(skill).values(key=key, label=label, is_language=is_language, created_at=now))
    return True


def skills(db: Db) -> list[SkillRow]:
    """Return every skill: topics first, then languages, each by label."""
    rows = db.execute(select(skill).order_by(skill.c.is_language, skill.c.label, skill.c.key)).all()
    return [SkillRow(r.key, r.label, r.is_language) for r in rows]


def add_calendar(db: Db, brand_id: str, name: str, hours: Calendar) -> str:
    """Store a calendar and return its id."""
    calendar_id = new_id()
    db.execute(
        insert(calendar).values(
            id=calendar_id, brand_id=brand_id, name=name, zone=hours.zone, always_open=hours.always_open, holidays=None
        )
    )
    for period in hours.periods:
        db.execute(
            insert(calendar_period).values(
                id=new_id(),
                calendar_id=calendar_id,
                weekday=period.weekday,
                opens_s=period.opens_s,
                closes_s=period.closes_s,
            )
        )
    for day in hours.closed:
        db.execute(insert(calendar_closed).values(calendar_id=calendar_id, day=day, name=""))
    return calendar_id


def calendars(db: Db) -> dict[str, Calendar]:
    """Return every calendar by its id, as promises count in it."""
    periods: dict[str, list[Period]] = defaultdict(list)
    for row in db.execute(select(calendar_period).order_by(calendar_period.c.weekday, calendar_period.c.opens_s)):
        periods[row.calendar_id].append(Period(row.weekday, row.opens_s, row.closes_s))
    closed = defaultdict(set)
    for row in db.execute(select(calendar_closed)):
        closed[row.calendar_id].add(row.day)
    return {
        row.id: Calendar(
            zone=row.zone,
            periods=tuple(periods[row.id]),
            closed=frozenset(closed[row.id].union(public_holidays(row.holidays) if row.holidays else ())),
            always_open=row.always_open,
        )
        for row in db.execute(select(calendar)).all()
    }


def setting(db: Db, name: str, default: str = "") -> str:
    """Return one setting of the whole desk."""
    value = db.execute(select(desk_setting.c.value).where(desk_setting.c.name == name)).scalar()
    return default if value is None else value


def put_setting(db: Db, name: str, value: str) -> None:
    """Let a setting of the whole desk be this."""
    db.execute(delete(desk_setting).where(desk_setting.c.name == name))
    db.execute(insert(desk_setting).values(name=name, value=value))


def is_empty(db: Db) -> bool:
    """Say whether no desk was ever set up here."""
    return db.execute(select(func.count()).select_from(brand)).scalar() == 0


def note_settings(db: Db, queue_id: str, settings: Mapping[str, object], now: datetime) -> None:
    """Keep in a queue's history that these settings hold from now on."""
    table = queue_setting
    held = (table.c.queue_id == queue_id) & table.c.valid_to.is_(None)
    before = {r.name: (r.id, r.value) for r in db.execute(select(table).where(held)).all()}
    for name, value in settings.items():
        text = "" if value is None else str(value)
        row_id, was = before.get(name, ("", None))
        if was == text:
            continue
        if row_id:
            db.execute(update(table).where(table.c.id == row_id).values(valid_to=now))
        db.execute(
            insert(table).values(id=new_id(), queue_id=queue_id, name=name, value=text, valid_from=now, valid_to=None)
        )
