"""The wallboard: the desk as it stands, for supervisors and the screen on the wall."""

from datetime import datetime, time, timedelta
from hashlib import sha256

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from router import overload, wallboard
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.supervisor.curve import drawn
from router.web.words import look_up as _
from router.web.words import span, zone_of

bp = Blueprint("wallboard", __name__)


@bp.get("/wallboard")
@audience("supervisor")
def show() -> str:
    """Show the wallboard."""
    return render_template("supervisor/wallboard.html", **_board())


@bp.get("/wallboard/board")
@audience("supervisor")
def fragment() -> Response:
    """Return the board alone, for its script."""
    body = render_template("supervisor/_board.html", **_board())
    response = Response(body, mimetype="text/html")
    response.set_etag(sha256(body.encode()).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = "no-cache, private"
    response.headers["Vary"] = "Cookie"
    return response.make_conditional(request)  # type: ignore[return-value]


@bp.post("/wallboard/overload")
@audience("ops")
def choose() -> WerkzeugResponse:
    """Choose what counts while a brand is overloaded. Raises Mistake."""
    me, form = signed_in(), request.form
    overload.choose(heed_of(), me.actor, me.scope, form.get("brand", ""), form.get("choice", ""), now())
    flash(_("Saved."), "good")
    return redirect(url_for("wallboard.show"), 303)


def _board() -> dict[str, object]:
    at = now()
    local = at.astimezone(zone_of(g.agent.zone))
    found = wallboard.board(heed_of(), g.scope, at, datetime.combine(local.date(), time(0), local.tzinfo))
    return {
        "board": found,
        "at": at,
        "overloads": overload.states(heed_of(), g.scope),
        "curve": drawn(found.curve, at, timedelta(hours=wallboard.HOURS)),
        "counted": wallboard.COUNTED,
        "span_of": lambda seconds: span(timedelta(seconds=seconds)),
    }
