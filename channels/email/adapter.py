"""Email: raw mail in (posted, or fetched by `channels.email.mailbox`), providers' posts in, replies out by SMTP.

Sources: RFC 5322, 2045–2047, 2231 (mail and MIME), 3834 (automatic answers), 5321 (SMTP), 3501 and 2177 (IMAP, IDLE).
What is posted is taken in by channels.email.posts, what a mail says is read in channels.email.reading.
"""

from datetime import UTC, datetime

from channels.email import mailbox, mailgun, outgoing, posts, sendgrid, smtp
from channels.email.about import INFO as INFO
from channels.email.posts import parse as parse
from channels.email.posts import receive as receive
from channels.errors import ChannelError, NotUnderstood
from channels.types import Attachment, Connection, Reply, Sent


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
    if connection.setting("provider") == posts.MAILGUN and not connection.setting(mailgun.KEY):
        problems.append("Mailgun's webhook signing key is missing: without it only the secret in the URL is checked.")
    if (wrong := sendgrid.key_problem(connection)) is not None:
        problems.append(wrong)
    for service, check in (("imap_host", mailbox.check), ("smtp_host", smtp.check)):
        if connection.setting(service):
            try:
                check(connection)
            except ChannelError as problem:
                problems.append(str(problem))
    return problems
