"""Golden tickets: an example made of a real ticket, its words masked and confirmed by a person before they are kept.

Examples leave with the rules, by export: so nothing of a customer's gets in but what somebody has read and let through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from router.app import Heed
from router.desk import NotFound
from router.mistakes import Mistake
from router.model import Scope
from router.rulemaking import drafting
from router.rulemaking.drafting import Saved
from router.rulemaking.masking import masked
from router.rulemaking.sheet import Plain, Sheet
from router.rulemaking.waiting import facts_of
from router.store import contacts, people
from router.store.audit import Actor
from router.store.views import rule_tickets
from rules.errors import RuleErrors
from rules.evaluate import evaluate
from rules.load import load
from rules.model import RuleSet, conditions
from rules.tally import Outcome
from rules.values import written

MAX_TEXT = 5_000  # characters of an example
NEVER = frozenset(
    {"text", "subject", "contact.name", "now", "opened_at", "connection", "brand"}
)  # personal, or of a day


@dataclass(frozen=True, slots=True)
class Golden:
    """An example to be, as it is shown for confirming."""

    ticket_id: str
    number: int
    brand_id: str
    text: str  # masked
    facts: Mapping[str, Plain]  # what the rules ask about, as a file states it
    expect: Mapping[str, Plain]


def propose(heed: Heed, scope: Scope, ticket_id: str, now: datetime, text: str | None = None) -> Golden:
    """Return the example a ticket makes with the draft's rules; `text` are words that somebody masked further.

    Raises NotFound, and Mistake if the draft cannot be asked.
    """
    with heed.database.read() as db:
        found = rule_tickets.one(db, scope, ticket_id)
        if found is None or not drafting.may_edit(scope, found.brand_id):
            raise NotFound("There is no such ticket, or the rules were never asked about it.")
        known = contacts.facts(db, [found.contact_id], now).get(found.contact_id, {}) if found.contact_id else {}
        names = [who.name for who in people.everyone(db)]
        names += rule_tickets.names(db, found.ticket_id)
    try:
        rule_set = load(drafting.current(heed, found.brand_id).source)
    except RuleErrors as wrong:
        raise Mistake(f"Mend the errors of the draft first: {wrong.errors[0]}") from wrong
    words = masked(found.text, names)[:MAX_TEXT] if text is None else text.strip()[:MAX_TEXT]
    facts = facts_of(found, known, rule_set, now)
    stated = {name: facts[name] for name in sorted(_asked(rule_set) - NEVER) if name in facts}
    outcome = evaluate(rule_set, {**stated, "text": words}, now)
    return Golden(
        found.ticket_id, found.number, found.brand_id, words,
        {name: cast(Plain, written(value)) for name, value in stated.items()}, _expected(outcome),
    )  # fmt: skip


def keep(heed: Heed, actor: Actor, scope: Scope, ticket_id: str, text: str, name: str, now: datetime) -> Saved:
    """Put a confirmed example into the draft of its brand. Raises NotFound, Mistake, Behind."""
    if not name.strip():
        raise Mistake("Give the example a name that says what it is about.")
    made = propose(heed, scope, ticket_id, now, text)
    given: dict[str, Plain] = {**made.facts, **({"text": made.text} if made.text else {})}
    example: Plain = {"name": name.strip()[:200], "given": given, "expect": dict(made.expect)}

    def edit(sheet: Sheet) -> Sheet:
        return Sheet(sheet.rules, (*sheet.examples, example), sheet.facts)

    revision = drafting.current(heed, made.brand_id).revision
    return drafting.change(heed, actor, scope, made.brand_id, revision, edit, now, did="example")


def _asked(rule_set: RuleSet) -> set[str]:
    return {"channel", *(one.fact.name for rule in rule_set.rules for one in conditions(rule.when))}


def _expected(outcome: Outcome) -> dict[str, Plain]:
    found: dict[str, Plain] = {"rules": list(outcome.matched)}
    if outcome.queue:
        found["queue"] = outcome.queue
    if outcome.answer_within:
        found["answer_within"] = cast(Plain, written(outcome.answer_within))
    if outcome.needs:
        found["needs"] = dict(sorted(outcome.needs.items()))
    return found
