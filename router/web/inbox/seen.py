"""A page says what its agent has seen, and which zone their browser is in."""

from flask import Blueprint, g, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from router import inbox, seen, staffing
from router.notify import Change
from router.web.audience import audience
from router.web.security import heed_of, now

bp = Blueprint("seen", __name__)


@bp.post("/tickets/<ticket_id>/seen")
@audience("agent")
def see(ticket_id: str) -> AnyResponse:
    """Note a ticket as seen up to the message named; the customer of a chat hears of it."""
    news = seen.see(heed_of(), g.scope, ticket_id, request.form.get("message", "")[:40])
    if news and (chat := inbox.chat_of(heed_of(), g.scope, ticket_id)):
        heed_of().notifier.publish([Change("seen", thread=chat)])
    return jsonify({"news": news})


@bp.post("/zone")
@audience("agent")
def zone() -> AnyResponse:
    """Take the zone the browser says as the agent's own."""
    who = g.agent
    given = request.form.get("zone", "")
    staffing.change_profile(heed_of(), who.id, now(), name=who.name, zone=given, locale=who.locale)
    return jsonify({"zone": given})
