"""What is offered to me: a part of every page with its countdown, and the two answers by form, key or voice."""

from datetime import datetime

from flask import Blueprint, Flask, Response, g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import inbox
from router.desk import Refused, offers
from router.inbox import TicketLine
from router.web.audience import audience
from router.web.inbox.acts import done, refused
from router.web.inbox.pages import unchanged
from router.web.security import heed_of, now
from router.web.words import look_up as _

bp = Blueprint("offers", __name__)


@bp.get("/inbox/offers")
@audience("agent")
def fragment() -> Response:
    """Return what is offered to me and how I am here, alone."""
    return unchanged(render_template("inbox/_offer.html") + render_template("inbox/_presence.html"))


@bp.post("/offers/<offer_id>/accept")
@audience("agent")
def accept(offer_id: str) -> AnyResponse:
    """Take the ticket and show it."""
    try:
        ticket_id = offers.accept(heed_of(), g.scope, offer_id, now())
    except Refused as wrong:
        return refused(wrong.reason, url_for("inbox.index"))
    return done(url_for("inbox.ticket", ticket_id=ticket_id), ticket=ticket_id)


@bp.post("/offers/<offer_id>/decline")
@audience("agent")
def decline(offer_id: str) -> AnyResponse:
    """Let the ticket go to the next agent."""
    reason = request.form.get("reason", "")[: offers.MAX_REASON]
    try:
        offers.decline(heed_of(), g.scope, offer_id, now(), reason)
    except Refused as wrong:
        return refused(wrong.reason, url_for("inbox.index"))
    return done(url_for("inbox.index"), words=_("Declined. The next agent is asked."))


def register(app: Flask) -> None:
    """Give the templates what is offered to whoever reads."""
    app.jinja_env.globals["my_offers"] = mine


def mine() -> list[tuple[offers.Offered, TicketLine, float]]:
    """Return my offers with their tickets and how many seconds are left."""
    held = {one.ticket_id: one for one in offers.offered(heed_of(), g.scope)}
    lines = inbox.lines_of(heed_of(), g.scope, list(held))
    at = now()
    return [(held[line.id], line, _left_s(held[line.id].until, at)) for line in lines]


def _left_s(until: datetime, at: datetime) -> float:
    return max(0.0, (until - at).total_seconds())
