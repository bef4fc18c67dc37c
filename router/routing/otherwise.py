"""What would have changed a decision: the smallest single difference that gives another choice.

Found by asking the policy itself, one change after the other, so what is said is always true.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from router.model import Decision
from router.routing import words
from router.routing.record import Row, chosen_from, recorded_rows
from router.routing.score import TicketRow


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One difference to one candidate, by which it would have been chosen."""

    id: str  # of the ticket or agent that would have been chosen
    text: str  # the difference, without naming anyone: “billing at level 4 instead of 3”
    rows: tuple[Row, ...]  # the candidates with the difference made


def what_would_change(decision: Decision) -> Otherwise | None:
    """Return the first single difference that would have changed the choice, from the runner-up on.

    None if there was no other candidate in the record, or no single difference is enough.
    """
    rows = recorded_rows(decision)
    topic = str(decision.inputs.get("topic") or "")
    for row in rows[1:]:
        for text, changed in _changes(row, rows, topic):
            if chosen_from(decision, changed) == row.id:
                return Otherwise(row.id, text, tuple(changed))
    return None


def _changes(row: Row, rows: list[Row], topic: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield single differences to one candidate, small ones first."""
    if topic:
        for level in range(row.level + 1, 6):
            said = f"{words.need(topic, 1)} at level {level} instead of {row.level}"
            yield said, [replace(row, level=level) if other is row else other for other in rows]
    if isinstance(row, TicketRow):
        for pos in range(row.pos - 1, 0, -1):
            yield f"standing {words.ordinal(pos)} instead of {words.ordinal(row.pos)}", _moved(row, pos, rows)
    else:
        for load in range(row.load - 1, -1, -1):
            said = f"{words.times(load, 'slot', 'slots')} taken instead of {row.load}"
            yield said, [replace(row, load=load) if other is row else other for other in rows]
    if not row.same_agent:
        said = "knowing the customer from before"
        yield said, [replace(row, same_agent=True) if other is row else other for other in rows]


def _moved(row: TicketRow, pos: int, rows: list[Row]) -> list[Row]:
    """Return the rows with one moved forward, and those it overtakes one further back."""
    return [
        replace(other, pos=pos)
        if other is row
        else replace(other, pos=other.pos + 1)
        if isinstance(other, TicketRow) and pos <= other.pos < row.pos
        else other
        for other in rows
    ]
