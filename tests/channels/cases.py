"""The cases of every channel, found in the tests that inherit the conformance suite."""

import re
from importlib import import_module
from pathlib import Path

from tests.channels.conformance import Case, Conformance

TESTS = Path(__file__).parent


def tests_of(channel: str) -> list[Path]:
    """Return the test files that say how this channel posts."""
    says = re.compile(rf'channel="{re.escape(channel)}"')
    found = sorted(TESTS.rglob("test_*.py"))
    return [path for path in found if "Conformance)" in (text := path.read_text("utf-8")) and says.search(text)]


def cases_of(channel: str) -> list[Case]:
    """Return the ways into a channel."""
    found: list[Case] = []
    for path in tests_of(channel):
        parts = path.relative_to(TESTS.parents[1]).with_suffix("").parts
        for one in vars(import_module(".".join(parts))).values():
            if isinstance(one, type) and issubclass(one, Conformance) and hasattr(one, "case"):
                found += [one.case] if one.case.channel == channel else []
    return found
