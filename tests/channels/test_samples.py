"""Every channel has samples, each with its expectation, and a test that holds it to the contract.

What a sample says is tried in the conformance suite, once for each channel.
"""

import re
from pathlib import Path

import pytest

import channels
from tests.channels.samples import EXPECTED, folder_of, samples_of

TESTS = Path(__file__).parent
ENOUGH = 12  # samples of a platform; a form of our own has fewer sides
OURS = ("api", "webchat")


@pytest.fixture(params=channels.CHANNELS)
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_channel_has_samples_of_what_can_happen(channel: str) -> None:
    assert len(samples_of(channel)) >= (ENOUGH if channel not in OURS else 1)


def test_every_sample_has_its_expectation_and_no_expectation_is_alone(channel: str) -> None:
    samples = [path.stem for path in samples_of(channel)]
    assert len(set(samples)) == len(samples), "two samples share an expectation"
    assert set(samples) == {path.name.removesuffix(EXPECTED) for path in folder_of(channel).glob(f"*{EXPECTED}")}


def test_every_channel_is_held_to_the_contract(channel: str) -> None:
    cases = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    assert re.search(rf"Case\(\s*channel=\"{channel}\"", cases), f"no test of {channel} inherits Conformance"
