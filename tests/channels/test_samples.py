"""Every channel has samples, each with its expectation, and a test that holds it to the contract.

What a sample says is tried in the conformance suite, once for each channel.
"""

import pytest

import channels
from tests.channels.cases import cases_of
from tests.channels.samples import EXPECTED, folder_of, samples_of

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
    assert cases_of(channel), f"no test of {channel} inherits Conformance"
