"""A real SMTP server (aiosmtpd) on 127.0.0.1: it keeps what it takes, and refuses or hangs up when told to."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers import free_port

USER, PASSWORD = "support", "smtp-secret"


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail that was accepted: its envelope and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """The mail, parsed by the standard library's modern policy, which is not the parser under test."""
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


class SmtpServer:
    """Context manager. `taken` are the mails accepted, oldest first; `answers` are given to the next DATA instead."""

    host = "127.0.0.1"

    def __init__(self, *, sign_in: bool = False) -> None:
        self.taken: list[Taken] = []
        self.answers: deque[str] = deque()  # such as "451 4.7.1 later"; "hang up": break the line after the message
        self.refused: dict[str, str] = {}  # recipient -> answer to its RCPT
        self.attempts = 0  # messages sent to us whole, whatever the answer
        self.on_mail: Callable[[Taken], None] | None = None  # called for each mail taken, such as to deliver it
        self.port = free_port()
        self._sign_in = sign_in
        self._controller = Controller(
            self,
            hostname=self.host,
            port=self.port,
            authenticator=self._authenticate if sign_in else None,
            auth_require_tls=False,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    def settings(self, **more: str) -> dict[str, str]:
        """Return the settings of an e-mail connection that sends through this server."""
        return {"smtp_host": self.host, "smtp_port": str(self.port), "smtp_tls": "none", **more}

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse a recipient on the list, take any other."""
        if self._sign_in and not session.authenticated:
            return "530 5.7.0 sign in first"
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail, or do as told."""
        self.attempts += 1
        if self.answers:
            answer = self.answers.popleft()
            if answer != "hang up":
                return answer
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 OK"
        assert isinstance(envelope.content, bytes)
        taken = Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content)
        self.taken.append(taken)
        if self.on_mail is not None:
            self.on_mail(taken)
        return "250 OK"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False, message=None if right else "535 5.7.8 no such user")
