"""Makes one inbound message of one raw mail. Whatever the mail looks like, something readable comes out."""

from email import message_from_bytes, policy
from email.parser import BytesHeaderParser

from channels.email import mime, people, quotes, trust
from channels.email.headers import Mail, date_value, message_id, message_ids, raw_value, text_value
from channels.email.survey import survey
from channels.errors import NotUnderstood
from channels.types import MAX_MAIL, Attachment, Connection, InboundMessage, Party

OVERSIZED = b"X-Heed-Oversized:"  # first line of a mail of which only the header was fetched; its value: bytes
MAX_TEXT = 1_000_000  # characters
MAX_SUBJECT = 1000  # characters
NOBODY = Party("from", "unknown@unknown.invalid")


def read(raw: bytes, connection: Connection) -> InboundMessage:
    """Return what one mail says. Raises NotUnderstood if the bytes are no mail at all."""
    surveyed = survey(raw)
    mail = _parsed(surveyed.raw)
    if not mail.keys():
        raise NotUnderstood("The body is no mail: it has no header fields. Post the whole raw message, headers first.")
    ours = people.Ours(connection.setting("address").strip().lower())
    everyone = people.parties(mail, ours)
    sender = people.writer(mail, everyone, ours) or NOBODY
    found = mime.contents(mail)
    problem = surveyed.problem
    if len(found.text) > MAX_TEXT:
        found.text, problem = found.text[:MAX_TEXT], f"The text is longer than {MAX_TEXT:,} characters and was cut."
    return InboundMessage(
        external_id=_external_id(mail, surveyed.raw),
        sender=sender,
        text=found.text,
        sent_at=date_value(mail),
        subject=text_value(mail, "subject")[:MAX_SUBJECT],
        html=found.html,
        stripped=_stripped(found),
        parties=everyone if any(p.address == sender.address for p in everyone) else (sender, *everyone),
        reply_token=people.reply_token(mail, ours),
        answers=_answers(mail, found.returned_ids),
        attachments=(*found.attachments, *_left_out(raw, problem)),
        proven=trust.proven(mail, sender, connection.setting("authserv_id").strip()),
        automatic=trust.automatic(mail, sender, ours.token(sender.address) is not None),
    )


def _parsed(raw: bytes) -> Mail:
    """Parse with the old, lenient policy: it keeps 8-bit headers and reads the unquoted boundaries of old Outlook."""
    try:
        return message_from_bytes(raw, policy=policy.compat32)
    except RecursionError:  # deeper than the survey saw: the header and the first words are better than nothing
        return BytesHeaderParser(policy=policy.compat32).parsebytes(raw)


def _external_id(mail: Mail, raw: bytes) -> str:
    """Return the Message-ID; for none, or junk that others may repeat (`<x>`), one made of the mail itself."""
    given = message_id(raw_value(mail, "message-id"))
    local, at, domain = given.strip("<>").rpartition("@")
    return given if local and at and domain else mime.fingerprint(mail, raw)


def _answers(mail: Mail, returned: list[str]) -> tuple[str, ...]:
    """Return what this mail answers, nearest first: In-Reply-To, References from the right, a bounce's own mail."""
    ids = message_ids(raw_value(mail, "in-reply-to"))
    ids += reversed(message_ids(raw_value(mail, "references")))
    return tuple(dict.fromkeys(ids + returned))


def _stripped(found: mime.Contents) -> str | None:
    """Return the new words: by the text's own marks, or by those of its HTML where the text has none."""
    new = quotes.new_words(found.text)
    if new == found.text.strip() and found.unquoted:
        new = quotes.new_words(found.unquoted)
    return None if new == found.text.strip() else new


def _left_out(raw: bytes, problem: str | None) -> list[Attachment]:
    """Return the whole mail as a file where only a part of it could be read, or say why even that is missing."""
    first = raw.partition(b"\n")[0]
    if first.startswith(OVERSIZED):
        size = first[len(OVERSIZED) :].strip()
        megabytes = int(size) / 2**20 if size.isdigit() and len(size) < 15 else 0
        problem = f"The mail has {megabytes:.0f} MB, too large to take over. Read it in the mailbox."
        return [Attachment("message.eml", "message/rfc822", error=problem)]
    if problem is None:
        return []
    if len(raw) > MAX_MAIL:
        return [Attachment("message.eml", "message/rfc822", error=problem)]
    return [Attachment("message.eml", "message/rfc822", data=raw, error=problem)]
