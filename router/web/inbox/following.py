"""Follow-ups on a ticket: asked for in a dialog, listed beside it, cancelled there."""

from flask import Blueprint, Flask, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router import following, inbox
from router.desk import Refused
from router.web.audience import audience
from router.web.inbox.dialogs import snooze_choices
from router.web.inbox.forms import by_script, moment
from router.web.security import heed_of, now
from router.web.words import sentence

bp = Blueprint("following", __name__)


def register(app: Flask) -> None:
    """Let the panel ask what is to come on a ticket."""
    app.jinja_env.globals["follow_ups"] = lambda ticket_id: following.to_come(heed_of(), g.scope, ticket_id)


@bp.get("/tickets/<ticket_id>/follow-up")
@audience("agent")
def ask(ticket_id: str) -> str:
    """Ask when to come back to a ticket."""
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    choices = snooze_choices(now(), g.agent.zone)
    return render_template("inbox/follow_up.html", view=view, choices=choices, most=following.MAX_NOTE)


@bp.post("/tickets/<ticket_id>/follow-up")
@audience("agent")
def add(ticket_id: str) -> Response:
    """Come back to a ticket at the moment chosen."""
    form = request.form
    where = url_for("inbox.ticket", ticket_id=ticket_id)
    try:
        due_at = moment(form.get("at") or form.get("until", ""), g.agent.zone)
        following.add(
            heed_of(), g.scope, ticket_id, due_at, now(),
            note=form.get("note", ""), only_if_silent=form.get("only_if_silent") == "1",
        )  # fmt: skip
    except ValueError as error:
        return _refused(str(error), url_for("following.ask", ticket_id=ticket_id), 422)
    except Refused as refused:
        return _refused(refused.reason, url_for("following.ask", ticket_id=ticket_id), 409)
    return _done(where, ticket_id)


@bp.post("/follow-ups/<follow_up_id>/cancel")
@audience("agent")
def cancel(follow_up_id: str) -> Response:
    """Drop a follow-up."""
    ticket_id = following.cancel(heed_of(), g.scope, follow_up_id, now())
    return _done(url_for("inbox.ticket", ticket_id=ticket_id), ticket_id)


def _done(where: str, ticket_id: str) -> Response:
    return jsonify({"url": where, "ticket": ticket_id}) if by_script() else redirect(where, 303)


def _refused(reason: str, where: str, status: int) -> Response:
    if by_script():
        answer = jsonify({"detail": sentence(reason)})
        answer.status_code = status
        return answer
    flash(sentence(reason))
    return redirect(where, 303)
