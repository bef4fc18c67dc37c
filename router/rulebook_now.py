"""The live rules as people read them."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.app import Heed
from router.model import Scope
from router.store import desk, people, rulebook
from rules.explain import rule_in_words
from rules.load import load
from rules.model import RuleSet


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: its name and what it says."""

    name: str
    says: str
    stops: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The live rules of one brand, and the version they came with."""

    brand: str
    rules: tuple[RuleLine, ...]
    version: Mapping[str, object]  # number, author, comment, published_at; empty before the first


def live(heed: Heed, scope: Scope) -> list[Book]:
    """Return the live rules of the scope's brands."""
    with heed.database.read() as db:
        names = {who.id: who.name for who in people.everyone(db)}
        found = []
        for brand in desk.brands_seen_by(db, scope):
            held = rulebook.live(db, brand.id)
            version = next((v for v in rulebook.versions(db, brand.id) if held and v["id"] == held[0]), {})
            author = names.get(str(version.get("author", "")), "Heed")
            rule_set = load(held[1]) if held else RuleSet(())
            found.append(Book(brand.name, _lines(rule_set), {**version, "author": author} if version else {}))
    return found


def _lines(rule_set: RuleSet) -> tuple[RuleLine, ...]:
    return tuple(
        RuleLine(rule.name, rule_in_words(rule), any(action.kind.key == "stop" for action in rule.then))
        for rule in rule_set.rules
    )
