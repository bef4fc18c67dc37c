"""The versions of a brand's rules as programs read them: the live one with its file, and those before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from router.app import Heed
from router.desk import NotFound
from router.model import Scope
from router.store import desk, people, rulebook
from router.store.db import Connection
from router.store.desk import Brand
from rules.errors import RuleErrors
from rules.explain import rule_in_words
from rules.load import load
from rules.model import Rule

NO_RULES = "rules: []\n"


@dataclass(frozen=True, slots=True)
class Version:
    """One published version."""

    number: int
    format: int
    author: str  # a name for people
    comment: str
    published_at: datetime
    live: bool
    erased: int  # examples that were erased with the message they were made of


@dataclass(frozen=True, slots=True)
class Live:
    """The rules in force; number 0 before the first were published."""

    brand: str
    number: int
    published_at: datetime | None
    comment: str
    source: str
    sentences: tuple[tuple[str, str], ...]  # rule and what it says, in order


def brands(heed: Heed, scope: Scope) -> list[Brand]:
    """Return the brands of a scope, the oldest first."""
    with heed.database.read() as db:
        return desk.brands_seen_by(db, scope)


def versions(heed: Heed, brand_id: str) -> list[Version]:
    """Return the last versions of a brand's rules, newest first."""
    with heed.database.read() as db:
        return _versions(db, brand_id)


def source(heed: Heed, brand_id: str, number: int) -> str:
    """Return the file of one version. Raises NotFound."""
    with heed.database.read() as db:
        held = rulebook.version(db, brand_id, number)
    if held is None:
        raise NotFound("There is no such version.")
    return held[1]


def rules(heed: Heed, brand_id: str, number: int) -> Mapping[str, Rule]:
    """Return the rules of one version by name; none if it is not there or cannot be read any more."""
    try:
        return {rule.name: rule for rule in load(source(heed, brand_id, number)).rules}
    except (NotFound, RuleErrors):
        return {}


def live(heed: Heed, brand_id: str) -> Live:
    """Return the live rules of a brand."""
    with heed.database.read() as db:
        brand = next(one for one in desk.brands(db) if one.id == brand_id)
        held = rulebook.live(db, brand_id)
        version = next((one for one in _versions(db, brand_id) if one.live), None)
    source = held[1] if held else NO_RULES
    return Live(
        brand=brand.name,
        number=version.number if version else 0,
        published_at=version.published_at if version else None,
        comment=version.comment if version else "",
        source=source,
        sentences=tuple((rule.name, rule_in_words(rule)) for rule in load(source).rules),
    )


def _versions(db: Connection, brand_id: str) -> list[Version]:
    live_id = rulebook.live_id(db, brand_id)
    names = {who.id: who.name for who in people.everyone(db)}
    return [
        Version(
            number=cast(int, row["number"]),
            format=cast(int, row["format"]),
            author=names.get(str(row["author"]), "Heed"),
            comment=str(row["comment"] or ""),
            published_at=cast(datetime, row["published_at"]),
            live=row["id"] == live_id,
            erased=cast(int, row["erased"]),
        )
        for row in rulebook.versions(db, brand_id)
    ]
