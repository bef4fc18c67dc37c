"""Correcting what was read in a message: one click beside it, or all there is to correct as a dialog."""

from flask import Blueprint, Flask, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router import inbox
from router.desk import Refused
from router.inbox import MessageView, TicketView
from router.languages import LANGUAGES
from router.teaching import looking
from router.teaching.correcting import correct
from router.web.audience import audience
from router.web.inbox.forms import by_script
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import mark, sentence

bp = Blueprint("correcting", __name__)

FEELINGS = {  # what one says of frustration -> on its button, and once it is said
    "right": (mark("Right"), mark("right")),
    "dismissed": (mark("Not so"), mark("not so")),
    "angrier": (mark("Angrier than that"), mark("angrier than that")),
}
GROUPS = {
    "billing": mark("Money"),
    "orders": mark("Orders"),
    "account": mark("Account"),
    "technical": mark("Technical"),
    "security": mark("Security and data"),
    "people": mark("People"),
    "sales": mark("Sales"),
    "other": mark("Other"),
}


def register(app: Flask) -> None:
    """Let the templates ask what was said about readings, and what may be said."""
    app.jinja_env.globals.update(
        said_about=lambda messages: looking.said_about(heed_of(), [message.id for message in messages]),
        intent_choices=lambda brand_id: looking.intents(heed_of(), brand_id),
        language_choices=LANGUAGES,
        feelings=FEELINGS,
        intent_groups=GROUPS,
        read_messages=read_messages,
        hottest=hottest,
    )


def read_messages(view: TicketView) -> list[MessageView]:
    """Return the messages of a ticket that have a reading one may correct, oldest first."""
    return [m for m in view.messages if m.direction == "inbound" and m.visibility == "public" and m.reading]


def hottest(messages: list[MessageView]) -> MessageView:
    """Return the message that a ticket's frustration comes from: the hottest, the latest of several."""
    return max(messages, key=lambda m: (m.reading.calm_frustration if m.reading else 0, m.at))


@bp.get("/tickets/<ticket_id>/correct")
@audience("agent")
def ask(ticket_id: str) -> str:
    """Show what was read in the customer's messages, each to correct."""
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    return render_template("inbox/correct.html", view=view, line=view.line, at=now())


@bp.post("/tickets/<ticket_id>/correct")
@audience("agent")
def say(ticket_id: str) -> Response:
    """Say how one reading should have been; an empty value takes back what was said."""
    form = request.form
    where = url_for("inbox.ticket", ticket_id=ticket_id)
    try:
        correct(
            heed_of(), g.scope, ticket_id, form.get("message", ""), form.get("field", ""), form.get("value", ""), now()
        )
    except Refused as refused:
        if by_script():
            response = jsonify({"detail": sentence(refused.reason)})
            response.status_code = 409
            return response
        flash(refused.reason)
        return redirect(where, 303)
    words = _("Corrected. It stays so.") if form.get("value") else _("Taken back: as it was read.")
    if by_script():
        return jsonify({"ticket": ticket_id, "words": words})
    flash(words, "good")
    return redirect(where, 303)
