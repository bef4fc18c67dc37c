"""Written cases that the tests and the documentation's figures rest on."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def table(name: str) -> list[list[str]]:
    """Return the columns of each line of a file of cases; lines that start with `;` are headings."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith(";")]


def objects(name: str) -> list[dict[str, Any]]:
    """Return the JSON object on each line of a file of cases."""
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line]
