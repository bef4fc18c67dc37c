"""What goes wrong, as programs read it (RFC 9457) and as people do. Nothing of what happened inside is told."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from router.desk import NotAllowed, NotFound, Refused
from router.mistakes import Mistake
from router.store.failures import DATABASE_AWAY
from router.web.words import sentence

log = logging.getLogger(__name__)

TYPE = "application/problem+json"
RETRY_S = 5  # when to try again after a database failure
HINTS = {
    400: "The request could not be read. Go back and try again.",
    401: "Sign in to see this.",
    403: "Your role does not allow this. Ask an admin of the desk.",
    404: "There is nothing here, or it is not yours to see.",
    405: "This address does not do that.",
    409: "Something changed in the meantime. Look again, then decide.",
    413: "That is too large.",
    415: "That kind of content is not taken here.",
    429: "Too many attempts. Wait a moment, then try again.",
    500: "Something went wrong on our side; it is in the log under the number below.",
    503: "The database does not answer. Nothing is lost; try again in a moment.",
}


def problem_body(status: int, detail: str, **more: object) -> bytes:
    """Return a problem as JSON."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return json.dumps(said, ensure_ascii=False).encode()


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: object) -> Response:
    """Return a problem as an answer; `more` adds members."""
    return Response(problem_body(status, detail, **more), status, headers=dict(headers or {}), content_type=TYPE)


def register(app: Flask) -> None:
    """Answer every error in one place: a page for people, a problem for programs."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda error: answer(400, "The page was too old. Load it again and repeat."))
    app.register_error_handler(Mistake, lambda error: answer(422, error.reason))
    app.register_error_handler(Refused, lambda error: answer(409, error.reason))
    app.register_error_handler(NotAllowed, lambda error: answer(403, error.reason))
    app.register_error_handler(NotFound, lambda error: answer(404, HINTS[404]))
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, detail: str, headers: Mapping[str, str] | None = None) -> AnyResponse:
    """Return an error in the form the asker reads."""
    if _wants_json():
        return problem(status, sentence(detail), headers=headers)
    page = render_template("errors/error.html", status=status, title=HTTPStatus(status).phrase, detail=detail)
    return Response(page, status, headers=dict(headers or {}))


def _wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"], "text/html") == "application/json"


def _http(error: HTTPException) -> AnyResponse:
    if error.response is not None:
        return cast(AnyResponse, error.response)
    status = error.code or 500
    own = error.description if "description" in error.__dict__ else None
    kept = ("Allow", "Retry-After", "WWW-Authenticate")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return answer(status, own or HINTS.get(status, error.description or ""), headers)


def _database_away(error: Exception) -> AnyResponse:
    log.error("database does not answer: %s", type(error).__name__, extra={"request": g.get("request_id", "")})
    return answer(503, HINTS[503], {"Retry-After": str(RETRY_S)})


def _unexpected(error: Exception) -> AnyResponse:
    number = g.get("request_id", "")
    log.exception("request %s failed: %s", number, type(error).__name__)
    return answer(500, f"{HINTS[500]} ({number})")
