"""The tables of rules as Markdown, for docs/writing-rules.md; a test holds the page to them."""

from rules.actions import ACTIONS
from rules.facts import FACTS, Fact
from rules.lint.finding import SORTS
from rules.operators import OPERATORS
from rules.values import Type


def facts_table() -> str:
    """Return one row for every fact."""
    rows = [
        f"| `{fact.name}` | {_type(fact)} | {fact.trust.name.lower()}{' (header)' if fact.header else ''} "
        f"| {_describe(fact)} |"
        for fact in FACTS.values()
    ]
    return "\n".join(["| fact | type | trust | what it is |", "|---|---|---|---|", *rows])


def operators_table() -> str:
    """Return one row for every operator."""
    rows = []
    for operator in OPERATORS.values():
        types = "every type" if operator.types == frozenset(Type) else ", ".join(t for t in Type if t in operator.types)
        reads = operator.reads.replace("{value}", "…").replace("“…”", "…")
        rows.append(f"| `{operator.key}` | {reads} | {types} | {operator.takes} |")
    return "\n".join(["| operator | reads | for facts of type | value |", "|---|---|---|---|", *rows])


def actions_table() -> str:
    """Return one row for every action."""
    rows = []
    for kind in ACTIONS.values():
        options = " ".join(f"`{option.name}`: {option.description}" for option in kind.options)
        choices = f" One of: {', '.join(kind.choices)}{', or a name of the desk' if kind.names else ''}."
        takes = f"{kind.takes}, {kind.low} to {kind.high}" if kind.high else str(kind.takes)
        said = f"{kind.description}{choices if kind.choices else ''} {options}".strip()
        rows.append(f"| `{kind.key}` | {takes} | {kind.combine} | {said} |")
    return "\n".join(["| action | value | when several rules do it | what it does |", "|---|---|---|---|", *rows])


def findings_table() -> str:
    """Return one row for every sort of finding."""
    rows = [f"| `{sort.key}` | {sort.severity} | {sort.description} |" for sort in SORTS.values()]
    return "\n".join(["| finding | | what is so |", "|---|---|---|", *rows])


def _type(fact: Fact) -> str:
    return f"{fact.type}, {fact.unit}" if fact.unit and fact.unit != "%" else str(fact.type)


def _describe(fact: Fact) -> str:
    if not fact.choices or fact.name == "kind":
        return fact.description
    return f"{fact.description} One of: {', '.join(fact.choices)}."
