"""Replies that have not left, or did not arrive: take back, send now, send again; forms, and JSON for a script."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import inbox
from router.desk import resending, scheduling, withdrawing
from router.desk.drafting import Draft
from router.inbox.composing import composing, ticket_of_message
from router.web.audience import audience
from router.web.inbox.drafts import as_json
from router.web.security import heed_of, now
from router.web.words import clock, zone_of
from router.web.words import look_up as _

MORNING_H = 9

bp = Blueprint("sending", __name__)


@bp.post("/messages/<message_id>/undo")
@audience("agent")
def undo(message_id: str) -> AnyResponse:
    """Take a reply back that has not left; its words are a draft again."""
    undone = withdrawing.take_back(heed_of(), g.scope, message_id, now())
    where = url_for("inbox.ticket", ticket_id=undone.ticket_id)
    if not wants_json():
        return redirect(where, 303)
    told: dict[str, object] = {"url": where, "ticket": undone.ticket_id}
    if undone.draft is not None and undone.draft.agent_id == g.scope.agent:
        told["draft"] = draft_with_files(undone.ticket_id, undone.draft)
    return jsonify(told)


@bp.post("/messages/<message_id>/now")
@audience("agent")
def send_now(message_id: str) -> AnyResponse:
    """Send a reply at once that was left for later."""
    return _went(scheduling.send_now(heed_of(), g.scope, message_id, now()))


@bp.get("/messages/<message_id>/again")
@audience("agent")
def ask_again(message_id: str) -> str:
    """Ask whether a reply should be sent once more, and say what is known of it."""
    ticket_id = ticket_of_message(heed_of(), g.scope, message_id)
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    message = next((m for m in view.messages if m.id == message_id), None)
    return render_template("inbox/again.html", view=view, message=message, message_id=message_id)


@bp.post("/messages/<message_id>/again")
@audience("agent")
def send_again(message_id: str) -> AnyResponse:
    """Send a reply once more, by the word of whoever asks."""
    return _went(resending.send_again(heed_of(), g.scope, message_id, now()))


def draft_with_files(ticket_id: str, draft: Draft) -> dict[str, object]:
    """Return a draft as the composer's script reads it, with the files that can go along again."""
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    files = composing(heed_of(), g.scope, view, now()).files
    return {**as_json(draft), "files": [{"id": one.id, "name": one.name, "size": one.size} for one in files]}


def later_choices(at: datetime, zone: str) -> list[tuple[str, str]]:
    """Return (value, words) of when a reply may leave: spans count from the press, mornings are the reader's."""
    local = at.astimezone(zone_of(zone))
    mornings = [(_("Tomorrow morning"), 1)]
    if 7 - local.weekday() != 1:
        mornings.append((_("Monday morning"), 7 - local.weekday()))
    choices = [("+3600", _("In 1 hour")), ("+14400", _("In 4 hours"))]
    for label, days in mornings:
        day = local.date() + timedelta(days=days)
        moment = datetime(day.year, day.month, day.day, MORNING_H, tzinfo=local.tzinfo)
        choices.append((moment.isoformat(timespec="minutes"), f"{label} · {clock(moment, zone)}"))
    return choices


def later(value: str, zone: str) -> datetime:
    """Return the moment a choice or a typed time stands for. Raises ValueError in words."""
    try:
        if value.startswith("+"):
            return now() + timedelta(seconds=int(value[1:8]))
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(_("Choose when it should leave.")) from None
    return found if found.tzinfo else found.replace(tzinfo=zone_of(zone))


def wants_json() -> bool:
    """Say whether a script asks."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json"


def _went(ticket_id: str) -> Response:
    where = url_for("inbox.ticket", ticket_id=ticket_id)
    if wants_json():
        return jsonify({"url": where, "ticket": ticket_id})
    return redirect(where, 303)  # type: ignore[return-value]
