"""What may import what: rows point down, packages of others have one home, modules are small and say what they are for.

The rows and homes are those of docs/architecture.md. Every module is read with `ast`, imports inside functions and
under TYPE_CHECKING included, so nothing is imported to find out.
"""

import ast
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("channels", "rules", "router", "bench", "tests")
MAX_LINES = 300
NO_LIMIT = ("router.store.migrations",)  # written once, by a tool

LEAF, NOUNS, DECISIONS, INPUT_OUTPUT, USE_CASES, ENTRY_POINTS = range(6)
ROWS = {  # the first two parts of a module's name; every other module of router is a use case
    "router.model": NOUNS,
    **dict.fromkeys(("router.triage", "router.routing", "router.sla", "router.simulation"), DECISIONS),
    **dict.fromkeys(
        (
            "router.calendars",
            "router.public_holidays",
            "router.terms",
            "router.query",
            "router.pacing",
            "router.rhythm",
        ),
        DECISIONS,
    ),
    **dict.fromkeys(("router.store", "router.background", "router.notify"), INPUT_OUTPUT),
    **dict.fromkeys(
        ("router.config", "router.embedded", "router.vault"), INPUT_OUTPUT
    ),  # the store seals with the vault
    **dict.fromkeys(("router.web", "router.jobs", "router.clock", "router.cli"), ENTRY_POINTS),
    **dict.fromkeys(("router.up", "router.serve", "router.doctor", "router.__main__"), ENTRY_POINTS),
}

USE_CASES_ONLY = ("router.store", "router.background")  # and those modules themselves
# to open the database, to answer its errors, to say which schema it has
ENTRY_POINTS_TOO = ("router.store.db", "router.store.failures", "router.store.migrate")

HOMES = {  # package -> where it may be imported; any other package: one unit, whichever it is
    "flask": ("router.web",),
    "rq": ("router.background", "router.notify"),
    "redis": ("router.background", "router.notify"),
    "sqlalchemy": ("router.store",),
    "requests": ("channels.http",),
    "textblob": ("router.triage",),
    "holidays": ("router.public_holidays",),
    "cryptography": ("router.vault", "channels.email.sendgrid"),  # what is sealed; what SendGrid signs
}
AT_HOME_ANYWHERE = {"re2"}  # regular expressions in linear time, wherever text from outside is matched

IMPURE = {"asyncio", "logging", "secrets", "socket", "sqlite3", "subprocess", "threading", "time"}
CLOCKS = {"now", "utcnow", "today"}


@dataclass(frozen=True)
class Module:
    """One of our modules, parsed."""

    name: str
    tree: ast.Module
    lines: int
    is_package: bool = False

    @property
    def row(self):
        """Return the row it stands in; None for the empty roof `router` itself."""
        top, _, rest = self.name.partition(".")
        if top in ("channels", "rules"):
            return LEAF
        return row_of(self.name) if rest else None


def row_of(name):
    return ROWS.get(".".join(name.split(".")[:2]), USE_CASES)


def a_module(name, source, is_package=False):
    return Module(name, ast.parse(source), source.count("\n"), is_package)


