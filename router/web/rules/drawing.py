"""The open rule as fields to draw: which choices each has, and a print of its value to know a change by."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from router.rulemaking.offers import Offers
from router.rulemaking.pieces import MAX_DEPTH, Act, Block, Line, Path, fitting, operators_for
from router.rulemaking.sheet import Plain
from router.web.rules.fields import THEN, name_of
from router.web.words import sentence
from rules.actions import ACTIONS
from rules.actions import Takes as ActTakes
from rules.facts import Fact
from rules.operators import Takes
from rules.sentences import Sentence, say
from rules.values import Type

_GAP = {"fact": "", "value": "…"}
YES_NO = (("true", say("yes")), ("false", say("no")))


@dataclass(frozen=True, slots=True)
class Field:
    """One value to fill in."""

    name: str
    form: str  # none, choose, many, pair, number, line
    values: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    more: str = ""  # values besides the choices, written with commas
    is_open: bool = True  # other values than the choices may be written
    unit: str = ""
    label: str = ""
    print: str = ""


@dataclass(frozen=True, slots=True)
class LineDrawn:
    """One condition."""

    name: str
    fact: str
    operator: str
    operators: tuple[tuple[str, str], ...]
    value: Field
    print: str
    is_line: bool = True


@dataclass(frozen=True, slots=True)
class BlockDrawn:
    """Conditions in a block."""

    name: str
    kind: str
    parts: "tuple[LineDrawn | BlockDrawn, ...]"
    may_nest: bool
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class ActDrawn:
    """One action."""

    name: str
    kind: str
    value: Field
    options: tuple[Field, ...]
    print: str


def facts_offered(facts: Mapping[str, Fact]) -> list[tuple[str, str]]:
    """Return the facts a condition can ask about, by name and label."""
    return [(fact.name, _words(fact.label)) for fact in facts.values()]


def actions_offered() -> list[tuple[str, str]]:
    """Return what a rule can do, by key and as a sentence says it."""
    return [
        (kind.key, _words(Sentence(kind.reads.replace("“{value}”", "…").replace("{value}", "…"), kind.reads, _GAP)))
        for kind in ACTIONS.values()
    ]


def conditions(block: Block, facts: Mapping[str, Fact], offers: Offers, path: Path = ()) -> BlockDrawn:
    """Return conditions as fields."""
    parts = tuple(
        conditions(part, facts, offers, (*path, place))
        if isinstance(part, Block)
        else _line(part, facts, offers, name_of((*path, place)))
        for place, part in enumerate(block.parts)
    )
    return BlockDrawn(name_of(path), block.kind, parts, len(path) < MAX_DEPTH - 1)


def acts(given: Sequence[Act], offers: Offers) -> list[ActDrawn]:
    """Return actions as fields."""
    return [_act(act, offers, f"{THEN}.{place}") for place, act in enumerate(given)]


def joined(values: Sequence[str]) -> str:
    """Return values with commas between them, those with a comma in quotes."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue().replace(",", ", ") if not any("," in one for one in values) else out.getvalue()


def print_of(*parts: object) -> str:
    """Return a short print of values: another one where they differ."""
    return sha256(repr(parts).encode()).hexdigest()[:10]


def _line(line: Line, facts: Mapping[str, Fact], offers: Offers, name: str) -> LineDrawn:
    fact = facts.get(line.fact)
    if fact is None:  # one that nobody declares: shown as it is, until another is chosen
        value = Field(f"{name}-value", "line", (_said(line.value),))
        return LineDrawn(name, line.fact, line.operator, ((line.operator, line.operator),), value, print_of(line))
    operator = fitting(fact, line.operator)
    said = tuple((one.key, _compares(one.reads)) for one in operators_for(fact))
    return LineDrawn(
        name, fact.name, operator.key, said, _value(line, fact, operator.takes, offers, name), print_of(line)
    )


def _compares(reads: str) -> str:
    """Return what an operator is called in a list of them, without fact and value."""
    english = reads.replace("“{value}”", "").replace("{value}", "").strip()
    return _words(Sentence(english, f"{{fact}} {reads}", _GAP)).strip()


def _words(said: str) -> str:
    """Return what a choice is called: our words in the reader's language, names as they are."""
    return sentence(said) if isinstance(said, Sentence) else said.replace("_", " ")


def _value(line: Line, fact: Fact, takes: Takes, offers: Offers, name: str) -> Field:
    values = tuple(_said(one) for one in line.value) if isinstance(line.value, list) else (_said(line.value),)
    own, mark = f"{name}-value", print_of(line)
    if takes is Takes.NOTHING:
        return Field(own, "none")
    if takes in (Takes.PATTERN, Takes.WINDOW):
        return Field(own, "line", values, label=_words(say(takes.value)), print=mark)
    if fact.type is Type.BOOLEAN:
        return Field(
            own, "choose", values, tuple((one, _words(said)) for one, said in YES_NO), is_open=False, print=mark
        )
    closed, unit = offers.closed(fact), _words(fact.unit)
    choices = tuple((one, _words(one)) for one in closed or offers.open(fact))
    if takes is Takes.MANY:
        if line.value is None:
            values = ()
        beside = joined([one for one in values if one not in dict(choices)])
        return Field(own, "many", values, choices, beside, not closed, unit, print=mark)
    if takes is Takes.PAIR:
        low, high, *_ = [*values, "", ""]
        return Field(own, "pair", (low, high), unit=unit, print=mark)
    if closed:
        return Field(own, "choose", values, choices, is_open=False, print=mark)
    form = "number" if fact.type in (Type.NUMBER, Type.PERCENT) else "line"
    return Field(own, form, values, choices, unit=unit, print=mark)


def _act(act: Act, offers: Offers, name: str) -> ActDrawn:
    kind, mark = ACTIONS[act.kind], print_of(act)
    names = offers.names(kind)
    choices = tuple((one, _words(say(one.replace("_", " ")) if one in kind.choices else one)) for one in names)
    said = () if act.value is None else (_said(act.value),)
    if kind.takes is ActTakes.NOTHING:
        value = Field(f"{name}-value", "none")
    elif kind.takes is ActTakes.LEVEL:
        levels = tuple((str(one), str(one)) for one in range(kind.low, kind.high + 1))
        value = Field(f"{name}-value", "choose", said, levels, is_open=False, print=mark)
    elif kind.takes is ActTakes.NAME and (choices or kind.names):
        value = Field(f"{name}-value", "choose", said, choices, is_open=False, print=mark)
    else:
        value = Field(f"{name}-value", "line", said, print=mark, unit="")
    options = tuple(
        Field(
            f"{name}-{one.name}",
            "line",
            (_said((act.options or {}).get(one.name)),),
            label=_words(say(one.name.replace("_", " "))),
            print=mark,
        )
        for one in kind.options
    )
    return ActDrawn(name, kind.key, value, options, mark)


def _said(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return joined([_said(one) for one in value])
    return "" if value is None else str(value)
