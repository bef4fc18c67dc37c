"""Settings: what is where, the desk's parts as pages, one's own page, the trail."""

from flask import Blueprint, Flask, g, render_template, url_for

from router.model import Role
from router.web.audience import audience
from router.web.settings import (
    answers,
    audit,
    brands,
    calendars,
    connections,
    people,
    people_csv,
    queues,
    shifts,
    skills,
    teach,
    you,
)
from router.web.words import mark

bp = Blueprint("settings", __name__)

TABS = (  # endpoint, name, least role
    ("settings_you.show", "You", Role.AGENT),
    ("settings_connections.every", "Connections", Role.SUPERVISOR),
    ("settings_people.every", "People", Role.SUPERVISOR),
    ("settings_queues.every", "Queues", Role.SUPERVISOR),
    ("settings_skills.every", "Skills", Role.SUPERVISOR),
    ("settings_skills.levels", "Levels", Role.SUPERVISOR),
    ("settings_answers.every", "Saved answers", Role.AGENT),
    ("settings_teach.every", mark("Teach"), Role.OPS),
    ("settings_calendars.every", mark("Calendars"), Role.SUPERVISOR),
    ("settings_brands.every", mark("Brands"), Role.ADMIN),
    ("settings_audit.show", mark("Audit trail"), Role.OPS),
)
ABOUT = {  # endpoint -> what is there
    "settings_you.show": mark(
        "Your name, language, time zone, password, sessions, tokens, and how you like your desk."
    ),
    "settings_connections.every": mark("Where customers write: mailboxes, bots, chats; added step by step and tested."),
    "settings_people.every": mark("Who is on the desk, with role, brands, channels and slots; many at once by CSV."),
    "settings_queues.every": mark(
        "Where tickets wait, by when they are answered, and by which calendar that is counted."
    ),
    "settings_skills.every": mark("What tickets may need; languages are skills."),
    "settings_skills.levels": mark("Who can do what how well: one grid of people and skills."),
    "settings_answers.every": mark("Texts for what is asked often, with placeholders, by language and brand."),
    "settings_teach.every": mark("What your customers want: intents of your own, and examples Heed learns from."),
    "settings_calendars.every": mark("Opening hours, several periods a day, and closed days."),
    "settings_brands.every": mark("Clients whose customers, queues and rules only their people see."),
    "settings_audit.show": mark("Who did what and when, and whether the record is whole."),
}


def register(app: Flask) -> None:
    """Add these pages."""
    audit.register(app)
    shifts.register(app)
    for part in (
        calendars.bp,
        brands.bp,
        people_csv.bp,
        bp,
        you.bp,
        connections.bp,
        people.bp,
        queues.bp,
        skills.bp,
        answers.bp,
        teach.bp,
    ):
        app.register_blueprint(part)
    app.jinja_env.globals["settings_tabs"] = tabs


def tabs() -> list[tuple[str, str]]:
    """Return the pages of settings that whoever asks may see: address and name."""
    return [(url_for(endpoint), name) for endpoint, name, least in TABS if g.agent.role.rank >= least.rank]


@bp.get("/settings")
@audience("agent")
def first() -> str:
    """Show what is where, as far as whoever asks may see it."""
    may = [(url_for(at), name, ABOUT[at]) for at, name, least in TABS if g.agent.role.rank >= least.rank]
    return render_template("settings/index.html", pages=may)
