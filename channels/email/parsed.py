"""Makes a mail of what a provider took apart: its fields, its texts, its files. Providers' own readers call it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from channels.email import attached, mime, names, reading
from channels.email.parts import MAX_FIELD, MAX_FIELDS, MAX_PARTS, Part
from channels.email.reading import Envelope
from channels.email.report import OF_THE_POST_OFFICE
from channels.email.tnef import read_winmail
from channels.payload import clean, media_type
from channels.types import Attachment, Connection, Parsed

MAX_TEXT = 4 * 1024 * 1024  # characters of one text that are read
NAME_ENDS = frozenset(" :\t\r\n")


def fields_of(pairs: Iterable[tuple[str, str]]) -> Part:
    """Return a mail with these header fields and nothing else; fields without a proper name are left out."""
    mail = Part({})
    for count, (name, value) in enumerate(pairs):
        if count >= MAX_FIELDS:
            break
        if name.isascii() and name.isprintable() and not NAME_ENDS.intersection(name) and name:
            one_line = clean(value[:MAX_FIELD]).replace("\r", "").replace("\n", " ")
            mail.fields.setdefault(name.lower(), []).append(one_line)
    return mail


def address_field(name: str, address: str) -> str:
    """Return one entry of an address field."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if name.strip() else address


def read(
    mail: Part,
    plain: str,
    html: Sequence[str],
    files: Sequence[Attachment],
    connection: Connection,
    envelope: Envelope,
) -> list[Parsed]:
    """Return the message that a provider's fields, texts and files make."""
    found = mime.Contents()
    words = [mime.Words(clean(plain[:MAX_TEXT]).replace("\r\n", "\n"), alternative=1)] if plain.strip() else []
    words += [mime.Words(clean(page[:MAX_TEXT]), True, 1) for page in html if page.strip()]
    for file in files[:MAX_PARTS]:
        _take(found, words, file)
    mime.write(found, words)
    return reading.assemble(mail, found, connection, envelope, f"{plain}\n{''.join(html)}".encode("utf-8", "replace"))


def a_file(name: str, kind: str, data: bytes, content_id: str = "") -> Attachment:
    """Return a file of a provider's; its name is made safe, or made up where it is read."""
    content_id = clean(content_id).strip("<> ")
    return Attachment(
        names.safe(clean(name)), media_type(kind), data, content_id=content_id or None, inline=bool(content_id)
    )


def _take(found: mime.Contents, words: list[mime.Words], file: Attachment) -> None:
    """Keep a file, or what is in it: a report of the post office, a winmail.dat, an invitation."""
    part = Part({}, file.data or b"", file.media_type)
    if file.media_type in OF_THE_POST_OFFICE:
        found.report.take(part)
        return
    if file.name.lower() == "winmail.dat" or file.media_type in attached.WINMAIL:
        hidden = read_winmail(part.data)
        if hidden is not None:
            mime.open_winmail(hidden, found, words)
            return
    if file.media_type == mime.CALENDAR:
        mime.say_calendar(part, found)
    number = len(found.attachments) + 1
    found.attachments.append(replace(file, name=file.name or names.made_up(file.media_type, number)))
