"""A real IMAP server (Dovecot) on 127.0.0.1 with a folder of its own: any user signs in with the password `test`.

Runs as root (mail then belongs to the user `mail`) and as an ordinary user. Dovecot is looked for on the PATH, where
Debian puts it, and under HEED_TEST_TOOLS, a folder its packages were unpacked into.
"""

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests import tools
from tests.servers import free_port

PASSWORD = "test"
PACKAGE = "dovecot-imapd"
REMEDY = "as root “python -m tests.tools”, or “apt-get install dovecot-imapd”"
START_S = 15.0  # seconds it may take to start or to end
MAIL_UID = 8  # Debian's user and group `mail`: Dovecot refuses to keep mail as root


class Missing(Exception):
    """A program the tests need is not on this machine; `remedy` says how to get it."""

    def __init__(self, package: str, remedy: str) -> None:
        super().__init__(f"{package} is not here: {remedy}.")
        self.package = package
        self.remedy = remedy


def dovecot_path() -> Path:
    """Return where dovecot is. Raises Missing."""
    unpacked = os.environ.get("HEED_TEST_TOOLS")
    if unpacked and (found := Path(unpacked) / "usr/sbin/dovecot").exists():
        return found
    if found_here := tools.find("dovecot"):
        return found_here
    raise Missing(PACKAGE, REMEDY)


class ImapServer:
    """Context manager. `host`, `port`, `settings(user)` are for the connection; `append` puts mail into a mailbox."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self._program = dovecot_path()
        self._folder = Path(tempfile.mkdtemp(prefix="heed-imap-", dir="/tmp"))  # short: it holds sockets
        self.port = free_port()
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._prepare()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def settings(self, user: str, **more: str) -> dict[str, str]:
        """Return the settings of an e-mail connection that reads this user's mailbox."""
        found = {"imap_host": self.host, "imap_port": str(self.port), "imap_user": user, "imap_password": PASSWORD}
        return {**found, "imap_tls": "none", "imap_import": "all", **more}

    def append(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into a user's mailbox, as a delivery would."""
        with self.client(user) as imap:
            for mail in mails:
                status, answer = imap.append(folder, "", "", mail)
                assert status == "OK", answer

    def fill(self, user: str, *mails: bytes) -> None:
        """Put many mails into a user's mailbox at once, as the folder of files it is; nobody may be signed in."""
        self.append(user, mails[0])  # makes the mailbox, with its owner
        current = self._folder / "mail" / user / "cur"
        owner = current.stat()
        for number, mail in enumerate(mails[1:], start=1):
            path = current / f"{4_000_000_000 + number}.M{number}P1.heed,S={len(mail)}:2,"
            path.write_bytes(mail)
            os.chown(path, owner.st_uid, owner.st_gid)

    @contextlib.contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        """Sign in as another mail program would."""
        with imaplib.IMAP4(self.host, self.port, timeout=START_S) as imap:
            imap.login(user, PASSWORD)
            yield imap

    def unseen(self, user: str) -> int:
        """Return how many of a user's mails carry no \\Seen."""
        with self.client(user) as imap:
            imap.select("INBOX", readonly=True)
            return len(imap.search(None, "UNSEEN")[1][0].split())

    def renumber(self, user: str) -> None:
        """Give a mailbox a new UIDVALIDITY, as a restored or moved server does."""
        self.stop()
        maildir = self._folder / "mail" / user
        for path in maildir.glob("dovecot.index*"):
            path.unlink()
        numbering = maildir / "dovecot-uidlist"
        first, _, rest = numbering.read_text().partition("\n")
        words = [f"V{int(word[1:]) + 1}" if word.startswith("V") else word for word in first.split(" ")]
        numbering.write_text(" ".join(words) + "\n" + rest)
        self.start()

    def start(self) -> None:
        """Start the daemon and wait until it answers. Raises RuntimeError with its log if it does not."""
        command = [str(self._program), "-F", "-c", str(self._folder / "dovecot.conf")]
        quiet = subprocess.DEVNULL
        self._daemon = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._daemon.poll() is None:
            with contextlib.suppress(OSError, imaplib.IMAP4.error), imaplib.IMAP4(self.host, self.port, timeout=2):
                return
            time.sleep(0.02)
        log = self._folder / "dovecot.log"
        raise RuntimeError(f"Dovecot did not start: {log.read_text()[-2000:] if log.exists() else 'no log'}")

    def stop(self) -> None:
        """End the daemon; connections to it break."""
        if self._daemon is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._daemon.pid, signal.SIGKILL)  # all of it: the master alone would wait for its clients
            self._daemon.wait(START_S)
            self._daemon = None
            for lock in (self._folder / "mail").rglob("*.lock"):  # who was killed holding one leaves it for minutes
                lock.unlink(missing_ok=True)

    def _prepare(self) -> None:
        """Write the configuration: one setting a line, as Dovecot 2.3 wants it."""
        root = os.geteuid() == 0
        uid, gid = (MAIL_UID, MAIL_UID) if root else (os.geteuid(), os.getegid())
        mail = self._folder / "mail"
        mail.mkdir()
        if root:
            self._folder.chmod(0o755)
            os.chown(mail, uid, gid)
        us, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
        as_us = (
            ""
            if root
            else f"default_login_user = {us}\ndefault_internal_user = {us}\ndefault_internal_group = {group}\n"
        )
        own = "" if root else "  chroot =\n"
        (self._folder / "dovecot.conf").write_text(f"""\
base_dir = {self._folder}/run
log_path = {self._folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = {min(uid, 500)}
first_valid_gid = {min(gid, 500)}
mail_location = maildir:{mail}/%u
mailbox_idle_check_interval = 1 secs
{as_us}passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
{own}}}
""")


@contextlib.contextmanager
def running_imap() -> Iterator[ImapServer]:
    """Run Dovecot until the end of the block. Raises Missing if it is not installed."""
    with ImapServer() as server:
        yield server
