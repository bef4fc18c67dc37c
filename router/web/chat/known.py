"""Which chat an address names, and which visitor a browser's token belongs to."""

from flask import abort, current_app, request

from channels.webchat import adapter
from router.inbox.visitor import Chat, Chats
from router.web.security import heed_of, now
from router.web.words import look_up as _

VISITOR_HEADER = "X-Heed-Visitor"


def chat_of(key: str) -> Chat:
    """Return the web chat of a key; 404 if there is none, 503 while it is paused."""
    chats = current_app.extensions["heed.chats"]
    assert isinstance(chats, Chats)
    row = chats.by_key(key)
    if row is None:
        abort(404, _("There is no chat here."))
    if not row.active:
        abort(503, _("This chat is closed for the moment."))
    return row


def visitor_of(row: Chat) -> str:
    """Return the visitor who asks; 401 without a token of this chat."""
    visitor = adapter.visitor_of(request.headers.get(VISITOR_HEADER, ""), row.connection, now())
    if visitor is None:
        abort(401, _("This browser has no conversation here yet. Load the page again."))
    return visitor


def from_our_page(row: Chat) -> None:
    """Refuse a request that a page of another site sent: the chat speaks from our own page, wherever it is framed."""
    origin = request.headers.get("Origin")
    if origin is not None and not adapter.origin_allowed(origin, row.connection, heed_of().config.public_url):
        abort(403, _("This site may not chat here."))
