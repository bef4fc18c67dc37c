"""Conditions as rows: a rule matches when every condition of one of its rows is as the row wants it.

`any` makes several rows of a rule and `none` turns conditions round, so that an index needs to know neither.
"""

from typing import cast

from rules.model import Condition, When

Row = tuple[tuple[tuple[Condition, ...], bool], ...]  # some conditions, and whether they must hold or must not
_PLAIN = {Condition}


def rows(when: When, most: int, wanted: bool = True) -> list[Row] | None:
    """Return the rows of conditions that must hold (must not, unless `wanted`); None if there are more than `most`."""
    if isinstance(when, Condition):
        return [(((when,), wanted),)]
    if not when.parts:
        return [()] if wanted else []
    if when.kind == "none":
        wanted = not wanted
    every = (when.kind == "all") is wanted
    return _every(when.parts, most, wanted) if every else _some(when.parts, most, wanted)


def _every(parts: tuple[When, ...], most: int, wanted: bool) -> list[Row] | None:
    if _PLAIN.issuperset(map(type, parts)):  # what most rules are
        return [((cast(tuple[Condition, ...], parts), wanted),)]
    plain = tuple(part for part in parts if isinstance(part, Condition))
    made: list[Row] = [((plain, wanted),) if plain else ()]
    for part in parts:
        if isinstance(part, Condition):
            continue
        found = rows(part, most, wanted)
        if found is None or len(made) * len(found) > most:
            return None
        made = [before + row for before in made for row in found]
    return made


def _some(parts: tuple[When, ...], most: int, wanted: bool) -> list[Row] | None:
    made: list[Row] = []
    for part in parts:
        found = rows(part, most, wanted)
        if found is None or len(made) + len(found) > most:
            return None
        made += found
    return made
