"""Tables as files: comma-separated, and safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from router.reporting.figures import Figure

RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet computes."""
    return f"'{cell}" if cell.startswith(RISKY) else cell


def plain(value: float | None) -> str:
    """Return a number as programs read it, empty when there is none."""
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def cells_of(figure: Figure) -> list[str]:
    """Return a figure's cells: value, and for all but counts its low, high and cases."""
    if figure.kind == "count":
        return [plain(figure.value)]
    return [plain(figure.value), plain(figure.low), plain(figure.high), str(figure.cases)]


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()
