"""Event streams: hints to open pages that something changed, never the thing itself.

One listener a process hands every change to the queues of its open streams; a queue that is full is emptied and its
page told to look at everything again. What concerns a viewer's own tickets is sent at once; what moves elsewhere in the
line is gathered for a moment, so that 500 streams wake five times a second at most, a few of them together. Pages are
told over how long to spread their looks at it, the longer the more are open.
"""

import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Collection, Iterator
from datetime import datetime

from flask import Blueprint, Flask, Response, current_app, g, request, session
from werkzeug.wrappers import Response as AnyResponse

from router import accounts, presence, tokens, visiting
from router.app import Heed
from router.notify import Change
from router.store.failures import DATABASE_AWAY
from router.tokens import TokenRefused
from router.web.audience import audience
from router.web.client import LINE, Line, drain, put
from router.web.client import QUEUE as QUEUE
from router.web.client import Client as Client
from router.web.hearing import Viewer as Viewer
from router.web.hearing import concerns as concerns
from router.web.hearing import event, moved
from router.web.hearing import is_theirs as is_theirs
from router.web.hearing import told as told
from router.web.problems import problem
from router.web.security import SESSION_KEY, heed_of, now, signed_in
from router.web.who_is_here import WhoIsHere

log = logging.getLogger(__name__)

COMMENT_S = 15.0  # a line for proxies that end silent connections
CHECK_S = 30.0  # how often a stream asks whether its viewer still may
GATHER_S = 0.2  # how long changes elsewhere are gathered; the first after a calm time goes at once
AT_ONCE = 25  # streams woken together
SPREAD_S = 2.0  # over how long pages spread their looks at most
SPREAD_PAGE_S = 0.004  # and for each open page: what 250 looks a second take
RETRY_MS = 1000  # when a browser connects again
VISITORS_SHARE = 1 / 3  # of the streams may be held by customers' chats; the rest is the desk's alone
HEARTBEAT_S = 15.0  # all streams of this process are noted as seen
RETRY_AFTER_S = 30  # for a page that was refused: it polls meanwhile

bp = Blueprint("streams", __name__)


class Hub:
    """The open streams of this process."""

    def __init__(self, heed: Heed, release: str = "") -> None:
        self._heed = heed
        self.release = release  # of our files: a page of another one offers to load anew
        self.process = f"{socket.gethostname()}:{os.getpid()}:{int(time.time())}"
        self._clients: set[Client] = set()
        self._lock = threading.Lock()
        self._visitors = 0  # streams of customers among them
        self._listening = False
        self.who = WhoIsHere()
        self._moved = threading.Event()  # something was gathered

    def join(self, viewer: Viewer) -> Client | None:
        """Return a new stream's queue, None if this process holds as many streams as it may, or as many of visitors."""
        client = Client(viewer)
        most = self._heed.config.max_streams
        with self._lock:
            if len(self._clients) >= most or self._heed.notifier.stopping:
                return None
            if viewer.thread and self._visitors >= most * VISITORS_SHARE:
                return None
            self._clients.add(client)
            self._visitors += bool(viewer.thread)
        self.listen()
        return client

    def listen(self) -> None:
        """Hear what changes from now on, if that is not done yet."""
        with self._lock:
            first, self._listening = not self._listening, True
        if first:
            self._heed.notifier.listen(self._heard)
            threading.Thread(target=self._beat, name="heed-streams", daemon=True).start()
            threading.Thread(target=self._tell_of_the_line, name="heed-line", daemon=True).start()

    def leave(self, client: Client) -> None:
        """Forget a stream."""
        with self._lock:
            self._visitors -= bool(client.viewer.thread and client in self._clients)
            self._clients.discard(client)

    @property
    def open(self) -> int:
        """Return how many streams are open here."""
        return len(self._clients)

    def visitors(self) -> set[tuple[str, str]]:
        """Return whose chats are open here: (connection id, visitor)."""
        with self._lock:
            threads = [client.viewer.thread.partition(":") for client in self._clients if client.viewer.thread]
        return {(connection_id, visitor) for connection_id, _, visitor in threads}

    @property
    def spread_s(self) -> float:
        """Return over how long pages should spread their looks at what moved elsewhere."""
        return min(SPREAD_S, SPREAD_PAGE_S * self.open)

    def _heard(self, change: Change | None) -> None:
        if change is not None and change.kind == "here":
            self._heard_here(change)
            return
        with self._lock:
            for client in self._clients:
                if change is None or (concerns(change, client.viewer) and is_theirs(change, client.viewer)):
                    put(client, change)
                elif concerns(change, client.viewer):
                    client.gathered[change.ticket] = None
                    self._moved.set()

    def _heard_here(self, change: Change) -> None:
        """Tell of who reads or types those colleagues alone who have the same ticket open."""
        if not self.who.heard(change):
            return
        with self._lock:
            for client in self._clients:
                viewer, agent = client.viewer, client.viewer.scope.agent
                if agent != change.agent and concerns(change, viewer) and self.who.is_at(change.ticket, agent):
                    put(client, change)

    def gathered(self, client: Client) -> Collection[str]:
        """Return the tickets that moved elsewhere since this was last asked for a stream."""
        with self._lock:
            found, client.gathered = client.gathered, {}
        return found

    def _tell_of_the_line(self) -> None:
        """Wake every stream that has gathered something, a moment apart from the last time.

        A few at once, spread over that moment: what a page asks for meanwhile does not stand behind all of them.
        """
        while not self._heed.notifier.stopping:
            if self._moved.wait(1.0):
                self._moved.clear()
                with self._lock:
                    clients = [client for client in self._clients if client.gathered]
                began = time.monotonic()
                for first in range(0, max(1, len(clients)), AT_ONCE):
                    for client in clients[first : first + AT_ONCE]:
                        put(client, LINE)
                    share = min(1.0, (first + AT_ONCE) / max(1, len(clients)))
                    time.sleep(max(0.0, began + GATHER_S * share - time.monotonic()))

    def _beat(self) -> None:
        """Note all streams of this process as seen: agents' in one write, visitors' in another."""
        last = time.monotonic()
        while not self._heed.notifier.stopping:
            time.sleep(1)
            if time.monotonic() - last < HEARTBEAT_S:
                continue
            last = time.monotonic()
            try:
                presence.streams_seen(self._heed, self.process, now())
                visiting.here(self._heed, self.visitors(), now())
            except DATABASE_AWAY as error:
                log.warning("streams could not be noted as seen: %s", type(error).__name__)


