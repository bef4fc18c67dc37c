"""Try a message: the draft's answer to a text and a few facts, at once."""

from flask import Blueprint, render_template, request

from router import publishing
from router.rulemaking import drafting
from router.rulemaking.trying import attempt as attempted
from router.web import limits
from router.web.audience import audience
from router.web.inbox.frame import is_fragment
from router.web.rules.pages import brand, page
from router.web.security import heed_of, now, signed_in

bp = Blueprint("rules_trying", __name__, url_prefix="/rules")

MOST = 5_000  # characters of a message and of facts
RATE = "240 per minute"


@bp.post("/try")
@audience("ops")
def attempt() -> str:
    """Show what the draft makes of a message; nothing is kept."""
    limits.limit(RATE, "rules", "try", signed_in().agent.id)
    asked = {name: request.form.get(name, "")[:MOST] for name in ("text", "facts")}
    source = drafting.current(heed_of(), brand()).source
    with heed_of().database.read() as db:
        reader = publishing.reader(db, brand())
    found = attempted(source, asked["text"], asked["facts"], now(), reader)
    if is_fragment():
        return render_template("rules/_tried.html", tried=found)
    return page(brand(), request.form.get("open", ""), tried=found, asked=asked)
