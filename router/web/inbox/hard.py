"""“That was a hard one”: an agent's own word on a ticket, and their own ledger. Nobody else sees either."""

from flask import Blueprint, Flask, flash, g, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from router import hard_work
from router.desk import Refused
from router.web.audience import audience
from router.web.inbox.forms import by_script
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import sentence

bp = Blueprint("hard", __name__)


def register(app: Flask) -> None:
    """Let the templates ask what the reader said of a ticket, and what stands in their own ledger."""
    app.jinja_env.globals.update(
        said_hard=lambda ticket_id: hard_work.said(heed_of(), g.scope, ticket_id),
        my_hard_work=lambda: hard_work.own(heed_of(), g.agent.id, now()),
        hard_work_shares=lambda: hard_work.shares(heed_of(), g.scope, now()),
    )


@bp.post("/tickets/<ticket_id>/hard")
@audience("agent")
def say(ticket_id: str) -> Response:
    """Say that a ticket was a hard one, or take that back."""
    where = url_for("inbox.ticket", ticket_id=ticket_id)
    try:
        hard_work.say(heed_of(), g.scope, ticket_id, request.form.get("hard") == "1", now())
    except Refused as refused:
        if by_script():
            answer = jsonify({"detail": sentence(refused.reason)})
            answer.status_code = 409
            return answer
        flash(sentence(refused.reason))
    return jsonify({"url": where, "ticket": ticket_id}) if by_script() else redirect(where, 303)


@bp.post("/settings/you/pause")
@audience("agent")
def ask_for_a_pause() -> Response:
    """Tell the supervisors that one would like a pause."""
    hard_work.ask_for_a_pause(heed_of(), g.scope, now())
    flash(_("Your supervisors were told that you would like a pause, and nothing else."), "good")
    return redirect(url_for("settings_you.show"), 303)
