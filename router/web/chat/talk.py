"""What the chat page asks for: a visitor's token, their messages, sending one, and hearing of answers."""

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from channels.errors import ChannelError
from channels.types import Answer, Request
from channels.webchat import adapter
from router import intake, surveying, visiting
from router.inbox.visitor import conversation, seen_until, visitor_file
from router.model import Role, Scope
from router.web import limits, streams
from router.web.audience import audience
from router.web.chat.known import VISITOR_HEADER, chat_of, from_our_page, visitor_of
from router.web.inbox.files import shown
from router.web.problems import problem
from router.web.security import heed_of, now
from router.web.streams import Viewer
from router.web.words import language

STARTS = "30 per 10 minutes"  # new visitors of one address
SENDS = "20 per minute; 300 per hour"  # messages of one visitor
SENDS_PER_ADDRESS = "60 per minute"  # of what was let in: one visitor's flood is not the others' fault
LOOKS = "240 per minute"  # of one visitor
NOBODY = Scope(Role.AGENT, frozenset())  # a visitor sees their own conversation, and nothing of the desk

bp = Blueprint("chat_talk", __name__)


@bp.post("/chat/<key>/start")
@audience("visitor")
def start(key: str) -> AnyResponse:
    """Give a new visitor their token, or a customer of the site the one of their conversation.

    The browser sends it in a header from then on; a site's word that does not hold is a 403, and the page begins anew.
    """
    row = chat_of(key)
    from_our_page(row)
    limits.by_address(STARTS, "chat start")
    said = request.headers.get("X-Heed-Identity", "")
    known = adapter.identity_of(said, row.connection, now()) if said else None
    if said and known is None:
        return problem(403, "Your site's word on who you are does not hold any more. Load its page again.")
    try:
        if known is None:
            return jsonify({"token": adapter.issue_visitor(row.connection, now())})
        token = adapter.issue_known(row.connection, known)
    except ChannelError as error:
        return problem(503, str(error))
    visiting.vouch(heed_of(), row, known, language(), now())
    return jsonify({"token": token})


@bp.get("/chat/<key>/messages")
@audience("visitor")
def messages(key: str) -> AnyResponse:
    """Return the visitor's own conversation, or what came after one message, and up to when it was seen."""
    row = chat_of(key)
    visitor = visitor_of(row)
    limits.limit(LOOKS, "chat look", row.id, visitor)
    after = request.args.get("after") or None
    asked = surveying.on_chat(heed_of(), row.id, visitor, now())
    question = {"asked": {"id": asked.id, "score": asked.score}} if asked else {}
    seen = seen_until(heed_of(), row.id, visitor)
    mark = {"seen": seen.isoformat()} if seen else {}
    return jsonify({"messages": conversation(heed_of(), row.id, visitor, after), **question, **mark})


@bp.post("/chat/<key>/messages")
@audience("visitor")
def send(key: str) -> AnyResponse:
    """Take one message; the same client id again is the same message."""
    row = chat_of(key)
    visitor = visitor_of(row)
    limits.limit(SENDS, "chat send", row.id, visitor)
    limits.by_address(SENDS_PER_ADDRESS, "chat send")
    request.max_content_length = adapter.INFO.max_body
    asked = Request(
        "POST",
        f"{heed_of().config.public_url}/chat/{key}/messages",
        {name.lower(): value for name, value in request.headers.items()},
        request.get_data(cache=False),
    )
    found = adapter.receive(asked, row.connection, now())
    if not isinstance(found, Answer):
        intake.accept(heed_of(), row, found, now())
        found = found.answer
    return Response(found.body, found.status, dict(found.headers), content_type=found.content_type)


@bp.get("/chat/<key>/files/<attachment_id>")
@audience("visitor")
def file(key: str, attachment_id: str) -> AnyResponse:
    """Return a file of the visitor's own conversation."""
    row = chat_of(key)
    return shown(visitor_file(heed_of(), row.id, visitor_of(row), attachment_id))


@bp.get("/chat/<key>/events")
@audience("visitor")
def events(key: str) -> AnyResponse:
    """Tell the page when something new is there, for as long as it is open; 503 where it is to ask now and then."""
    row = chat_of(key)
    visitor = visitor_of(row)
    limits.limit(LOOKS, "chat events", row.id, visitor)
    visiting.here(heed_of(), {(row.id, visitor)}, now())
    token = request.headers.get(VISITOR_HEADER, "")
    known = row.connection
    return streams.answer(
        Viewer(NOBODY, lambda: adapter.visitor_of(token, known, now()) == visitor, thread=f"{row.id}:{visitor}")
    )
