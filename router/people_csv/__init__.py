"""People by CSV: read and checked line by line, shown as a plan, then written in one transaction or not at all."""

from router.people_csv.planning import Plan, Step
from router.people_csv.reading import COLUMNS, Problem, as_text, cell, sheet
from router.people_csv.writing import Imported, carry_out, exported, plan_of, template

__all__ = [
    "COLUMNS",
    "Imported",
    "Plan",
    "Problem",
    "Step",
    "as_text",
    "carry_out",
    "cell",
    "exported",
    "plan_of",
    "sheet",
    "template",
]
