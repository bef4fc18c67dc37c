"""What two people changed in different ways: what each made of it, and putting one's own in place of theirs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from router.mistakes import Mistake
from router.rulemaking.book import rules_of
from router.rulemaking.drafting import Edit
from router.rulemaking.merging import Conflict, examples_by_name
from router.rulemaking.sheet import Body, Plain, Sheet
from rules.explain import rule_in_words

V = TypeVar("V")

MAX_SHOWN = 400  # characters of what has no sentence


@dataclass(frozen=True, slots=True)
class Torn:
    """One thing two people changed: what each of them made of it, in words."""

    about: str
    name: str
    theirs: str
    mine: str
    body: str  # mine, as a form carries it; empty if I removed it


def torn(one: Conflict, sheet: Sheet) -> Torn:
    """Return a conflict as the page shows it; `sheet` has the facts its rule may use."""
    body = "" if one.mine is None else json.dumps(one.mine, ensure_ascii=False)
    return Torn(one.about, one.name, _says(one, sheet, one.theirs), _says(one, sheet, one.mine), body)


def taking(about: str, name: str, written: str) -> Edit:
    """Return the change that puts mine, as a form carries it, in place of theirs; none removes it. Raises Mistake."""
    try:
        body: Plain = json.loads(written) if written else None
    except ValueError:
        body = ""
    if body is not None and not isinstance(body, dict):
        raise Mistake("This is no rule.")

    def edit(sheet: Sheet) -> Sheet:
        if about == "fact":
            return Sheet(sheet.rules, sheet.examples, _with(sheet.facts, name, body))
        if about == "example":
            examples = _with(examples_by_name(sheet.examples), name, body)
            return Sheet(sheet.rules, tuple(examples.values()), sheet.facts)
        return sheet.with_rules(_with(sheet.rules, name, body))

    return edit


def _with(held: Mapping[str, V], name: str, body: V | None) -> dict[str, V]:
    kept = {one: value for one, value in held.items() if body is not None or one != name}
    return kept if body is None else {**kept, name: body}


def _says(one: Conflict, sheet: Sheet, body: Body | Plain) -> str:
    if body is None or not one.name:
        return ""
    if one.about == "rule" and isinstance(body, Mapping):
        whole = rules_of(Sheet({one.name: body}, (), sheet.facts)).get(one.name)
        if whole:
            return rule_in_words(whole)
    return _plain(body)[:MAX_SHOWN]


def _plain(body: Body | Plain) -> str:
    """Return what stands in a file as somebody reads it: key and value, without brackets and quotes."""
    if isinstance(body, Mapping):
        return "; ".join(f"{key}: {_plain(value)}" for key, value in body.items())
    return ", ".join(map(_plain, body)) if isinstance(body, list) else str(body)
