"""A draft as it is worked on: rules in plain values, by name and in order, whether or not they can be used yet.

What is inside a rule may be wrong, so that half a condition is kept like any other; `rules.check` says what is amiss.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from rules.errors import RuleError, RuleErrors
from rules.export import to_yaml, write
from rules.load import MAX_NAME, MAX_RULES, load
from rules.source import Items, Keys, Scalar, Tree, printable, read

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None
Body = Mapping[str, Plain]  # of a rule: when, then, note

KEYS = ("note", "when", "then")  # in the order they are written
NO_RULES = "rules: []\n"
KEPT = 32  # files read last: live and draft of a few brands, and those that were


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rules of a draft by name, with its examples and declared facts."""

    rules: Mapping[str, Body] = field(default_factory=dict)  # in order
    examples: tuple[Plain, ...] = ()
    facts: Mapping[str, Plain] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Return the names of the rules, in order."""
        return list(self.rules)

    def same_as(self, other: "Sheet") -> bool:
        """Say whether another sheet has the same in the same order."""
        return self == other and self.names == other.names

    def renamed(self, was: str, name: str) -> "Sheet":
        """Return the same sheet with a rule under another name, which examples expect to act as they did."""
        rules = {name if one == was else one: body for one, body in self.rules.items()}
        return Sheet(rules, tuple(_expecting(example, was, name) for example in self.examples), self.facts)

    def without(self, name: str) -> "Sheet":
        """Return the same sheet without a rule; examples expect it to act no more, and all else as they did."""
        rules = {one: body for one, body in self.rules.items() if one != name}
        return Sheet(rules, tuple(_expecting(example, name, None) for example in self.examples), self.facts)

    def with_rules(self, rules: Mapping[str, Body]) -> "Sheet":
        """Return the same sheet with other rules."""
        return Sheet(rules, self.examples, self.facts)


@lru_cache(maxsize=KEPT)
def parse(source: str) -> Sheet:
    """Return a rule file as a sheet, which nobody may change. Raises RuleErrors if it has no rules with own names."""
    with suppress(RuleErrors):  # it may be wrong inside, as long as each rule can be told from the others
        source = to_yaml(load(source))
    tree = read(source)
    if not isinstance(tree, Keys):
        raise RuleErrors([RuleError("there are no rules.", "Begin with “rules:” and a list below it.", 1)])
    rules: dict[str, Body] = {}
    for item in _items(tree, "rules")[:MAX_RULES]:
        name = _name(item, rules)
        entries = item.entries if isinstance(item, Keys) else {}
        rules[name] = {key: plain(entries[key]) for key in (*KEYS, *entries) if key in entries and key != "name"}
    facts = tree.entries.get("facts")
    declared = plain(facts) if isinstance(facts, Keys) else {}
    assert isinstance(declared, dict)
    return Sheet(rules, tuple(plain(item) for item in _items(tree, "examples")), declared)


def text_of(sheet: Sheet) -> str:
    """Return a sheet as a rule file."""
    file: dict[str, object] = {"format": 1}
    if sheet.facts:
        file["facts"] = dict(sheet.facts)
    file["rules"] = [{"name": name, **body} for name, body in sheet.rules.items()]
    if sheet.examples:
        file["examples"] = list(sheet.examples)
    return write(file)


def one_rule(sheet: Sheet, name: str) -> str:
    """Return a file with one rule and the facts it may use, for reading it alone."""
    file: dict[str, object] = {"facts": dict(sheet.facts)} if sheet.facts else {}
    return write({**file, "rules": [{"name": name, **sheet.rules[name]}]})


def plain(tree: Tree) -> Plain:
    """Return what stands in a file as plain values."""
    if isinstance(tree, Scalar):
        return tree.value
    if isinstance(tree, Items):
        return [plain(item) for item in tree.items]
    return {key: plain(entry) for key, entry in tree.entries.items()}


def free_name(sheet: Sheet, wanted: str) -> str:
    """Return a name that no rule has, made from the one that is wanted."""
    wanted = wanted.strip()[: MAX_NAME - 8]
    taken, number = set(sheet.rules), 2
    name = wanted
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def is_name(name: str) -> bool:
    """Say whether a rule may be called so."""
    return bool(name.strip()) and name == name.strip() and len(name) <= MAX_NAME and _one_line(name)


def _expecting(example: Plain, was: str, name: str | None) -> Plain:
    """Return an example that expects a rule under another name; None: that expects it no more."""
    expected = example.get("expect") if isinstance(example, dict) else None
    if not isinstance(example, dict) or not isinstance(expected, dict):
        return example
    found = dict(expected)
    if isinstance(acting := found.get("rules"), list):
        found["rules"] = [name if one == was else one for one in acting if one != was or name is not None]
    if found.get("stopped_by") == was:
        found["stopped_by"] = name
    return {**example, "expect": found}


def _one_line(name: str) -> bool:
    return printable(name) and "\n" not in name and "\t" not in name


def _items(tree: Keys, section: str) -> list[Tree]:
    found = tree.entries.get(section)
    return found.items if isinstance(found, Items) else []


def _name(item: Tree, taken: Mapping[str, Body]) -> str:
    found = item.entries.get("name") if isinstance(item, Keys) else None
    name = found.raw.strip() if isinstance(found, Scalar) else ""
    if not is_name(name):
        message = f"a rule has no name of 1 to {MAX_NAME} letters."
        raise RuleErrors([RuleError(message, "Add “name:” with a short sentence.", item.line)])
    if name in taken:
        remedy = "Give one of them another name; reasons and examples go by it."
        raise RuleErrors([RuleError("two rules have this name.", remedy, item.line, name)])
    return name
