"""The packaged weights, plain int8 arrays in JSON, and the packaged phrases. What else of triage runs reads no file."""

import json
import zlib
from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True)
class Weights:
    """One linear model: `rows` hashed features by `labels` columns, one signed byte each."""

    rows: int
    labels: tuple[str, ...]
    scale: float  # a byte times this is the weight
    table: "array[int]"
    bias: tuple[float, ...]
    cues: Mapping[str, float]  # weight of each cue; empty where a model takes none
    settings: Mapping[str, float]  # thresholds and calibration
    curve: tuple[tuple[float, float], ...]  # (raw score, shown score), rising
    version: str


class _Models:
    """Where this process reads its models from."""

    folder: Traversable = files("router.triage").joinpath("data")


def read_from(folder: Traversable) -> None:
    """Let this process read the models that training wrote to a folder, not the packaged ones; before it reads any."""
    _Models.folder = folder


@cache
def load(name: str) -> Weights:
    """Return a model, such as `frustration_en`; raises FileNotFoundError if it was not trained."""
    return read(_Models.folder.joinpath(f"{name}.json"))


def phrases(name: str = "phrases.txt") -> Mapping[str, tuple[str, ...]]:
    """Return the phrases of each cue key in a packaged file; raises ValueError naming a line before any [key]."""
    found: dict[str, list[str]] = {}
    key = ""
    lines = files("router.triage").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line or line.startswith(";"):
            continue
        if line.startswith("["):
            key = line.strip("[]")
            found[key] = []
        elif key:
            found[key].append(line)
        else:
            raise ValueError(f"{name}, line {number}: put a [cue] above the first phrase.")
    return {key: tuple(lines) for key, lines in found.items()}


def read(path: Traversable) -> Weights:
    """Return the model a file holds."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    table = array("b")
    table.frombytes(zlib.decompress(b64decode(stored["table"])))
    return Weights(
        rows=stored["rows"],
        labels=tuple(stored["labels"]),
        scale=stored["scale"],
        table=table,
        bias=tuple(stored["bias"]),
        cues=stored["cues"],
        settings=stored["settings"],
        curve=tuple((raw, shown) for raw, shown in stored["curve"]),
        version=stored["version"],
    )


def dump(weights: Weights) -> str:
    """Return the file that `read` takes; the same weights always give the same text."""
    packed = b64encode(zlib.compress(weights.table.tobytes(), 9)).decode("ascii")
    stored = {
        "version": weights.version,
        "rows": weights.rows,
        "labels": list(weights.labels),
        "scale": weights.scale,
        "bias": list(weights.bias),
        "cues": dict(weights.cues),
        "settings": dict(weights.settings),
        "curve": [list(point) for point in weights.curve],
        "table": packed,
    }
    return json.dumps(stored, indent=1, ensure_ascii=False) + "\n"
