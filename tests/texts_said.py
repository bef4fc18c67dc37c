"""Which texts Heed says, found where they stand: literals in `_()`, `look_up()`, `mark()` and `plural()` of Python and
templates, `t()` and `count()` of ES modules.

For the context of the core they are the sentences of its errors, of its channels and of explained.py; for that of the
rules the literals of `say()`, and what its tables of facts, operators and actions are called.
"""

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast

from channels import CHANNELS
from router import connecting
from router.triage.cues import CUES
from router.triage.intents import INTENTS
from router.web.problems import HINTS
from router.web.words import explained
from router.web.words.catalogue import CORE, RULES
from router.web.words.script import counts_of, texts_of
from rules import sentences
from rules.actions import ACTIONS, NAMED, Takes
from rules.facts import FACTS
from rules.operators import OPERATORS
from rules.operators import Takes as Compared
from rules.values import Type

PLACEHOLDER = re.compile(r"\{(\w*)\}")
ROOT = Path(__file__).parent.parent
WEB = ROOT / "router" / "web"
LOOK_UPS = frozenset({"_", "look_up", "mark", "N_", "_plain", "_with"})
COMMANDS_ONLY = (
    "router/cli/",
    "router/store/migrations/",
    "router/keeping.py",
    "router/exporting.py",
)  # read in a terminal
TO_PROGRAMS = ("channels/email/quotes/", "channels/email/posts.py", "channels/twilio/proof.py", "channels/verify.py")
NOT_SAID = frozenset({"ChannelInfo", "Setting", "NotUnderstood", "Answer", "_problem", "ValueError", "KeyError"})
COUNTED = "plural"
RAISED = frozenset(  # errors whose first argument is a sentence for people
    {"Mistake", "Refused", "NotAllowed", "NotFound", "NewerMessage", "TakenBack", "DeliveryFailed", "LinkDead"}
)
SENTENCES_OF_MODULES: dict[str, dict[str, int]] = {  # tables and constants that pages show as core sentences
    "channels/email/codes.py": {"REASONS": 0},
    "router/web/problems.py": {"HINTS": 0},
    "router/inbox/reasons.py": {"LEFT_OUT": 0},
    "router/placeholders.py": {"PLACEHOLDERS": 1},
    "router/people_csv/reading.py": {"COLUMNS": 1},
    "router/merging/contacts.py": {"REASONS": 0},
    "router/desk/offers.py": {"OVER": 0},
}
TABLES: dict[str, dict[str, int]] = {  # tables of texts that are looked up when shown -> where in a row the text stands
    "router/many/acts.py": {"ACTS": 1},
    "router/routing/disciplines.py": {"DISCIPLINES": 0},
    "router/web/inbox/commands.py": {"COMMANDS": 1},
    "router/web/inbox/frame.py": {"PLACES": 1},
    "router/web/inbox/merging.py": {"WHY": 0, "SUGGESTED": 0, "KEPT": 0},
    "router/web/inbox/notices.py": {"KINDS": 0, "NOBODY_SAID": 0},
    "router/web/inbox/telling.py": dict.fromkeys(
        ("STATES", "SENT", "IN_A_SENTENCE", "SLOTS", "PROMISES", "PRESENCES", "HOW"), 0
    ),
    "router/web/reports/wording.py": {"NAMES": 0, "SECTIONS": 0, "NOTES": 0, "SPLITS": 0},
    "router/web/settings/__init__.py": {"TABS": 1},
    "router/web/supervisor/history.py": {"DIRECTIONS": 0, "STEPS": 0, "OCCASIONS": 0, "FIELDS": 0},
}

Key = tuple[str, str | tuple[str, str]]  # context (empty: the interface), text or one and many


def said() -> dict[Key, str]:
    """Return every text Heed says, and where one of its places is."""
    found: dict[Key, str] = {}
    for key, place in _all():
        found.setdefault(key, place)
    return found


def raised(source: str) -> list[str]:
    """Return the sentences of the errors that a module raises."""
    return list(_raised(ast.parse(source)))


