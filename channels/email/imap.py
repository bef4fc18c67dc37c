"""The plain parts of speaking IMAP: connect, sign in, take answers apart, and say what failed with its remedy."""

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from channels.errors import ChannelError
from channels.types import Connection

TIMEOUT_S = 30.0  # for each answer of the server
PORTS = {"ssl": 993, "starttls": 143, "none": 143}


class MailboxFailed(ChannelError):
    """The mail server could not be reached, or refused; the message says what to check. A later try may do."""


class Lines:
    """Reads lines off the socket itself while idling: what sits in a file's buffer wakes nobody."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._rest = b""

    @property
    def waiting(self) -> bool:
        """Whether something came that was not read yet."""
        return bool(self._rest) or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0)

    def next(self) -> bytes:
        """Return the next line. Raises OSError if the server closes the connection or says nothing for too long."""
        while b"\n" not in self._rest:
            more = self._sock.recv(4096)
            if not more:
                raise ConnectionResetError("closed by the server")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line


@contextmanager
def told() -> Iterator[None]:
    """Turn what imaplib and sockets raise into MailboxFailed, without the server's words: they hold addresses."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error) as problem:
        raise MailboxFailed(
            f"The connection to the mail server broke ({type(problem).__name__}). Heed connects again."
        ) from None


def connected(connection: Connection) -> imaplib.IMAP4:
    host, tls = connection.setting("imap_host"), connection.setting("imap_tls", "ssl")
    if not host:
        raise MailboxFailed("This connection has no imap_host: enter the server that holds its mailbox.")
    if tls not in PORTS:
        raise MailboxFailed("imap_tls must be ssl, starttls or none.")
    port = connection.setting("imap_port", str(PORTS[tls]))
    if not port.isdigit():
        raise MailboxFailed("imap_port must be a whole number, such as 993.")
    try:
        if tls == "ssl":
            return imaplib.IMAP4_SSL(host, int(port), ssl_context=ssl.create_default_context(), timeout=TIMEOUT_S)
        imap = imaplib.IMAP4(host, int(port), timeout=TIMEOUT_S)
        if tls == "starttls":
            try:
                imap.starttls(ssl.create_default_context())
            except BaseException:
                imap.shutdown()
                raise
    except (OSError, imaplib.IMAP4.error) as problem:
        raise MailboxFailed(
            f"No connection to the IMAP server ({type(problem).__name__}): check imap_host, imap_port and imap_tls."
        ) from None
    return imap


def sign_in(imap: imaplib.IMAP4, connection: Connection) -> None:
    user, password = connection.setting("imap_user"), connection.setting("imap_password")
    try:
        if "AUTH=PLAIN" in imap.capabilities:
            imap.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        else:
            imap.login(user, password)
    except (imaplib.IMAP4.error, UnicodeError):
        raise MailboxFailed("The IMAP server did not accept imap_user and imap_password.") from None
    except OSError as problem:
        raise MailboxFailed(f"The IMAP server hung up while signing in ({type(problem).__name__}).") from None


def answers(data: list[object]) -> dict[int, tuple[bytes, bytes]]:
    """Sort imaplib's pieces by UID, which servers give before the literal or behind it."""
    found: dict[int, tuple[bytes, bytes]] = {}
    for index, piece in enumerate(data):
        if isinstance(piece, tuple):
            behind = data[index + 1] if index + 1 < len(data) else b""
            line = bytes(piece[0]) + (behind if isinstance(behind, bytes) else b"")
            body = bytes(piece[1])
        elif isinstance(piece, bytes) and b"(" in piece:
            line, body = piece, b""
        else:
            continue
        words = line.replace(b"(", b" ").replace(b")", b" ").split()
        if b"UID" in words[:-1] and (uid := words[words.index(b"UID") + 1]).isdigit():
            found[int(uid)] = (line, body)
    return found


def size_in(answer: tuple[bytes, bytes] | None) -> int | None:
    if answer is None:
        return None
    words = answer[0].replace(b"(", b" ").replace(b")", b" ").split()
    return int(words[words.index(b"RFC822.SIZE") + 1]) if b"RFC822.SIZE" in words[:-1] else None


def is_news(line: bytes) -> bool:
    return line.startswith(b"*") and line.rstrip().upper().endswith((b" EXISTS", b" RECENT"))


def quoted(folder: str) -> str:
    """Return a folder's name as IMAP takes it: quoted, in its own UTF-7 (RFC 3501, 5.1.3)."""
    out: list[str] = []
    run = ""
    for char in folder + "\0":
        if " " <= char <= "~" or char == "\0":
            if run:
                out.append(_utf7(run))
                run = ""
            out.append({"&": "&-", '"': '\\"', "\\": "\\\\", "\0": ""}.get(char, char))
        else:
            run += char
    return '"' + "".join(out) + '"'


def _utf7(run: str) -> str:
    return "&" + run.encode("utf-7").decode()[1:].rstrip("-").replace("/", ",") + "-"
