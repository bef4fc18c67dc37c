"""The form of one rule: how its conditions and actions are named as fields, and read back from them."""

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from router.rulemaking.pieces import (
    BLOCKS,
    NEW_ACT,
    NEW_LINE,
    Act,
    Block,
    Line,
    Path,
    act_typed,
    add,
    drop,
    fitting,
    split,
    typed,
)
from rules.actions import ACTIONS
from rules.facts import Fact

WHEN, THEN = "w", "t"  # what the names of fields begin with
MOST_PARTS = 200  # of one block or rule

Form = MultiDict[str, str]


def conditions(form: Form, facts: Mapping[str, Fact]) -> Block:
    """Return the conditions as they were filled in."""
    found = _part(form, (), facts)
    return found if isinstance(found, Block) else Block("all")


def acts(form: Form) -> list[Act]:
    """Return the actions as they were filled in."""
    found = []
    for place in range(MOST_PARTS):
        name = f"{THEN}.{place}"
        if f"{name}-kind" not in form:
            break
        kind = ACTIONS.get(form[f"{name}-kind"])
        if kind is None:
            continue
        options = {one.name: form.get(f"{name}-{one.name}", "") for one in kind.options}
        same = form.get(f"{name}-was", kind.key) == kind.key
        found.append(act_typed(kind, form.get(f"{name}-value", "") if same else "", options))
    return found


def pressed(do: str, when: Block, then: list[Act]) -> tuple[Block, list[Act]]:
    """Return conditions and actions after a button was pressed: and:PATH, block:PATH, drop:PATH, act, unact:N."""
    act, _, where = do.partition(":")
    if act == "and":
        return add(when, _path(where), NEW_LINE), then
    if act == "block":
        return add(when, _path(where), Block("any", (NEW_LINE,))), then
    if act == "drop":
        return drop(when, _path(where)), then
    if act == "act":
        return when, [*then, NEW_ACT]
    if act == "unact":
        return when, [one for place, one in enumerate(then) if str(place) != where]
    return when, then


def name_of(path: Path) -> str:
    """Return what the fields of a part are called."""
    return ".".join([WHEN, *map(str, path)])


def _path(written: str) -> Path:
    parts = [one for one in written.split(".")[1:] if one.isascii() and one.isdigit()]
    return tuple(int(one) for one in parts)


def _part(form: Form, path: Path, facts: Mapping[str, Fact]) -> Line | Block | None:
    name = name_of(path)
    if f"{name}-kind" in form:
        kind = form[f"{name}-kind"]
        parts = []
        for place in range(MOST_PARTS):
            one = _part(form, (*path, place), facts)
            if one is None:
                break
            parts.append(one)
        return Block(kind if kind in BLOCKS else "all", tuple(parts))
    if f"{name}-fact" not in form:
        return None
    fact = facts.get(form[f"{name}-fact"])
    if fact is None:
        return Line(form[f"{name}-fact"], form.get(f"{name}-is", "is"))
    operator = fitting(fact, form.get(f"{name}-is", ""))
    if form.get(f"{name}-was", fact.name) != fact.name:
        return Line(fact.name, operator.key)
    given = [*form.getlist(f"{name}-value"), *split(form.get(f"{name}-more", ""))]
    return Line(fact.name, operator.key, typed(fact, operator, given))