def _all() -> Iterator[tuple[Key, str]]:
    for text in (*explained.ALL, *(cue.label for cue in CUES.values()), *(HTTPStatus(n).phrase for n in HINTS)):
        yield (CORE, text), "router/web/words/explained.py"
    for info in map(connecting.info, CHANNELS):
        about = [text for setting in info.settings for text in (setting.label, setting.help)]
        choices = [text for setting in info.settings for _, text in setting.choices]
        if info.after_window:
            yield (CORE, info.after_window), f"channels/{info.key}/adapter.py"
        for text in (connecting.HIDDEN, info.label, *info.steps, *about, *choices):
            if text:
                yield ("", text), f"channels/{info.key}/adapter.py"
    for intent in INTENTS.values():
        for text in (intent.key.replace("_", " "), intent.label, intent.description):
            yield ("", text), "router/triage/intents.py"
    for text in _of_tables():
        yield (RULES, text), "rules/"
    for path in sorted((ROOT / "rules").rglob("*.py")) + sorted((ROOT / "router" / "rulemaking").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (((RULES, text), path.relative_to(ROOT).as_posix()) for text in _of_rules(tree))
    for path in sorted((ROOT / "router").rglob("*.py")) + sorted((ROOT / "channels").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if WEB in path.parents:
            yield from ((key, place) for key in _of_python(tree))
        if not place.startswith(COMMANDS_ONLY):
            yield from (((CORE, text), place) for text in _raised(tree))
        if place.startswith(("channels/", "router/people_csv/")) and not place.startswith(TO_PROGRAMS):
            yield from (((CORE, text), place) for text in _sentences(tree))
        for context, tables in ((CORE, SENTENCES_OF_MODULES), ("", TABLES)):
            for name, at in tables.get(place, {}).items():
                yield from (((context, text), place) for text in _table(tree, name, at))
    environment = Environment(autoescape=True)
    for path in sorted((WEB / "templates").rglob("*.html")):
        place = path.relative_to(ROOT).as_posix()
        template = environment.parse(path.read_text(encoding="utf-8"))
        for _line, function, strings in extract_from_ast(template, (*LOOK_UPS, COUNTED)):
            found = _of_template(function, strings)
            if found is not None:
                yield found, place
    for path in sorted((WEB / "static").glob("*.js")):
        place, source = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        yield from ((("", text), place) for text in texts_of(source))
        yield from ((("", counted), place) for counted in counts_of(source))


def _of_tables() -> Iterator[str]:
    """Yield what rules say out of their tables."""
    yield from (sentences.AND, sentences.OR, sentences.COMMA, sentences.SEMICOLON, *Takes, *Compared, *Type)
    for fact in FACTS.values():
        yield from (fact.label, *fact.choices, *([fact.unit] if fact.unit.isalpha() else []))
    for operator in OPERATORS.values():
        yield from (f"{{fact}} {said}" for said in (operator.reads, operator.denies))
    for kind in ACTIONS.values():
        yield from (
            one.replace("_", " ") for one in (kind.key, *kind.choices, *(option.name for option in kind.options))
        )
        yield kind.reads
    yield from NAMED.values()


def _of_rules(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _name(call.func) == "say" and call.args:
            yield from (text for text in _literals(call.args[0]) if re.search("[a-z]", PLACEHOLDER.sub("", text)))


def _of_python(tree: ast.AST) -> Iterator[Key]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if _name(call.func) in LOOK_UPS and call.args:
            yield from (("", text) for text in _literals(call.args[0]))
            if _name(call.func) == "_with":  # said without its value where there is none
                yield from (("", text.split(" {x}")[0].rstrip(" ·:“")) for text in _literals(call.args[0]))
        elif _name(call.func) == COUNTED and len(texts) >= 2:
            yield "", (texts[0], texts[1])


def _of_template(function: str, strings: str | tuple[str | None, ...] | None) -> Key | None:
    parts = [strings] if isinstance(strings, str) else [part for part in strings or () if part is not None]
    if function == COUNTED:
        return ("", (parts[0], parts[1])) if len(parts) >= 2 else None
    return ("", parts[0]) if parts else None


def _raised(tree: ast.AST) -> Iterator[str]:
    """Yield the sentences errors are raised with; those already looked up are no literals."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        own = isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
        if _name(call.func) in RAISED or own:
            yield from (text for text in _literals(call.args[0]) if " " in text and _has_words(text))


def _sentences(node: ast.AST) -> Iterator[str]:
    """Yield the sentences a channel says to people: all in its code but docstrings and what is told to programs."""
    if isinstance(node, ast.Call) and _name(node.func) in NOT_SAID:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        for text in _literals(node):
            if re.match(r"[A-Za-z{“].* .*[.?]$", text) and _has_words(text):
                yield text
        return
    for inside in ast.iter_child_nodes(node):
        yield from _sentences(inside)


def _has_words(text: str) -> bool:
    """Say whether a template has words of its own; without them it would fit anything."""
    return re.search(r"[A-Za-z]{2}", PLACEHOLDER.sub("", text)) is not None


def _literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts an expression can be: a literal, a template of an f-string, either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield _template(node)


def _template(node: ast.JoinedStr) -> str:
    text, used = "", set[str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = first = _named(part.value)
            while name in used:
                name = f"{first}{len(used) + 1}"
            used.add(name)
            text += "{" + name + "}"
    return text


def _named(node: ast.expr) -> str:
    """Return what to call a value in a template: the last name in its expression."""
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name.lower().strip("_")
        case ast.Call(func=ast.Name("len"), args=[inner, *_]):
            return f"{_named(inner)}_count"
        case ast.Call(func=ast.Attribute(value=ast.Constant()), args=[inner, *_]):
            return f"{_named(inner)}_list"
        case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner):
            return _named(inner)
        case ast.GeneratorExp(elt=inner) | ast.BoolOp(values=[inner, *_]):
            return _named(inner)
    return "value"


def _table(tree: ast.AST, name: str, at: int) -> Iterator[str]:
    """Yield the texts of a table: the values of a mapping, or one column of its rows."""
    rows: list[ast.expr] = []
    for node in ast.walk(tree):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and target.id == name:
            rows = list(getattr(node.value, "values", None) or getattr(node.value, "elts", None) or [])
    assert rows, f"no table {name}"
    for row in rows:
        cells = row.elts if isinstance(row, ast.Tuple) else row.args if isinstance(row, ast.Call) else [row]
        yield from _literals(cells[at])


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
