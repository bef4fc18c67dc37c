"""Every sample mail reads as the file beside it says.

`NAME.eml` is a raw mail; `NAME.expected.json` holds the fields of its message that are not empty. Files show their
size, not their bytes.
"""

import dataclasses
import json
from datetime import datetime
from pathlib import Path

import pytest

from channels.email import adapter
from channels.types import Connection, Delivery, InboundMessage

FOLDER = Path(adapter.__file__).parent / "samples"
SAMPLES = sorted(FOLDER.glob("*.eml"))
CONNECTION = Connection(
    "k", "email", "Shop", {"address": "support@shop.example", "authserv_id": "mx.shop.example"}, ("secret",)
)


def shown(value: object) -> object:
    """Return a value as JSON shows it, empty fields left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = {field.name: shown(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {name: inner for name, inner in named.items() if inner not in (None, "", [], {}, False)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, tuple):
        return [shown(inner) for inner in value]
    return dict(value) if isinstance(value, dict) else value


def read(path: Path) -> InboundMessage:
    """Parse one sample as the desk would."""
    message, *_ = adapter.parse(Delivery("1", "imap:", {}, path.read_bytes()), CONNECTION)
    assert isinstance(message, InboundMessage)
    return message


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_reads_as_expected(path: Path) -> None:
    assert shown(read(path)) == json.loads(path.with_suffix(".expected.json").read_text())


def test_no_sample_is_without_its_expectation() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        name for path in SAMPLES for name in (path.name, f"{path.stem}.expected.json")
    }


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_reads_the_same_with_the_other_line_ends(path: Path) -> None:
    raw = path.read_bytes()
    assert b"\r" not in raw
    message, *_ = adapter.parse(Delivery("1", "imap:", {}, raw.replace(b"\n", b"\r\n")), CONNECTION)
    assert isinstance(message, InboundMessage)
    ours = read(path)
    assert (message.external_id, message.text, message.stripped) == (ours.external_id, ours.text, ours.stripped)
    assert [file.name for file in message.attachments] == [file.name for file in ours.attachments]
