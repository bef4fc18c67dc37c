"""How many pairs of a rule and a ticket the two readings of rules are compared on."""

import pytest

PAIRS = 20_000  # `make check-long` takes five times as many


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pairs", type=int, default=PAIRS, help="pairs of a rule and a ticket that are read both ways")


@pytest.fixture
def pairs(request: pytest.FixtureRequest) -> int:
    """Return how many pairs of a rule and a ticket to read both ways."""
    return int(request.config.getoption("--pairs", PAIRS))
