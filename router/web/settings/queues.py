"""Queues: what is there, adding and changing one."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from router import equipping, offer_settings, opening
from router.equipping import QueueRow
from router.mistakes import Mistake
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.settings import asked
from router.web.words import look_up as _

bp = Blueprint("settings_queues", __name__, url_prefix="/settings/queues")


@bp.get("")
@audience("supervisor")
def every() -> str:
    """Show the queues."""
    return _page()


@bp.post("")
@audience("ops")
def add() -> tuple[str, int] | Response:
    """Add a queue."""
    brands = {brand.id for brand in equipping.brands(heed_of(), g.scope)}
    brand_id = asked.text("brand") or next(iter(brands), "")
    if brand_id not in brands:
        abort(404)
    try:
        equipping.add_queue(
            heed_of(),
            signed_in().actor,
            brand_id,
            asked.text("name"),
            now(),
            mode=asked.text("mode"),
            topic=asked.text("topic") or None,
            answer_s=_answer_s(),
        )
    except Mistake as mistake:
        return _page(wrong=mistake.reason), 422
    flash(_("The queue is there."), "good")
    return redirect(url_for("settings_queues.every"), 303)


@bp.get("/<queue_id>")
@audience("ops")
def one(queue_id: str) -> str:
    """Show one queue to change it."""
    return _one(_seen(queue_id))


@bp.post("/<queue_id>")
@audience("ops")
def change(queue_id: str) -> tuple[str, int] | Response:
    """Change a queue."""
    queue = _seen(queue_id)
    try:
        equipping.change_queue(
            heed_of(),
            signed_in().actor,
            queue_id,
            now(),
            name=asked.text("name"),
            mode=asked.text("mode"),
            topic=asked.text("topic") or None,
            answer_s=_answer_s(),
        )
        if "calendar" in request.form:
            opening.count_by(heed_of(), signed_in(), queue_id, asked.text("calendar") or None, now())
        if "discipline" in request.form:
            offer_settings.change(
                heed_of(),
                signed_in().actor,
                queue_id,
                now(),
                discipline=asked.text("discipline"),
                offer_s=asked.number("offer_s", _("An offer lasts, seconds")),
                auto_accept="auto_accept" in request.form,
            )
    except Mistake as mistake:
        return _one(queue, wrong=mistake.reason), 422
    flash(_("Saved."), "good")
    return redirect(url_for("settings_queues.every"), 303)


def _seen(queue_id: str) -> QueueRow:
    for queue in equipping.queues(heed_of(), g.scope):
        if queue.id == queue_id:
            return queue
    raise NotFound


def _answer_s() -> int | None:
    minutes = asked.number("answer_minutes", _("Answer within, minutes"))
    return None if minutes is None else minutes * 60


def _page(*, wrong: str = "") -> str:
    heed = heed_of()
    skills = equipping.skills(heed)
    return render_template(
        "settings/queues.html",
        queues=equipping.queues(heed, g.scope),
        brands=equipping.brands(heed, g.scope),
        topics=[skill for skill in skills if not skill.is_language],
        labels={skill.key: skill.label for skill in skills},
        modes=equipping.MODES,
        given=request.form,
        wrong=wrong,
    )


def _one(queue: QueueRow, *, wrong: str = "") -> str:
    topics = [skill for skill in equipping.skills(heed_of()) if not skill.is_language]
    calendars = [row for row in opening.calendars(heed_of(), g.scope) if row.brand_id == queue.brand_id]
    return render_template(
        "settings/queue.html",
        queue=queue,
        topics=topics,
        modes=equipping.MODES,
        calendars=calendars,
        offering=offer_settings.of_queues(heed_of())[queue.id],
        disciplines=offer_settings.DISCIPLINES,
        wrong=wrong,
    )
