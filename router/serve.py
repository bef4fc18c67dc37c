"""Serves the web application with gunicorn: threads enough for every open stream, and a stop that ends them at once."""

import os
import signal
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from router.config import Config

GRACEFUL_S = 4  # a request may finish for so long after SIGTERM; open streams are told to end at once
KEPT_ALIVE = 256  # idle connections of one process, beside those being answered

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Site:
    """What one web process serves, and how it is told that the end is near."""

    app: WsgiApp
    stop: Callable[[], None]  # ends open streams and listening threads; called once, at SIGTERM


def serve_web(config: Config, build: Callable[[], Site] | None = None) -> None:
    """Serve the desk, or what `build` makes, until SIGTERM.

    The application is built in each web process, after the fork, so that no connection is shared; its modules are
    loaded before, so that a web process that was killed is replaced at once.
    """
    Gunicorn(config, build or _desk(config)).run()


def _desk(config: Config) -> Callable[[], Site]:
    from router.web import create_app  # here: half a second that serving something else does not need

    def build() -> Site:
        app = create_app(config)
        heed = app.extensions["heed"]
        return Site(app, heed.notifier.stop)

    return build


class Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with our settings, from no file and no command line."""

    def __init__(self, config: Config, build: Callable[[], Site]) -> None:
        self._config = config
        self._build = build
        self._site: Site | None = None
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        address = f"[{self._config.host}]" if ":" in self._config.host else self._config.host
        memory = Path("/dev/shm")  # noqa: S108  heartbeats must not wait for a busy disk
        settings = {
            "bind": [f"{address}:{self._config.port}"],
            "workers": self._config.web_workers,
            "worker_class": "gthread",
            "threads": self._config.web_threads,
            "worker_connections": self._config.web_threads + KEPT_ALIVE,
            "keepalive": 15,
            "timeout": 60,
            "graceful_timeout": GRACEFUL_S,
            "limit_request_line": 8190,
            "forwarded_allow_ips": "",  # proxies are judged by the application, from TRUSTED_PROXIES
            "proc_name": "heed-web",
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_tmp_dir": os.fspath(memory) if os.access(memory, os.W_OK) else None,
            "post_worker_init": self._listen_for_the_end,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> WsgiApp:
        """Build the application in this process."""
        self._site = self._build()
        return self._site.app

    def _listen_for_the_end(self, worker: Any) -> None:
        """Tell the site at SIGTERM, before gunicorn begins to wait for its threads."""

        def leave(number: int, frame: object) -> None:
            if self._site is not None:  # in a thread: a handler must wait for no lock
                threading.Thread(target=self._site.stop, name="heed-stop").start()
            worker.handle_exit(number, frame)

        signal.signal(signal.SIGTERM, leave)
