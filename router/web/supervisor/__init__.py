"""What supervisors watch and do: the wallboard, a ticket's whole history, assigning by hand."""

from collections.abc import Sequence
from itertools import groupby

from flask import Flask

from router.inbox.history import Entry
from router.web.supervisor import assigning, history, wallboard
from router.web.words import zone_of


def register(app: Flask) -> None:
    """Add these pages."""
    for part in (wallboard, history, assigning):
        app.register_blueprint(part.bp)
    app.jinja_env.filters["groupby_day"] = by_day


def by_day(entries: Sequence[Entry], zone: str) -> list[list[Entry]]:
    """Return entries in groups, one for each day of the reader."""
    where = zone_of(zone)
    return [list(of_day) for _, of_day in groupby(entries, key=lambda one: one.at.astimezone(where).date())]
