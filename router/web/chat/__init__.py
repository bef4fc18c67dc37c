"""The customer's side of web chat: the page, the widget that shows it elsewhere, and what both ask for."""

from flask import Flask

from router.inbox.visitor import Chats
from router.web.chat import beside, pages, talk
from router.web.security import heed_of


def register(app: Flask) -> None:
    """Add the chat's pages and endpoints."""
    app.extensions["heed.chats"] = Chats(heed_of(app))
    app.register_blueprint(pages.bp)
    app.register_blueprint(talk.bp)
    app.register_blueprint(beside.bp)
