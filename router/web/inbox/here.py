"""A page says that it shows a ticket and whether its agent types, and hears who else does. Nothing is stored.

Of a chat its customer hears that an answer is being written to them, never by whom; and the page that they write.
"""

from flask import Blueprint, Response, g, jsonify, render_template, request

from router import inbox
from router.desk.errors import NotFound
from router.notify import Change
from router.visiting import CUSTOMER
from router.web.audience import audience
from router.web.security import heed_of
from router.web.streams import hub_of
from router.web.who_is_here import LEFT, READS, TYPES
from router.web.words import initials, listed
from router.web.words import look_up as _

bp = Blueprint("here", __name__)


@bp.post("/tickets/<ticket_id>/here")
@audience("agent")
def say(ticket_id: str) -> Response:
    """Tell the others at a ticket what this page's agent does, and answer who they are."""
    doing = request.form.get("doing", READS)
    brand_id = _brand_of(ticket_id)
    hub_of().listen()
    if doing in (READS, TYPES, LEFT):
        told = Change("here", brand_id, ticket_id, g.scope.agent, doing=doing)
        heed_of().notifier.publish([told, *_to_customer(ticket_id, doing)])
    return _others(ticket_id)


@bp.get("/tickets/<ticket_id>/here")
@audience("agent")
def ask(ticket_id: str) -> Response:
    """Answer who else is at a ticket."""
    _brand_of(ticket_id)
    return _others(ticket_id)


def _to_customer(ticket_id: str, doing: str) -> list[Change]:
    """Return what a chat's customer is told: that an answer is begun, or no longer written."""
    before = request.form.get("before") == TYPES
    chat = inbox.chat_of(heed_of(), g.scope, ticket_id) if before or doing == TYPES else ""
    answers = request.form.get("kind") == "reply"  # a note is not for them
    return [Change("typing", thread=chat, doing=TYPES if doing == TYPES and answers else LEFT)] if chat else []


def _brand_of(ticket_id: str) -> str:
    """Return a ticket's brand. Raises NotFound outside the scope."""
    found = inbox.brand_of(heed_of(), g.scope, ticket_id)
    if found is None:
        raise NotFound("There is no such ticket.")
    return found


def _others(ticket_id: str) -> Response:
    """Return them as the page shows them, and in words to be said."""
    found = hub_of().who.others(ticket_id, g.scope.agent)
    names = inbox.names_of(heed_of(), [other.agent for other in found if other.agent != CUSTOMER])
    said = []
    for other in found:
        if other.agent == CUSTOMER:
            said.append({"initials": "…", "types": True, "words": _("The customer is writing…")})
            continue
        name = names.get(other.agent, "")
        words = _("{name} is writing…", name=name) if other.types else _("{name} reads this", name=name)
        said.append({"initials": initials(name), "types": other.types, "words": words})
    html = render_template("inbox/_here.html", others=said)
    types = any(other.types for other in found if other.agent != CUSTOMER)
    return jsonify({"html": html, "words": listed([str(one["words"]) for one in said]), "types": types})
