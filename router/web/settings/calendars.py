"""Calendars: when promises run. Several periods a day, closed days, and the queues that count by them."""

from collections.abc import Sequence
from zoneinfo import available_timezones

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from router import equipping, opening
from router.mistakes import Mistake
from router.opening import CalendarRow
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _
from router.web.words import weekdays

bp = Blueprint("settings_calendars", __name__, url_prefix="/settings/calendars")


@bp.get("")
@audience("supervisor")
def every() -> str:
    """Show the calendars."""
    return _page()


@bp.post("")
@audience("ops")
def add() -> tuple[str, int] | Response:
    """Add a calendar."""
    brands = [brand.id for brand in equipping.brands(heed_of(), g.scope)]
    brand_id = asked.text("brand") or next(iter(brands), "")
    if brand_id not in brands:
        abort(404)
    try:
        made = opening.add_calendar(
            heed_of(), signed_in(), brand_id, asked.text("name"), asked.text("zone") or g.agent.zone, now()
        )  # fmt: skip
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("The calendar is there. Say when it is open."), "good")
    return redirect(url_for("settings_calendars.one", calendar_id=made), 303)


@bp.get("/<calendar_id>")
@audience("ops")
def one(calendar_id: str) -> str:
    """Show one calendar to change it."""
    row = _seen(calendar_id)
    return _one(row, _week(row), _closed(row))


@bp.post("/<calendar_id>")
@audience("ops")
def change(calendar_id: str) -> tuple[str, int] | Response:
    """Change a calendar."""
    row = _seen(calendar_id)
    week, closed = [asked.text(f"day-{day}") for day in range(7)], request.form.get("closed", "")
    try:
        opening.change_calendar(
            heed_of(),
            signed_in(),
            calendar_id,
            now(),
            name=asked.text("name"),
            zone=asked.text("zone"),
            always_open=asked.text("always_open") == "1",
            week=week,
            closed=closed,
            holidays=asked.text("holidays"),
        )
    except Mistake as mistake:
        return _one(row, week, closed, wrong=mistake.reason), 422
    flash(_("Saved. Promises made before keep their moment."), "good")
    return redirect(url_for("settings_calendars.one", calendar_id=calendar_id), 303)


def _seen(calendar_id: str) -> CalendarRow:
    for row in opening.calendars(heed_of(), g.scope):
        if row.id == calendar_id:
            return row
    raise NotFound


def _week(row: CalendarRow) -> list[str]:
    return [opening.hours_in_words(row.periods, day) for day in range(7)]


def _closed(row: CalendarRow) -> str:
    return "\n".join(f"{day.isoformat()} {name}".strip() for day, name in row.closed)


def _page(*, wrong: str = "") -> str:
    return render_template(
        "settings/calendars.html",
        rows=[(row, _week(row)) for row in opening.calendars(heed_of(), g.scope)],
        brands=equipping.brands(heed_of(), g.scope),
        days=weekdays(),
        zones=_zones(),
        given=request.form,
        wrong=wrong,
    )


def _one(row: CalendarRow, week: Sequence[str], closed: str, *, wrong: str = "") -> str:
    return render_template(
        "settings/calendar.html",
        row=row,
        week=list(zip(weekdays(), week, strict=True)),
        closed=closed,
        coming=opening.coming_holidays(row, now().date()),
        zones=_zones(),
        given=request.form,
        wrong=wrong,
    )


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(available_timezones())]
