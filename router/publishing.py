"""Rule set versions: checked against the desk, tried on their examples, then live at once for every worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial

from router import asking, triage
from router.app import Heed
from router.factual import FELT
from router.mistakes import Mistake
from router.model import Role, Scope
from router.notify import Change
from router.rulemaking import drafting, planned
from router.store import audit, desk, destinations, people, rulebook, teaching, templates
from router.store.audit import Actor
from router.store.db import Connection
from router.teaching.loaded import AS_IT_CAME, Holding, holding
from router.triage.cues import CUES
from router.triage.intents import INTENTS
from rules import examples
from rules.check import Finding, check
from rules.errors import RuleError, RuleErrors
from rules.evaluate import evaluate
from rules.export import to_yaml
from rules.load import load
from rules.model import FORMAT, Desk, RuleSet
from rules.sentences import LINE, joined
from rules.starter import starter_text
from rules.tally import Outcome
from rules.values import FactValue

MAX_COMMENT = 500  # letters

NO_INTENTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands in the way of publishing, and what does not but should be seen."""

    findings: tuple[Finding, ...]
    failures: tuple[str, ...]  # of examples
    flipped: int = 0  # how many examples they are of

    @property
    def holds(self) -> bool:
        """Say whether these rules may go live."""
        return not self.refusals

    @property
    def refusals(self) -> tuple[str, ...]:
        """Return each error and each thing that an example expects in vain, in words."""
        return (*(str(finding) for finding in self.findings if finding.severity == "error"), *self.failures)


def names(db: Connection, brand_id: str) -> Desk:
    """Return the names that a brand's rules may use, and what they are looked at beside."""
    brand = next(b for b in desk.brands(db) if b.id == brand_id)
    queues, staff = desk.queues(db, brand_id), planned.staff(db, brand_id)
    return Desk(
        queues=frozenset(queue.name for queue in queues),
        skills=frozenset(skill.key for skill in desk.skills(db)),
        templates=templates.names(db, brand_id, "acknowledge"),
        agents=frozenset(who.name for who in people.everyone(db)),
        brands=frozenset({brand.name}),
        languages=frozenset(skill.key for skill in desk.skills(db) if skill.is_language) | {brand.language},
        destinations=destinations.names(db, brand_id),
        switched_off=frozenset() if brand.mood_on else FELT,
        values={"intent": frozenset(INTENTS) | frozenset(teaching.intents(db, brand_id)), "cues": frozenset(CUES)},
        staff=tuple(staff.values()) or None,
        shifts=planned.shifts(db, staff),
        hours=planned.hours(queues, desk.calendars(db), brand.zone),
        promises=planned.promises(queues),
    )


def checked(heed: Heed, brand_id: str, source: str) -> Checked:
    """Check rules against a brand's desk and run their examples."""
    with heed.database.read() as db:
        known, read = names(db, brand_id), reader(db, brand_id)
    findings = tuple(check(source, known))
    try:
        failures = examples.run(load(source, known), read)
    except RuleErrors:  # they are among the findings
        return Checked(findings, ())
    return Checked(findings, tuple(map(str, failures)), len({failure.example for failure in failures}))


def publish(
    heed: Heed, actor: Actor, scope: Scope, brand_id: str, source: str, comment: str, now: datetime,
    *, revision: int | None = None,
) -> tuple[int, Checked]:  # fmt: skip
    """Make rules the live ones of a brand and return their number. Raises Mistake with all that stands in the way.

    `revision` is that of the draft they are; it is refused if the draft has moved on since.
    """
    if scope.role.rank < Role.OPS.rank or not scope.sees(brand_id):
        raise Mistake("Publishing rules takes the role ops.")
    comment = comment.strip()
    if not comment:
        raise Mistake("Say in a few words what changed, for those who come after.")
    if len(comment) > MAX_COMMENT:
        raise Mistake(f"The comment has {len(comment)} letters: at most {MAX_COMMENT} are kept.")
    found = checked(heed, brand_id, source)
    if not found.holds:
        raise Mistake(joined(LINE, found.refusals))
    return _go_live(heed, actor, brand_id, source, comment, now, revision), found


def rollback(heed: Heed, actor: Actor, scope: Scope, brand_id: str, number: int, now: datetime) -> tuple[int, Checked]:
    """Publish an earlier version again, as a new one; return its number and what today's check says of it.

    What was live comes back whatever check and examples say. Raises Mistake if it cannot be read any more or one of
    its rules names what the desk has not.
    """
    if scope.role.rank < Role.OPS.rank:
        raise Mistake("Publishing rules takes the role ops.")
    with heed.database.read() as db:
        held = rulebook.version(db, brand_id, number) if scope.sees(brand_id) else None
    if held is None:
        raise Mistake(f"There is no version {number}.")
    with heed.database.read() as db:
        barred = _barred(held[1], names(db, brand_id))
    if barred:
        raise Mistake(
            f"Version {number} cannot be live as it is. Put back what its rules name, or save it as a file, mend that, "
            "and publish it.\n" + "\n".join(map(str, barred))
        )
    found = checked(heed, brand_id, held[1])
    return _go_live(heed, actor, brand_id, held[1], f"Back to version {number}", now, None), found


