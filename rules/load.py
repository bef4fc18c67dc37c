"""Reads a rule file: YAML text in, a RuleSet out, or everything that is wrong with it at once.

The file has `rules`, and optionally `examples`, `facts` (what a brand declares about its contacts) and `format`.
"""

from rules.actions import ACTIONS, Kind, parse_as, parse_value
from rules.conditions import Reader
from rules.declared import read_fact
from rules.errors import RuleError, RuleErrors, Wrong, shown, suggestion
from rules.examples import read_example
from rules.facts import FACTS, Fact
from rules.model import ALWAYS, ANY_DESK, FORMAT, Action, Desk, Example, Rule, RuleSet, When, conditions
from rules.sentences import COMMA, joined, say
from rules.source import Items, Keys, Scalar, Tree, printable, read
from rules.values import Value, words

MAX_RULES = 10_000
MAX_EXAMPLES = 2_000
MAX_ERRORS = 200  # more than anybody mends at once
MAX_NAME = 200  # characters of a rule's name
MAX_ACTIONS = 50  # of one rule
_SECTIONS = ("format", "facts", "rules", "examples")


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
            raise RuleErrors(
                [RuleError(say("there are no rules."), say("Begin with “rules:” and a list below it."), 1)]
            )
        for key in tree.entries:
            if key not in _SECTIONS:
                wrong = Wrong(
                    say("“{key}” has no meaning here.", key=shown(key)), suggestion(key, _SECTIONS), tree.lines[key]
                )
                self.wrong(wrong, tree.line)
        found = tree.entries.get("format", Scalar(FORMAT, str(FORMAT), 1))
        if not isinstance(found, Scalar) or isinstance(found.value, bool) or found.value != FORMAT:
            what = shown(found.raw) if isinstance(found, Scalar) else say("a list")
            remedy = say("This release reads format {format}. A newer file needs a newer release.", format=FORMAT)
            raise RuleErrors([RuleError(say("the format is “{what}”.", what=what), remedy, found.line)])
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
            remedy = say("Write {form}.", form="contact.NAME: {type: number, trust: signed}")
            self.wrong(Wrong(say("“facts” is not a mapping."), remedy), tree.line)
            return
        for name, entry in tree.entries.items():
            try:
                self.custom[name] = read_fact(name, entry)
            except Wrong as wrong:
                self.wrong(wrong, tree.lines[name], where=say("fact “{name}”", name=shown(name)))

    def _items(self, tree: Keys, section: str, most: int) -> list[Tree]:
        found = tree.entries.get(section)
        if found is None or (isinstance(found, Scalar) and found.value is None):
            return []
        if not isinstance(found, Items):
            self.wrong(
                Wrong(say("“{section}” is not a list.", section=section), say("Put a dash before each.")), found.line
            )
            return []
        if len(found.items) > most:
            self.wrong(
                Wrong(
                    say("there are {n} {section}.", n=f"{len(found.items):,}", section=section),
                    say("At most {most} are allowed.", most=f"{most:,}"),
                ),
                found.line,
            )
        return found.items[:most]

    def _rules(self, tree: Keys) -> list[Rule]:
        if "rules" not in tree.entries:
            self.wrong(Wrong(say("there are no rules."), say("Begin with “rules:” and a list below it.")), tree.line)
        rules: list[Rule] = []
        first: dict[str, int] = {}
        for number, item in enumerate(self._items(tree, "rules", MAX_RULES), start=1):
            name = self._name(item, number)
            if name in first:
                message = say("there is a rule of this name already, on line {first}.", first=first[name])
                self.wrong(
                    Wrong(message, say("Give one of them another name; reasons and examples go by it.")),
                    item.line,
                    name,
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
                raise Wrong(say("the rule has no name."), say("Add “name:” with a short sentence."))
            name = words(found.raw, found.raw)
            if len(name) > MAX_NAME:
                raise Wrong(
                    say("the name has {n} characters.", n=len(name)),
                    say("At most {most} are allowed.", most=MAX_NAME),
                )
            return name
        except Wrong as wrong:
            self.wrong(wrong, item.line, f"number {number}")
            return f"number {number}"

    def _rule(self, item: Tree, name: str) -> Rule | None:
        before = len(self.errors)
        if not isinstance(item, Keys):
            self.wrong(Wrong(say("a rule is a mapping."), say("It has name, when and then.")), item.line, name)
            return None
        for key in item.entries:
            if key not in ("name", "when", "then", "note"):
                wrong = Wrong(
                    say("“{key}” has no meaning here.", key=shown(key)),
                    suggestion(key, ("name", "when", "then", "note")),
                )
                self.wrong(wrong, item.lines[key], name)
        when = None
        if "when" in item.entries:
            reader = Reader(self.custom, self.desk, lambda wrong, where: self.wrong(wrong, item.line, name, where))
            when = reader.read(item.entries["when"])
        else:
            self.wrong(
                Wrong(say("“when” is missing."), say("Add conditions, or write “when: always”.")), item.line, name
            )
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
            facts = joined(COMMA, unsafe) or say("no condition at all")
            message = say("“{key}” rests on {facts}.", key=closing.kind.key, facts=facts)
            remedy = say(
                "A ticket is closed only on mail headers (automatic) and on recorded or signed facts. Use tag."
            )
            self.wrong(Wrong(message, remedy, closing.line), line, name)

    def _note(self, item: Keys, name: str) -> str:
        found = item.entries.get("note")
        if found is None:
            return ""
        if not isinstance(found, Scalar) or not printable(found.raw) or len(found.raw) > 2_000:
            self.wrong(
                Wrong(say("“note” is not a text of at most 2,000 characters."), say("Shorten it.")),
                item.lines["note"],
                name,
            )
            return ""
        return found.raw.strip()

    def _actions(self, item: Keys, name: str) -> tuple[Action, ...]:
        found = item.entries.get("then")
        if not isinstance(found, Items) or not found.items:
            remedy = say("Add “then:” and a list of actions, such as {form}.", form="[{queue: Billing}]")
            self.wrong(Wrong(say("the rule does nothing."), remedy), found.line if found else item.line, name)
            return ()
        if len(found.items) > MAX_ACTIONS:
            self.wrong(
                Wrong(
                    say("it has {n} actions.", n=len(found.items)),
                    say("At most {most} are allowed.", most=MAX_ACTIONS),
                ),
                found.line,
                name,
            )
        actions = []
        for number, entry in enumerate(found.items[:MAX_ACTIONS], start=1):
            try:
                actions.append(read_action(entry, self.desk))
            except Wrong as wrong:
                self.wrong(wrong, entry.line, name, say("then {n}", n=number))
        return tuple(actions)

    def _examples(self, tree: Keys, rules: list[Rule]) -> list[Example]:
        examples = []
        names = {rule.name for rule in rules} if not self.errors else None
        for number, item in enumerate(self._items(tree, "examples", MAX_EXAMPLES), start=1):
            where = say("example {n}", n=number)
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
        raise Wrong(say("this is no action."), say("Write one such as {form}.", form="{queue: Billing}"), tree.line)
    kinds = [key for key in tree.entries if key in ACTIONS]
    if not kinds:
        key = next(iter(tree.entries))
        raise Wrong(
            say("there is no action called “{key}”.", key=shown(key)), suggestion(key, ACTIONS), tree.lines[key]
        )
    if len(kinds) > 1:
        raise Wrong(
            say("“{one}” and “{other}” stand in one action.", one=kinds[0], other=kinds[1]),
            say("Give each its own dash."),
            tree.lines[kinds[1]],
        )
    kind = ACTIONS[kinds[0]]
    found = tree.entries[kind.key]
    if not isinstance(found, Scalar):
        raise Wrong(
            say("“{key}” takes {takes}, and a list or mapping was found.", key=kind.key, takes=say(kind.takes)),
            say("Write a single value."),
            found.line,
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
            remedy = suggestion(key, offered) if offered else say("Give each action its own dash.")
            raise Wrong(say("“{key}” has no “{option}”.", key=kind.key, option=shown(key)), remedy, tree.lines[key])
        if not isinstance(entry, Scalar):
            raise Wrong(
                say("“{key}” takes {takes}.", key=key, takes=say(option.takes)),
                say("Write a single value."),
                entry.line,
            )
        read_options[key] = parse_as(option.takes, key, entry.value, entry.raw, option.low, option.high)
    return tuple((name, read_options[name]) for name in offered if name in read_options)
