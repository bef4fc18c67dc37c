"""Reads a rule file: YAML text in, a RuleSet out, or everything that is wrong with it at once.

The file has `rules`, and optionally `examples`, `facts` (what a brand declares about its contacts) and `format`.
"""

import re

from rules.actions import ACTIONS, Kind, parse_as, parse_value
from rules.conditions import Reader
from rules.errors import RuleError, RuleErrors, Wrong, shown, suggestion
from rules.examples import read_example
from rules.facts import CUSTOM, CUSTOM_TRUSTS, FACTS, Fact
from rules.model import ALWAYS, ANY_DESK, FORMAT, Action, Desk, Example, Rule, RuleSet, When, conditions
from rules.sentences import say
from rules.source import Items, Keys, Scalar, Tree, printable, read
from rules.values import Type, Value, words

MAX_RULES = 10_000
MAX_EXAMPLES = 2_000
MAX_ERRORS = 200  # more than anybody mends at once
MAX_NAME = 200  # characters of a rule's name
MAX_ACTIONS = 50  # of one rule
_SECTIONS = ("format", "facts", "rules", "examples")
_CUSTOM_NAME = re.compile(r"contact\.[a-z][a-z0-9_]{0,59}")
CUSTOM_TYPES = (
    Type.TEXT, Type.ONE_OF, Type.NUMBER, Type.PERCENT, Type.BOOLEAN, Type.SET, Type.DURATION, Type.MOMENT
)  # fmt: skip
_CUSTOM_KEYS = ("type", "trust", "label", "description", "values")
MAX_CHOICES = 100  # values of one declared fact


def load(text: str, desk: Desk | None = None) -> RuleSet:
    """Return the rule set a text describes; names are checked against `desk`, none are without one.

    Raises RuleErrors with all that is wrong.
    """
    return _File(desk or ANY_DESK).load(read(text))


