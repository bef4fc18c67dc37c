"""The samples of a channel: bodies as the platform sends them, each with what it says in a file beside it.

`NAME.json` (or `.eml`, `.form`, …) is the body; `NAME.expected.json` lists what it says, each with its kind and the
fields that are not empty. One message alone may stand there without list and kind.
"""

import base64
import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import channels

ROOT = Path(channels.__file__).parent
EXPECTED = ".expected.json"


def folder_of(channel: str) -> Path:
    """Return where a channel's samples are; a channel of the tests' own may stand elsewhere than the rest."""
    return Path(str(vars(channels.adapter(channel))["__file__"])).parent / "samples"


def samples_of(channel: str, pattern: str = "*") -> list[Path]:
    """Return a channel's samples by name, those alone whose file name has this pattern."""
    return sorted(path for path in folder_of(channel).glob(pattern) if not path.name.endswith(EXPECTED))


def expected_of(sample: Path) -> list[dict[str, object]]:
    """Return what a sample says."""
    said = json.loads(sample.with_name(sample.stem + EXPECTED).read_text(encoding="utf-8"))
    return said if isinstance(said, list) else [{"kind": "InboundMessage", **said}]


def said(found: Sequence[object], *, sizes: bool = False) -> list[dict[str, object]]:
    """Return parsed values as an expected file shows them; `sizes`: a file shows its size instead of its bytes."""
    return [{"kind": type(one).__name__, **json.loads(json.dumps(_shown(one, sizes)))} for one in found]


def _shown(value: object, sizes: bool) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {name: _shown(inner, sizes) for name, inner in named.items() if inner not in (None, "", (), {}, False)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes" if sizes else base64.b64encode(value).decode()
    if isinstance(value, tuple):
        return [_shown(inner, sizes) for inner in value]
    return dict(value) if isinstance(value, dict) else value