def _go_live(
    heed: Heed, actor: Actor, brand_id: str, source: str, comment: str, now: datetime, revision: int | None
) -> int:  # fmt: skip
    with heed.database.write() as db:
        draft = drafting.held(db, brand_id)
        if revision is not None and draft.revision != revision:
            raise Mistake("Somebody else changed the draft meanwhile: look at it again before you publish.")
        _, number = rulebook.publish(db, brand_id, source, FORMAT, actor.id or "heed", comment, now)
        drafting.follow(db, brand_id, draft, source, actor.id, now)
        audit.append(db, actor, "rules published", f"version {number}", now, brand_id=brand_id)
    heed.notifier.publish([Change(kind="desk", brand=brand_id), Change(kind="rules", brand=brand_id)])
    asking.hand_on(heed, brand_id)
    return number


def live_source(heed: Heed, brand_id: str) -> str:
    """Return the YAML of a brand's live rules."""
    with heed.database.read() as db:
        held = rulebook.live(db, brand_id)
    return held[1] if held else "rules: []\n"


def publish_starter(db: Connection, brand_id: str, now: datetime) -> int:
    """Publish the starter rules, as far as the brand has the queues and skills they name."""
    source = fitting_starter(names(db, brand_id))
    return rulebook.publish(db, brand_id, source, FORMAT, "heed", "The rules a new desk begins with", now)[1]


def fitting_starter(known: Desk) -> str:
    """Return the starter rules but those that name a queue or skill this desk has not; with the examples that hold."""
    return _fitting(known.queues, known.skills)


@lru_cache(maxsize=16)
def _fitting(queues: frozenset[str] | None, skills: frozenset[str] | None) -> str:
    known = Desk(queues=queues, skills=skills)
    whole = load(starter_text())
    kept = tuple(rule for rule in whole.rules if all(_fits(a.kind.key, a.value, known) for a in rule.then))
    fitting = replace(whole, rules=kept, examples=())
    held = tuple(one for one in whole.examples if not examples.run(replace(fitting, examples=(one,)), read_text))
    return to_yaml(replace(fitting, examples=held))


def try_on(source: str, facts: Mapping[str, FactValue], read: Mapping[str, FactValue]) -> tuple[RuleSet, Outcome]:
    """Return what rules make of facts and of what triage read in their text. Raises RuleErrors."""
    rule_set = load(source)
    return rule_set, evaluate(rule_set, {**read, **facts})


def reader(db: Connection, brand_id: str) -> examples.Read:
    """Return what reads a text as a brand's messages are read: with what it taught, and on its scale."""
    own = {key: row.group for key, row in teaching.intents(db, brand_id).items()}
    return partial(read_text, held=holding(db, brand_id), own=own)


def read_text(
    given: Mapping[str, FactValue], held: Holding = AS_IT_CAME, own: Mapping[str, str] = NO_INTENTS
) -> Mapping[str, FactValue]:
    """Return the facts that triage reads in the text among those given; none where there is no text.

    `held` is what it reads with; `own` are the groups of a brand's own intents.
    """
    text = given.get("text")
    if not isinstance(text, str):
        return {}
    channel = str(given.get("channel", "email"))
    reading = triage.read(text, channel=channel, taught=held.taught, scale=held.scale)
    return {
        "read": reading.read,
        "language": reading.language,
        "language_confidence": round(reading.language_confidence * 100),
        "intent": reading.intent,
        "intent_confidence": round(reading.intent_confidence * 100),
        "intent_group": own.get(reading.intent) or INTENTS[reading.intent].group,
        "second_intent": reading.second_intent,
        "sentiment": reading.sentiment,
        "frustration": reading.calm_frustration,
        "urgency": reading.urgency,
        "cues": frozenset(reading.cues),
        "kind": reading.kind,
    }


def _barred(source: str, known: Desk) -> Sequence[RuleError]:
    """Return why rules cannot decide at this desk; what only an example of theirs names keeps nobody from it."""
    try:
        load(source, known)
    except RuleErrors as wrong:
        of_rules = [error for error in wrong.errors if not error.where.startswith("example ")]
        try:
            load(source)
        except RuleErrors as unreadable:
            return of_rules or unreadable.errors
        return of_rules
    return ()


def _fits(kind: str, value: object, known: Desk) -> bool:
    if kind == "queue":
        return known.queues is None or str(value) in known.queues
    if kind == "need_skill" or (kind == "prefer" and value != "last_agent"):
        return known.skills is None or str(value) in known.skills
    return True


__all__ = [
    "Checked",
    "RuleErrors",
    "checked",
    "fitting_starter",
    "live_source",
    "names",
    "publish",
    "publish_starter",
    "read_text",
    "reader",
    "rollback",
    "try_on",
]
