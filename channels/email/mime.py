"""Walks the parts of a mail: which of them are the words, which are files, which are neither."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape

from channels.email import attached, flowed, invitation, names, protected
from channels.email import html as hypertext
from channels.email.charsets import decode
from channels.email.headers import raw_value
from channels.email.parts import Part
from channels.email.report import OF_THE_POST_OFFICE, RETURNED, Report
from channels.email.tnef import Winmail
from channels.email.uuencode import taken_out
from channels.types import Attachment

PLAIN = frozenset({"text/plain", "text/markdown", "text/enriched", "text/richtext"})
HTML = "text/html"
CALENDAR = "text/calendar"
CUT = "The mail is too large: this file is in the mailbox alone."
FOR_OTHER_MACHINES = frozenset({"text/x-amp-html", "text/watch-html"})  # the same words again, in another form


@dataclass(slots=True)
class Contents:
    """What a mail holds."""

    text: str = ""
    html: str | None = None  # safe to keep
    unquoted: str | None = None  # the text without what HTML marks as quoted; None: nothing is marked
    added: str = ""  # said of the mail, not written by its sender: an invitation in words
    attachments: list[Attachment] = field(default_factory=list)
    report: Report = field(default_factory=Report)


@dataclass(frozen=True, slots=True)
class Words:
    """One stretch of words, and the alternatives it is one of."""

    text: str
    is_html: bool = False
    alternative: int = 0  # the multipart/alternative around it; 0: none


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One part that holds no others, and where it stands."""

    part: Part
    alternative: int = 0
    report: bool = False  # inside a multipart/report


def contents(mail: Part, *, is_cut: bool = False) -> Contents:
    """Return the words and files of a mail; of one that is cut, the last file is broken and only named."""
    found = Contents()
    words: list[Words] = []
    calendars: list[_Leaf] = []
    leaves = list(_leaves(mail))
    broken = leaves[-1].part if is_cut else None
    for leaf in leaves:
        part, kind = leaf.part, leaf.part.kind
        if kind in OF_THE_POST_OFFICE or (leaf.report and kind in RETURNED):
            found.report.take(part)
        elif _is_body(part, part is mail):
            words.append(_words(leaf, found))
        elif kind == CALENDAR:
            calendars.append(leaf)
        elif kind in protected.OF_A_SIGNATURE or (kind in FOR_OTHER_MACHINES and leaf.alternative):
            continue
        elif part is broken:
            found.attachments.append(
                replace(attached.attachment(part, len(found.attachments) + 1), data=None, error=CUT)
            )
        elif (hidden := attached.winmail(part)) is not None:
            open_winmail(hidden, found, words)
        else:
            found.attachments.append(attached.attachment(part, len(found.attachments) + 1))
    said = any(one.text.strip() for one in words)
    for leaf in calendars:
        _take_calendar(leaf, found, said)
    write(found, words)
    _explain(mail, found)
    return found


def write(found: Contents, words: list[Words]) -> None:
    """Join the words: of alternatives the plain text, beside it the HTML; else every part in its order."""
    pages = {id(one): hypertext.read(one.text) for one in words if one.is_html}
    spoken = [one for one in words if one.text.strip()]
    said_plainly = {one.alternative for one in spoken if not one.is_html and one.alternative}
    has_html = {one.alternative for one in spoken if one.is_html and one.alternative}
    marked = any(page.is_marked for page in pages.values())
    texts: list[str] = []
    unquoted: list[str] = []
    shown: list[str] = []
    for one in words:
        if one.is_html:
            page = pages[id(one)]
            shown.append("" if page.deep else hypertext.clean(one.text) or "")
            if marked:
                unquoted.append(page.text if page.unquoted is None else page.unquoted)
            if one.alternative not in said_plainly or not one.alternative:
                texts.append(page.text)
        else:
            texts.append(one.text)
            if one.alternative not in has_html or not one.alternative:
                unquoted.append(one.text)
                shown.append(f"<p>{escape(one.text.strip())}</p>".replace("\n", "<br>\n") if pages else "")
    found.text = "\n".join(text for text in texts if text.strip()).strip("\n")
    if pages:
        found.html = "\n".join(part for part in shown if part) or None
    if marked:
        found.unquoted = "\n".join(text for text in unquoted if text).strip()


def _leaves(mail: Part) -> Iterator[_Leaf]:
    """Yield the leaves in order; a mail inside a mail is one leaf."""
    waiting = [_Leaf(mail)]
    while waiting:
        leaf = waiting.pop()
        part = leaf.part
        if not part.parts:
            yield leaf
            continue
        alternative = id(part) if part.kind == "multipart/alternative" else leaf.alternative
        is_report = leaf.report or part.kind == "multipart/report"
        waiting += [_Leaf(child, 0 if child.outside else alternative, is_report) for child in reversed(part.parts)]


def _is_body(part: Part, is_all: bool) -> bool:
    """Say whether a part is words to read: text that is neither attached nor named as a file."""
    if part.kind not in PLAIN and part.kind != HTML and not part.is_multipart:
        return False  # what claims parts and has none: its bytes are all there is
    return part.disposition != "attachment" and (is_all or not names.file_name(part))


def _words(leaf: _Leaf, found: Contents) -> Words:
    part = leaf.part
    if part.kind == HTML:
        return Words(decode(part.data, part.charset), True, leaf.alternative)
    data, files = taken_out(part.data)
    found.attachments += [attached.from_text(file, part.charset) for file in files]
    return Words(flowed.plain(part, decode(data, part.charset)), False, leaf.alternative)


def open_winmail(hidden: Winmail, found: Contents, words: list[Words]) -> None:
    """Take the files out of a winmail.dat, and its words if there are none yet; those that are only RTF as a file."""
    found.attachments += attached.hidden(hidden, len(found.attachments) + 1)
    if any(one.text.strip() for one in words):
        return
    if hidden.html:
        words.append(Words(decode(hidden.html, hidden.charset), True))
    elif hidden.text:
        words.append(Words(decode(hidden.text, hidden.charset).replace("\r\n", "\n")))
    elif hidden.rtf:
        found.attachments.append(Attachment("message.rtf", "application/rtf", hidden.rtf))


def say_calendar(part: Part, found: Contents) -> bool:
    """Say an invitation in words, once. False: there is nothing to say."""
    in_words = invitation.in_words(decode(part.data, part.charset or "utf-8"))
    if in_words and in_words not in found.added:
        found.added = f"{found.added}\n{in_words}".strip()
    return bool(in_words)


def _take_calendar(leaf: _Leaf, found: Contents, said: bool) -> None:
    """Say an invitation in words; it is a file too, unless it only stands beside the same thing in words."""
    in_words = say_calendar(leaf.part, found)
    if not (in_words and said and leaf.alternative and leaf.part.disposition != "attachment"):
        found.attachments.append(attached.attachment(leaf.part, len(found.attachments) + 1))


def _explain(mail: Part, found: Contents) -> None:
    """Add what is to be said of the mail where its sender's words do not tell."""
    if not found.text and (why := protected.in_words(mail)):
        found.added = f"{found.added}\n{why}".strip()
    if not found.text and found.report.detail:
        found.added = found.report.detail


def fingerprint(mail: Part, body: bytes) -> str:
    """Return an id for a mail without one: the same however often and by whatever way it comes."""
    named = "\n".join(raw_value(mail, name) for name in ("from", "to", "date", "subject"))
    data = body.replace(b"\r\n", b"\n").strip()
    digest = hashlib.sha256(named.encode("utf-8", "replace") + b"\n" + data).hexdigest()
    return f"<{digest[:40]}@no-message-id.invalid>"