class _File:
    """One reading of one file: collects errors while it goes."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.errors: list[RuleError] = []
        self.custom: dict[str, Fact] = {}

    def wrong(self, wrong: Wrong, line: int, rule: str = "", where: str = "") -> None:
        self.errors.append(RuleError(wrong.message, wrong.remedy, wrong.line or line, rule, where))
        if len(self.errors) >= MAX_ERRORS:
            raise RuleErrors(self.errors)

    def load(self, tree: Tree | None) -> RuleSet:
        if not isinstance(tree, Keys):
            raise RuleErrors([RuleError("there are no rules.", "Begin with “rules:” and a list below it.", 1)])
        for key in tree.entries:
            if key not in _SECTIONS:
                wrong = Wrong(f"“{shown(key)}” has no meaning here.", suggestion(key, _SECTIONS), tree.lines[key])
                self.wrong(wrong, tree.line)
        found = tree.entries.get("format", Scalar(FORMAT, str(FORMAT), 1))
        if not isinstance(found, Scalar) or isinstance(found.value, bool) or found.value != FORMAT:
            what = shown(found.raw) if isinstance(found, Scalar) else "a list"
            remedy = f"This release reads format {FORMAT}. A newer file needs a newer release."
            raise RuleErrors([RuleError(f"the format is “{what}”.", remedy, found.line)])
        self._facts(tree.entries.get("facts"))
        rules = self._rules(tree)
        examples = self._examples(tree, rules)
        if self.errors:
            raise RuleErrors(self.errors)
        return RuleSet(tuple(rules), tuple(examples), tuple(self.custom.values()))

    def _facts(self, tree: Tree | None) -> None:
        if tree is None or (isinstance(tree, Scalar) and tree.value is None):
            return
        if not isinstance(tree, Keys):
            remedy = "Write contact.NAME: {type: number, trust: signed}."
            self.wrong(Wrong("“facts” is not a mapping.", remedy), tree.line)
            return
        for name, entry in tree.entries.items():
            try:
                self.custom[name] = _custom(name, entry)
            except Wrong as wrong:
                self.wrong(wrong, tree.lines[name], where=f"fact “{shown(name)}”")

    def _items(self, tree: Keys, section: str, most: int) -> list[Tree]:
        found = tree.entries.get(section)
        if found is None or (isinstance(found, Scalar) and found.value is None):
            return []
        if not isinstance(found, Items):
            self.wrong(Wrong(f"“{section}” is not a list.", "Put a dash before each."), found.line)
            return []
        if len(found.items) > most:
            self.wrong(
                Wrong(f"there are {len(found.items):,} {section}.", f"At most {most:,} are allowed."), found.line
            )
        return found.items[:most]

    def _rules(self, tree: Keys) -> list[Rule]:
        if "rules" not in tree.entries:
            self.wrong(Wrong("there are no rules.", "Begin with “rules:” and a list below it."), tree.line)
        rules: list[Rule] = []
        first: dict[str, int] = {}
        for number, item in enumerate(self._items(tree, "rules", MAX_RULES), start=1):
            name = self._name(item, number)
            if name in first:
                message = f"there is a rule of this name already, on line {first[name]}."
                self.wrong(
                    Wrong(message, "Give one of them another name; reasons and examples go by it."), item.line, name
                )
            first.setdefault(name, item.line)
            rule = self._rule(item, name)
            if rule:
                rules.append(rule)
        return rules

    def _name(self, item: Tree, number: int) -> str:
        found = item.entries.get("name") if isinstance(item, Keys) else None
        try:
            if not isinstance(found, Scalar):
                raise Wrong("the rule has no name.", "Add “name:” with a short sentence.")
            name = words(found.raw, found.raw)
            if len(name) > MAX_NAME:
                raise Wrong(f"the name has {len(name)} characters.", f"At most {MAX_NAME} are allowed.")
            return name
        except Wrong as wrong:
            self.wrong(wrong, item.line, f"number {number}")
            return f"number {number}"

    def _rule(self, item: Tree, name: str) -> Rule | None:
        before = len(self.errors)
        if not isinstance(item, Keys):
            self.wrong(Wrong("a rule is a mapping.", "It has name, when and then."), item.line, name)
            return None
        for key in item.entries:
            if key not in ("name", "when", "then", "note"):
                wrong = Wrong(f"“{shown(key)}” has no meaning here.", suggestion(key, ("name", "when", "then", "note")))
                self.wrong(wrong, item.lines[key], name)
        when = None
        if "when" in item.entries:
            reader = Reader(self.custom, self.desk, lambda wrong, where: self.wrong(wrong, item.line, name, where))
            when = reader.read(item.entries["when"])
        else:
            self.wrong(Wrong("“when” is missing.", "Add conditions, or write “when: always”."), item.line, name)
        then = self._actions(item, name)
        self._closes(when, then, item.line, name)
        note = self._note(item, name)
        return Rule(name, when or ALWAYS, then, note, item.line) if len(self.errors) == before else None

    def _closes(self, when: When | None, then: tuple[Action, ...], line: int, name: str) -> None:
        """Refuse to close a ticket on what was inferred or a visitor can claim (guarantee 10)."""
        closing = next((action for action in then if action.kind.closes), None)
        if closing is None or when is None:
            return
        unsafe = sorted({found.fact.name for found in conditions(when) if not found.fact.may_close})
        if unsafe or when == ALWAYS:
            message = f"“{closing.kind.key}” rests on {', '.join(unsafe) or 'no condition at all'}."
            remedy = "A ticket is closed only on mail headers (automatic) and on recorded or signed facts. Use tag."
            self.wrong(Wrong(message, remedy, closing.line), line, name)

    def _note(self, item: Keys, name: str) -> str:
        found = item.entries.get("note")
        if found is None:
            return ""
        if not isinstance(found, Scalar) or not printable(found.raw) or len(found.raw) > 2_000:
            self.wrong(
                Wrong("“note” is not a text of at most 2,000 characters.", "Shorten it."), item.lines["note"], name
            )
            return ""
        return found.raw.strip()

    def _actions(self, item: Keys, name: str) -> tuple[Action, ...]:
        found = item.entries.get("then")
        if not isinstance(found, Items) or not found.items:
            remedy = "Add “then:” and a list of actions, such as [{queue: Billing}]."
            self.wrong(Wrong("the rule does nothing.", remedy), found.line if found else item.line, name)
            return ()
        if len(found.items) > MAX_ACTIONS:
            self.wrong(
                Wrong(f"it has {len(found.items)} actions.", f"At most {MAX_ACTIONS} are allowed."), found.line, name
            )
        actions = []
        for number, entry in enumerate(found.items[:MAX_ACTIONS], start=1):
            try:
                actions.append(read_action(entry, self.desk))
            except Wrong as wrong:
                self.wrong(wrong, entry.line, name, f"then {number}")
        return tuple(actions)

    def _examples(self, tree: Keys, rules: list[Rule]) -> list[Example]:
        examples = []
        names = {rule.name for rule in rules} if not self.errors else None
        for number, item in enumerate(self._items(tree, "examples", MAX_EXAMPLES), start=1):
            where = f"example {number}"
            try:
                examples.append(read_example(item, {**FACTS, **self.custom}, self.desk, names))
            except Wrong as wrong:
                self.wrong(wrong, item.line, where=where)
        return examples


def read_action(tree: Tree, desk: Desk) -> Action:
    """Return one action of a rule. Raises Wrong."""
    if isinstance(tree, Scalar) and tree.raw == "stop":
        return Action(ACTIONS["stop"], True, line=tree.line)
    if not isinstance(tree, Keys) or not tree.entries:
        raise Wrong("this is no action.", "Write one such as {queue: Billing}.", tree.line)
    kinds = [key for key in tree.entries if key in ACTIONS]
    if not kinds:
        key = next(iter(tree.entries))
        raise Wrong(f"there is no action called “{shown(key)}”.", suggestion(key, ACTIONS), tree.lines[key])
    if len(kinds) > 1:
        raise Wrong(
            f"“{kinds[0]}” and “{kinds[1]}” stand in one action.", "Give each its own dash.", tree.lines[kinds[1]]
        )
    kind = ACTIONS[kinds[0]]
    found = tree.entries[kind.key]
    if not isinstance(found, Scalar):
        raise Wrong(
            f"“{kind.key}” takes {kind.takes}, and a list or mapping was found.", "Write a single value.", found.line
        )
    known: frozenset[str] | None = getattr(desk, kind.names) if kind.names else None
    value = parse_value(kind, found.value, found.raw, known)
    options = {key: entry for key, entry in tree.entries.items() if key != kind.key}
    return Action(kind, value, _options(kind, options, tree), tree.line)


def _options(kind: Kind, entries: dict[str, Tree], tree: Keys) -> tuple[tuple[str, Value], ...]:
    offered = {option.name: option for option in kind.options}
    read_options: dict[str, Value] = {}
    for key, entry in entries.items():
        option = offered.get(key)
        if option is None:
            remedy = suggestion(key, offered) if offered else "Give each action its own dash."
            raise Wrong(f"“{kind.key}” has no “{shown(key)}”.", remedy, tree.lines[key])
        if not isinstance(entry, Scalar):
            raise Wrong(f"“{key}” takes {option.takes}.", "Write a single value.", entry.line)
        read_options[key] = parse_as(option.takes, key, entry.value, entry.raw, option.low, option.high)
    return tuple((name, read_options[name]) for name in offered if name in read_options)


def _custom(name: str, tree: Tree) -> Fact:
    """Return a fact that a brand declares about its contacts. Raises Wrong."""
    if not _CUSTOM_NAME.fullmatch(name):
        raise Wrong("the name does not fit.", f"Write {CUSTOM} and small letters, digits or _, such as contact.seats.")
    if name in FACTS:
        raise Wrong("Heed has a fact of this name.", "Choose another.")
    if not isinstance(tree, Keys):
        raise Wrong("its type is missing.", "Write {type: number, trust: signed}.", tree.line)
    fields: dict[str, str] = {}
    for key, entry in tree.entries.items():
        if key not in _CUSTOM_KEYS:
            raise Wrong(f"“{shown(key)}” has no meaning here.", suggestion(key, _CUSTOM_KEYS), tree.lines[key])
        if key == "values":
            continue
        if not isinstance(entry, Scalar):
            raise Wrong(f"“{key}” is not a text.", "Write a single value.", entry.line)
        fields[key] = words(entry.raw, entry.raw)
    types = {kind.value: kind for kind in CUSTOM_TYPES}
    trusts = {trust.name.lower(): trust for trust in CUSTOM_TRUSTS}
    kind, trust = fields.get("type", ""), fields.get("trust", "")
    if kind not in types:
        raise Wrong(f"its type is “{shown(kind)}”.", suggestion(kind, types))
    if trust not in trusts:
        raise Wrong(f"its trust is “{shown(trust)}”.", suggestion(trust, trusts))
    plain = say("customer {what}", what=name.removeprefix(CUSTOM).replace("_", " "))
    label = fields.get("label", say("{what} is yes", what=plain) if types[kind] is Type.BOOLEAN else plain)
    choices = _choices(types[kind], tree.entries.get("values"))
    return Fact(name, label, types[kind], trusts[trust], fields.get("description", ""), choices=choices)


def _choices(kind: Type, tree: Tree | None) -> tuple[str, ...]:
    """Return all that a declared fact can be, empty if it can be anything of its type. Raises Wrong."""
    if kind is not Type.ONE_OF:
        if tree is not None:
            raise Wrong(f"values go with the type “{Type.ONE_OF}” alone.", "Leave them out.", tree.line)
        return ()
    items = tree.items if isinstance(tree, Items) else []
    if not items or len(items) > MAX_CHOICES or not all(isinstance(item, Scalar) for item in items):
        line = tree.line if tree else 0
        raise Wrong("its values are missing.", f"Write values: [one, another], at most {MAX_CHOICES}.", line)
    return tuple(dict.fromkeys(words(item.raw, item.raw) for item in items if isinstance(item, Scalar)))
