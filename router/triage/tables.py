"""Figures as aligned tables for people; programs take the JSON."""

from collections.abc import Iterable, Mapping, Sequence

from router.triage.evaluating import FRUSTRATED_FROM, WAYS, Evaluation, Figures

BESIDE = {"textblob": ("  TextBlob", "", "", ""), "length": ("  length", "", "", "")}  # under the model's own line
MOST_CONFUSIONS = 4  # languages that one was taken for
NOTHING = "No line had a label, an intent or a lang: nothing to measure."

Cells = Sequence[object]


def tables(found: Evaluation) -> str:
    """Return the figures as tables, one for each thing that was labelled."""
    parts = [
        *_frustration("by language", found.frustration),
        *_frustration("by channel", found.channels),
        *_intent(found),
        *_language(found),
    ]
    share = "" if found.not_read is None else f", {found.not_read:.1%} of them not read"
    return "\n\n".join([f"{found.rows} messages{share}.", *(parts or [NOTHING])])


def aligned(title: str, head: Cells, rows: Iterable[Cells]) -> str:
    """Return a title and rows under a head, the first column to the left and the rest to the right."""
    lines = [[_cell(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ("  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in lines)
    return "\n".join([title, "", *text])


def _frustration(title: str, groups: Mapping[str, Mapping[str, Figures]]) -> list[str]:
    if not groups:
        return []
    head = ("", "rows", "frustrated", "read", "AUC", "avg. precision", "top tenth", "accuracy", "macro-F1")
    names = ("auc", "average_precision", "top_tenth_precision", "accuracy", "macro_f1")
    rows = []
    for group, ways in groups.items():
        for way in WAYS:
            figures = ways[way]
            about = (group, _whole(figures["rows"]), figures["frustrated"], figures["read"])
            rows.append((*(about if way == WAYS[0] else BESIDE[way]), *(figures[name] for name in names)))
    note = f"Frustration {title}: frustrated from {FRUSTRATED_FROM}; TextBlob and length call as many frustrated."
    return [aligned(note, head, rows)]


def _intent(found: Evaluation) -> list[str]:
    if not found.intent:
        return []
    names = ("accuracy", "first_or_second", "macro_f1", "other", "most_frequent", "calibration_error")
    head = ("", "rows", "accuracy", "1st or 2nd", "macro-F1", "called other", "most frequent", "calibration error")
    rows = [(group, _whole(f["rows"]), *(f[name] for name in names)) for group, f in found.intent.items()]
    bins = [(f"{b.low:.1f} to {b.high:.1f}", b.rows, b.confidence, b.accuracy) for b in found.reliability]
    return [
        aligned("Intent: “most frequent” is what always saying the commonest one would score.", head, rows),
        aligned("How far the confidence in the intent can be relied on.", ("", "rows", "confidence", "right"), bins),
    ]


def _language(found: Evaluation) -> list[str]:
    if not found.language:
        return []
    rows = []
    for tag, figures in found.language.items():
        wrong = [f"{other} {count}" for other, count in found.confusion.get(tag, {}).items() if other != tag]
        rows.append((tag, _whole(figures["rows"]), figures["accuracy"], figures.get("precision"),
                     ", ".join(wrong[:MOST_CONFUSIONS])))  # fmt: skip
    return [aligned("Language.", ("", "rows", "accuracy", "precision", "taken for"), rows)]


def _whole(figure: float | None) -> int:
    return int(figure or 0)


def _cell(cell: object) -> str:
    if cell is None:
        return "–"
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
