"""Watches the mailboxes: one thread for each e-mail connection with an IMAP server, for as long as this clock acts.

A fetched mail is stored like a posted one, in the transaction that moves the mailbox's position: nothing is lost or
read twice, whenever the process ends.
"""

import logging
import threading
from datetime import UTC, datetime

from channels.email.mailbox import Mailbox, Position, delivery_of
from channels.errors import ChannelError
from channels.types import Connection
from router.app import Heed
from router.store import connections, inbound, mailboxes
from router.store.connections import ConnectionRow
from router.store.failures import CANNOT_STORE
from router.store.inbound import Arrived

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0  # before connecting again, doubled each time
WAIT_S = 30.0  # for news; also how often a server without IDLE is asked
ENDS_WITHIN_S = 5.0  # a thread that is told to stop; one that hangs in a connect is left to itself
PREFIX = "Mailbox: "  # of what is noted on a connection


class Mailboxes:
    """The mailboxes one clock holds."""

    def __init__(self, heed: Heed) -> None:
        self._heed = heed
        self._watches: dict[str, Watch] = {}

    def look(self) -> None:
        """Begin to watch connections that were added or changed, and leave those that were paused."""
        with self._heed.database.read() as db:
            rows = connections.active_on(db, self._heed.vault, ("email",))
        wanted = {row.id: row for row in rows if row.connection.setting("imap_host")}
        for connection_id, watch in list(self._watches.items()):
            row = wanted.get(connection_id)
            if row is None or row.connection != watch.row.connection or not watch.is_alive():
                watch.stop()
                del self._watches[connection_id]
        for connection_id, row in wanted.items():
            if connection_id not in self._watches:
                self._watches[connection_id] = watch = Watch(self._heed, row)
                watch.start()

    def stop(self) -> None:
        """Leave every mailbox."""
        watches, self._watches = list(self._watches.values()), {}
        for watch in watches:
            watch.stop()
        for watch in watches:
            watch.join(ENDS_WITHIN_S)

    @property
    def watched(self) -> set[str]:
        """Return the connections whose mailboxes are held."""
        return set(self._watches)


class Watch(threading.Thread):
    """One mailbox: fetches what is new, waits for more, connects again when the line breaks."""

    def __init__(self, heed: Heed, row: ConnectionRow) -> None:
        super().__init__(name=f"heed-mailbox-{row.id[-6:]}", daemon=True)
        self.row = row
        self._heed = heed
        self._ended = threading.Event()
        self._box: Mailbox | None = None
        self._lock = threading.Lock()  # of `_box`: it must not be closed while it is being woken
        self._said: str | None = row.last_error
        self._pause_s = FIRST_PAUSE_S

    def stop(self) -> None:
        """End the thread soon."""
        self._ended.set()
        with self._lock:
            if self._box is not None:
                self._box.stop()

    def run(self) -> None:
        """Watch until told to stop."""
        while not self._ended.is_set():
            try:
                self._watch(self.row.connection)
            except ChannelError as error:
                self._note(PREFIX + str(error))
            except CANNOT_STORE as error:
                log.warning("a mailbox waits for the database: %s", type(error).__name__)
            except Exception as error:  # a fault of ours: the mailbox is tried again, not given up
                log.exception("a mailbox could not be read: %s", type(error).__name__)
                self._note(f"{PREFIX}Heed failed to read it ({type(error).__name__}).")
            self._ended.wait(self._pause_s)
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)

    def _watch(self, connection: Connection) -> None:
        with Mailbox.open(connection) as box:
            with self._lock:
                self._box = box
            try:
                seen = self._begin(box)
                while not self._ended.is_set():
                    seen = self._fetch(box, seen)
                    self._note(None)
                    self._pause_s = FIRST_PAUSE_S
                    box.wait(WAIT_S)
            finally:
                with self._lock:
                    self._box = None

    def _begin(self, box: Mailbox) -> Position:
        with self._heed.database.read() as db:
            seen = mailboxes.position(db, self.row.id)
        if seen is None:
            seen = box.first_position()
            with self._heed.database.write() as db:
                mailboxes.put_position(db, self.row.id, seen, _now())
        return seen

    def _fetch(self, box: Mailbox, seen: Position) -> Position:
        """Store everything after a position; return the new one."""
        while not self._ended.is_set() and (found := box.new_mail(seen)):
            now = _now()
            arrived = [Arrived(self.row.id, self.row.brand_id, delivery_of(raw, at), now) for at, raw in found]
            seen = found[-1][0]
            with self._heed.database.write() as db:
                inbound.add(db, arrived)
                mailboxes.put_position(db, self.row.id, seen, now)
            self._heed.background.ring(self.row.id)
        return seen

    def _note(self, trouble: str | None) -> None:
        """Note on the connection what is wrong, in words, once; and that it is over."""
        if trouble == self._said or (trouble is None and not (self._said or "").startswith(PREFIX)):
            return
        try:
            with self._heed.database.write() as db:
                connections.note_error(db, self.row.id, trouble, _now())
            self._said = trouble
        except CANNOT_STORE as error:
            log.warning("a mailbox's trouble could not be noted: %s", type(error).__name__)


def _now() -> datetime:
    return datetime.now(UTC)
