"""Hands a mail to the SMTP server, and says exactly how far it got.

Until the message itself is sent, a failure means that nothing left. Afterwards silence means that it may have arrived.
The server's own words are not repeated: they hold addresses. Its codes (RFC 5321; `channels.email.codes`) are.
"""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from channels.email.codes import meaning, status_in
from channels.email.outgoing import Composed
from channels.errors import DeliveryFailed
from channels.types import Connection

log = logging.getLogger(__name__)

TIMEOUT_S = 30.0  # for each answer of the server
PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def deliver(composed: Composed, connection: Connection) -> None:
    """Send a mail. Raises DeliveryFailed.

    The person the reply is for must be accepted, or nothing is sent; any other recipient who is refused is left out.
    """
    content = composed.message.as_bytes(policy=composed.message.policy)
    with _session(connection) as server:
        _begin(server, composed)
        code, text = server.docmd("DATA")
        if code != 354:
            raise _refused("The server did not take the message", code, text)
        try:
            server.send(_dotted(content))
            code, text = server.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            raise DeliveryFailed(
                "The mail was sent, but the server's answer did not come: it may have arrived.", may_have_arrived=True
            ) from problem
        if code < 200:
            raise DeliveryFailed(
                "The server's answer to the mail makes no sense: it may have arrived.", may_have_arrived=True
            )
        if code >= 300:
            raise _refused("The server did not take the message", code, text)


def check(connection: Connection) -> None:
    """Connect and sign in. Raises DeliveryFailed with the remedy."""
    with _session(connection) as server:
        code, text = server.noop()
        if code >= 400:
            raise _refused("The SMTP server answers but does not work", code, text)


@contextmanager
def _session(connection: Connection) -> Iterator[smtplib.SMTP]:
    """Connect, encrypt, sign in; leave politely. What fails in here before DATA fails without a trace."""
    server: smtplib.SMTP | None = None
    try:
        server = _connected(connection)
        _sign_in(server, connection)
        yield server
    except DeliveryFailed:
        raise
    except smtplib.SMTPResponseException as problem:
        raise _refused("The SMTP server refused", problem.smtp_code, problem.smtp_error) from None
    except smtplib.SMTPNotSupportedError:
        raise DeliveryFailed(
            "The SMTP server does not offer what is set: check smtp_tls and smtp_user.", permanent=True
        ) from None
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        raise DeliveryFailed(
            f"No connection to the SMTP server ({type(problem).__name__}): check smtp_host, smtp_port and smtp_tls."
        ) from None
    finally:
        if server is not None:
            _leave(server)


def _connected(connection: Connection) -> smtplib.SMTP:
    host, tls = connection.setting("smtp_host"), connection.setting("smtp_tls", "starttls")
    if not host:
        raise DeliveryFailed("This connection has no smtp_host: enter the server that sends its mail.", permanent=True)
    if tls not in PORTS:
        raise DeliveryFailed("smtp_tls must be starttls, ssl or none.", permanent=True)
    port = connection.setting("smtp_port", str(PORTS[tls]))
    if not port.isdigit():
        raise DeliveryFailed("smtp_port must be a whole number, such as 587.", permanent=True)
    own_name = connection.setting("address").rpartition("@")[2] or "localhost"
    if tls == "ssl":
        return smtplib.SMTP_SSL(host, int(port), own_name, timeout=TIMEOUT_S, context=ssl.create_default_context())
    server = smtplib.SMTP(host, int(port), own_name, timeout=TIMEOUT_S)
    if tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _sign_in(server: smtplib.SMTP, connection: Connection) -> None:
    server.ehlo_or_helo_if_needed()
    user = connection.setting("smtp_user")
    if user:
        try:
            server.login(user, connection.setting("smtp_password"))
        except smtplib.SMTPAuthenticationError as problem:
            raise _refused(
                "The SMTP server did not accept smtp_user and smtp_password", problem.smtp_code, b"5.7.8"
            ) from None


def _begin(server: smtplib.SMTP, composed: Composed) -> None:
    """Give sender and recipients; whoever is refused besides the one the reply is for is left out."""
    code, text = server.mail(composed.sender)
    if code >= 300:
        raise _refused("The server did not accept our address as the sender", code, text)
    left_out: list[int] = []
    for address in composed.recipients:
        code, text = server.rcpt(address)
        if code < 300:
            continue
        if address == composed.to:
            server.rset()
            raise _refused("The recipient was refused", code, text)
        left_out.append(code)
    if left_out:
        log.warning(
            "mail sent without %d of %d recipients, refused with %s", len(left_out), len(composed.recipients), left_out
        )


def _refused(what: str, code: int, text: bytes | str) -> DeliveryFailed:
    """Return the failure of one SMTP code: 5xx for good, 4xx and a closed line until later."""
    words = text.decode("latin-1") if isinstance(text, bytes) else str(text)
    known = status_in(words)
    detail = f": {said}" if (said := meaning(known)) else ""
    shown = f"{code} {known}".strip() if code > 0 else "no answer"
    return DeliveryFailed(f"{what} ({shown}){detail}.", permanent=code >= 500)


def _dotted(content: bytes) -> bytes:
    """Return a mail as DATA wants it: CRLF lines, a leading dot doubled, the closing dot."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
