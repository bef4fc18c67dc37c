"""Writes the mail that carries a reply. Pure: the moment is an argument, and the Message-ID comes with the reply."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.email.headers import message_id
from channels.errors import DeliveryFailed
from channels.types import Attachment, Connection, Party, Reply

MAX_REFERENCES = 40  # ids; the first and the newest are kept
POLICY = SMTP.clone(max_line_length=998, cte_type="7bit")  # long ids must not be folded into encoded words


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail ready to leave, and its envelope."""

    message: EmailMessage
    message_id: str
    sender: str
    to: str  # whom the reply is for: if they are refused, nothing is sent
    recipients: tuple[str, ...]  # everyone, Bcc included


def compose(reply: Reply, connection: Connection, now: datetime) -> Composed:
    """Return the mail of a reply. Raises DeliveryFailed, permanent, for an address no mail can be sent to."""
    address = _address(connection.setting("address"), "The connection's address")
    if not reply.message_id:
        raise DeliveryFailed("The reply has no Message-ID: give it one before the first attempt.", permanent=True)
    by_role = {role: [p for p in reply.parties if p.role == role] for role in ("to", "cc", "bcc")}
    to = by_role["to"] or [reply.to]
    mail = EmailMessage(policy=POLICY)
    mail["From"] = _mailbox(address, reply.sender_name or connection.setting("from_name"))
    mail["To"] = [_party(party) for party in to]
    if by_role["cc"]:
        mail["Cc"] = [_party(party) for party in by_role["cc"]]
    if reply.reply_token:
        local, _, domain = address.rpartition("@")
        mail["Reply-To"] = _mailbox(_address(f"{local}+{reply.reply_token}@{domain}", "The reply address"), "")
    mail["Subject"] = _line(reply.subject)
    mail["Date"] = format_datetime(now)
    own_id = message_id(reply.message_id)
    mail["Message-ID"] = own_id
    answers = [found for given in reply.answers if (found := message_id(given)) and not found.endswith(".invalid>")]
    if answers:
        mail["In-Reply-To"] = answers[-1]
        kept = answers if len(answers) <= MAX_REFERENCES else answers[:1] + answers[1 - MAX_REFERENCES :]
        mail["References"] = " ".join(kept)
    if reply.automatic:
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(reply.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), charset="utf-8")
    for attachment in reply.attachments:
        _attach(mail, attachment)
    everyone = [*to, *by_role["cc"], *by_role["bcc"]]
    recipients = dict.fromkeys(_address(party.address, "A recipient's address") for party in everyone)
    customer = _address(reply.to.address, "The recipient's address")
    return Composed(
        mail, own_id, address, customer if customer in recipients else next(iter(recipients)), tuple(recipients)
    )


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    if attachment.data is None:
        raise DeliveryFailed("An attachment has no bytes: load it before sending.", permanent=True)
    maintype, _, subtype = attachment.media_type.partition("/")
    if maintype in ("message", "multipart") or not (_is_token(maintype) and _is_token(subtype)):
        maintype, subtype = "application", "octet-stream"
    mail.add_attachment(attachment.data, maintype=maintype, subtype=subtype, filename=_line(attachment.name) or "file")


def _party(party: Party) -> Address:
    return _mailbox(_address(party.address, "A recipient's address"), party.name)


def _mailbox(address: str, name: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(_line(name)[:200], local, domain)


def _address(given: str, what: str) -> str:
    """Return an address as SMTP takes it, the domain in its ASCII form; the error names no address."""
    local, _, domain = given.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        domain = ""
    bad = not local or not domain or not local.isascii()
    if bad or any(char <= " " or char in '<>(),;:"\\\x7f' for char in local + domain):
        raise DeliveryFailed(f"{what} is not one mail can be sent to. Correct it and send again.", permanent=True)
    return f"{local}@{domain}"


def _line(text: str) -> str:
    """Return a text on one line, so that nothing in it begins a header of its own."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _is_token(text: str) -> bool:
    return bool(text) and text.isascii() and all(char.isalnum() or char in "!#$&-^_.+" for char in text)
