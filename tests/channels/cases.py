"""The cases of every channel, found in the tests that inherit the conformance suite."""

from functools import cache
from importlib import import_module
from pathlib import Path

from tests.channels.conformance import Case, Conformance

TESTS = Path(__file__).parent


def cases_of(channel: str) -> list[Case]:
    """Return the ways into a channel."""
    return [case for case in _cases() if case.channel == channel]


@cache
def _cases() -> list[Case]:
    found: dict[int, Case] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        if "Conformance)" not in path.read_text(encoding="utf-8"):
            continue
        parts = path.relative_to(TESTS.parents[1]).with_suffix("").parts
        for one in vars(import_module(".".join(parts))).values():
            if isinstance(one, type) and issubclass(one, Conformance) and hasattr(one, "case"):
                found[id(one.case)] = one.case
    return list(found.values())
