"""Brands: made, changed, and what holds for each. Each change is one transaction and one line in the trail."""

from dataclasses import dataclass
from datetime import datetime

from router import feeling, publishing
from router.accounts import SignedIn
from router.app import Heed
from router.equipping import put_skill, skill_key
from router.languages import LANGUAGES
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.staffing import check_zone
from router.store import audit, branding, desk, people
from router.store.desk import Brand

MAX_NAME = 200  # characters
MAX_KEY = 40
MAX_KEEP_DAYS = 3650


@dataclass(frozen=True, slots=True)
class BrandLine:
    """A brand and how much belongs to it."""

    brand: Brand
    people: int
    queues: int
    connections: int


def lines(heed: Heed, scope: Scope) -> list[BrandLine]:
    """Return the brands of a scope, the oldest first."""
    with heed.database.read() as db:
        return [BrandLine(brand, *branding.size(db, brand.id)) for brand in desk.brands_seen_by(db, scope)]


def add_brand(heed: Heed, me: SignedIn, now: datetime, *, key: str, name: str, language: str, zone: str) -> str:
    """Make a brand that works: a queue, its language, first rules; whoever makes it works for it. Raises Mistake."""
    key, name = skill_key(key or name)[:MAX_KEY].strip("-"), _name(name)
    if not key:
        raise Mistake("The brand needs a key of letters or digits, such as main.")
    with heed.database.write() as db:
        if branding.has_key(db, key):
            raise Mistake(f"There is a brand “{key}” already: take another key.")
        brand_id = desk.add_brand(
            db, key=key, name=name, language=_language(language), zone=check_zone(zone), now=now
        )  # fmt: skip
        desk.add_queue(db, brand_id=brand_id, name="General", mode="pull", is_default=True, now=now)
        put_skill(db, _language(language), now)
        people.grant_brands(db, me.agent.id, {*people.brands_of(db, me.agent.id), brand_id})
        publishing.publish_starter(db, brand_id, now)
        audit.append(db, me.actor, "brand added", brand_id, now, brand_id=brand_id)
    heed.notifier.publish([Change("session", agent=me.agent.id), Change("desk", brand=brand_id)])
    return brand_id


def change_brand(
    heed: Heed,
    me: SignedIn,
    brand_id: str,
    now: datetime,
    *,
    name: str,
    language: str,
    zone: str,
    mood_on: bool,
    keep_days: int | None,
) -> list[str]:
    """Change a brand; return which fields changed. Raises Mistake."""
    name, language, zone = _name(name), _language(language), check_zone(zone)
    if keep_days is not None and not 1 <= keep_days <= MAX_KEEP_DAYS:
        raise Mistake(f"Resolved tickets can be kept 1 to {MAX_KEEP_DAYS} days; empty: until somebody erases them.")
    with heed.database.write() as db:
        was = next((one for one in desk.brands_seen_by(db, me.scope) if one.id == brand_id), None)
        if was is None:
            raise Mistake("This brand is gone: load the page again.")
        new = {"name": name, "language": language, "zone": zone, "mood_on": mood_on, "keep_days": keep_days}
        fields = [field for field, value in new.items() if getattr(was, field) != value]
        if not fields:
            return []
        branding.change(
            db, brand_id, name=name, language=language, zone=zone, mood_on=mood_on, keep_days=keep_days
        )  # fmt: skip
        put_skill(db, language, now)
        change: dict[str, object] = {"fields": fields}
        if "keep_days" in fields:
            change["keep_days"] = [was.keep_days, keep_days]
        if "mood_on" in fields:
            change["mood_on"] = [was.mood_on, mood_on]
            feeling.switched(db, brand_id, now)
        audit.append(db, me.actor, "brand changed", brand_id, now, brand_id=brand_id, change=change)
    heed.notifier.publish([Change("desk", brand=brand_id)])
    if "mood_on" in fields:
        feeling.hand_on(heed, brand_id)
    return fields


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Mistake(f"The brand needs a name of 1 to {MAX_NAME} characters; found {len(name)}.")
    return name


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise Mistake(f"There is no language “{language[:20]}”: choose one of the list.")
    return language
