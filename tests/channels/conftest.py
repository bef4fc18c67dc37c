"""What the tests of channels may be told on the command line."""

import pytest

MUTATIONS = 1000  # of each channel's samples, in every run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--mutations", type=int, default=MUTATIONS, help="how often the samples of each channel are damaged and read"
    )


@pytest.fixture
def mutations(request: pytest.FixtureRequest) -> int:
    """How often the samples of a channel are damaged and read."""
    return int(request.config.getoption("--mutations", MUTATIONS))
