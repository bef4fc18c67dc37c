"""docs/tasks.md: how each task is done by mouse and by key, as the hands did it.

With HEED_WRITE_TASKS=1 the tests write the table; otherwise they compare, so that it cannot say anything else.
"""

import os
from itertools import groupby
from pathlib import Path

from tests.journeys.tasks.bench import TASKS, Task
from tests.journeys.tasks.hand import Hand

PAGE = Path(__file__).parents[3] / "docs" / "tasks.md"
HANDS = ("mouse", "keyboard")  # the columns
HEAD = "| | Task | By mouse | By key |\n| --- | --- | --- | --- |"
INTRO = """# Thirty tasks

What an agent does in a night, and how. In `Ctrl K`, the palette, one types a few letters of what one wants.
A test does each of them in a real browser, by mouse, by keyboard only, on a phone and in Urdu. It writes this table:
`HEED_WRITE_TASKS=1 pytest tests/journeys/tasks`.
"""


def agrees(task: Task, hand: Hand) -> None:
    """Compare what a hand did with its cell of the table, or write it there."""
    done = _said(hand.trail)
    rows = _rows()
    if os.environ.get("HEED_WRITE_TASKS"):
        rows.setdefault(task.says, {})[hand.name] = done
        _write(rows)
    told = rows.get(task.says, {}).get(hand.name)
    assert told == done, "docs/tasks.md says otherwise: run this with HEED_WRITE_TASKS=1"


def tasks() -> list[str]:
    """Return the tasks that stand in the table, in order."""
    return list(_rows())


def _said(trail: list[str]) -> str:
    steps = [(step, len(list(same))) for step, same in groupby(trail)]
    return ", ".join(f"{step} {n} times" if n > 1 else step for step, n in steps)


def _rows() -> dict[str, dict[str, str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][2:]
    return {says: dict(zip(HANDS, done, strict=True)) for _, says, *done in cells}


def _write(rows: dict[str, dict[str, str]]) -> None:
    told = [
        f"| {one.number} | {one.says} | {' | '.join(rows.get(one.says, {}).get(name, '') for name in HANDS)} |"
        for one in TASKS
    ]
    PAGE.write_text("\n".join([INTRO, HEAD, *told, ""]), encoding="utf-8")
