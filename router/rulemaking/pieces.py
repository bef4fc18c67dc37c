"""The pieces a rule is edited by: lines of conditions in blocks, and acts. They may be half done; none raise."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from router.rulemaking.sheet import Plain
from rules.actions import ACTIONS, Kind, parse_value
from rules.actions import Takes as ActTakes
from rules.errors import Wrong
from rules.facts import Fact
from rules.operators import OPERATORS, Operator, Takes
from rules.values import Type

ALWAYS = "always"
BLOCKS = ("all", "any", "none")
MAX_DEPTH = 8  # blocks inside one another that a form is drawn for
_INTEGER = re.compile(r"[-+]?\d{1,15}")
_NUMBER = re.compile(r"[-+]?\d{1,15}\.\d{1,15}")

Path = tuple[int, ...]  # places in blocks, from the outermost; () is the outermost block itself


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as it is written."""

    fact: str
    operator: str
    value: Plain = None


@dataclass(frozen=True, slots=True)
class Block:
    """Lines and blocks of which all, any or none must hold."""

    kind: str
    parts: "tuple[Line | Block, ...]" = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One action as it is written."""

    kind: str
    value: Plain = None
    options: Mapping[str, Plain] | None = None


NEW_LINE = Line("channel", "is")
NEW_ACT = Act("queue")


def opened(when: Plain) -> Block | None:
    """Return conditions as one block to edit; None if they have a form that only a text shows."""
    if when is None or when == ALWAYS:
        return Block("all")
    found = _part(when, 0)
    return Block("all", (found,)) if isinstance(found, Line) else found


def closed(block: Block) -> Plain:
    """Return a block as it stands in a file: always if it is empty, one condition alone without its block."""
    if not block.parts:
        return ALWAYS
    if len(block.parts) == 1 and block.kind == "all":
        return _plain(block.parts[0])
    return _plain(block)


def add(block: Block, path: Path, part: Line | Block) -> Block:
    """Return a block with a part at the end of the block at `path`; the same if there is none."""
    if not path:
        return replace(block, parts=(*block.parts, part))
    inner = _at(block, path[0])
    return _with(block, path[0], (add(inner, path[1:], part),)) if isinstance(inner, Block) else block


def drop(block: Block, path: Path) -> Block:
    """Return a block without the part at `path`, and without blocks that are empty then."""
    if not path or _at(block, path[0]) is None:
        return block
    inner = _at(block, path[0])
    if len(path) == 1 or not isinstance(inner, Block):
        return _with(block, path[0], ())
    left = drop(inner, path[1:])
    return _with(block, path[0], (left,) if left.parts else ())


def acts_of(then: Plain) -> tuple[Act, ...] | None:
    """Return actions to edit; None if they have a form that only a text shows."""
    if then is None:
        return ()
    if not isinstance(then, list):
        return None
    found = [_act(entry) for entry in then]
    return tuple(act for act in found if act) if all(found) else None


def acts_closed(acts: Sequence[Act]) -> Plain:
    """Return actions as they stand in a file."""
    return [{act.kind: act.value, **(act.options or {})} for act in acts]


def operators_for(fact: Fact) -> list[Operator]:
    """Return the operators that fit a fact."""
    return [operator for operator in OPERATORS.values() if fact.type in operator.types]


def fitting(fact: Fact, operator: str) -> Operator:
    """Return the operator if it fits a fact, else the first that does."""
    known = operators_for(fact)
    return next((one for one in known if one.key == operator), known[0])


def typed(fact: Fact, operator: Operator, given: Sequence[str]) -> Plain:
    """Return what was filled in as the value of a condition; None if it is missing."""
    values = [_typed(fact, word.strip()) for word in given if word.strip()]
    if operator.takes is Takes.NOTHING or not values:
        return None
    if operator.takes in (Takes.MANY, Takes.PAIR):
        return list(dict.fromkeys(values)) if operator.takes is Takes.MANY else list(values)
    return given[0].strip() if operator.takes in (Takes.PATTERN, Takes.WINDOW) else values[0]


def split(text: str) -> list[str]:
    """Return values written behind one another with commas; a value with a comma in it stands in quotes."""
    try:
        return [word.strip() for word in next(csv.reader([text], skipinitialspace=True), []) if word.strip()]
    except csv.Error:
        return [text.strip()]


def act_typed(kind: Kind, value: str, options: Mapping[str, str]) -> Act:
    """Return what was filled in as an action; a name that does not fit its kind is left out."""
    given = _written(value, kind.takes)
    if kind.choices and not kind.names and isinstance(given, str):
        try:
            parse_value(kind, given, given, None)
        except Wrong:
            given = None
    kept = {one.name: _written(options.get(one.name, ""), one.takes) for one in kind.options}
    return Act(kind.key, given, {name: found for name, found in kept.items() if found is not None})


def _written(text: str, takes: ActTakes) -> Plain:
    if takes is ActTakes.NOTHING:
        return True
    text = text.strip()
    if takes is ActTakes.LEVEL and _INTEGER.fullmatch(text):
        return int(text)
    return text or None


def _typed(fact: Fact, word: str) -> str | int | float | bool:
    if fact.type in (Type.NUMBER, Type.PERCENT):
        bare = word.removesuffix("%").strip() if fact.type is Type.PERCENT else word
        if _INTEGER.fullmatch(bare):
            return int(bare)
        return float(bare) if _NUMBER.fullmatch(bare) else word
    if fact.type is Type.BOOLEAN and word in ("true", "false"):
        return word == "true"
    return word


def _part(found: Plain, depth: int) -> "Line | Block | None":
    if not isinstance(found, dict) or depth > MAX_DEPTH:
        return None
    kind = next((kind for kind in BLOCKS if kind in found), None)
    if kind is None:
        known = {key: found.get(key) for key in ("fact", "is", "value")}
        fact, operator = known["fact"], known["is"]
        plain = isinstance(fact, str) and isinstance(operator, str | None) and set(found) <= set(known)
        return Line(str(fact), str(operator or "is"), known["value"]) if plain else None
    inner = found[kind]
    parts = [_part(one, depth + 1) for one in inner] if isinstance(inner, list) and len(found) == 1 else [None]
    return Block(kind, tuple(one for one in parts if one)) if all(parts) else None


def _plain(part: "Line | Block") -> Plain:
    if isinstance(part, Block):
        return {part.kind: [_plain(one) for one in part.parts]}
    line: dict[str, Plain] = {"fact": part.fact, "is": part.operator}
    return line if part.value is None else {**line, "value": part.value}


def _act(entry: Plain) -> Act | None:
    if entry == "stop":
        return Act("stop", True)
    kind = next((key for key in entry if key in ACTIONS), None) if isinstance(entry, dict) else None
    if kind is None or not isinstance(entry, dict):
        return None
    return Act(kind, entry[kind], {key: value for key, value in entry.items() if key != kind})


def _at(block: Block, place: int) -> "Line | Block | None":
    return block.parts[place] if 0 <= place < len(block.parts) else None


def _with(block: Block, place: int, instead: "tuple[Line | Block, ...]") -> Block:
    return replace(block, parts=(*block.parts[:place], *instead, *block.parts[place + 1 :]))
