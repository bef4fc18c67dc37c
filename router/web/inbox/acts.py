"""What agents do: each a form that works without script, and answers a script in JSON."""

from datetime import datetime, timedelta
from typing import TypedDict

from flask import Blueprint, Response, flash, g, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import desk, preferences, presence
from router.desk import NewerMessage, Refused, TakenBack, Upload
from router.inbox.composing import seconds_to_undo
from router.mistakes import Mistake
from router.model import Presence
from router.web.audience import audience
from router.web.inbox import forms, frame
from router.web.inbox.pages import show
from router.web.inbox.sending import later
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import sentence, zone_of

bp = Blueprint("acts", __name__)


class Said(TypedDict):
    """What a reply takes, whenever it leaves."""

    key: str
    last_seen: str | None
    to: list[str] | None
    cc: list[str] | None
    bcc: list[str]
    attachments: list[Upload]
    kept: list[str]


@bp.url_value_preprocessor
def _take_files(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Let the forms that carry files be larger, before anything reads the body."""
    if endpoint in ("acts.reply", "acts.note"):
        request.max_content_length = forms.MAX_UPLOAD


@bp.post("/pull")
@audience("agent")
def pull() -> AnyResponse:
    """Take the next ticket and show it."""
    try:
        pulled = desk.pull(heed_of(), g.scope, now())
    except Refused as wrong:
        return refused(wrong.reason, url_for("inbox.index"))
    if pulled is None:
        return refused(_("Nothing waits that you may take."), url_for("inbox.index"), status=200)
    return done(url_for("inbox.ticket", ticket_id=pulled.ticket_id), ticket=pulled.ticket_id)


@bp.post("/tickets/<ticket_id>/reply")
@audience("agent")
def reply(ticket_id: str) -> AnyResponse | str | tuple[str, int]:
    """Send a reply, or keep a note, as the composer says."""
    form = request.form
    text = form.get("text", "").replace("\r\n", "\n")
    if form.get("kind") == "note":
        return note(ticket_id)
    uploads, kept = forms.uploads(), form.getlist("keep_file")[: forms.MAX_FILES]
    if not text.strip() and not uploads and not kept:
        return _not_taken(ticket_id, text, _("Write something first."), 422)
    to, then = forms.addresses("to"), form.get("then", "")
    said = Said(
        key=form.get("key", "")[:64],
        last_seen=form.get("last_seen") or None,
        to=to or None,
        cc=forms.addresses("cc") if to else None,
        bcc=forms.addresses("bcc"),
        attachments=uploads,
        kept=kept,
    )
    try:
        if then.startswith("later"):
            at = later(form.get("later_at", "") if then == "later" else then[len("later:") :], g.agent.zone)
            message_id = desk.send_later(heed_of(), g.scope, ticket_id, text, at, now(), **said)
        else:
            undo_for = timedelta(seconds=preferences.read(heed_of(), g.agent.id).undo_s)
            keep_open = then == "open" or form.get("keep_open") == "1"
            message_id = desk.reply(
                heed_of(), g.scope, ticket_id, text, now(),
                keep_open=keep_open, resolve=then == "resolve", undo_for=undo_for, **said,
            )  # fmt: skip
    except ValueError as error:
        return _not_taken(ticket_id, text, str(error), 422)
    except NewerMessage as newer:
        return _not_taken(ticket_id, text, newer.reason, 409, newer=newer.message_id)
    except TakenBack as taken:
        return _not_taken(ticket_id, text, taken.reason, 409, fresh=True)
    except Refused as wrong:
        return _not_taken(ticket_id, text, wrong.reason, 409)
    told = {"left": ticket_id} if then == "resolve" else {"ticket": ticket_id}
    left_s = 0.0 if then.startswith("later") else seconds_to_undo(heed_of(), g.scope, message_id, now())
    return done(url_for("inbox.ticket", ticket_id=ticket_id), message=message_id, undo_s=f"{left_s:.1f}", **told)


@bp.post("/tickets/<ticket_id>/note")
@audience("agent")
def note(ticket_id: str) -> AnyResponse | str | tuple[str, int]:
    """Keep a note that the customer never sees."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if not text.strip():
        return _not_taken(ticket_id, text, _("Write something first."), 422)
    message_id = desk.note(heed_of(), g.scope, ticket_id, text, now(), key=request.form.get("key", "")[:64])
    return done(url_for("inbox.ticket", ticket_id=ticket_id), ticket=ticket_id, message=message_id)


@bp.post("/tickets/<ticket_id>/snooze")
@audience("agent")
def snooze(ticket_id: str) -> AnyResponse:
    """Put a ticket off until a moment; a new message wakes it earlier."""
    try:
        desk.snooze(heed_of(), g.scope, ticket_id, _until(), now())
    except ValueError as error:
        return refused(str(error), url_for("dialogs.snooze", ticket_id=ticket_id), 422)
    return done(url_for("inbox.index"), left=ticket_id, words=_("Snoozed."))


@bp.post("/tickets/<ticket_id>/resolve")
@audience("agent")
def resolve(ticket_id: str) -> AnyResponse:
    """Resolve a ticket."""
    desk.resolve(heed_of(), g.scope, ticket_id, now())
    return done(url_for("inbox.index"), left=ticket_id, words=_("Resolved."))


@bp.post("/tickets/<ticket_id>/reopen")
@audience("agent")
def reopen(ticket_id: str) -> AnyResponse:
    """Open a resolved ticket again."""
    desk.reopen(heed_of(), g.scope, ticket_id, now())
    return done(url_for("inbox.ticket", ticket_id=ticket_id), ticket=ticket_id, words=_("Open again."))


@bp.post("/tickets/<ticket_id>/return")
@audience("agent")
def give_back(ticket_id: str) -> AnyResponse:
    """Return a ticket to its queue; it keeps its age."""
    desk.give_back(heed_of(), g.scope, ticket_id, now(), request.form.get("reason", "").strip()[:300])
    return done(url_for("inbox.index"), left=ticket_id, words=_("Back in its queue."))


@bp.post("/tickets/<ticket_id>/transfer")
@audience("agent")
def transfer(ticket_id: str) -> AnyResponse:
    """Hand a ticket to another queue, an agent or a site, with a note for whoever gets it."""
    queue, agent, site = (request.form.get(name) or None for name in ("queue", "agent", "site"))
    if queue is None and agent is None and site is None:
        where = url_for("dialogs.transfer", ticket_id=ticket_id)
        return refused(_("Choose a queue, a person or a site."), where, 422)
    words = request.form.get("note", "").strip()
    desk.transfer(heed_of(), g.scope, ticket_id, now(), queue=queue, agent=agent, site=site, note=words)
    return done(url_for("inbox.index"), left=ticket_id, words=_("Handed on."))


@bp.post("/presence")
@audience("agent")
def set_presence() -> AnyResponse:
    """Say whether I take work now."""
    try:
        status = Presence(request.form.get("status", ""))
    except ValueError as error:
        raise Mistake(_("Choose online, away, wrapping up or offline.")) from error
    presence.set_presence(heed_of(), g.scope.agent, status, now(), reason=request.form.get("reason", "").strip()[:80])
    return done(_back(), status=status.value)


@bp.post("/looks")
@audience("agent")
def looks() -> AnyResponse:
    """Choose light or dark, or follow the system; kept for the person, and for this browser's sign-in page."""
    theme = request.form.get("theme", "")
    chosen = theme if theme in frame.THEMES else "system"
    preferences.change(heed_of(), g.scope.agent, {"theme": chosen})
    response = done(_back())
    frame.remember_theme(response, theme)
    return response


def _until() -> datetime:
    """Return the moment chosen: from the list, or typed in the reader's zone. Raises ValueError in words."""
    typed, chosen = request.form.get("at", ""), request.form.get("until", "")
    try:
        until = datetime.fromisoformat(typed or chosen)
    except ValueError:
        raise ValueError(_("Choose until when.")) from None
    until = until if until.tzinfo else until.replace(tzinfo=zone_of(g.agent.zone))
    if not now() < until < now() + timedelta(days=366):
        raise ValueError(_("Choose a moment within the next year."))
    return until


def done(where: str, **told: str) -> Response:
    """Go on to a page, or tell the script where that is."""
    if forms.by_script():
        return jsonify({"url": where, **told})
    return redirect(where, 303)  # type: ignore[return-value]


def refused(reason: str, where: str, status: int = 409) -> Response:
    """Say why not, on a page or to the script."""
    if forms.by_script():
        response = jsonify({"detail": sentence(reason)})
        response.status_code = status
        return response
    flash(reason)
    return redirect(where, 303)  # type: ignore[return-value]


def _not_taken(
    ticket_id: str, text: str, reason: str, status: int, newer: str = "", fresh: bool = False
) -> Response | tuple[str, int]:
    """Give what was typed back with the reason; nothing an agent wrote is lost."""
    if forms.by_script():
        response = jsonify({"detail": sentence(reason), "newer": newer, "fresh": fresh})
        response.status_code = status
        return response
    typed_to = {name: request.form.get(name) for name in ("to", "cc", "bcc", "kind", "key")}
    if fresh:
        typed_to.pop("key")
    return show(ticket_id, typed=text, typed_to=typed_to, reason=reason, newer=newer), status


def _back() -> str:
    wanted = request.form.get("next", "")
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if local else url_for("inbox.index")
