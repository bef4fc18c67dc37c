"""What an act asks before it is done: a page without script, a dialog with it. And the keys, and who was considered."""

from datetime import datetime, time, timedelta

from flask import Blueprint, g, render_template

from router import inbox
from router.inbox.handing import targets
from router.web.audience import audience
from router.web.inbox.commands import as_rows, commands_for
from router.web.security import heed_of, now
from router.web.words import clock, when, zone_of
from router.web.words import look_up as _

bp = Blueprint("dialogs", __name__)

MORNING = time(9)


@bp.get("/tickets/<ticket_id>/transfer")
@audience("agent")
def transfer(ticket_id: str) -> str:
    """Ask where a ticket should go."""
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    found = targets(heed_of(), g.scope, view.line.brand_id, view.line.queue_id, now())
    return render_template("inbox/transfer.html", view=view, targets=found)


@bp.get("/tickets/<ticket_id>/snooze")
@audience("agent")
def snooze(ticket_id: str) -> str:
    """Ask until when a ticket should sleep."""
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    return render_template("inbox/snooze.html", view=view, choices=snooze_choices(now(), g.agent.zone))


@bp.get("/tickets/<ticket_id>/why")
@audience("agent")
def why(ticket_id: str) -> str:
    """Show who or what else was considered."""
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    return render_template("inbox/why.html", view=view, why=inbox.why(heed_of(), g.scope, ticket_id, now()), at=now())


@bp.get("/keys")
@audience("agent")
def keys() -> str:
    """Show the keys."""
    return render_template("inbox/keys.html", rows=[row for row in as_rows(commands_for(g.scope.role)) if row["key"]])


def snooze_choices(at: datetime, zone: str) -> list[tuple[str, str]]:
    """Return (moment as ISO 8601, in words) to choose from: soon, and mornings of the reader's zone."""
    local = at.astimezone(zone_of(zone))
    tomorrow = datetime.combine(local.date() + timedelta(days=1), MORNING, local.tzinfo)
    monday = datetime.combine(local.date() + timedelta(days=7 - local.weekday()), MORNING, local.tzinfo)
    moments = [
        (_("1 hour"), at + timedelta(hours=1)),
        (_("4 hours"), at + timedelta(hours=4)),
        (_("Tomorrow morning"), tomorrow),
    ]
    if monday.date() != tomorrow.date():
        moments.append((_("Monday morning"), monday))
    said = [clock(moment, zone) if moment.time() == MORNING else when(moment, at, zone) for _label, moment in moments]
    return [
        (moment.isoformat(timespec="minutes"), f"{label} · {says}")
        for (label, moment), says in zip(moments, said, strict=True)
    ]
