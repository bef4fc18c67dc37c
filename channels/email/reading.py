"""Makes an inbound message of one mail. Whatever the mail looks like, something readable comes out.

`read` takes a raw mail; `assemble` what a provider took apart already. Both end in the same message.
"""

from dataclasses import dataclass

from channels.email import mime, people, quotes, trust
from channels.email.headers import date_value, message_id, message_ids, raw_value, text_value
from channels.email.parts import Part, read_parts
from channels.errors import NotUnderstood
from channels.types import MAX_MAIL, Attachment, Connection, InboundMessage, Parsed, Party

OVERSIZED = b"X-Heed-Oversized:"  # first line of a mail of which only the beginning was fetched; its value: bytes
MAX_TEXT = 1_000_000  # characters
MAX_SUBJECT = 1000  # characters
MAX_ENVELOPE = 20  # recipients of the envelope that are looked at
NOBODY = Party("from", "unknown@unknown.invalid")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a provider says of a mail beside the mail itself."""

    recipients: tuple[str, ...] = ()  # of the envelope: our own address, perhaps with a token
    null_sender: bool = False  # the envelope names no sender: a machine wrote it
    token: str = ""  # what stood after the plus of the provider's own inbound address
    signed_by: tuple[str, ...] = ()  # domains whose DKIM signatures the provider checked and found good


def read(raw: bytes, connection: Connection, envelope: Envelope | None = None) -> list[Parsed]:
    """Return what one mail says, and what it reports of mails of ours. Raises NotUnderstood if it is no mail at all."""
    whole = read_parts(raw)
    if not whole.mail.fields:
        raise NotUnderstood("The body is no mail: it has no header fields. Post the whole raw message, headers first.")
    found = mime.contents(whole.mail, is_cut=raw.startswith(OVERSIZED))
    problem = whole.problem
    if len(found.text) > MAX_TEXT:
        found.text, problem = found.text[:MAX_TEXT], f"The text is longer than {MAX_TEXT:,} characters and was cut."
    found.attachments += _left_out(raw, problem)
    return assemble(whole.mail, found, connection, envelope or Envelope(), whole.mail.body)


def assemble(mail: Part, found: mime.Contents, connection: Connection, envelope: Envelope, body: bytes) -> list[Parsed]:
    """Return the message of a mail's fields and contents; `body` is what makes it one if it has no Message-ID."""
    ours = people.Ours(connection.setting("address").strip().lower())
    _address(mail, envelope)
    everyone = people.parties(mail, ours)
    sender = people.writer(mail, everyone, ours) or NOBODY
    automatic, report = trust.automatic(mail, sender, ours.token(sender.address) is not None), found.report
    if automatic and not report.ids:
        report.take_text(found.text)
    said = "\n\n".join(text for text in (found.text, found.added) if text)
    message = InboundMessage(
        external_id=_external_id(mail, body),
        sender=sender,
        text=said[:MAX_TEXT],
        sent_at=date_value(mail),
        subject=text_value(mail, "subject")[:MAX_SUBJECT],
        html=found.html,
        stripped=_stripped(found, said),
        parties=everyone if any(p.address == sender.address for p in everyone) else (sender, *everyone),
        reply_token=people.reply_token(mail, ours) or envelope.token or None,
        answers=_answers(mail, report.ids),
        attachments=tuple(found.attachments),
        proven=trust.proven(mail, sender, connection.setting("authserv_id").strip(), envelope.signed_by),
        automatic=automatic,
        auto_replied=trust.auto_replied(mail, sender),
        reports_on=tuple(report.ids) if report.is_understood and trust.is_report(mail, sender) else (),
    )
    return [message, *report.receipts()]


def _address(mail: Part, envelope: Envelope) -> None:
    """Write the envelope into the fields, as a mail server does when it delivers."""
    if envelope.recipients:
        mail.fields.setdefault("delivered-to", []).extend(envelope.recipients[:MAX_ENVELOPE])
    if envelope.null_sender:
        mail.fields["return-path"] = ["<>"]


def _external_id(mail: Part, body: bytes) -> str:
    """Return the Message-ID; for none, or junk that others may repeat (`<x>`), one made of the mail itself."""
    given = message_id(raw_value(mail, "message-id"))
    local, at, domain = given.strip("<>").rpartition("@")
    return given if local and at and domain else mime.fingerprint(mail, body)


def _answers(mail: Part, returned: list[str]) -> tuple[str, ...]:
    """Return what this mail answers, nearest first: In-Reply-To, References from the right, a bounce's own mail."""
    ids = message_ids(raw_value(mail, "in-reply-to"))
    ids += reversed(message_ids(raw_value(mail, "references")))
    return tuple(dict.fromkeys(ids + returned))


def _stripped(found: mime.Contents, said: str) -> str | None:
    """Return the new words: by the text's own marks, and by those of its HTML where they show that more is repeated."""
    if not found.text.strip():
        return None
    new = quotes.new_words(found.text)
    if found.unquoted:
        marked = quotes.new_words(found.unquoted)
        if new == found.text.strip() or " ".join(new.split()).startswith(f"{' '.join(marked.split())} "):
            new = marked
    return None if new == said.strip() else new


def _left_out(raw: bytes, problem: str | None) -> list[Attachment]:
    """Return the whole mail as a file where only a part of it could be read, or say why even that is missing."""
    first = raw[:100].partition(b"\n")[0]
    if first.startswith(OVERSIZED):
        size = first[len(OVERSIZED) :].strip()
        megabytes = int(size) / 2**20 if size.isdigit() and len(size) < 15 else 0
        problem = f"The mail has {megabytes:.0f} MB, and only its beginning is here. Read all of it in the mailbox."
        return [Attachment("message.eml", "message/rfc822", error=problem)]
    if problem is None:
        return []
    if len(raw) > MAX_MAIL:
        return [Attachment("message.eml", "message/rfc822", error=problem)]
    return [Attachment("message.eml", "message/rfc822", data=raw, error=problem)]
