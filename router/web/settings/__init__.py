"""Settings: the desk's connections, people, queues, skills and levels, one's own page, and the live rules to read."""

from flask import Blueprint, Flask, g, redirect, url_for
from werkzeug.wrappers import Response

from router.model import Role
from router.web.audience import audience
from router.web.settings import answers, connections, people, queues, rules, skills, you

bp = Blueprint("settings", __name__)

TABS = (  # endpoint, name, least role
    ("settings_you.show", "You", Role.AGENT),
    ("settings_connections.every", "Connections", Role.SUPERVISOR),
    ("settings_people.every", "People", Role.SUPERVISOR),
    ("settings_queues.every", "Queues", Role.SUPERVISOR),
    ("settings_skills.every", "Skills", Role.SUPERVISOR),
    ("settings_skills.levels", "Levels", Role.SUPERVISOR),
    ("settings_answers.every", "Saved answers", Role.AGENT),
)


def register(app: Flask) -> None:
    """Add these pages."""
    for part in (bp, you.bp, connections.bp, people.bp, queues.bp, skills.bp, rules.bp, answers.bp):
        app.register_blueprint(part)
    app.jinja_env.globals["settings_tabs"] = tabs


def tabs() -> list[tuple[str, str]]:
    """Return the pages of settings that whoever asks may see: address and name."""
    return [(url_for(endpoint), name) for endpoint, name, least in TABS if g.agent.role.rank >= least.rank]


@bp.get("/settings")
@audience("agent")
def first() -> Response:
    """Go to the page that is most often meant."""
    supervises = g.agent.role.rank >= Role.SUPERVISOR.rank
    return redirect(url_for("settings_connections.every" if supervises else "settings_you.show"), 303)
