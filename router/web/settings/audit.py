"""The audit trail: who did what when, by kind, person, day and thing, and whether the chain of its lines holds."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Flask, g, render_template, request, url_for

from router import staffing, trail
from router.model import Role
from router.trail import Asked, TrailLine
from router.web.audience import audience
from router.web.security import heed_of, now
from router.web.words import zone_of

bp = Blueprint("settings_audit", __name__, url_prefix="/settings/audit")


def register(app: Flask) -> None:
    """Add the page, and let other pages show the last changes of what they are about."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(changes_of=changes_of, change_words=change_words)


@bp.get("")
@audience("ops")
def show() -> str:
    """Show the trail, latest first."""
    heed, asked = heed_of(), _asked()
    lines, more = trail.page(heed, g.scope, asked)
    checked = request.args.get("check") == "1" and g.agent.role is Role.ADMIN
    kept = {name: value for name, value in request.args.items() if name in ("act", "actor", "object", "day") and value}
    return render_template(
        "settings/audit.html",
        lines=lines,
        more=f"{url_for('settings_audit.show')}?{urlencode({**kept, 'before': more})}" if more else "",
        acts=trail.acts(heed, g.scope),
        people=[line.agent for line in staffing.everyone(heed, g.scope)],
        asked=asked,
        day=kept.get("day", ""),
        checked=checked,
        broken=trail.first_broken(heed) if checked else None,
        at=now(),
    )


def changes_of(object_id: str) -> list[TrailLine]:
    """Return the last changes of one thing, for whoever may read the trail."""
    return trail.about(heed_of(), g.scope, object_id)


def change_words(line: TrailLine) -> str:
    """Return what changed: names of fields, and short values before and after."""
    said = []
    for name, value in line.change.items():
        if name in ("fields", "skills") and isinstance(value, list):
            said += [str(one).replace("_", " ") for one in value]
        elif isinstance(value, list) and len(value) == 2 and not isinstance(value[0], list):
            said.append(f"{name.replace('_', ' ')}: {_short(value[0])} → {_short(value[1])}")
        elif isinstance(value, str | int | bool):
            said.append(f"{name.replace('_', ' ')}: {_short(value)}")
    return ", ".join(said)


def _short(value: object) -> str:
    return "–" if value in (None, "") else str(value)[:40]


def _asked() -> Asked:
    """Return what is asked for; what cannot be read is not asked for."""
    args = request.args
    since = until = None
    try:
        day = date.fromisoformat(args.get("day", ""))
        since = datetime.combine(day, time(0), zone_of(g.agent.zone))
        until = datetime.combine(day + timedelta(days=1), time(0), zone_of(g.agent.zone))
    except (ValueError, OverflowError):
        pass
    before = args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    return Asked(
        args.get("act", "")[:60], args.get("actor", "")[:40], args.get("object", "")[:60], since, until, number
    )
