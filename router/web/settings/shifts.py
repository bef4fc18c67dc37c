"""A person's shifts, breaks and leave, as a supervisor plans them; and one's own week, in one's own zone."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import available_timezones

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from router import inbox, reclaiming, rota, shifts, staffing
from router.desk import Refused
from router.mistakes import Mistake
from router.model import Presence
from router.staffing import PersonLine
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _
from router.web.words import plural, weekdays, zone_of

bp = Blueprint("settings_shifts", __name__, url_prefix="/settings/people/<agent_id>/shifts")


def register(app: Flask) -> None:
    """Let the templates lay out somebody's week."""
    app.register_blueprint(bp)
    app.jinja_env.globals["week_of"] = week_of


def week_of(agent_id: str, zone: str) -> tuple[rota.Day, ...]:
    """Return the coming seven days of a person in a zone; empty if nothing is planned."""
    found = shifts.plan(heed_of(), agent_id, now())
    return rota.week(found.shifts, found.leaves, zone_of(zone), now()) if found.shifts else ()


@bp.get("")
@audience("supervisor")
def show(agent_id: str) -> str:
    """Show the plan to change it."""
    line = _seen(agent_id)
    found = shifts.plan(heed_of(), agent_id, now())
    plan = found.shifts
    zone = plan[0].zone if plan else line.agent.zone
    return _page(line, zone, rota.typed(plan, "work"), rota.typed(plan, "break"), site=found.site)


@bp.post("")
@audience("supervisor")
def change(agent_id: str) -> tuple[str, int] | Response:
    """Change shifts and breaks."""
    line = _seen(agent_id)
    work, breaks = ([asked.text(f"{name}-{day}") for day in range(7)] for name in ("work", "break"))
    try:
        shifts.change(
            heed_of(), signed_in().actor, agent_id, now(), zone=asked.text("zone"), work=work, breaks=breaks,
            site=asked.text("site"),
        )  # fmt: skip
    except Mistake as mistake:
        return _page(line, asked.text("zone"), work, breaks, site=asked.text("site"), wrong=mistake.reason), 422
    flash(_("Saved."), "good")
    return redirect(url_for("settings_shifts.show", agent_id=agent_id), 303)


@bp.post("/leave")
@audience("supervisor")
def add_leave(agent_id: str) -> Response:
    """Let the person be away for a time."""
    line = _seen(agent_id)
    try:
        starts, ends = (_moment(name, line.agent.zone) for name in ("from", "to"))
        shifts.add_leave(heed_of(), signed_in().actor, agent_id, now(), starts, ends, asked.text("reason"))
        flash(_("Saved."), "good")
    except Mistake as mistake:
        flash(mistake.reason, "bad")
    return redirect(url_for("settings_shifts.show", agent_id=agent_id), 303)


@bp.post("/leave/end")
@audience("supervisor")
def end_leave(agent_id: str) -> Response:
    """Take a leave back."""
    _seen(agent_id)
    shifts.end_leave(heed_of(), signed_in().actor, agent_id, asked.text("leave"), now())
    return redirect(url_for("settings_shifts.show", agent_id=agent_id), 303)


@bp.post("/take-back")
@audience("supervisor")
def take_back(agent_id: str) -> Response:
    """Take back at once what the person has open, who is not here."""
    _seen(agent_id)
    try:
        taken = reclaiming.at_once(heed_of(), g.scope, agent_id, now(), note=asked.text("note"))
        flash(plural(len(taken), "{n} ticket taken back.", "{n} tickets taken back."), "good")
    except Refused as refused:
        flash(refused.reason, "bad")
    return redirect(url_for("settings_shifts.show", agent_id=agent_id), 303)


def _seen(agent_id: str) -> PersonLine:
    for line in staffing.everyone(heed_of(), g.scope):
        if line.agent.id == agent_id:
            return line
    raise NotFound


def _moment(name: str, zone: str) -> datetime:
    """Return a moment typed by the clock of the person's zone. Raises Mistake."""
    try:
        typed = datetime.fromisoformat(asked.text(name))
    except ValueError:
        raise Mistake("Say from when and until when the leave is.") from None
    return typed if typed.tzinfo else typed.replace(tzinfo=zone_of(zone))


def _is_gone(agent_id: str) -> bool:
    """Say whether the person is not here and yet has tickets open."""
    found = next((who for who in inbox.agents(heed_of(), g.scope) if who.id == agent_id), None)
    return found is not None and found.presence is Presence.OFFLINE and any(slot.taken for slot in found.slots)


def _page(
    line: PersonLine, zone: str, work: Sequence[str], breaks: Sequence[str], *, site: str, wrong: str = ""
) -> str:
    return render_template(
        "settings/shifts.html",
        line=line,
        zone=zone,
        site=site,
        sites=shifts.sites_of(heed_of(), g.scope),
        week=list(zip(weekdays(), work, breaks, strict=True)),
        leaves=shifts.plan(heed_of(), line.agent.id, now()).leaves,
        zones=[(name, name) for name in sorted(available_timezones())],
        gone=_is_gone(line.agent.id),
        most=reclaiming.MAX_NOTE,
        given=request.form,
        wrong=wrong,
    )
