"""Walks the parts of a parsed mail: which of them are the words, which are files, which are neither."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from html import escape
from typing import cast

from channels.email import html as hypertext
from channels.email import names
from channels.email.charsets import decode
from channels.email.headers import Mail, message_id, raw_value, text_value
from channels.types import MAX_MAIL, Attachment

OF_THE_POST_OFFICE = frozenset(
    {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-delivery-status",
        "text/rfc822-headers",
    }
)
OF_A_SIGNATURE = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)


@dataclass(slots=True)
class Contents:
    """What a mail holds."""

    text: str = ""
    html: str | None = None  # safe to keep
    unquoted: str | None = None  # the text without what HTML marks as quoted; None: nothing is marked
    attachments: list[Attachment] = field(default_factory=list)
    returned_ids: list[str] = field(default_factory=list)  # a report: the Message-ID of the mail it is about


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One part that holds no others, and where it stands."""

    part: Mail
    alternative: Mail | None = None  # the nearest multipart/alternative around it
    report: bool = False  # inside a multipart/report


def contents(mail: Mail) -> Contents:
    """Return the words and files of a mail."""
    found = Contents()
    bodies: list[tuple[_Leaf, str]] = []
    for leaf in _leaves(mail):
        kind = leaf.part.get_content_type()
        if kind in OF_THE_POST_OFFICE or (leaf.report and kind == "message/rfc822"):
            found.returned_ids += _returned_id(leaf.part)
        elif _is_body(leaf.part):
            bodies.append((leaf, decode(payload(leaf.part), leaf.part.get_content_charset())))
        elif not _is_only_wrapping(leaf):
            found.attachments.append(_attachment(leaf.part, len(found.attachments) + 1))
    _write_bodies(found, bodies)
    return found


def payload(part: Mail) -> bytes:
    """Return the decoded bytes of a part; what is broken in its encoding is left out."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError):
        data = None
    return data if isinstance(data, bytes) else b""


def _leaves(mail: Mail) -> Iterator[_Leaf]:
    """Yield the leaves in order; a mail inside a mail is one leaf."""
    waiting = [_Leaf(mail)]
    while waiting:
        leaf = waiting.pop()
        part = leaf.part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            kind = part.get_content_subtype()
            alternative = part if kind == "alternative" else leaf.alternative
            children = cast(list[Mail], part.get_payload())
            waiting += [_Leaf(child, alternative, leaf.report or kind == "report") for child in reversed(children)]
        else:
            yield leaf


def _disposition(part: Mail) -> str:
    return raw_value(part, "content-disposition").partition(";")[0].strip().lower()


def _is_body(part: Mail) -> bool:
    """Say whether a part is words to read: text that is neither attached nor named as a file."""
    kind = part.get_content_type()
    broken = part.get_content_maintype() == "multipart"  # claims parts, has none: its bytes are all there is
    return (
        (kind in ("text/plain", "text/html") or broken)
        and _disposition(part) != "attachment"
        and not names.file_name(part)
    )


def _is_only_wrapping(leaf: _Leaf) -> bool:
    """Say whether a part is a signature, PGP's version mark, or the machine's reading of an invitation."""
    kind = leaf.part.get_content_type()
    if kind in OF_A_SIGNATURE or kind == "application/pgp-encrypted":
        return True
    return kind == "text/calendar" and leaf.alternative is not None and _disposition(leaf.part) != "attachment"


def _attachment(part: Mail, number: int) -> Attachment:
    kind = part.get_content_type()
    name = names.file_name(part)
    if part.get_content_maintype() == "message":
        data, inner = _inner_mail(part)
        kind = "message/rfc822" if inner is not None else kind
        subject = names.safe(text_value(inner, "subject")) if inner is not None else ""
        name = name or (f"{subject}.eml" if subject else "")
    else:
        data = payload(part)
    disposition = _disposition(part)
    content_id = message_id(raw_value(part, "content-id")).strip("<>") or None
    inline = disposition == "inline" or (disposition != "attachment" and content_id is not None)
    name = name or names.made_up(kind, number)
    if len(data) > MAX_MAIL:
        return Attachment(name, kind, None, None, content_id, inline, f"Larger than {MAX_MAIL // 2**20} MB: not kept.")
    return Attachment(name, kind, data, None, content_id, inline)


def _inner_mail(part: Mail) -> tuple[bytes, Mail | None]:
    """Return the bytes of an attached mail, and the mail; written anew, so its white space may differ."""
    inner = part.get_payload()
    if not isinstance(inner, list) or not inner or not isinstance(inner[0], Message):
        return payload(part), None
    try:
        return inner[0].as_bytes(), inner[0]
    except (ValueError, LookupError, KeyError, TypeError):
        return b"", inner[0]


def _returned_id(part: Mail) -> list[str]:
    """Return the Message-ID in the returned mail or its headers."""
    inner = part.get_payload()
    if isinstance(inner, list):
        found = next((message_id(raw_value(m, "message-id")) for m in inner if isinstance(m, Message)), "")
    else:
        lines = decode(payload(part)[:65536], None).splitlines()
        found = next((message_id(line[11:]) for line in lines if line.lower().startswith("message-id:")), "")
    return [found] if found else []


def _write_bodies(found: Contents, bodies: list[tuple[_Leaf, str]]) -> None:
    """Join the words: of alternatives the plain text, beside it the HTML; else every part in its order."""
    said_plainly = {
        id(leaf.alternative) for leaf, text in bodies if not _is_html(leaf) and leaf.alternative and text.strip()
    }
    has_html = {id(leaf.alternative) for leaf, text in bodies if _is_html(leaf) and leaf.alternative and text.strip()}
    texts: list[str] = []
    unquoted: list[str] = []
    pages: list[str] = []
    marked = False
    for leaf, text in bodies:
        if _is_html(leaf):
            pages.append(text)
            marked = marked or hypertext.has_quote(text)
            unquoted.append(hypertext.to_text(text, quotes=False))
            if id(leaf.alternative) not in said_plainly:
                texts.append(hypertext.to_text(text))
        else:
            texts.append(_one_kind_of_line(text))
            if id(leaf.alternative) not in has_html:
                unquoted.append(_one_kind_of_line(text))
                pages.append(f"<p>{escape(text.strip())}</p>".replace("\n", "<br>\n"))
    found.text = "\n".join(text for text in texts if text).strip("\n")
    if any(_is_html(leaf) for leaf, _ in bodies):
        found.html = hypertext.clean("\n".join(pages))
    if marked:
        found.unquoted = "\n".join(text for text in unquoted if text).strip()


def _is_html(leaf: _Leaf) -> bool:
    return leaf.part.get_content_type() == "text/html"


def _one_kind_of_line(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def fingerprint(mail: Mail, raw: bytes) -> str:
    """Return an id for a mail without one: the same however often and by whatever way it comes."""
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].strip()
    named = "\n".join(raw_value(mail, name) for name in ("from", "to", "date", "subject"))
    digest = hashlib.sha256(named.encode("utf-8", "replace") + b"\n" + body).hexdigest()
    return f"<{digest[:40]}@no-message-id.invalid>"
