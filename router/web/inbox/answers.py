"""Saved answers on a ticket: a picker that searches as one types, and a plain page where there is no script."""

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import inbox, saved_answers
from router.desk import NotFound
from router.languages import LANGUAGES
from router.web.audience import audience
from router.web.security import heed_of, now

bp = Blueprint("answers", __name__)


@bp.get("/tickets/<ticket_id>/answers")
@audience("agent")
def pick(ticket_id: str) -> str:
    """Show the answers that may go on a ticket, as they would read there."""
    q = request.args.get("q", "").strip()[:200]
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    found = saved_answers.choices(heed_of(), g.scope, ticket_id, now(), q)
    return render_template("inbox/answers.html", view=view, found=found, q=q, languages=LANGUAGES)


@bp.post("/tickets/<ticket_id>/answers/<answer_id>")
@audience("agent")
def take(ticket_id: str, answer_id: str) -> AnyResponse:
    """Count an answer as taken, and put its words into the composer of the page that comes next."""
    chosen = saved_answers.choice(heed_of(), g.scope, ticket_id, answer_id, now(), count=True)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        said: Response = jsonify({"text": chosen.text})
        return said
    return redirect(url_for("inbox.ticket", ticket_id=ticket_id, answer=answer_id) + "#composer", 303)


def asked_for(ticket_id: str) -> dict[str, object]:
    """Return the words to begin a reply with, where the address of the page names an answer."""
    answer_id = request.args.get("answer", "")
    if not answer_id:
        return {}
    try:
        return {"typed": saved_answers.choice(heed_of(), g.scope, ticket_id, answer_id, now()).text}
    except NotFound:
        return {}
