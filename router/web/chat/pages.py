"""The chat page, by itself or in the widget's frame, and the widget's script."""

from flask import Blueprint, Response, g, render_template, request
from flask import current_app as app

from channels.webchat import adapter
from router.web.audience import audience
from router.web.chat.known import chat_of

WIDGET_AGE_S = 3600

bp = Blueprint("chat", __name__)


@bp.get("/chat/<key>")
@audience("visitor")
def page(key: str) -> str:
    """Show the chat; only the connection's own sites may frame it."""
    row = chat_of(key)
    origins = adapter.allowed_origins(row.connection)
    g.frame_ancestors = " ".join(origins) or None
    return render_template(
        "chat/page.html",
        key=key,
        title=row.connection.setting("title", "Chat with us"),
        greeting=row.connection.setting("greeting", "How can we help?"),
        framed=request.args.get("frame") == "1",
        most=adapter.MAX_TEXT,
    )


@bp.get("/chat/<key>/widget.js")
@audience("visitor")
def widget(key: str) -> Response:
    """Return the script that a site puts into its pages to offer the chat."""
    chat_of(key)
    script = app.extensions["heed.assets"].get("widget.js")
    response = Response(script.body, mimetype="text/javascript")
    response.headers["Cache-Control"] = f"public, max-age={WIDGET_AGE_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
