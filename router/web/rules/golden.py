"""One click from a ticket to an example: its masked words are shown, read, changed where needed, and confirmed."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router.mistakes import Mistake
from router.rulemaking import golden
from router.web.audience import audience
from router.web.rules import expecting
from router.web.security import heed_of, now, signed_in
from router.web.words import look_up as _

bp = Blueprint("rules_golden", __name__, url_prefix="/rules")


@bp.get("/example/<ticket_id>")
@audience("ops")
def propose(ticket_id: str) -> str:
    """Show what would be kept of a ticket."""
    return _page(ticket_id)


@bp.post("/example/<ticket_id>")
@audience("ops")
def keep(ticket_id: str) -> tuple[str, int] | Response:
    """Keep the example, once somebody has read its words."""
    text, name = (request.form.get(field, "") for field in ("text", "name"))
    try:
        if request.form.get("read") != "1":
            raise Mistake("Read the words and say that nobody can be told by them: examples leave with the rules.")
        golden.keep(heed_of(), signed_in().actor, g.scope, ticket_id, text, name, now())
    except Mistake as mistake:
        return _page(ticket_id, wrong=mistake.reason, text=text, name=name), 422
    flash(_("The example is in the draft. It is live, and blocks what flips it, once you publish."), "good")
    made = golden.propose(heed_of(), g.scope, ticket_id, now())
    return redirect(url_for("rules_examples.show", brand=made.brand_id), 303)


def _page(ticket_id: str, *, wrong: str = "", text: str | None = None, name: str = "") -> str:
    made = golden.propose(heed_of(), g.scope, ticket_id, now(), text)
    return render_template(
        "rules/example.html", made=made, wrong=wrong, name=name, most=golden.MAX_TEXT, sentence=expecting.sentence
    )
