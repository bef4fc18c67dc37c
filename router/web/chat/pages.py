"""The chat page, by itself or in the widget's frame, and the widget's script."""

import json

from flask import Blueprint, Response, g, render_template, request
from flask import current_app as app

from channels.webchat import adapter
from channels.webchat.reading import FILE_TYPES, MAX_FILE_BYTES, MAX_FILES, MAX_TEXT
from router.inbox.visitor import Chat, front, language
from router.web.audience import audience
from router.web.chat.known import chat_of
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import prefer, read_in

WIDGET_AGE_S = 3600
DEFAULTS = frozenset({"Chat with us", "How can we help?"})

bp = Blueprint("chat", __name__)


@bp.get("/chat/<key>")
@audience("visitor")
def page(key: str) -> str:
    """Show the chat; only the connection's own sites may frame it."""
    row = chat_of(key)
    origins = adapter.allowed_origins(row.connection)
    g.frame_ancestors = " ".join(origins) or None
    prefer(language(heed_of(), row))
    return render_template(
        "chat/page.html",
        key=key,
        title=_title(row),
        greeting=_own(row, "greeting") or _("How can we help?"),
        framed=request.args.get("frame") == "1",
        most=MAX_TEXT,
        files=MAX_FILES,
        bytes=MAX_FILE_BYTES,
        takes=",".join(sorted(FILE_TYPES)),
        front=front(heed_of(), row, now()),
    )


@bp.get("/chat/<key>/widget.js")
@audience("visitor")
def widget(key: str) -> Response:
    """Return the script that a site puts into its pages to offer the chat."""
    row = chat_of(key)
    read_in(language(heed_of(), row))  # not the visitor's: the answer is kept for everyone
    said = json.dumps(_title(row)).replace("<", "\\u003c").encode()
    script = app.extensions["heed.assets"].get("widget.js").body.replace(b'"Chat with us"', said)
    response = Response(script, mimetype="text/javascript")
    response.headers["Cache-Control"] = f"public, max-age={WIDGET_AGE_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _title(row: Chat) -> str:
    return _own(row, "title") or _("Chat with us")


def _own(row: Chat, name: str) -> str:
    """Return a text of this chat; empty while it is the English one it was made with."""
    said = row.connection.setting(name)
    return "" if said in DEFAULTS else said
