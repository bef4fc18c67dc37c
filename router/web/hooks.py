"""`POST|GET /hooks/<connection>`: every channel's way in. Verify, store durably, answer as the platform wants.

A plain WSGI function in front of the pages: no session, no CSRF, no limiter and no hook of theirs runs here, because
platforms sign what they send and this path is the one that must keep up.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.utils import get_content_length
from werkzeug.wsgi import get_input_stream

from channels import adapter
from channels.types import Answer, Request
from router import intake
from router.app import Heed
from router.connecting import KnownConnections
from router.store.failures import CANNOT_STORE
from router.web.problems import RETRY_S, TYPE, problem_body

log = logging.getLogger(__name__)

PREFIX = "/hooks/"
MOST_DISCARDED = 24 * 1024 * 1024  # bytes of a body that is too large, read and thrown away
PIECE = 64 * 1024
MAX_KEY = 100  # characters; ours are shorter
PAUSED_S = 300  # when a platform should try a paused connection again
LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Hooks:
    """Answers /hooks, and hands everything else to the pages."""

    def __init__(self, heed: Heed, pages: Wsgi) -> None:
        self._heed = heed
        self._pages = pages
        self._known = KnownConnections(heed.database, heed.vault)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self._pages(environ, start_response)
        try:
            answer = self._answer(environ, path[len(PREFIX) :])
        except CANNOT_STORE as error:
            log.error("POST /hooks/<connection>: database does not answer: %s", type(error).__name__)
            answer = _problem(503, "The delivery could not be stored. Send it again.", **{"Retry-After": str(RETRY_S)})
        except Exception:  # the platform must hear that it should send it again, whatever went wrong here
            log.exception("POST /hooks/<connection> failed")
            answer = _problem(500, "The delivery was not stored. Send it again.", **{"Retry-After": str(RETRY_S)})
        body = answer.body.encode()
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(body)))]
        headers += [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"), *answer.headers.items()]
        start_response(LINES.get(answer.status) or f"{answer.status} Answer", headers)
        return [body]

    def _answer(self, environ: Environ, key: str) -> Answer:
        method = environ["REQUEST_METHOD"]
        row = self._known.by_key(key) if key.isascii() and key.isalnum() and len(key) <= MAX_KEY else None
        if row is None:
            return _problem(404, "There is no connection of this address: copy it anew from Settings, Connections.")
        if method not in ("POST", "GET"):
            return _problem(405, "Send POST or GET.", Allow="GET, POST")
        if not row.active:
            return _problem(503, "This connection is paused. Send it again later.", **{"Retry-After": str(PAUSED_S)})
        if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
            return _problem(415, "Send the body as it is, without Content-Encoding.", **{"Accept-Encoding": "identity"})
        channel = adapter(row.connection.channel)
        try:
            body = _body(environ, channel.INFO.max_body)
        except RequestEntityTooLarge:
            _let_finish(environ)
            return _problem(413, f"The body is larger than the {channel.INFO.max_body:,} bytes this channel takes.")
        except ClientDisconnected:
            return _problem(400, "The body ended before its Content-Length.")
        now = datetime.now(UTC)
        query = environ.get("QUERY_STRING", "")
        url = f"{self._heed.config.public_url}{PREFIX}{key}{'?' + query if query else ''}"
        found = channel.receive(Request(method, url, _headers(environ), body), row.connection, now)
        if isinstance(found, Answer):
            return found
        intake.accept(self._heed, row, found, now)
        return found.answer


def _body(environ: Environ, most: int) -> bytes:
    """Return the raw body. Raises RequestEntityTooLarge before a byte more than `most` is kept."""
    told = get_content_length(environ.get("CONTENT_LENGTH"), environ.get("HTTP_TRANSFER_ENCODING"))
    if told is not None and told > most:
        raise RequestEntityTooLarge
    body = get_input_stream(environ, max_content_length=most + 1).read()  # werkzeug cuts a chunked body at its limit
    if len(body) > most:
        raise RequestEntityTooLarge
    return body


def _let_finish(environ: Environ) -> None:
    """Throw the rest of a body away, up to a limit: who is still sending would not hear the answer otherwise."""
    left, rest = MOST_DISCARDED, environ["wsgi.input"]
    try:
        while left > 0 and (piece := rest.read(PIECE)):
            left -= len(piece)
    except (OSError, ClientDisconnected):
        return


def _headers(environ: Environ) -> dict[str, str]:
    headers = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return headers


def _problem(status: int, detail: str, **headers: str) -> Answer:
    return Answer(status, problem_body(status, detail).decode(), TYPE, headers)
