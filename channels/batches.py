"""Reading a batch so that one bad element loses none of its neighbours, and times given in milliseconds."""

from collections.abc import Callable, Iterable
from datetime import datetime

from channels.errors import NotUnderstood
from channels.payload import Fields, as_object, moment, number_in
from channels.types import Parsed, Unreadable


def each(elements: Iterable[object], read: Callable[[Fields], list[Parsed]], what: str) -> list[Parsed]:
    """Return what the elements of a batch say, in order; one that cannot be read becomes Unreadable."""
    found: list[Parsed] = []
    for element in elements:
        try:
            found.extend(read(as_object(element, what)))
        except NotUnderstood as problem:
            found.append(Unreadable(str(problem)))
    return found


def moment_ms(fields: Fields, name: str) -> datetime | None:
    """Return a time given as Unix milliseconds, None if absent. Raises NotUnderstood."""
    return None if fields.get(name) is None else moment(number_in(fields, name) / 1000, name)