def stream(heed: Heed, viewer: Viewer, hub: Hub, client: Client) -> Iterator[str]:
    """Yield server-sent events until the process stops or the viewer no longer may."""
    yield f"retry: {RETRY_MS}\n\n" + event("hello", {"release": hub.release})
    spoke = checked = time.monotonic()
    while not heed.notifier.stopping:
        wait = spoke + COMMENT_S - time.monotonic()
        try:
            change = client.hints.get(timeout=min(max(wait, 0.01), 5.0))
            heard = True
        except queue.Empty:
            change, heard = None, False
        at = time.monotonic()
        if client.missed.is_set() or (heard and change is None):
            client.missed.clear()
            drain(client)
            hub.gathered(client)
            yield event("resync", {})
            spoke = at
        elif isinstance(change, Line):
            gathered = hub.gathered(client)
            if gathered:
                yield event("line", moved(gathered, hub.spread_s))
                spoke = at
        elif change is not None:
            if change.kind == "session" or at - checked > CHECK_S:
                checked = at
                if not viewer.holds():
                    yield event("ended", {})
                    return
            if change.kind == "session":
                continue
            yield event("change", told(change, viewer))
            spoke = at
        if at - checked > CHECK_S:
            checked = at
            if not viewer.holds():
                yield event("ended", {})
                return
        if at - spoke >= COMMENT_S:
            yield ": still here\n\n"
            spoke = at


def register(app: Flask) -> None:
    """Add the streams of pages and of the API."""
    app.extensions["heed.hub"] = Hub(heed_of(app), app.extensions["heed.assets"].release)
    app.register_blueprint(bp)


def hub_of() -> Hub:
    """Return this process's open streams."""
    found = current_app.extensions["heed.hub"]
    assert isinstance(found, Hub)
    return found


def answer(viewer: Viewer, *, present: bool = False) -> AnyResponse:
    """Return an open stream, or 503 where this process holds all it may; `present`: an agent is here by it."""
    heed, hub = heed_of(), hub_of()
    client = hub.join(viewer)
    if client is None:
        said = "Too many pages are open here: this one asks every few seconds instead."
        return problem(503, said, headers={"Retry-After": str(RETRY_AFTER_S)})
    if present and viewer.scope.agent is not None:
        try:
            client.stream_id = presence.stream_opened(heed, viewer.scope.agent, hub.process, now())
        except BaseException:
            hub.leave(client)
            raise

    def close() -> None:
        hub.leave(client)
        if client.stream_id:
            try:
                presence.stream_closed(heed, client.stream_id, now())
            except DATABASE_AWAY as error:  # the sweep notices that nobody beats for it any more
                log.warning("a stream could not be closed: %s", type(error).__name__)

    response = Response(stream(heed, viewer, hub, client), mimetype="text/event-stream")
    response.call_on_close(close)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


@bp.get("/events")
@audience("agent")
def events() -> AnyResponse:
    """Tell an open page what changes, for as long as it is open."""
    heed, session_id = heed_of(), str(session.get(SESSION_KEY, ""))
    return answer(Viewer(signed_in().scope, lambda: _session_holds(heed, session_id, now())), present=True)


@bp.get("/api/v1/events")
@audience("token", scope="tickets:read")
def api_events() -> AnyResponse:
    """Tell a program what changes, as far as its token may read."""
    heed, token = heed_of(), request.headers.get("Authorization", "").partition(" ")[2].strip()
    return answer(Viewer(g.scope, lambda: _token_holds(heed, token, now()), everything=True))


def _session_holds(heed: Heed, session_id: str, at: datetime) -> bool:
    try:
        return accounts.scope_of_session(heed, session_id, at) is not None
    except DATABASE_AWAY:
        return True  # asked again at the next check; nothing is sent that the page may not read by itself


def _token_holds(heed: Heed, token: str, at: datetime) -> bool:
    try:
        tokens.scope_of_token(heed, token, "tickets:read", at)
    except TokenRefused:
        return False
    except DATABASE_AWAY:
        return True
    return True
