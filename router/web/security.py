"""Stands before every page: who asks, whether they may, whether a writing request is ours; and what every answer says.

`/hooks` does not come by here (router.web.hooks): platforms sign what they send, and that path has to be cheap.
"""

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as AnyResponse

from router import accounts, tokens
from router.app import Heed
from router.config import Config
from router.tokens import TokenRefused
from router.vault import cookie_keys
from router.web.audience import Audience, audience_of
from router.web.problems import problem

SESSION_KEY = "sid"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MAX_FORM = 1024 * 1024  # bytes of a request; a route that takes files says more

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}

csrf = CSRFProtect()


def heed_of(app: Flask | None = None) -> Heed:
    """Return what the running application works with."""
    found = (app or current_app).extensions["heed"]
    assert isinstance(found, Heed)
    return found


def signed_in() -> accounts.SignedIn:
    """Return who asks; only for routes whose audience signs in."""
    found = g.signed_in
    assert isinstance(found, accounts.SignedIn)
    return found


def configure(app: Flask, config: Config) -> None:
    """Set the cookie, the keys it is signed with, and the checks before and after each request."""
    keys = cookie_keys(config.secret_keys)
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        SESSION_COOKIE_NAME="__Host-heed" if config.uses_tls else "heed",
        SESSION_COOKIE_SECURE=config.uses_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=accounts.SESSION_LASTS,
        MAX_CONTENT_LENGTH=MAX_FORM,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_CHECK_DEFAULT=False,  # `_guard` checks, where a person asks
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page may lie open all day
        WTF_CSRF_SSL_STRICT=False,  # the Origin is checked instead of the Referer
    )
    csrf.init_app(app)
    app.extensions["heed.origins"] = own_origins(config.public_url)
    app.before_request(_guard)
    app.after_request(_headers)


def own_origins(public_url: str) -> frozenset[str]:
    """Return the origins our own pages have: that of PUBLIC_URL; on loopback under each of its names."""
    parts = urlsplit(public_url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    hosts = LOOPBACK if host in LOOPBACK else (host,)
    return frozenset(f"{parts.scheme}://{name}{port}" for name in hosts)


def sign_in_as(session_id: str, *, by_link: bool) -> None:
    """Put a session into the cookie, with a new CSRF token."""
    session.clear()
    session.permanent = True
    session[SESSION_KEY] = session_id
    session["by_link"] = by_link


def now() -> datetime:
    """Return now; the clock of the web layer."""
    return datetime.now(UTC)


def _guard() -> AnyResponse | None:
    g.signed_in = g.agent = g.scope = None
    if request.endpoint is None:
        return None  # 404 and 405 answer by themselves
    wanted = audience_of(current_app, request.endpoint)
    if wanted.who == "token":
        return _by_token(wanted)
    if wanted.who == "visitor" or request.endpoint == "static":
        return None
    _know_session()
    if wanted.role is not None:
        if g.signed_in is None:
            return _sign_in_first()
        if g.signed_in.agent.role.rank < wanted.role.rank:
            abort(403, f"This needs the role {wanted.role}; yours is {g.signed_in.agent.role}. Ask an admin.")
    if request.method not in SAFE:
        _ours()
        csrf.protect()
    return None


def _know_session() -> None:
    session_id = session.get(SESSION_KEY)
    if not isinstance(session_id, str):
        return
    found = accounts.scope_of_session(heed_of(), session_id, now())
    if found is None:
        return  # the cookie stays: this answer might come after one that brought a new session
    g.signed_in, g.agent, g.scope = found, found.agent, found.scope


def _by_token(wanted: Audience) -> AnyResponse | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        return problem(401, "Send “Authorization: Bearer <token>”.", headers={"WWW-Authenticate": "Bearer"})
    try:
        found = tokens.scope_of_token(heed_of(), token.strip(), wanted.scope, now())
    except TokenRefused as error:
        status = 403 if error.known else 401
        headers = {} if error.known else {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return problem(status, error.reason, headers=headers)
    if wanted.least is not None and found.agent.role.rank < wanted.least.rank:
        return problem(403, f"This needs the role {wanted.least}; the token's owner is {found.agent.role}.")
    g.signed_in, g.agent, g.scope = found, found.agent, found.scope
    return None


def _sign_in_first() -> AnyResponse:
    if request.method not in SAFE or "text/html" not in request.headers.get("Accept", "text/html"):
        abort(401, "Sign in again: your session has ended.")
    where = request.full_path.rstrip("?")
    return redirect("/login" if where == "/" else f"/login?next={quote(where, safe='/')}", 303)


def _ours() -> None:
    """Refuse a writing request that another site's page sent. Browsers always say where a form comes from."""
    if request.headers.get("Origin", "") not in current_app.extensions["heed.origins"]:
        abort(
            403, "This request did not come from one of Heed's own pages. Open Heed at its own address and try again."
        )


def _headers(response: Response) -> Response:
    ancestors = g.get("frame_ancestors") or "'none'"  # the chat's pages name the sites that may frame them
    policy = "; ".join([*(f"{name} {value}" for name, value in POLICY.items()), f"frame-ancestors {ancestors}"])
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if g.get("frame_ancestors") else "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if ancestors == "'none'":
        headers.setdefault("X-Frame-Options", "DENY")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    if heed_of().config.uses_tls:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
