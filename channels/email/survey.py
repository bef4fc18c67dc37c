"""Looks over a raw mail before it is parsed: bounds its depth, parts, lines and header sizes in one pass.

The standard library's parser recurses once a level and re-reads long parameter lists; what goes into it must be small
enough for that. The pass follows the same rules as `email.feedparser`, so that nobody can show it one mail and the
parser another. It never refuses: what is over a limit is cut off, and `Survey.problem` says so.
"""

import re
from dataclasses import dataclass
from email.message import Message

from channels.types import MAX_MAIL

MAX_PARTS = 500  # MIME parts; the largest honest mails seen have some 60
MAX_DEPTH = 50  # levels of multipart and message/rfc822
MAX_LINES = 1_000_000  # 25 MB of base64 has 350,000
MAX_FIELDS = 1000  # header fields of one part
MAX_FIELD = 256 * 1024  # bytes of one header field with its continuations
MAX_CONTENT_FIELD = 4096  # bytes of a Content-… field: the parser is quadratic in its parameters

HEADER_LINE = re.compile(rb"From |[!-9;-~]*:|[\t ]")  # as email.feedparser reads it; one pass, nothing to go back over


@dataclass(frozen=True, slots=True)
class Survey:
    """What is safe to parse of one mail."""

    raw: bytes  # cut and trimmed
    problem: str | None = None  # for people; None: the mail is whole


@dataclass(slots=True)
class _Field:
    """The header field being read, and how many came before it."""

    number: int = 0  # of the fields in this header so far
    limit: int = 0
    size: int = 0
    is_content_type: bool = False


class _Walk:
    """Where in the MIME tree the pass is."""

    def __init__(self) -> None:
        self.open: list[bytes | None] = []  # boundary lines of the open levels; None: a message in a message
        self.digest: list[bool] = []  # per open level: do its parts default to message/rfc822?
        self.parts = 1
        self.in_header = True
        self.default_type = "text/plain"
        self.content_type: bytes | None = None

    def boundary(self, line: bytes) -> bool:
        """Move to where a boundary line leads. False if it is none of the open ones."""
        bare = line.rstrip(b"\r\n").rstrip(b" \t")
        for level in range(len(self.open) - 1, -1, -1):
            ours = self.open[level]
            if ours is None or bare not in (ours, ours + b"--"):
                continue
            closes = bare != ours
            keep = level if closes else level + 1
            del self.open[keep:], self.digest[keep:]
            self.in_header = not closes
            if not closes:
                self.parts += 1
                self.content_type = None
                self.default_type = "message/rfc822" if self.digest[level] else "text/plain"
            return True
        return False

    def end_of_header(self) -> None:
        """Go down one level if the part that begins here holds others."""
        part = Message()
        part.set_default_type(self.default_type)
        if self.content_type is not None:
            value = self.content_type.lstrip(b" \t").rstrip(b"\r\n")
            part.set_raw("Content-Type", value.decode("ascii", "surrogateescape"))
        self.content_type, self.default_type = None, "text/plain"
        self.in_header = False
        if part.get_content_maintype() == "message":
            self.open.append(None)
            self.digest.append(False)
            self.in_header = True
        elif part.get_content_maintype() == "multipart":
            boundary = part.get_boundary()
            if boundary is not None:
                self.open.append(b"--" + boundary.encode() if boundary.isascii() else None)  # 8-bit: matches no line
                self.digest.append(part.get_content_type() == "multipart/digest")


def survey(raw: bytes) -> Survey:
    """Return the part of a mail that is safe to parse, and what had to be left out."""
    if len(raw) > MAX_MAIL:
        return Survey(_look(raw[:MAX_MAIL]).raw, f"The mail is larger than {MAX_MAIL // 2**20} MB and was cut.")
    return _look(raw)


def _look(raw: bytes) -> Survey:
    walk = _Walk()
    field = _Field()
    kept: list[bytes] = []
    trimmed = False
    for number, line in enumerate(raw.splitlines(keepends=True)):
        if number >= MAX_LINES:
            return Survey(b"".join(kept), f"The mail has more than {MAX_LINES:,} lines and was cut there.")
        if line.startswith(b"--") and walk.boundary(line):
            field = _Field()
            if walk.parts > MAX_PARTS:
                return Survey(b"".join(kept), f"The mail has more than {MAX_PARTS} parts and was cut there.")
        elif walk.in_header:
            if not HEADER_LINE.match(line):
                walk.end_of_header()
                field = _Field()
                if len(walk.open) > MAX_DEPTH:
                    return Survey(b"".join(kept), f"The mail is nested over {MAX_DEPTH} deep and was cut there.")
            elif not _fits(line, field, walk):
                trimmed = True
                continue
        kept.append(line)
    return Survey(b"".join(kept), "A header was too long and was cut." if trimmed else None)


def _fits(line: bytes, field: _Field, walk: _Walk) -> bool:
    """Say whether this header line is within its field's limit, and remember the part's Content-Type."""
    if line[:1] in b" \t":
        field.size += len(line)
        fits = field.size <= field.limit
        if fits and field.is_content_type and walk.content_type is not None:
            walk.content_type += line
        return fits
    name, _, value = line.partition(b":")
    content = name[:8].lower() == b"content-"
    field.number += 1
    field.limit = MAX_CONTENT_FIELD if content else MAX_FIELD
    if field.number > MAX_FIELDS:
        field.limit = 0
    field.size = len(line)
    field.is_content_type = name.lower() == b"content-type" and walk.content_type is None
    fits = field.size <= field.limit
    if fits and field.is_content_type:
        walk.content_type = value
    return fits
