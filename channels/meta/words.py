"""Says in words what a customer sent instead of writing: links, forms, orders; reads fields that may be anything. Pure.

A line is a label and what follows it, so that people and rules read it alike.
"""

from channels.errors import NotUnderstood
from channels.payload import Fields, as_object, clean

MAX_LINE = 2000  # characters of one description; a form may be long


def line(label: str, *parts: str) -> str:
    """Return a label with what there is to say, the label alone if there is nothing."""
    said = ", ".join(" ".join(part.split()) for part in parts if part.strip())
    return f"{label}: {said}"[:MAX_LINE] if said else label


def loose(fields: Fields, name: str) -> str:
    """Return a field as text whatever it is: text cleaned, a number written out, else empty."""
    value = fields.get(name)
    if isinstance(value, str):
        return clean(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e18 else ""


def part(fields: Fields, name: str) -> Fields:
    """Return an object inside, an empty one if it is absent. Raises NotUnderstood if it is anything else."""
    value = fields.get(name)
    return {} if value is None else as_object(value, name)


def items(fields: Fields, name: str) -> list[Fields]:
    """Return the objects of a list inside; what is no object is left out. Raises NotUnderstood if it is no list."""
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise NotUnderstood(f"{name} must be a list.")
    return [one for one in value if isinstance(one, dict)]


def not_shown(kind: str) -> str:
    """Return what stands for content that the platform does not pass on, or that we do not know."""
    named = " ".join(kind.replace("_", " ").split())[:40]
    return f"[Cannot be shown here: {named or 'unknown content'}]"
