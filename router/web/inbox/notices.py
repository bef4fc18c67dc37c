"""The bell: what a person should know, in order of time, and the people who may be named in a note."""

from collections.abc import Mapping

from flask import Blueprint, Flask, Response, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import notices
from router.desk import mentioning
from router.web.audience import audience
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import plural

bp = Blueprint("notices", __name__)

KINDS: Mapping[str, tuple[str, str]] = {  # kind -> (what it says, icon); {who} is the name of whoever caused it
    "mention": ("{who} named you in a note", "chat"),
    "transfer": ("{who} handed you a ticket", "forward"),
    "rule": ("A rule asks you to look", "rules"),
    "not_sent": ("A reply was not sent", "warning"),
    "promise": ("A promise is at risk", "clock"),
    "mood": ("A customer grew frustrated", "warning"),
    "follow_up": ("You wanted to come back to this", "clock"),
    "schedule_held": ("A scheduled reply was held back", "clock"),
    "connection_silent": ("A connection fell silent", "warning"),
    "overload": ("More waits than the desk can do, or no longer", "warning"),
    "pause": ("{who} would like a pause", "person"),
    "shift_end": ("Your shift ends soon", "clock"),
    "low_score": ("A customer was not content", "warning"),
}
NOBODY_SAID = {  # the same where nobody is named
    "mention": "You were named in a note",
    "transfer": "A ticket was handed to you",
}
SPEAKS_FOR_ITSELF = ("mention", "transfer", "pause", "shift_end")


def register(app: Flask) -> None:
    """Give every page the bell's words."""
    app.jinja_env.globals.update(bell_label=label, bell_shown=shown)


@bp.get("/notices")
@audience("agent")
def every() -> str:
    """Show a person's notices, the newest first."""
    page = notices.bell(heed_of(), g.scope, request.args.get("cursor"))
    words = {"says": says, "icon_of": icon_of, "plain": SPEAKS_FOR_ITSELF}
    return render_template("inbox/notices.html", page=page, at=now(), **words)


@bp.get("/notices/count")
@audience("agent")
def count() -> Response:
    """Return how many notices are new, in words too."""
    n = notices.unseen(heed_of(), g.scope)
    return jsonify({"n": n, "shown": shown(n), "label": label(n)})


@bp.get("/notices/<notice_id>")
@audience("agent")
def one(notice_id: str) -> AnyResponse:
    """Go to what a notice is about; it is seen by this."""
    kind, ticket_id, message_id = notices.look_at(heed_of(), g.scope, notice_id, now())
    if ticket_id is None:
        return redirect(url_for("leaving.ask" if kind == "shift_end" else "notices.every"), 303)
    anchor = f"m-{message_id}" if message_id else None
    return redirect(url_for("inbox.ticket", ticket_id=ticket_id, _anchor=anchor), 303)


@bp.post("/notices/seen")
@audience("agent")
def see_all() -> AnyResponse:
    """Let all of a person's own notices be seen."""
    notices.see_all(heed_of(), g.scope, now())
    where = url_for("notices.every")
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        said: Response = jsonify({"url": where})
        return said
    flash(_("All seen."), "good")
    return redirect(where, 303)


@bp.get("/tickets/<ticket_id>/people")
@audience("agent")
def people(ticket_id: str) -> Response:
    """Return who may be named in a note on a ticket, and what names them."""
    crew = mentioning.who_can_be_named(heed_of(), g.scope, ticket_id)
    return jsonify([{"name": name, "say": say} for name, say in crew])


def says(row: notices.NoticeRow) -> str:
    """Return what a notice says first."""
    if not row.by and row.kind in NOBODY_SAID:
        return _(NOBODY_SAID[row.kind])
    words = KINDS.get(row.kind)
    return _(words[0], who=row.by) if words else _plain(row.kind)


def icon_of(row: notices.NoticeRow) -> str:
    """Return the icon of a notice."""
    return KINDS.get(row.kind, ("", "inbox"))[1]


def shown(n: int) -> str:
    """Return the number beside the bell."""
    return f"{n - 1}+" if n >= notices.COUNTED else str(n) if n else ""


def label(n: int) -> str:
    """Return the bell's name, with how many are new."""
    return plural(n, "Notices, {n} new", "Notices, {n} new") if n else _("Notices")


def _plain(kind: str) -> str:
    return kind.replace("_", " ").capitalize()
