"""What the tests of channels may be told on the command line."""

import pytest

MUTATIONS = 1000  # of each channel's samples, in every run
ASKED_WHERE = {  # a test of the conformance suite -> what its case must say for the question to make sense
    "test_refuses_a_proof_of_another_body": "proves_body",
    "test_refuses_a_stale_proof_and_one_from_the_future": "timed",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--mutations", type=int, default=MUTATIONS, help="how often the samples of each channel are damaged and read"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what makes no sense to ask of a channel."""
    items[:] = [item for item in items if _makes_sense(item)]


def _makes_sense(item: pytest.Item) -> bool:
    case = getattr(getattr(item, "cls", None), "case", None)
    where = ASKED_WHERE.get(getattr(item, "originalname", ""))
    return case is None or where is None or bool(getattr(case, where))


@pytest.fixture
def mutations(request: pytest.FixtureRequest) -> int:
    """How often the samples of a channel are damaged and read."""
    return int(request.config.getoption("--mutations", MUTATIONS))
