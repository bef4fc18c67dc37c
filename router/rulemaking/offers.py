"""What there is to choose from while a rule is edited: names of the desk, and values that its facts have had."""

from collections.abc import Mapping
from dataclasses import dataclass

from channels import CHANNELS
from router import publishing
from router.app import Heed
from router.languages import LANGUAGES
from router.store.views import rule_values
from rules.actions import Kind
from rules.facts import Fact
from rules.model import Desk

ROMAN_URDU = "ur-Latn"


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be chosen for a fact or an action."""

    desk: Desk
    usual: Mapping[str, tuple[str, ...]]  # fact -> values it has had; others may be written too

    def closed(self, fact: Fact) -> tuple[str, ...]:
        """Return all a fact can be, empty if it can be anything."""
        if fact.choices:
            return fact.choices
        known = self.desk.brands if fact.name == "brand" else self.desk.values.get(fact.name)
        return tuple(sorted(known or ()))

    def open(self, fact: Fact) -> tuple[str, ...]:
        """Return what a fact is often."""
        return self.usual.get(fact.name, ())

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return all an action's value can be, empty if it can be anything."""
        known: frozenset[str] = getattr(self.desk, kind.names, None) or frozenset() if kind.names else frozenset()
        return (*kind.choices, *sorted(known - set(kind.choices)))


def offers(heed: Heed, brand_id: str) -> Offers:
    """Return what a brand's rules can choose from."""
    with heed.database.read() as db:
        known = publishing.names(db, brand_id)
        seen = rule_values.seen(db, brand_id)
    usual = {
        **seen,
        "channel": tuple(sorted(CHANNELS)),
        "queue": tuple(sorted(known.queues or ())),
        "language": (*sorted(LANGUAGES), ROMAN_URDU),
        "second_intent": tuple(sorted(known.values.get("intent", ()))),
    }
    return Offers(known, usual)
