"""Whether a brand asks its customers how it was, how long after a ticket is resolved, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from router import survey_texts as texts
from router.app import Heed
from router.languages import LANGUAGES
from router.mistakes import Mistake
from router.store import audit, surveys, templates
from router.store.audit import Actor

SWITCH, AFTER = "survey", "survey_after_s"  # settings of a brand
LONGEST_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether a brand asks its customers, and how long after a ticket is resolved."""

    on: bool = False
    after: timedelta | None = None  # None: the channel's own


@dataclass(frozen=True, slots=True)
class Asking:
    """What holds for a brand, with its own words in one language."""

    switch: Switch
    words: Mapping[str, str]  # survey_texts.NAMES -> words; only its own
    languages: tuple[str, ...]  # in which it has words of its own


def read(found: Mapping[str, str]) -> Switch:
    """Return the switch that a brand's settings stand for."""
    after = found.get(AFTER, "")
    return Switch(found.get(SWITCH) == "on", timedelta(seconds=int(after)) if after.isdigit() else None)


def asking(heed: Heed, brand_id: str, language: str) -> Asking:
    """Return what holds for a brand, and its own words in a language."""
    with heed.database.read() as db:
        held = {name: value for name, (value, _) in surveys.settings(db, brand_id).get(brand_id, {}).items()}
        own = {name: templates.body(db, brand_id, texts.KIND, name, (language,)) for name in texts.NAMES}
        known = tuple(sorted(templates.languages(db, brand_id, texts.KIND)))
    return Asking(read(held), {name: body for name, body in own.items() if body}, known)


def put(
    heed: Heed,
    actor: Actor,
    brand_id: str,
    new: Switch,
    now: datetime,
    *,
    language: str = "en",
    words: Mapping[str, str] | None = None,
) -> None:
    """Let a brand ask from now on, or no longer; in these words, or in Heed's where they are empty. Raises Mistake."""
    if new.after is not None and not timedelta(0) <= new.after <= LONGEST_AFTER:
        raise Mistake(f"Ask at most {LONGEST_AFTER.days} days after a ticket is resolved.")
    if language not in LANGUAGES:
        raise Mistake("Choose the language of the words.")
    checked = {name: texts.checked(body) if body.strip() else "" for name, body in (words or {}).items()}
    with heed.database.write() as db:
        surveys.put_setting(db, brand_id, SWITCH, "on" if new.on else "off", now)
        surveys.put_setting(db, brand_id, AFTER, "" if new.after is None else f"{new.after.total_seconds():.0f}", now)
        for name, body in checked.items():
            if body:
                templates.put(db, brand_id, texts.KIND, name, language, body, now, actor.id or None)
            else:
                templates.remove(db, brand_id, texts.KIND, name, [language])
        change = {"on": new.on, "words": sorted(checked), "language": language}
        audit.append(db, actor, "survey set", brand_id, now, brand_id=brand_id, change=change)
