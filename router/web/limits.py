"""Limits on attempts: counted on the broker for all processes together, in this one's memory while it is away."""

import math

from flask import Flask, current_app
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import TooManyRequests

from router.config import Config
from router.notify import TIMEOUT_S


def configure(app: Flask, config: Config) -> None:
    """Give the application its counters; no route is limited by default."""
    url = config.redis_url
    app.extensions["heed.limiter"] = Limiter(
        get_remote_address,
        app=app,
        storage_uri=url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url,
        storage_options={"socket_timeout": math.ceil(TIMEOUT_S), "socket_connect_timeout": math.ceil(TIMEOUT_S)},
        in_memory_fallback_enabled=True,
        key_prefix="heed",
    )


def limit(rule: str, *key: str) -> None:
    """Count one attempt under a key; 429 when there were too many. `rule` reads “10 per minute; 50 per hour”."""
    limiter = current_app.extensions["heed.limiter"]
    try:
        with limiter.limit(rule, key_func=lambda: ":".join(key)):
            pass
    except RateLimitExceeded as error:
        wait_s = error.limit.limit.get_expiry() if error.limit is not None else 60
        raise TooManyRequests(retry_after=wait_s) from error


def by_address(rule: str, what: str) -> None:
    """Count one attempt of the address that asks."""
    limit(rule, what, get_remote_address())