@cache
def modules():
    """Return every module of channels, rules, router and bench."""
    found = []
    for top in ("channels", "rules", "router", "bench"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = list(path.relative_to(ROOT).with_suffix("").parts)
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            found.append(a_module(name, path.read_text("utf-8"), is_package))
    return tuple(found)


def within(name, *packages):
    return any(name == package or name.startswith(package + ".") for package in packages)


@cache
def imports(module):
    """Return (line, dotted name) of all that a module imports; `from a import b` counts as a.b, module or not."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.name.split(".")[: None if module.is_package and node.level == 1 else -node.level]
                if module.is_package and node.level > 1:
                    above = module.name.split(".")[: 1 - node.level]
                base = ".".join([*above, base] if base else above)
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return tuple(found)


def wrong_directions(module):
    """Return what is wrong with a module's imports of our own modules."""
    problems = []
    for line, name in imports(module):
        top = name.split(".")[0]
        if top not in OURS:
            continue
        fault = fault_of(module, name, top)
        if fault:
            problems.append(f"{module.name}:{line} imports {name}: {fault}")
    return problems


def fault_of(module, name, top):
    mine = module.name.split(".")[0]
    if top in ("bench", "tests"):
        return "the program does not know its tests and benchmarks" if mine not in ("bench", "tests") else None
    if mine == "bench":
        return None
    if module.row == LEAF:
        return "channels and rules are leaves and know only themselves" if top != mine else None
    if top != "router" or name.count(".") == 0:
        return None
    if module.name == "router":
        return "the package itself imports nothing of ours"
    if is_a_constant(name):
        return None
    if row_of(name) > module.row:
        return "imports point down"
    if within(name, *USE_CASES_ONLY) and module.row != USE_CASES and not own(module, name):
        if module.row == ENTRY_POINTS and within(name, *ENTRY_POINTS_TOO):
            return None
        return "only use cases call store and background"
    return None


def own(module, name):
    return any(within(module.name, package) and within(name, package) for package in USE_CASES_ONLY)


def is_a_constant(name):
    """Say whether a name is one of router/__init__.py's own, such as __version__."""
    return name.count(".") == 1 and name.endswith("__") and name != "router.__main__"


def calls_send(module):
    """Return where a module that is no use case has a channel send something."""
    if module.row in (LEAF, USE_CASES) or not within(module.name, "router"):
        return []
    return [
        f"{module.name}:{node.lineno} calls a channel's send: only use cases do"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "send"
        and "adapter" in ast.unparse(node.func.value)
    ]


def impurities(module):
    """Return where a decision reaches for a clock or for the world."""
    if module.row != DECISIONS:
        return []
    problems = [
        f"{module.name}:{line} imports {name}: decisions do no I/O and have no clock"
        for line, name in imports(module)
        if name.split(".")[0] in IMPURE
    ]
    return problems + [
        f"{module.name}:{node.lineno} asks the clock: `now` is an argument"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in CLOCKS
        and ast.unparse(node.value) in ("datetime", "date", "datetime.datetime", "datetime.date")
    ]


def third_party(module):
    """Return (line, package) of everything a module imports that is neither ours nor Python's."""
    tops = ((line, name.split(".")[0]) for line, name in imports(module))
    return [(line, top) for line, top in tops if top and top not in OURS and top not in sys.stdlib_module_names]


def strays(module):
    """Return where a module imports a package whose home is elsewhere; flask's extensions live with flask."""
    problems = []
    for line, package in third_party(module):
        homes = HOMES.get(package.split("_")[0] if package.startswith("flask_") else package)
        if homes and not within(module.name, *homes):
            problems.append(f"{module.name}:{line} imports {package}: its home is {' or '.join(homes)}")
    return problems


def unit(name):
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "router" else parts[0]


def program():
    return [module for module in modules() if not within(module.name, "bench")]


def nothing(problems):
    """Fail with one line for each problem."""
    problems = list(problems)
    assert not problems, "\n" + "\n".join(problems)


class TestTheProgram:
    def test_imports_point_down(self):
        nothing([problem for module in modules() for problem in wrong_directions(module)])

    def test_only_use_cases_let_a_channel_send(self):
        nothing([problem for module in modules() for problem in calls_send(module)])

    def test_decisions_are_pure(self):
        nothing([problem for module in modules() for problem in impurities(module)])

    def test_third_party_packages_stay_in_their_homes(self):
        nothing([problem for module in program() for problem in strays(module)])

    def test_every_other_third_party_package_has_one_home(self):
        homes = defaultdict(set)
        for module in program():
            for _, package in third_party(module):
                homes[package].add(unit(module.name))
        several = {package: sorted(units) for package, units in homes.items() if len(units) > 1}
        nothing(f"{p}: {', '.join(u)}" for p, u in several.items() if p not in HOMES and p not in AT_HOME_ANYWHERE)

    def test_no_module_is_over_300_lines(self):
        long = {module.name: module.lines for module in modules() if module.lines > MAX_LINES}
        nothing(f"{name}: {lines} lines" for name, lines in long.items() if not within(name, *NO_LIMIT))

    def test_every_module_says_what_it_is_for(self):
        nothing([module.name for module in modules() if not ast.get_docstring(module.tree)])


WRONG = {
    "a channel knows the router": ("channels.email.adapter", "from router.model import State"),
    "a channel knows the rules": ("channels.email.adapter", "import rules"),
    "rules know a channel": ("rules.evaluate", "from channels.types import Request"),
    "a decision knows the store": ("router.routing.choose", "from router.store import tickets"),
    "a noun knows a decision": ("router.model", "from router import sla"),
    "the store knows a use case": ("router.store.tickets", "from router import desk"),
    "the store knows background": ("router.store.tickets", "from router import background"),
    "background knows the store": ("router.background", "from router.store.db import Database"),
    "a use case knows a page": ("router.desk", "from router.web.app import create_app"),
    "a page knows the store": ("router.web.inbox", "from router.store import tickets"),
    "a page enqueues": ("router.web.inbox", "from router.background import Background"),
    "a command enqueues": ("router.cli", "import router.background"),
    "a relative import": ("router.routing.choose", "from ..store import tickets"),
    "an import inside a function": ("router.sla", "def due():\n    from router import desk"),
    "the program knows its tests": ("router.desk", "from tests.builders import a_ticket"),
    "the package imports something": ("router", "from router import desk"),
}

RIGHT = {
    "a page calls a use case": ("router.web.inbox", "from router import desk\nfrom router.model import State"),
    "a page opens the database": ("router.web.app", "from router.store.db import Database"),
    "a command reads the configuration": ("router.cli", "from router.config import Config"),
    "entry points know one another": ("router.__main__", "from router.cli import main"),
    "a use case calls everything below": (
        "router.intake",
        "from channels import adapter\nfrom rules.evaluate import evaluate\nfrom router import notify, sla, triage\n"
        "from router.store import tickets\nfrom router.background import Background\nfrom router import desk",
    ),
    "the store knows itself": (
        "router.store.tickets",
        "from router.store.db import Connection\nfrom .rows import Ticket",
    ),
    "a decision knows the leaves": ("router.sla", "from channels.types import Pace\nfrom rules.model import Rule"),
    "a channel knows itself": ("channels.email.adapter", "from channels.types import Reply\nfrom . import mime"),
    "the version": ("router.model", "from router import __version__"),
}


class TestTheRules:
    @pytest.mark.parametrize(("name", "source"), WRONG.values(), ids=WRONG)
    def test_a_wrong_direction_is_found(self, name, source):
        assert len(wrong_directions(a_module(name, source))) == 1

    @pytest.mark.parametrize(("name", "source"), RIGHT.values(), ids=RIGHT)
    def test_a_right_direction_is_not(self, name, source):
        assert wrong_directions(a_module(name, source)) == []

    def test_a_relative_import_in_a_package_is_its_own(self):
        assert imports(a_module("router.store", "from .db import Database", is_package=True)) == (
            (1, "router.store.db.Database"),
        )

    @pytest.mark.parametrize(
        ("name", "package", "stray"),
        [
            ("router.web.inbox", "flask", False),
            ("router.web.forms", "flask_wtf", False),
            ("router.desk", "flask", True),
            ("router.jobs", "rq", True),
            ("router.notify", "redis", False),
            ("router.desk", "sqlalchemy", True),
            ("channels.http", "requests", False),
            ("channels.telegram.adapter", "requests", True),
            ("router.triage.polarity", "textblob", False),
        ],
    )
    def test_a_package_away_from_home_is_found(self, name, package, stray):
        assert bool(strays(a_module(name, f"import {package}"))) is stray

    @pytest.mark.parametrize(
        ("name", "source", "found"),
        [
            ("router.sla", "from datetime import datetime\nx = datetime.now()", 1),
            ("router.sla", "import time", 1),
            ("router.desk", "import time", 0),
        ],
    )
    def test_an_impure_decision_is_found(self, name, source, found):
        assert len(impurities(a_module(name, source))) == found

    def test_an_entry_point_that_sends_is_found(self):
        source = "from channels import adapter\nadapter('email').send(reply, connection)"
        assert len(calls_send(a_module("router.jobs", source))) == 1
        assert calls_send(a_module("router.delivery", source)) == []
