"""The facts a brand declares itself: what each is, what asks for it, and a draft with one more, another or without."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from router.mistakes import Mistake
from router.rulemaking.pieces import split
from router.rulemaking.sheet import Plain, Sheet
from rules.declared import CUSTOM_TYPES, MAX_CHOICES
from rules.facts import CUSTOM, CUSTOM_TRUSTS, FACTS, Trust
from rules.values import Type

MAX_LABEL = 200  # characters
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TYPES = {kind.value: kind for kind in CUSTOM_TYPES}


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as it is filled in: its name with or without `contact.`, its values with commas between them."""

    name: str = ""
    label: str = ""
    type: str = Type.TEXT.value
    trust: str = Trust.SIGNED.name.lower()
    values: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared fact, and what would miss it."""

    name: str
    label: str
    type: str
    trust: str
    values: tuple[str, ...] = ()
    description: str = ""
    rules: tuple[str, ...] = ()  # that ask for it
    examples: int = 0  # that state it


def declared(sheet: Sheet) -> list[Declared]:
    """Return the facts that a draft declares, in its order."""
    found = []
    for name, body in sheet.facts.items():
        said = body if isinstance(body, dict) else {}
        texts = {key: str(said.get(key) or "") for key in ("label", "type", "trust", "description")}
        values = said.get("values")
        listed = tuple(map(str, values)) if isinstance(values, list) else ()
        rules = tuple(rule for rule, held in sheet.rules.items() if _asks(held.get("when"), name))
        stated = sum(1 for example in sheet.examples if _states(example, name))
        found.append(Declared(name, **texts, values=listed, rules=rules, examples=stated))
    return found


def wrongs(sheet: Sheet, was: str, entry: Entry) -> Mapping[str, str]:
    """Return what is wrong with a fact as it is filled in, by field; `was` is its name so far, empty for a new one."""
    found: dict[str, Mistake] = {}
    name, values = name_of(entry), split(entry.values)
    if not _NAME.fullmatch(name.removeprefix(CUSTOM)):
        found["name"] = Mistake("Write a name of small letters, digits and _, such as seats. It begins with a letter.")
    elif name in FACTS:
        found["name"] = Mistake("Heed has a fact of this name. Choose another.")
    elif name != was and name in sheet.facts:
        found["name"] = Mistake("There is a fact of this name already. Choose another.")
    if len(entry.label) > MAX_LABEL or not entry.label.isprintable():
        found["label"] = Mistake(f"Write at most {MAX_LABEL} letters on one line.")
    if entry.type not in _TYPES:
        found["type"] = Mistake("Choose what kind of value it has.")
    if entry.trust not in {trust.name.lower() for trust in CUSTOM_TRUSTS}:
        found["trust"] = Mistake("Choose where its values come from.")
    if entry.type == Type.ONE_OF.value and not 0 < len(values) <= MAX_CHOICES:
        found["values"] = Mistake(f"Write all it can be, with commas between: at least one, at most {MAX_CHOICES}.")
    return {at: mistake.reason for at, mistake in found.items()}


def name_of(entry: Entry) -> str:
    """Return the name of a fact in full; made of its label where none was given."""
    name = entry.name.strip() or re.sub(r"[^a-z0-9]+", "_", entry.label.lower()).strip("_")[:60]
    return CUSTOM + name.removeprefix(CUSTOM)


def declare(sheet: Sheet, was: str, entry: Entry) -> Sheet:
    """Return a draft with a new fact, or with the one called `was` as it is filled in; what uses it follows its name.

    Raises Mistake if there is no such fact any more.
    """
    if was and was not in sheet.facts:
        raise Mistake("There is no such fact any more: somebody renamed or removed it.")
    name, body = name_of(entry), body_of(entry)
    facts = {name if one == was else one: body if one == was else held for one, held in sheet.facts.items()}
    if not was:
        return Sheet(sheet.rules, sheet.examples, {**facts, name: body})
    if name == was:
        return Sheet(sheet.rules, sheet.examples, facts)
    rules = {
        rule: {**held, "when": _renamed(held["when"], was, name)} if _asks(held.get("when"), was) else held
        for rule, held in sheet.rules.items()
    }
    return Sheet(rules, tuple(_restated(one, was, name) for one in sheet.examples), facts)


def undeclare(sheet: Sheet, name: str) -> Sheet:
    """Return a draft without a fact. Raises Mistake, with what uses it, if something does."""
    fact = next((one for one in declared(sheet) if one.name == name), None)
    if fact is None:
        raise Mistake("There is no such fact any more: somebody renamed or removed it.")
    if fact.rules:
        rules = ", ".join(f"“{rule}”" for rule in fact.rules)
        raise Mistake(f"{name} is asked for by {rules}. Take it out there first.")
    if fact.examples:
        raise Mistake(f"{name} is stated by examples. Take it out there first.")
    return Sheet(sheet.rules, sheet.examples, {one: body for one, body in sheet.facts.items() if one != name})


def body_of(entry: Entry) -> dict[str, Plain]:
    """Return a fact as it stands in a file."""
    body: dict[str, Plain] = {"type": entry.type, "trust": entry.trust}
    if entry.label.strip():
        body["label"] = entry.label.strip()
    if entry.type == Type.ONE_OF.value:
        body["values"] = list[Plain](dict.fromkeys(split(entry.values)))
    return {**body, "description": entry.description.strip()} if entry.description.strip() else body


def _asks(when: Plain, name: str) -> bool:
    if isinstance(when, dict):
        return when.get("fact") == name or any(_asks(part, name) for part in when.values())
    return isinstance(when, list) and any(_asks(part, name) for part in when)


def _renamed(when: Plain, was: str, name: str) -> Plain:
    if isinstance(when, list):
        return [_renamed(part, was, name) for part in when]
    if isinstance(when, dict):
        return {key: name if key == "fact" and part == was else _renamed(part, was, name) for key, part in when.items()}
    return when


def _given(example: Plain) -> dict[str, Plain]:
    given = example.get("given") if isinstance(example, dict) else None
    return given if isinstance(given, dict) else {}


def _states(example: Plain, name: str) -> bool:
    of_contact = _given(example).get(CUSTOM.rstrip("."))
    return name in _given(example) or (isinstance(of_contact, dict) and name.removeprefix(CUSTOM) in of_contact)


def _restated(example: Plain, was: str, name: str) -> Plain:
    if not isinstance(example, dict) or was not in _given(example):
        return example
    return {**example, "given": {name if key == was else key: value for key, value in _given(example).items()}}
