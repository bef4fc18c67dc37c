"""Tells open inboxes and chats that something changed: hints over Redis pub/sub, never the thing itself.

A hint that is lost costs a late look, nothing more: pages ask again on reconnect, and poll when the broker is away.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

TOPIC = "heed:changed"
RECONNECT_S = 1.0  # between attempts to listen again
TIMEOUT_S = 1.0  # no page waits longer for the broker


@dataclass(frozen=True, slots=True)
class Change:
    """Something changed: ids only, so that whoever hears it must read it under their own scope."""

    kind: str  # ticket, presence, desk, session, notice, here, rules; typing, seen: to the customer of a chat
    brand: str = ""
    ticket: str = ""
    agent: str = ""  # whom it concerns: the ticket's agent, the one whose presence or session changed
    before: str = ""  # the agent who had the ticket until now
    thread: str = ""  # "<connection id>:<thread>" of a chat that the customer may be watching
    doing: str = ""  # of a change of kind here or typing: what is done at the ticket; see web.who_is_here


def open_redis(url: str) -> redis.Redis:
    """Return a client that fails at once when the broker is away, instead of retrying for seconds."""
    return redis.Redis.from_url(
        url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
    )


class Notifier:
    """Publishes changes, and hands those of all processes to the listeners of this one (one thread per process)."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._listeners: set[Callable[[Change | None], None]] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def publish(self, changes: Iterable[Change]) -> None:
        """Tell everyone; a broker that is away is logged and otherwise ignored."""
        try:
            pipe = self._client.pipeline(transaction=False)
            for change in changes:
                pipe.publish(TOPIC, json.dumps({k: v for k, v in asdict(change).items() if v}))
            if pipe:
                pipe.execute()
        except redis.RedisError as error:
            log.warning("broker away, open pages will notice by themselves: %s", type(error).__name__)

    def listen(self, listener: Callable[[Change | None], None]) -> Callable[[], None]:
        """Call `listener` with every change, and with None when some may have been missed; return how to end it."""
        with self._lock:
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="heed-listen", daemon=True)
                self._thread.start()

        def end() -> None:
            with self._lock:
                self._listeners.discard(listener)

        return end

    def stop(self) -> None:
        """End the listening thread and tell every listener to look once more."""
        self._stopping.set()
        self._tell(None)

    @property
    def stopping(self) -> bool:
        """Say whether the process is about to end; open streams end then."""
        return self._stopping.is_set()

    def _tell(self, change: Change | None) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener(change)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
                    channel.subscribe(TOPIC)
                    self._tell(None)  # whatever came while nobody listened
                    self._follow(channel)
            except redis.RedisError:
                self._stopping.wait(RECONNECT_S)

    def _follow(self, channel: "redis.client.PubSub") -> None:
        asked = time.monotonic()
        while not self._stopping.is_set():
            found = channel.get_message(timeout=0.5)
            if found is not None and found["type"] == "message":
                self._tell(Change(**json.loads(found["data"])))
            if time.monotonic() - asked > 15:  # an idle connection that died is noticed
                channel.ping()
                asked = time.monotonic()
