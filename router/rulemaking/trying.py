"""What a draft makes of one message somebody types: which rules act, which lost to another, why others do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from router import publishing
from router.mistakes import Mistake
from router.rulemaking.pieces import fitting, split, typed
from rules.errors import RuleErrors, Wrong, suggestion
from rules.examples import Read
from rules.explain import actions_in_words, flip_in_words, lost
from rules.facts import FACTS, Fact
from rules.load import load
from rules.sentences import AND, say
from rules.tally import Outcome
from rules.values import FactValue, Type, parse, spoken

FLIPS = 50  # rules of which is told what would flip them
BANDS = ((75, "hot"), (50, "hot"), (25, "tense"), (0, "calm"))


@dataclass(frozen=True, slots=True)
class Tried:
    """What rules made of a message; `wrong` says why they could not be asked."""

    wrong: str = ""
    matched: tuple[tuple[int, str, str], ...] = ()  # number, rule, what it does
    missed: tuple[tuple[int, str, str], ...] = ()  # number, rule, the first condition that fails
    flips: tuple[str, ...] = ()  # the smallest change of facts by which a rule would match that does not, or not match
    lost: tuple[str, ...] = ()
    unread: int = 0  # rules behind one that stopped
    frustration: int | None = None
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def band(self) -> str:
        """Return how a figure of frustration is coloured."""
        return next(band for least, band in BANDS if (self.frustration or 0) >= least)


def attempt(source: str, text: str, lines: str, now: datetime, reader: Read) -> Tried:
    """Return what rules make of a text and of facts, one a line as NAME = VALUE; `reader` reads the text."""
    try:
        rule_set = load(source)
        given = stated(lines, rule_set.custom_facts)
        if text.strip():
            given["text"] = text
        asked: dict[str, FactValue] = {"channel": "email", "now": now, **given}
        read = reader(asked) if text.strip() else {}
        rule_set, outcome = publishing.try_on(source, asked, read)
    except RuleErrors as wrong:
        return Tried(wrong=say("Mend the errors first: {error}", error=str(wrong.errors[0])))
    except Mistake as mistake:
        return Tried(wrong=mistake.reason)
    known: dict[str, FactValue] = {**read, **given}
    asked = {**read, **asked}
    number = {rule.name: place for place, rule in enumerate(rule_set.rules, start=1)}
    does = {rule.name: actions_in_words(rule.then) for rule in rule_set.rules}
    frustration = known.get("frustration")
    return Tried(
        matched=tuple((number[name], name, does[name]) for name in outcome.matched),
        missed=tuple((number[t.rule], t.rule, t.because) for t in outcome.trace if not t.matched),
        flips=tuple(filter(None, (flip_in_words(rule, asked) for rule in rule_set.rules[:FLIPS]))),
        lost=tuple(lost(outcome)),
        unread=_unread(len(rule_set.rules), outcome),
        frustration=int(frustration) if isinstance(frustration, int | float) else None,
        facts=tuple((name, spoken(value, AND)) for name, value in sorted(known.items()) if name != "text"),
    )


def stated(lines: str, custom: Mapping[str, Fact]) -> dict[str, FactValue]:
    """Return facts that are written one a line as NAME = VALUE. Raises Mistake."""
    known = {**FACTS, **custom}
    found: dict[str, FactValue] = {}
    for line in lines.splitlines():
        if not line.strip():
            continue
        name, equals, raw = (part.strip() for part in line.partition("="))
        fact = known.get(name)
        if not equals or fact is None:
            hint = suggestion(name, known) if equals else say("Write it as contact.tier = gold.")
            raise Mistake(say("“{name}” is no fact. {hint}", name=name[:40], hint=hint))
        found[name] = _value(fact, raw)
    return found


def _value(fact: Fact, raw: str) -> FactValue:
    if fact.type is Type.SET:
        return frozenset(split(raw))
    plain = typed(fact, fitting(fact, "is"), [raw])
    try:
        return parse(fact.type, plain, raw)  # type: ignore[return-value]  # one value of the fact's own type
    except Wrong as wrong:
        raise Mistake(
            say("{fact}: {message} {remedy}", fact=fact.name, message=wrong.message, remedy=wrong.remedy)
        ) from wrong


def _unread(rules: int, outcome: Outcome) -> int:
    return rules - len(outcome.trace) if outcome.stopped_by else 0
