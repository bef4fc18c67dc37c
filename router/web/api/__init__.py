"""REST under /api/v1: the desk for programs. Each part adds its routes to one blueprint; OpenAPI is told from them."""

import json
from functools import cache

from flask import Flask, Response

from router.web.api import (
    acts,
    backtests,
    desk,
    errors,
    offers,
    people,
    rule_drafts,
    rules,
    teaching,
    tickets,
    why,
)
from router.web.api.base import api, bp
from router.web.api.openapi import describe
from router.web.api.typed import Operation
from router.web.audience import audience

__all__ = ["api", "register"]

# imported for the routes they add
PARTS = (tickets, acts, offers, why, people, desk, rules, rule_drafts, backtests, teaching)
EVENTS = Operation(  # served by router.web.streams
    method="GET",
    path="/events",
    name="api_events",
    says="Hear what changes, as server-sent events.\n\nHints with ids only, within the token's brands; `resync` says "
    "that some were missed, `ended` that the token no longer holds. 503: too many streams are open here.",
    scope="tickets:read",
    status=200,
    ids=(),
    produces="text/event-stream",
)


@bp.get("/openapi.json")
@audience("public")
def openapi() -> Response:
    """Describe the API."""
    return Response(_described(), content_type="application/json", headers={"Cache-Control": "public, max-age=300"})


def register(app: Flask) -> None:
    """Add the API."""
    app.register_blueprint(bp)


@cache
def _described() -> str:
    return json.dumps(describe([*api.operations, EVENTS]), ensure_ascii=False)


errors.register(bp)
