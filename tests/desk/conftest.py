"""How long desks stand under fire."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fire", type=float, default=0.0, help="seconds for which fifty agents do their worst")


@pytest.fixture
def fire_s(request: pytest.FixtureRequest) -> float:
    """Return for how many seconds a desk stands under fire; 0: until a few agents have done a little."""
    return float(request.config.getoption("--fire", 0.0))
