"""The web: pages, chat, streams, API and webhooks of one process. Parse, call one use case, answer."""

import logging
import os
import secrets
import time

from flask import Flask, Response, g, request

from router.app import Heed, open_heed
from router.config import Config, load
from router.web import (
    api,
    assets,
    backtests,
    chat,
    feedback,
    health,
    inbox,
    lending,
    limits,
    login,
    problems,
    reports,
    rules,
    security,
    settings,
    streams,
    supervisor,
    welcome,
    words,
)
from router.web.audience import check_audiences
from router.web.hooks import Hooks
from router.web.proxies import TrustedProxies

log = logging.getLogger(__name__)

PARTS = (
    assets, words, problems, login, inbox, supervisor, reports, rules, backtests, welcome, settings, streams, chat,
    feedback, lending, api, health,
)  # fmt: skip


def create_app(config: Config | None = None, heed: Heed | None = None) -> Flask:
    """Return the whole web application; `heed` is opened from the configuration unless given.

    Raises ConfigErrors for a bad environment, LookupError for a route that does not say whom it is for.
    """
    config = config or (heed.config if heed is not None else load(os.environ))
    app = Flask(__name__, static_folder=None)
    app.extensions["heed"] = heed or open_heed(config)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_begin)
    limits.configure(app, config)
    security.configure(app, config)
    app.after_request(_log)
    for part in PARTS:
        part.register(app)
    check_audiences(app)
    app.wsgi_app = TrustedProxies(  # type: ignore[method-assign]
        Hooks(security.heed_of(app), app.wsgi_app), config.trusted_proxies
    )
    return app


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()


def _log(response: Response) -> Response:
    """Log a request by the template of its path: what stands in a path may be a secret."""
    response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
    if request.endpoint != "static":
        route = request.url_rule.rule if request.url_rule is not None else "-"
        took_ms = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000)
        level = logging.WARNING if response.status_code >= 500 else logging.DEBUG
        log.log(level, "%s %s %s in %s ms", request.method, route, response.status_code, took_ms)
    return response
