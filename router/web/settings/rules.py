"""The live rules, to read: each as a sentence, with who published them and why."""

from flask import Blueprint, g, render_template

from router import rulebook_now
from router.web.audience import audience
from router.web.security import heed_of

bp = Blueprint("settings_rules", __name__)


@bp.get("/rules")
@audience("agent")
def live() -> str:
    """Show the live rules of the asker's brands."""
    return render_template("settings/rules.html", books=rulebook_now.live(heed_of(), g.scope))
