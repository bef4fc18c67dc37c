"""Giving a ticket to somebody by hand: who could take it, what stands in the way, and above capacity only knowingly."""

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router import desk
from router.desk import Refused
from router.inbox.assigning import assigning
from router.web.audience import audience
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import sentence

bp = Blueprint("assigning", __name__)


@bp.get("/tickets/<ticket_id>/assign")
@audience("supervisor")
def ask(ticket_id: str) -> str:
    """Ask whom to give a ticket to."""
    return _page(ticket_id)


@bp.post("/tickets/<ticket_id>/assign")
@audience("supervisor")
def assign(ticket_id: str) -> Response | str | tuple[str, int]:
    """Give the ticket to the person chosen; above their capacity only if that was said."""
    found = assigning(heed_of(), g.scope, ticket_id, now())
    person = next((one for one in found.people if one.id == request.form.get("agent")), None)
    if person is None:
        return _refused(ticket_id, _("Choose a person."), 422)
    if person.over and request.form.get("over") != "1":
        said = _("{name} has no free slot: {taken} of {all} are taken.", name=person.name, taken=person.taken,
                 all=person.slots) + " " + _("Tick “above capacity” to give it to them all the same.")  # fmt: skip
        return _refused(ticket_id, said, 409, person.id)
    try:
        desk.assign(heed_of(), g.scope, ticket_id, person.id, now())
    except Refused as refused:
        return _refused(ticket_id, refused.reason, 409, person.id)
    where = url_for("inbox.ticket", ticket_id=ticket_id)
    if _wants_json():
        return jsonify({"url": where, "ticket": ticket_id})
    flash(_("Given to {name}.", name=person.name), "good")
    return redirect(where, 303)


@bp.post("/tickets/<ticket_id>/relax")
@audience("supervisor")
def relax(ticket_id: str) -> Response | str | tuple[str, int]:
    """Let a waiting ticket do without the needs chosen."""
    try:
        desk.relax(heed_of(), g.scope, ticket_id, request.form.getlist("need"), now())
    except Refused as refused:
        return _refused(ticket_id, refused.reason, 409)
    where = url_for("inbox.ticket", ticket_id=ticket_id)
    if _wants_json():
        return jsonify({"url": where, "ticket": ticket_id, "words": _("It waits without that need now.")})
    flash(_("It waits without that need now."), "good")
    return redirect(where, 303)


def _refused(ticket_id: str, reason: str, status: int, chosen: str = "") -> Response | tuple[str, int]:
    if _wants_json():
        answer = jsonify({"detail": sentence(reason)})
        answer.status_code = status
        return answer
    return _page(ticket_id, reason, chosen), status


def _page(ticket_id: str, wrong: str = "", chosen: str = "") -> str:
    found = assigning(heed_of(), g.scope, ticket_id, now())
    return render_template(
        "supervisor/assign.html", view={"line": found.line}, found=found, wrong=wrong, chosen=chosen, at=now()
    )


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json"
