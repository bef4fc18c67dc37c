"""Email: raw mail in (posted, or fetched by `channels.email.mailbox`), replies out by SMTP.

Sources: RFC 5322, 2045–2047, 2231 (mail and MIME), 3834 (automatic answers), 5321 (SMTP), 3501 and 2177 (IMAP, IDLE).
"""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from channels.email import mailbox, outgoing, reading, smtp
from channels.errors import ChannelError, NotUnderstood
from channels.types import (
    MAX_MAIL,
    Answer,
    Attachment,
    ChannelInfo,
    Connection,
    Delivery,
    Parsed,
    Reply,
    Request,
    Sent,
    Setting,
)

RAW_MAIL = "message/rfc822"

INFO = ChannelInfo(
    key="email",
    label="Email",
    pace="email",
    work_class="mail",
    conversational=False,
    settings=(
        Setting("address", "Address", "Customers write to it, and replies come from it: support@example.com."),
        Setting(
            "from_name", "Name on replies", "Shown beside the address, such as the company's name.", required=False
        ),
        Setting("imap_host", "IMAP server", "Leave empty if mail is only posted to the webhook.", required=False),
        Setting("imap_port", "IMAP port", "Empty: 993 with TLS, else 143.", required=False),
        Setting("imap_user", "IMAP user", "Often the whole address.", required=False),
        Setting("imap_password", "IMAP password", "Use an app password where the provider has them.", True, False),
        Setting("imap_folder", "Folder", "Whose mail becomes tickets.", required=False, default="INBOX"),
        Setting("imap_tls", "IMAP encryption", "ssl, starttls or none.", required=False, default="ssl"),
        Setting(
            "imap_import",
            "First fetch",
            "new: mail from now on. all: what is there too.",
            required=False,
            default="new",
        ),
        Setting("smtp_host", "SMTP server", "Without it, replies cannot be sent.", required=False),
        Setting("smtp_port", "SMTP port", "Empty: 587 with starttls, 465 with ssl, else 25.", required=False),
        Setting("smtp_user", "SMTP user", "Leave empty if the server asks for none.", required=False),
        Setting("smtp_password", "SMTP password", "Use an app password where the provider has them.", True, False),
        Setting("smtp_tls", "SMTP encryption", "starttls, ssl or none.", required=False, default="starttls"),
        Setting(
            "authserv_id",
            "Trusted checker",
            "The name your own mail server writes first in Authentication-Results; empty: no sender counts as proven.",
            required=False,
        ),
    ),
    steps=(
        "Create a mailbox for support, and an app password if the provider asks for one.",
        "Switch on plus addresses (support+anything@example.com) if the provider has them as an option.",
        "Enter the IMAP and SMTP servers above; Heed signs in to both to test them.",
        "Or let your mail server post each raw mail to {url} with content type message/rfc822 and the header "
        "“Authorization: Bearer {secret}”.",
    ),
    max_text=1_000_000,
    max_body=MAX_MAIL,
    polled=True,
)


def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
    """Return the posted mail as a delivery, or the refusal: 401, 405, 413 or 415."""
    if request.method != "POST":
        return Answer(405, "Post the raw mail to this address.", headers={"Allow": "POST"})
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _is_active(sent.strip(), connection):
        return Answer(
            401,
            "The bearer secret is missing or wrong. Send “Authorization: Bearer …” with this connection's secret.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != RAW_MAIL:
        return Answer(415, f"The content type must be {RAW_MAIL}, with the raw mail as the body.")
    if len(request.body) > MAX_MAIL:
        return Answer(413, f"The mail is larger than {MAX_MAIL // 2**20} MB.")
    return Delivery(sha256(request.body).hexdigest(), request.url, {"content-type": RAW_MAIL}, request.body)


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    """Return the one message of a mail. Raises NotUnderstood if the body is no mail."""
    return [reading.read(delivery.body, connection)]


def send(reply: Reply, connection: Connection) -> Sent:
    """Send one reply by SMTP. Raises DeliveryFailed."""
    composed = outgoing.compose(reply, connection, datetime.now(UTC))
    smtp.deliver(composed, connection)
    return Sent((composed.message_id,))


def fetch(reference: str, connection: Connection) -> Attachment:
    """Raise NotUnderstood: a mail carries its files in itself."""
    raise NotUnderstood("Mail has nothing to fetch later: attachments come with the message.")


def test(connection: Connection) -> list[str]:
    """Return what is wrong with the connection, each with its remedy; signs in to IMAP and SMTP where they are set."""
    problems: list[str] = []
    if "@" not in connection.setting("address"):
        problems.append("Address is missing: enter the address customers write to, such as support@example.com.")
    for service, check in (("imap_host", mailbox.check), ("smtp_host", smtp.check)):
        if connection.setting(service):
            try:
                check(connection)
            except ChannelError as problem:
                problems.append(str(problem))
    return problems


def _is_active(sent: str, connection: Connection) -> bool:
    """Compare with every active secret, without telling by the time it takes how much was right."""
    matches = [
        hmac.compare_digest(sent.encode("utf-8", "replace"), ours.encode()) for ours in connection.secrets if ours
    ]
    return any(matches)
