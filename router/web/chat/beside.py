"""What the chat page tells and asks beside messages: where a visitor stands, their address, typing, what they read."""

from flask import Blueprint, current_app, jsonify, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from router import by_mail, visiting
from router.inbox.visitor import Chat, Standing, language, standing
from router.mistakes import Mistake
from router.web import limits, words
from router.web.audience import audience
from router.web.chat.known import chat_of, from_our_page, visitor_of
from router.web.security import heed_of, now
from router.web.who_is_here import LEFT, TYPES

LOOKS = "60 per minute"  # of one visitor
TELLS = "120 per minute"
ADDRESSES = "10 per hour"  # typed by one visitor
ADDRESSES_PER_ADDRESS = "20 per hour"  # by everyone behind one network address
CONFIRMS = "30 per 10 minutes"  # of one network address

bp = Blueprint("chat_beside", __name__)


@bp.get("/chat/<key>/standing")
@audience("visitor")
def stands(key: str) -> AnyResponse:
    """Return whether anybody is there, the visitor's place in line, and what is known of their address."""
    row = chat_of(key)
    visitor = visitor_of(row)
    limits.limit(LOOKS, "chat standing", row.id, visitor)
    visiting.here(heed_of(), {(row.id, visitor)}, now())
    return jsonify(_told(standing(heed_of(), row, visitor, now())))


@bp.post("/chat/<key>/typing")
@audience("visitor")
def types(key: str) -> AnyResponse:
    """Tell whoever reads the conversation that its visitor types, or has stopped."""
    row = _spoken_to(key)
    visitor = visitor_of(row)
    limits.limit(TELLS, "chat typing", row.id, visitor)
    visiting.types(heed_of(), row, visitor, TYPES if _field("on") is True else LEFT)
    return jsonify({})


@bp.post("/chat/<key>/seen")
@audience("visitor")
def seen(key: str) -> AnyResponse:
    """Mark the answers up to one as read; `more` says that some are on their way yet."""
    row = _spoken_to(key)
    visitor = visitor_of(row)
    limits.limit(TELLS, "chat seen", row.id, visitor)
    return jsonify({"more": visiting.read(heed_of(), row, visitor, str(_field("message"))[:40])})


@bp.post("/chat/<key>/address")
@audience("visitor")
def address(key: str) -> AnyResponse:
    """Take the address answers may follow to; it is asked by mail first whether it is theirs."""
    row = _spoken_to(key)
    visitor = visitor_of(row)
    limits.limit(ADDRESSES, "chat address", row.id, visitor)
    limits.by_address(ADDRESSES_PER_ADDRESS, "chat address")
    kept = visiting.say_address(heed_of(), row, visitor, str(_field("email")), words.language(), now())
    return jsonify({"address": kept.email, "trust": kept.trust})


@bp.get("/chat/<key>/confirm/<token>")
@audience("visitor")
def ask(key: str, token: str) -> AnyResponse:
    """Show whose address it is about and the button; nothing is believed yet, for mail programs follow links."""
    row = chat_of(key)
    limits.by_address(CONFIRMS, "chat confirm")
    found = by_mail.asked(heed_of(), row, token, now())
    return _page(row, email=found.email if found else "", done=found is not None and found.trust != "visitor")


@bp.post("/chat/<key>/confirm/<token>")
@audience("visitor")
def confirm(key: str, token: str) -> AnyResponse:
    """Believe the address: answers follow from now on."""
    row = chat_of(key)
    limits.by_address(CONFIRMS, "chat confirm")
    found = by_mail.asked(heed_of(), row, token, now())
    done = by_mail.confirm(heed_of(), row, token, now())
    return _page(row, email=found.email if found and done else "", done=done)


def _page(row: Chat, *, email: str, done: bool) -> AnyResponse:
    words.prefer(language(heed_of(), row))
    page = render_template("chat/confirm.html", email=email, done=done)
    answer = current_app.response_class(page, 200 if email else 410)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return answer


def _spoken_to(key: str) -> Chat:
    row = chat_of(key)
    from_our_page(row)
    return row


def _field(name: str) -> object:
    """Return a field of the JSON that was posted. Raises Mistake without one."""
    said = request.get_json(silent=True)
    if not isinstance(said, dict) or name not in said:
        raise Mistake("Send JSON, as the chat page does.")
    return said[name]


def _told(one: Standing) -> dict[str, object]:
    known = {"address": one.address, "trust": one.trust} if one.address else {}
    return {
        "open": one.is_open,
        "back": one.back_at.isoformat() if one.back_at else None,
        "mail": one.by_mail,
        "place": one.place,
        "wait": one.wait_min,
        "agent": one.agent,
        **known,
    }
