"""Makes files of the parts of a mail that are files, also of those that hide in winmail.dat or in a text."""

from channels.email import names
from channels.email.charsets import decode
from channels.email.headers import message_id, one_line, raw_value, text_value
from channels.email.parts import Part, read_fields
from channels.email.tnef import Winmail, read_winmail
from channels.email.uuencode import Uuencoded
from channels.payload import media_type
from channels.types import MAX_MAIL, Attachment

WINMAIL = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
TOO_LARGE = f"Larger than {MAX_MAIL // 2**20} MB: not kept."
MAX_HEAD = 256 * 1024  # bytes of an attached mail in which its subject is looked for


def attachment(part: Part, number: int) -> Attachment:
    """Return a part as a file; `number` is for its name if it has none."""
    kind, data = media_type(part.kind), part.data
    name = names.file_name(part)
    if kind == "message/rfc822" and not name:
        subject = names.safe(text_value(read_fields(data[:MAX_HEAD].lstrip(b"\r\n")), "subject"))
        name = f"{subject}.eml" if subject else ""
    elif part.is_multipart:
        kind = "application/octet-stream"
    content_id = message_id(raw_value(part, "content-id")).strip("<>") or None
    inline = part.disposition == "inline" or (part.disposition != "attachment" and content_id is not None)
    name = name or names.made_up(kind, number)
    if len(data) > MAX_MAIL:
        return Attachment(name, kind, None, None, content_id, inline, TOO_LARGE)
    return Attachment(name, kind, data, None, content_id, inline)


def winmail(part: Part) -> Winmail | None:
    """Return what is in a winmail.dat; None if the part is none, or cannot be read as one."""
    if part.kind in WINMAIL or names.file_name(part).lower() == "winmail.dat":
        return read_winmail(part.data)
    return None


def hidden(found: Winmail, number: int) -> list[Attachment]:
    """Return the files of a winmail.dat; `number` is where their numbering begins."""
    files = []
    for place, file in enumerate((one for one in found.files if one.data is not None), start=number):
        name = names.safe(one_line(decode(file.name, found.charset)))
        kind = media_type(decode(file.media_type, None)) if file.media_type else names.guessed(name)
        content_id = one_line(decode(file.content_id, None)).strip("<> ") or None
        files.append(
            Attachment(name or names.made_up(kind, place), kind, file.data, None, content_id, content_id is not None)
        )
    return files


def from_text(file: Uuencoded, charset: str) -> Attachment:
    """Return a file that stood uuencoded in a text."""
    name = names.safe(one_line(decode(file.name, charset))) or "file"
    return Attachment(name, names.guessed(name), file.data)
