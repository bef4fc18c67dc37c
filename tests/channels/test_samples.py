"""Every sample of every channel reads as the file beside it says.

`NAME.json` is a body as the platform sends it; `NAME.expected.json` lists what it says, each with its kind and the
fields that are not empty. Mail has its own samples and its own test.
"""

import base64
import dataclasses
import json
from datetime import datetime
from pathlib import Path

import pytest

import channels
from channels.types import Connection, Delivery

ROOT = Path(channels.__file__).parent
KEPT_HEADERS = {"webchat": {"heed-visitor-id": "a1b2c3d4e5f60718293a4b5c"}}  # what receive() puts beside the body
SAMPLES = [
    path
    for path in sorted(ROOT.glob("*/samples/*.json"))
    if path.parts[-3] != "email" and not path.name.endswith(".expected.json")
]


def shown(value: object) -> object:
    """Return a value as JSON shows it, empty fields left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {name: shown(inner) for name, inner in named.items() if inner not in (None, "", (), {}, False)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple):
        return [shown(inner) for inner in value]
    return dict(value) if isinstance(value, dict) else value


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_sample_reads_as_expected(path: Path) -> None:
    channel = path.parts[-3]
    delivery = Delivery("1", "https://desk.example/hooks/k", KEPT_HEADERS.get(channel, {}), path.read_bytes())
    found = channels.adapter(channel).parse(delivery, Connection("k", channel, "Shop", {}, ("secret",)))
    said = [{"kind": type(one).__name__, **json.loads(json.dumps(shown(one)))} for one in found]
    assert said == json.loads(path.with_name(f"{path.stem}.expected.json").read_text())


@pytest.mark.parametrize("channel", [name for name in channels.CHANNELS if name != "email"])
def test_every_channel_has_samples(channel: str) -> None:
    assert [path for path in SAMPLES if path.parts[-3] == channel]


def test_no_expectation_is_left_without_its_sample() -> None:
    expected = {path for path in ROOT.glob("*/samples/*.expected.json") if path.parts[-3] != "email"}
    assert expected == {path.with_name(f"{path.stem}.expected.json") for path in SAMPLES}
