"""Watches one IMAP folder: what is new since a position, and waiting for more (IDLE where the server has it).

Our own last UID is the only memory. Marks such as \\Seen are neither read nor set (the folder is opened
read-only), so other mail programs may do as they like. Reconnecting and remembering the position are the caller's.
"""

import contextlib
import imaplib
import select
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import TracebackType

from channels.email.imap import Lines, MailboxFailed, answers, connected, is_news, quoted, sign_in, size_in, told
from channels.email.reading import OVERSIZED
from channels.types import MAX_MAIL, Connection, Delivery

BATCH = 50  # mails of one fetch
BATCH_BYTES = 32 * 1024 * 1024  # and their size; one mail is always taken
MARK = 100  # bytes at most of the line that marks a mail over the size limit
WINDOW = 50_000  # UIDs of one search: imaplib refuses answers over a megabyte
RENUMBERED_LOOKS_BACK = timedelta(days=14)  # after a new UIDVALIDITY, mail this old is fetched again
IDLE_AT_MOST_S = 9 * 60.0  # RFC 2177 says 29 minutes; routers forget idle connections sooner
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # IMAP's, in any locale


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Up to where a folder has been read: everything with a UID up to this one, under this numbering."""

    uidvalidity: int
    uid: int


def delivery_of(raw: bytes, position: Position) -> Delivery:
    """Return a fetched mail as the same delivery a posted one makes; `position` is that of the mail."""
    headers = {"content-type": "message/rfc822"}
    return Delivery(f"{position.uidvalidity}/{position.uid}", "imap:", headers, raw)


def check(connection: Connection) -> None:
    """Sign in and open the folder. Raises MailboxFailed with the remedy."""
    with Mailbox.open(connection):
        pass


class Mailbox:
    """One signed-in connection to one folder. Not to be shared between threads, save for `stop`."""

    def __init__(self, imap: imaplib.IMAP4, connection: Connection) -> None:
        self._imap = imap
        self._folder = quoted(connection.setting("imap_folder", "INBOX"))
        self._import_all = connection.setting("imap_import", "new") == "all"
        self._wake, self._waker = socket.socketpair()
        self._stopped = False
        self._idles = 0
        self._uidvalidity = self._uidnext = 0
        self._left: list[int] = []  # found by the last search and not fetched yet, all after `_reached`
        self._reached = 0

    @classmethod
    def open(cls, connection: Connection) -> "Mailbox":
        """Connect, encrypt, sign in and open the folder. Raises MailboxFailed."""
        imap = connected(connection)
        found = cls(imap, connection)
        try:
            sign_in(imap, connection)
            found._examine()
        except BaseException:
            found.close()
            raise
        return found

    def first_position(self) -> Position:
        """Return where a folder never read before begins: at its end, or at 0 if `imap_import` is `all`. To be kept."""
        return Position(self._uidvalidity, 0 if self._import_all else self._uidnext - 1)

    def new_mail(self, seen: Position) -> list[tuple[Position, bytes]]:
        """Return the oldest mails after a position, at most 50, each with its own; call again until it is empty.

        Under a new UIDVALIDITY the last 14 days are fetched again: their Message-IDs are known, so nothing doubles.
        Of a mail over the size limit only the beginning is fetched, marked in its first line. Raises MailboxFailed.
        """
        with told():
            uids = [uid for uid in self._left if seen == Position(self._uidvalidity, self._reached)]
            if not uids:
                self._examine()
                renumbered = seen.uidvalidity != self._uidvalidity
                uids = self._search(0 if renumbered else seen.uid, RENUMBERED_LOOKS_BACK if renumbered else None)
            self._left = []
            found = self._fetch(uids[:BATCH]) if uids else []
            if found:
                self._reached = found[-1][0].uid
                self._left = [uid for uid in uids if uid > self._reached]
            return found

    def wait(self, timeout_s: float) -> bool:
        """Wait until mail may have come (True), the time is up or `stop` was called (False). Raises MailboxFailed.

        Without IDLE it just waits. Either way look with `new_mail` afterwards.
        """
        with told():
            if self._stopped:
                return False
            if self._imap.untagged_responses.get("EXISTS"):
                return True  # the server told while we were fetching
            until = monotonic() + min(timeout_s, IDLE_AT_MOST_S)
            if "IDLE" not in self._imap.capabilities:
                select.select([self._wake], [], [], max(0.0, until - monotonic()))
                return False
            while not self._stopped and (left := until - monotonic()) > 0:
                if self._idle(left):
                    return True
            return False

    def stop(self) -> None:
        """End a `wait` at once, and every later one; may be called from another thread or a signal handler."""
        self._stopped = True
        with contextlib.suppress(OSError):
            self._waker.send(b"x")

    def close(self) -> None:
        """Sign out; a connection that is gone already is fine."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._imap.sock.settimeout(5)
            self._imap.logout()
        with contextlib.suppress(OSError):
            self._imap.shutdown()
        self._wake.close()
        self._waker.close()

    def __enter__(self) -> "Mailbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def _examine(self) -> None:
        """Open the folder read-only (again): the cheapest way to learn what changed, a new numbering included."""
        with told():
            status, _ = self._imap.select(self._folder, readonly=True)
            if status != "OK":
                raise MailboxFailed("The mail server has no such folder: check imap_folder.")
            self._uidvalidity = self._number("UIDVALIDITY")
            self._uidnext = self._number("UIDNEXT")
            self._imap.untagged_responses.pop("EXISTS", None)

    def _number(self, name: str) -> int:
        _, values = self._imap.response(name)
        value = values[-1] if values else None
        if not isinstance(value, bytes) or not value.isdigit():
            raise MailboxFailed(f"The mail server does not tell {name}: Heed needs it to fetch each mail once.")
        return int(value)

    def _search(self, after: int, look_back: timedelta | None) -> list[int]:
        """Return the next UIDs, ascending. Windows keep an answer short; for `n:*` servers always give the last one."""
        since = ""
        if look_back is not None:
            day = datetime.now(UTC) - look_back
            since = f" SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}"
        while after + 1 < self._uidnext:
            last = min(after + WINDOW, self._uidnext - 1)
            _, data = self._imap.uid("SEARCH", f"UID {after + 1}:{last}{since}")
            found = b" ".join(piece for piece in data if isinstance(piece, bytes)).split()
            uids = sorted(uid for uid in map(int, found) if uid > after)
            if uids:
                return uids
            after = last
        return []

    def _fetch(self, uids: list[int]) -> list[tuple[Position, bytes]]:
        sizes = self._ask(uids, "RFC822.SIZE")
        taken: list[int] = []
        large: dict[int, int] = {}
        total = 0
        for uid in uids:
            size = size_in(sizes.get(uid))
            if size is None:
                continue  # deleted meanwhile
            here = min(size, MAX_MAIL)
            if taken and total + here > BATCH_BYTES:
                break
            total += here
            taken.append(uid)
            if size > MAX_MAIL:
                large[uid] = size
        bodies = self._ask([uid for uid in taken if uid not in large], "BODY.PEEK[]")
        begun = self._ask(list(large), f"BODY.PEEK[]<0.{MAX_MAIL - MARK}>")
        found = {uid: body for uid, (_, body) in bodies.items()}
        found |= {uid: b"%s %d\r\n%s" % (OVERSIZED, large[uid], start) for uid, (_, start) in begun.items()}
        return [(Position(self._uidvalidity, uid), found[uid]) for uid in sorted(found)]

    def _ask(self, uids: list[int], what: str) -> dict[int, tuple[bytes, bytes]]:
        """Fetch one item of some mails: per UID the answer's line and its literal."""
        if not uids:
            return {}
        status, data = self._imap.uid("FETCH", ",".join(map(str, uids)), f"(UID {what})")
        if status != "OK":
            raise MailboxFailed("The mail server did not hand out new mail. Heed tries again.")
        return answers(data)

    def _idle(self, seconds: float) -> bool:
        """Idle once. True if mail may have come; False at the end of the time, at `stop`, or for other news."""
        imap = self._imap
        self._idles += 1
        tag = b"IDLE%d" % self._idles
        imap.send(tag + b" IDLE\r\n")
        reader = Lines(imap.sock)
        lines = [reader.next()]
        while lines[-1].startswith(b"*"):
            lines.append(reader.next())
        if lines[-1].startswith(b"+"):
            if not reader.waiting and not any(is_news(line) for line in lines):
                select.select([imap.sock, self._wake], [], [], seconds)
            imap.send(b"DONE\r\n")
        while not lines[-1].startswith(tag):
            lines.append(reader.next())
        if not lines[-1][len(tag) :].strip().upper().startswith(b"OK"):
            raise MailboxFailed("The mail server refused to wait for new mail. Heed connects again.")
        return any(is_news(line) for line in lines)
