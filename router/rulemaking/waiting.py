"""What a draft would move among the tickets that wait now: each asked about under the live rules and under the draft.

The facts are those of each ticket's last evaluation, with its message and what is known of the customer; time has gone
on since, and nothing is changed.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.model import Scope
from router.rulemaking.pieces import fitting, typed
from router.store import contacts, desk
from router.store.views import rule_tickets
from router.store.views.rule_tickets import Asked
from rules.errors import Wrong
from rules.evaluate import evaluate
from rules.facts import FACTS, Fact, Trust, trusted
from rules.load import load
from rules.model import RuleSet
from rules.sentences import COMMA, joined, say
from rules.tally import Outcome
from rules.values import FactValue, Type, parse, spoken

MOST = 300  # tickets looked at, in order of place
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """One waiting ticket that the draft treats otherwise."""

    ticket_id: str
    number: int
    subject: str
    changes: tuple[tuple[str, str, str], ...]  # what, before, after


@dataclass(frozen=True, slots=True)
class Moves:
    """What would move among those that wait."""

    looked_at: int
    more: bool  # others wait that were not looked at
    count: int
    moved: tuple[Moved, ...]  # the first of them
    queues: tuple[tuple[str, str, int], ...]  # from, to, how many


def moves(heed: Heed, scope: Scope, brand_id: str, live: str, draft: str, now: datetime) -> Moves:
    """Return what a draft that holds would move among a brand's waiting tickets."""
    with heed.database.read() as db:
        asked = rule_tickets.waiting(db, scope, brand_id, MOST + 1)
        known = contacts.facts(db, {one.contact_id for one in asked if one.contact_id}, now)
        home = {queue.id: queue.name for queue in desk.queues(db, brand_id)}
    before, after = load(live), load(draft)
    found: list[Moved] = []
    between: Counter[tuple[str, str]] = Counter()
    for one in asked[:MOST]:
        facts = facts_of(one, known.get(one.contact_id or "", {}), after, now)
        old, new = evaluate(before, facts, now), evaluate(after, facts, now)
        changes = _changes(old, new, home.get(one.queue_id, ""))
        if not changes:
            continue
        found.append(Moved(one.ticket_id, one.number, one.subject, changes))
        between.update((was, becomes) for what, was, becomes in changes if what == "queue")
    queues = tuple((was, becomes, n) for (was, becomes), n in between.most_common())
    looked_at = min(len(asked), MOST)
    return Moves(looked_at, len(asked) > MOST, len(found), tuple(found[:SHOWN]), queues)


def facts_of(
    one: Asked, known: Mapping[str, tuple[str, str]], rule_set: RuleSet, now: datetime
) -> dict[str, FactValue]:
    """Return what rules may know of a ticket: its recorded facts, its message, and what is known of the customer."""
    table = {**FACTS, **rule_set.custom_facts}
    found: dict[str, FactValue] = {}
    for name, written in json.loads(one.facts).items():
        value = _read(table[name], written) if name in table else None
        if value is not None:
            found[name] = value
    said: dict[str, tuple[FactValue | None, Trust]] = {
        name: (value, Trust[trust.upper()] if one.proven else Trust.VISITOR) for name, (value, trust) in known.items()
    }
    found |= trusted(said, rule_set.custom_facts)
    found |= {"text": one.text, "subject": one.subject, "now": now}
    if one.waiting_since is not None:
        found["waited"] = now - one.waiting_since
    return found


def _read(fact: Fact, written: object) -> FactValue | None:
    if fact.type is Type.SET:
        return frozenset(map(str, written)) if isinstance(written, list) else None
    if isinstance(written, bool | int | float) or fact.type in (Type.TEXT, Type.ONE_OF):
        return written if isinstance(written, bool | int | float | str) else None
    raw = str(written)
    try:
        return parse(fact.type, typed(fact, fitting(fact, "is"), [raw]), raw)  # type: ignore[return-value]
    except Wrong:
        return None


def _changes(old: Outcome, new: Outcome, home: str) -> tuple[tuple[str, str, str], ...]:
    pairs = (
        (say("queue"), old.queue or home, new.queue or home),
        (say("answer within"), _said(old.answer_within), _said(new.answer_within)),
        (say("needs"), _needs(old), _needs(new)),
        (say("heat"), str(old.heat_at_least), str(new.heat_at_least)),
        (say("head start"), _said(old.head_start), _said(new.head_start)),
        (say("closed as"), old.close_as or "", new.close_as or ""),
        (say("tags"), joined(COMMA, sorted(old.tags)), joined(COMMA, sorted(new.tags))),
    )
    return tuple((what, was, becomes) for what, was, becomes in pairs if was != becomes)


def _said(value: FactValue | None) -> str:
    return spoken(value) if value else ""


def _needs(outcome: Outcome) -> str:
    return joined(COMMA, (f"{skill} {level}" for skill, level in sorted(outcome.needs.items())))
