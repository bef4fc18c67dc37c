"""Connections: what is there and how it fares, adding one step by step, testing, pausing, new secrets."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from channels import CHANNELS
from router import connecting, equipping, replaying, watching
from router.connecting import ConnectionRow, NewConnection
from router.mistakes import Mistake
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _
from router.web.words import plural

bp = Blueprint("settings_connections", __name__, url_prefix="/settings/connections")


@bp.get("")
@audience("supervisor")
def every() -> str:
    """Show all connections: what came in a day, what was not understood, what is wrong."""
    rows = connecting.seen_by(heed_of(), g.scope)
    labels = {about.key: about.label for about in connecting.infos()}
    day = watching.last_day(heed_of(), rows, now())
    return render_template("settings/connections.html", rows=rows, labels=labels, day=day)


@bp.get("/new")
@audience("ops")
def choose() -> str:
    """Ask for the channel."""
    return render_template("settings/connection_channel.html", infos=connecting.infos())


@bp.get("/new/<channel>")
@audience("ops")
def form(channel: str) -> str:
    """Ask for what the channel needs."""
    _exists(channel)
    return _form(channel)


@bp.post("/new/<channel>")
@audience("ops")
def add(channel: str) -> tuple[str, int]:
    """Add the connection; show address, secret and steps, the secret this once."""
    _exists(channel)
    heed, me = heed_of(), signed_in()
    try:
        made = connecting.add_connection(
            heed,
            me.actor,
            me.scope,
            brand_id=_brand(),
            channel=channel,
            name=asked.text("name"),
            settings=_settings(channel),
            now=now(),
            queue_id=asked.text("queue") or None,
        )
    except Mistake as mistake:
        return _form(channel, wrong=mistake.reason), 422
    return _one(connecting.by_id(heed, made.id), made=made), 201


@bp.get("/<connection_id>")
@audience("ops")
def one(connection_id: str) -> str:
    """Show one connection."""
    return _one(_seen(connection_id))


@bp.post("/<connection_id>")
@audience("ops")
def change(connection_id: str) -> tuple[str, int] | Response:
    """Change name, queue and settings; a secret field left empty keeps what it holds."""
    row, me = _seen(connection_id), signed_in()
    try:
        trouble = connecting.change_connection(
            heed_of(),
            me.actor,
            me.scope,
            row,
            now(),
            name=asked.text("name"),
            settings=_settings(row.connection.channel),
            queue_id=asked.text("queue") or None,
        )
    except Mistake as mistake:
        return _one(row, wrong=mistake.reason), 422
    flash(trouble or _("Saved."), "bad" if trouble else "good")
    return redirect(url_for("settings_connections.one", connection_id=row.id), 303)


@bp.post("/<connection_id>/test")
@audience("ops")
def test(connection_id: str) -> str:
    """Ask the platform whether all is well."""
    row = _seen(connection_id)
    return _one(connecting.by_id(heed_of(), row.id), found=connecting.test_connection(heed_of(), row.id, now()))


@bp.post("/<connection_id>/pause")
@audience("ops")
def pause(connection_id: str) -> Response:
    """Pause, or go on."""
    row = _seen(connection_id)
    connecting.pause(heed_of(), signed_in().actor, row.id, now(), active=not row.active)
    return redirect(url_for("settings_connections.one", connection_id=row.id), 303)


@bp.post("/<connection_id>/secret")
@audience("ops")
def rotate(connection_id: str) -> str:
    """Make a second secret and show it, this once."""
    row = _seen(connection_id)
    made = connecting.rotate_secret(heed_of(), signed_in().actor, row.id, now())
    return _one(connecting.by_id(heed_of(), row.id), made=made)


@bp.post("/<connection_id>/secret/retire")
@audience("ops")
def retire(connection_id: str) -> Response:
    """Let the newest secret alone hold."""
    row = _seen(connection_id)
    connecting.retire_secret(heed_of(), signed_in().actor, row.id, now())
    flash(_("The older secret no longer holds."), "good")
    return redirect(url_for("settings_connections.one", connection_id=row.id), 303)


@bp.post("/<connection_id>/replay")
@audience("ops")
def replay(connection_id: str) -> Response:
    """Have what was not understood read again: one delivery, or all."""
    row = _seen(connection_id)
    event = request.form.get("event", type=int)
    done = replaying.replay(heed_of(), signed_in().actor, g.scope, row.id, now(), event)
    said = plural(done, "{n} delivery is being read again.", "{n} deliveries are being read again.")
    flash(said if done else _("There was nothing to read again."), "good" if done else "")
    return redirect(url_for("settings_connections.one", connection_id=row.id), 303)


@bp.get("/<connection_id>/events/<int:event_id>")
@audience("admin")
def event(connection_id: str, event_id: int) -> str:
    """Show a delivery that was not understood as it came; each look is on the trail."""
    row = _seen(connection_id)
    raw = replaying.raw(heed_of(), signed_in().actor, g.scope, row.id, event_id, now())
    return render_template("settings/connection_event.html", row=row, raw=raw)


def _exists(channel: str) -> None:
    if channel not in CHANNELS:
        abort(404)


def _seen(connection_id: str) -> ConnectionRow:
    """Return a connection of the asker's brands; another brand's is not there."""
    for row in connecting.seen_by(heed_of(), g.scope):
        if row.id == connection_id:
            return row
    raise NotFound


def _brand() -> str:
    brands = equipping.brands(heed_of(), g.scope)
    wanted = asked.text("brand")
    found = [brand for brand in brands if brand.id == wanted] or brands[: 1 if not wanted else 0]
    if not found:
        raise Mistake(_("Choose one of your brands."))
    return found[0].id


def _settings(channel: str) -> Mapping[str, str]:
    names = [setting.name for setting in connecting.info(channel).settings]
    return {name: request.form.get(f"set-{name}", "") for name in names if f"set-{name}" in request.form}


def _form(channel: str, *, wrong: str = "") -> str:
    heed = heed_of()
    return render_template(
        "settings/connection_new.html",
        info=connecting.info(channel),
        brands=equipping.brands(heed, g.scope),
        queues=equipping.queues(heed, g.scope),
        given=request.form,
        wrong=wrong,
    )


def _one(
    row: ConnectionRow, *, made: NewConnection | None = None, found: list[str] | None = None, wrong: str = ""
) -> str:
    heed = heed_of()
    odd, odd_count = replaying.listed(heed, g.scope, row.id, request.args.get("before", type=int))
    return render_template(
        "settings/connection.html",
        day=watching.last_day(heed, [row], now())[row.id],
        odd=odd,
        odd_count=odd_count,
        two_secrets=connecting.has_two_secrets(row),
        row=row,
        info=connecting.info(row.connection.channel),
        url=connecting.hook_url(heed, row.connection.key),
        asks_for_url=any("{url}" in step for step in connecting.info(row.connection.channel).steps),
        steps=connecting.steps(heed, row, made.secret if made is not None else "", _),
        queues=[queue for queue in equipping.queues(heed, g.scope) if queue.brand_id == row.brand_id],
        made=made,
        found=found,
        given=request.form,
        wrong=wrong,
    )
