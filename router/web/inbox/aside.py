"""Spam and blocked senders: the question before it, what was set aside with its way back, and undo."""

from flask import Blueprint, Flask, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router import inbox, many
from router.desk import setting_aside, undoing
from router.web.audience import audience
from router.web.inbox.forms import by_script
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import plural

bp = Blueprint("aside", __name__)


def register(app: Flask) -> None:
    """Let the templates ask what can be undone on a ticket that was set aside."""
    app.jinja_env.globals["count_aside"] = lambda: setting_aside.count(heed_of(), g.scope)
    app.jinja_env.globals["spam_undo"] = lambda ticket_id: undoing.last_spam(heed_of(), g.scope, ticket_id, now())


@bp.get("/tickets/<ticket_id>/spam")
@audience("agent")
def ask(ticket_id: str) -> str:
    """Ask whether it is spam, and whom to block."""
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    return render_template("inbox/spam.html", view=view, senders=setting_aside.senders(heed_of(), g.scope, ticket_id))


@bp.post("/tickets/<ticket_id>/spam")
@audience("agent")
def spam(ticket_id: str) -> Response:
    """Set a ticket aside, and with it whatever the senders chosen write from now on."""
    setting_aside.spam(heed_of(), g.scope, ticket_id, now(), block=request.form.getlist("block"))
    return _done(url_for("inbox.ticket", ticket_id=ticket_id), ticket=ticket_id)


@bp.post("/undo/<undoable_id>")
@audience("agent")
def undo(undoable_id: str) -> Response:
    """Take an act on one ticket back."""
    undoing.undo(heed_of(), g.scope, undoable_id, now())
    ticket_id = request.form.get("ticket", "")
    where = url_for("inbox.ticket", ticket_id=ticket_id) if ticket_id else url_for("inbox.index")
    return _done(where, ticket=ticket_id)


@bp.get("/aside")
@audience("agent")
def listed() -> str:
    """Show what was set aside, the newest first."""
    page = setting_aside.listed(heed_of(), g.scope, request.args.get("cursor"))
    return render_template("inbox/aside.html", page=page, at=now())


@bp.post("/aside/<ticket_id>/back")
@audience("agent")
def back(ticket_id: str) -> Response:
    """Bring one ticket back: it is no spam. By its undo while that holds, else it waits anew."""
    undoable = undoing.last_spam(heed_of(), g.scope, ticket_id, now())
    may = undoable is not None and (undoable.agent_id == g.scope.agent or g.scope.role.rank > 0)
    if undoable is not None and undoable.undone_at is None and undoable.count == 1 and may:
        undoing.undo(heed_of(), g.scope, undoable.id, now())
    else:
        setting_aside.bring_back_one(heed_of(), g.scope, ticket_id, now())
    flash(_("It is back."), "good")
    return _done(url_for("inbox.ticket", ticket_id=ticket_id), ticket=ticket_id)


@bp.post("/aside/unblock/<block_id>")
@audience("agent")
def unblock(block_id: str) -> Response:
    """End a block and bring back what it had set aside."""
    found = setting_aside.unblock(heed_of(), g.scope, block_id, now())
    if not found:
        flash(_("The sender is not blocked any more. Nothing of theirs was set aside."), "good")
        return _done(url_for("aside.listed"))
    key = many.new_key()
    many.begin(heed_of(), g.scope, many.Order(many.BY_KEY["back"]), found, key, now())
    left = many.go_on(heed_of(), key, now())
    if left:
        many.hand_on(heed_of(), key)
        return _done(url_for("bulk.result", key=key))
    said = plural(len(found), "The sender is not blocked any more; {n} ticket is back.",
                  "The sender is not blocked any more; {n} tickets are back.")  # fmt: skip
    flash(said, "good")
    return _done(url_for("aside.listed"))


def _done(where: str, **told: str) -> Response:
    return jsonify({"url": where, **told}) if by_script() else redirect(where, 303)
