"""The end of my shift: a page with what I hold, what becomes of each, and a word for whoever goes on."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router.desk import Refused, leaving
from router.desk.leaving import BACK, KEEP, MAX_NOTE, Held, Parting
from router.inbox.successors import succession
from router.model import Presence, State
from router.web.audience import audience
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import plural

bp = Blueprint("leaving", __name__, url_prefix="/shift")


@bp.get("/end")
@audience("agent")
def ask() -> str:
    """Ask what becomes of each ticket."""
    return _page()


@bp.post("/end")
@audience("agent")
def end() -> Response | tuple[str, int]:
    """Hand on what is handed on, and leave."""
    form = request.form
    partings = [
        Parting(ticket_id, form.get(f"to-{ticket_id}", KEEP), form.get(f"note-{ticket_id}", ""))
        for ticket_id in form.getlist("ticket")
    ]
    try:
        left = leaving.end_shift(heed_of(), g.scope, partings, now(), note_for_all=form.get("note", ""))
    except Refused as refused:
        return _page(wrong=refused.reason), 422
    said = [_("Your shift has ended.") if left.presence is Presence.OFFLINE else _("You are wrapping up.")]
    if left.handed:
        said.append(plural(len(left.handed), "{n} ticket handed on.", "{n} tickets handed on."))
    if left.kept:
        said.append(plural(len(left.kept), "{n} ticket stays yours.", "{n} tickets stay yours."))
    if left.presence is not Presence.OFFLINE:
        said.append(_("Choose Offline when your last chat is done."))
    flash(" ".join(said), "good")
    for _ticket, reason in left.refused:
        flash(reason, "bad")
    return redirect(url_for("inbox.index"), 303)


def _page(*, wrong: str = "") -> str:
    found = leaving.held(heed_of(), g.scope)
    form = request.form
    return render_template(
        "inbox/leaving.html",
        held=found,
        chosen={one.line.id: form.get(f"to-{one.line.id}") or _usual(one) for one in found},
        notes={one.line.id: form.get(f"note-{one.line.id}", "") for one in found},
        note=form.get("note", ""),
        most=MAX_NOTE,
        succession=succession(heed_of(), g.scope, now()),
        at=now(),
        wrong=wrong,
    )


def _usual(one: Held) -> str:
    """Return what is chosen before anybody chooses: whoever waits for an answer is not kept waiting till tomorrow."""
    waits = one.line.state in (State.OPEN, State.WAITING) and not one.in_progress
    return BACK if waits else KEEP
