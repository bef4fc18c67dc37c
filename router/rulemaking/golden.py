"""Golden tickets: an example made of a real ticket, its words masked and confirmed by a person before they are kept.

Examples leave with the rules, by export: so nothing of a customer's gets in but what somebody has read and let through.
When the message is erased, its example is too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import cast

from router.app import Heed
from router.desk import NotFound
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.rulemaking import drafting
from router.rulemaking.drafting import Saved
from router.rulemaking.masking import masked
from router.rulemaking.sheet import Plain, Sheet, parse, text_of
from router.rulemaking.waiting import facts_of
from router.store import audit, contacts, people
from router.store import golden as store
from router.store.audit import Actor
from router.store.golden import Source
from router.store.views import picking, rule_tickets
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
    message_id: str
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
        found.ticket_id, found.message_id, found.number, found.brand_id, words,
        {name: cast(Plain, written(value)) for name, value in stated.items()}, _expected(outcome),
    )  # fmt: skip


def ticket_of(heed: Heed, scope: Scope, brand_id: str, number: int) -> str | None:
    """Return the ticket of a number that an example can be made of, None if there is none."""
    with heed.database.read() as db:
        asked = [rule_tickets.one(db, scope, one) for one in picking.by_number(db, scope, number)]
    return next((one.ticket_id for one in asked if one is not None and one.brand_id == brand_id), None)


def keep(heed: Heed, actor: Actor, scope: Scope, ticket_id: str, text: str, name: str, now: datetime) -> Saved:
    """Put a confirmed example into the draft of its brand. Raises NotFound, Mistake, Behind."""
    if not name.strip():
        raise Mistake("Give the example a name that says what it is about.")
    made = propose(heed, scope, ticket_id, now, text)
    name = name.strip()[:200]
    given: dict[str, Plain] = {**made.facts, **({"text": made.text} if made.text else {})}
    example: Plain = {"name": name, "given": given, "expect": dict(made.expect)}

    def edit(sheet: Sheet) -> Sheet:
        return Sheet(sheet.rules, (*sheet.examples, example), sheet.facts)

    with heed.database.write() as db:
        store.add(db, made.brand_id, made.message_id, name, _digest(made.text))
    revision = drafting.current(heed, made.brand_id).revision
    return drafting.change(heed, actor, scope, made.brand_id, revision, edit, now, did="example")


def follow(heed: Heed, brand_id: str, was: Plain, example: Plain) -> None:
    """Let an example that is changed by hand be erased with the message that it was made of, as the one it was."""
    before, after = _known_by(was), _known_by(example)
    with heed.database.write() as db:
        sources = store.of(db, brand_id)
        messages = {
            one.message_id for one in sources if one.name == before[0] or one.digest == before[1] != _digest("")
        }
        known = {(one.message_id, one.name, one.digest) for one in sources}
        for message_id in sorted(messages):
            if (message_id, *after) not in known:
                store.add(db, brand_id, message_id, *after)


def erase(heed: Heed, now: datetime) -> None:
    """Take out every example whose message is erased: of the draft, of the versions that were, of back-tests."""
    with heed.database.read() as db:
        brands = sorted({source.brand_id for source in store.gone(db)})
    for brand_id in brands:
        with heed.database.write() as db:
            drafting.held(db, brand_id)
            gone = [source for source in store.gone(db) if source.brand_id == brand_id]
            store.rewrite(db, brand_id, lambda held, gone=gone: _without(held, gone))  # type: ignore[misc]
            store.forget(db, [source.id for source in gone])
            audit.append(db, Actor("heed"), "examples erased", f"{len(gone)} examples", now, brand_id=brand_id)
        heed.notifier.publish([Change(kind="rules", brand=brand_id)])


def _without(held: str, gone: Sequence[Source]) -> tuple[str, int]:
    """Return a file without the examples that are gone, by their name or their words, and how many those were."""
    names, digests = {source.name for source in gone}, {source.digest for source in gone}

    def stays(example: Plain) -> bool:
        given = example.get("given") if isinstance(example, dict) else None
        text = given.get("text") if isinstance(given, dict) else None
        named = example.get("name") if isinstance(example, dict) else None
        return text is None or not (named in names or _digest(str(text)) in digests)

    sheet = parse(held)
    kept = tuple(example for example in sheet.examples if stays(example))
    lost = len(sheet.examples) - len(kept)
    return (text_of(replace(sheet, examples=kept)) if lost else held), lost


def _known_by(example: Plain) -> tuple[str, str]:
    held = example if isinstance(example, dict) else {}
    given = held.get("given")
    return str(held.get("name") or ""), _digest(str(given.get("text") or "") if isinstance(given, dict) else "")


def _digest(text: str) -> str:
    return sha256(text.strip().encode()).hexdigest()


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
