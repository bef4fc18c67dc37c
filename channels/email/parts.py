"""Splits a raw mail into its parts, within caps: fields, boundaries, nothing decoded but what is asked for.

Bodies are searched for their boundaries, never read line by line, so the cost of a file in a mail is next to nothing.
It never refuses: what is over a limit is left unsplit, and `Whole.problem` says so. The standard library's parser is
slower, recurses once a level, and loses the body of a mail whose boundary has no quotes.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from channels.email import params
from channels.email.uuencode import decoded_lines
from channels.types import MAX_MAIL

MAX_PARTS = 500  # MIME parts; the largest honest mails seen have some 60
MAX_DEPTH = 50  # levels of multipart
MAX_FIELDS = 1000  # header fields of one part
MAX_FIELD = 256 * 1024  # bytes of one header field with its continuations
MAX_HEADER = 4 * 1024 * 1024  # bytes of one header with all its fields
MAX_BOUNDARY = 1000  # characters; the standard says 70
MAX_JUNK = 10  # one byte in so many that is not base64: more, and it never was
LOOK_FOR_BOUNDARY = 64 * 1024  # bytes in which a boundary is looked for that the header does not name

FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")  # RFC 5322 2.2; nothing to go back over
NOTICE = (b"mime format", b"mime-format", b"mime message", b"multi-part message", b"multipart message")
LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
OTHERS = bytes(byte for byte in range(256) if byte not in BASE64)
BREAKS = b"\t\r\n\v\f\0"


@dataclass(eq=False)
class Part:
    """One part of a mail, or the mail itself: its fields and its bytes, and the parts in it."""

    fields: dict[str, list[str]]  # names in lower case; values unfolded, 8-bit bytes as surrogates
    body: bytes = b""  # as sent, not decoded
    default: str = "text/plain"
    parts: list["Part"] = field(default_factory=list)
    outside: bool = False  # stood before the first or after the last boundary of what holds it

    @cached_property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        return params.split(next(iter(self.fields.get("content-type", ())), ""))

    @cached_property
    def _disposition(self) -> tuple[str, dict[str, str]]:
        return params.split(next(iter(self.fields.get("content-disposition", ())), ""))

    @cached_property
    def kind(self) -> str:
        """The media type, in lower case; text/plain if what is there is none."""
        given = self._content_type[0].lower().split()
        if not given:
            return self.default
        return given[0] if given[0].count("/") == 1 and not given[0].startswith("/") else "text/plain"

    @property
    def is_multipart(self) -> bool:
        """Whether it claims to hold parts."""
        return self.kind.startswith("multipart/")

    @cached_property
    def charset(self) -> str:
        """The charset it claims, in lower case; empty if none."""
        given = self.parameter("charset").lower().split()
        return given[0].partition("(")[0] if given else ""

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or whatever is claimed, in lower case."""
        given = self._disposition[0].lower().split()
        return given[0] if given else ""

    def parameter(self, name: str) -> str:
        """Return a parameter of Content-Type, empty if there is none."""
        return self._content_type[1].get(name, "")

    def placed(self, name: str) -> str:
        """Return a parameter of Content-Disposition, empty if there is none."""
        return self._disposition[1].get(name, "")

    @property
    def disposition_parameters(self) -> Mapping[str, str]:
        """The parameters of Content-Disposition."""
        return self._disposition[1]

    @cached_property
    def data(self) -> bytes:
        """The bytes with their transfer encoding taken off; what is broken in it is left out."""
        encoding = next(iter(self.fields.get("content-transfer-encoding", ())), "").strip().lower()
        return decoded(self.body, encoding)


@dataclass(frozen=True, slots=True)
class Whole:
    """A mail in parts."""

    mail: Part
    problem: str | None = None  # for people; None: all of it was read


def read_parts(raw: bytes) -> Whole:
    """Return a mail's parts, and what had to be left out."""
    problem = None
    if len(raw) > MAX_MAIL:
        raw, problem = raw[:MAX_MAIL], f"The mail is larger than {MAX_MAIL // 2**20} MB and was cut."
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    start = len(raw) - len(raw.lstrip(b"\r\n"))
    mail, header_problem = _part(raw, start, len(raw), "text/plain")
    return Whole(mail, problem or _split_all(mail) or header_problem)


def read_fields(raw: bytes) -> Part:
    """Return the fields that bytes begin with, the rest as the body."""
    return _part(raw, 0, len(raw), "text/plain")[0]


def decoded(body: bytes, encoding: str) -> bytes:
    """Return a body without its transfer encoding. What is called base64 and is not stays as it is."""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding == "base64":
        return _from_base64(body)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return decoded_lines(body.splitlines())
    return body


def _from_base64(body: bytes) -> bytes:
    letters = body.translate(None, OTHERS)
    junk = len(body.translate(None, BASE64 + BREAKS))
    if junk * MAX_JUNK > len(body):
        return body
    found = []
    for run in letters.split(b"="):  # several encodings one after the other, as some programs write
        if len(run) % 4 == 1:
            run = run[:-1]
        if run:
            found.append(binascii.a2b_base64(run + b"=" * (-len(run) % 4)))
    return b"".join(found)


def _split_all(mail: Part) -> str | None:
    """Split what claims parts, level by level; return what stopped it."""
    count = 1
    level = [mail]
    for depth in range(MAX_DEPTH + 1):
        below: list[Part] = []
        for holder in level:
            if not holder.is_multipart:
                continue
            if depth == MAX_DEPTH:
                return f"The mail is nested over {MAX_DEPTH} deep and was cut there."
            inner = "message/rfc822" if holder.kind == "multipart/digest" else "text/plain"
            for start, end, outside in _pieces(holder):
                count += 1
                if count > MAX_PARTS:
                    return f"The mail has more than {MAX_PARTS} parts and was cut there."
                if outside:
                    holder.parts += _left_over(holder.body[start:end])
                else:
                    holder.parts.append(_part(holder.body, start, end, inner)[0])
            below += holder.parts
        level = below
    return None


def _pieces(holder: Part) -> Iterator[tuple[int, int, bool]]:
    """Yield where the parts in a body begin and end, and with True what stands before the first and after the last."""
    body = holder.body
    named = holder.parameter("boundary").rstrip()
    line = b"--" + named.encode("utf-8", "surrogateescape")
    first = _boundary(body, line, 0) if named and len(named) <= MAX_BOUNDARY else None
    if first is None and (guessed := _guessed(body)):
        line = guessed
        first = _boundary(body, line, 0)
    if first is None:
        return
    yield 0, first[0], True
    here: tuple[int, int, bool] | None = first
    while here is not None:
        following = _boundary(body, line, here[1])
        end = len(body) if following is None else following[0]
        if following is not None and body[end - 1 : end] == b"\n":
            end -= 2 if body[end - 2 : end] == b"\r\n" else 1
        yield here[1], max(end, here[1]), here[2]
        here = following


def _left_over(piece: bytes) -> list[Part]:
    """Return what stands outside the boundaries as parts, without the notice to programs that know no MIME."""
    if not LETTER.search(piece):
        return []
    lower = piece.lower()
    at = 0 if lower.startswith(b"content-") else lower.find(b"\ncontent-") + 1
    is_part = at > 0 or lower.startswith(b"content-")  # one whose boundary line is broken
    paragraphs = piece[: at if is_part else len(piece)].replace(b"\r\n", b"\n").split(b"\n\n")
    kept = b"\n\n".join(one for one in paragraphs if LETTER.search(one) and not _is_notice(one))
    found = [Part({}, kept, outside=True)] if kept else []
    if is_part:
        part = _part(piece, at, len(piece), "text/plain")[0]
        part.outside = True
        found.append(part)
    return found


def _is_notice(paragraph: bytes) -> bool:
    """Say whether this is only a boundary line, or what a program writes for programs that know no MIME."""
    lower = paragraph.lower()
    return any(word in lower for word in NOTICE) or all(line[:2] in (b"--", b"") for line in lower.splitlines())


def _boundary(body: bytes, line: bytes, start: int) -> tuple[int, int, bool] | None:
    """Return where the next boundary line begins and ends, and whether it closes."""
    at = body.find(line, start)
    while at >= 0:
        if at == 0 or body[at - 1 : at] == b"\n":
            end = body.find(b"\n", at)
            end = len(body) if end < 0 else end + 1
            if end - at <= len(line) + 200:
                rest = body[at + len(line) : end].rstrip()
                if rest in (b"", b"--"):
                    return at, end, rest == b"--"
        at = body.find(line, at + len(line))
    return None


def _guessed(body: bytes) -> bytes | None:
    """Return the boundary line a body uses without its header saying so: one right above a Content- field."""
    head = body[:LOOK_FOR_BOUNDARY]
    at = 0 if head.startswith(b"--") else head.find(b"\n--") + 1
    while at or head.startswith(b"--"):
        end = head.find(b"\n", at)
        if end < 0:
            return None
        if head[end + 1 : end + 9].lower() == b"content-":
            return head[at:end].rstrip()
        following = head.find(b"\n--", end)
        if following < 0:
            return None
        at = following + 1
    return None


def _part(raw: bytes, start: int, end: int, default: str) -> tuple[Part, str | None]:
    """Read the fields that begin at `start`; what follows them up to `end` is the body."""
    values: dict[str, list[list[bytes]]] = {}
    current: list[bytes] | None = None
    at, count, size, header_end = start, 0, 0, min(end, start + MAX_HEADER)
    problem: str | None = None
    while at < end:
        stop = raw.find(b"\n", at, header_end) + 1
        if not stop:
            if header_end < end:
                problem = "The header was too long and was cut."
                break
            stop = end
        line = raw[at:stop].rstrip(b"\r\n")
        if line[:1] in (b" ", b"\t") and (line.strip() or current is not None):
            size += len(line)
            if size > MAX_FIELD:
                problem = "A header was too long and was cut."
            elif current is not None:
                current.append(line)
        elif match := FIELD.match(line):
            count, size = count + 1, len(line)
            if count > MAX_FIELDS or size > MAX_FIELD:
                problem, current = "A header was too long and was cut.", None
            else:
                current = [line[match.end() :].lstrip()]
                values.setdefault(match[1].decode("ascii").lower(), []).append(current)
        elif at == start and line.startswith((b"From ", b">From ")):
            pass  # the line before a mail in a mailbox file
        else:
            at = at if line else stop
            break
        at = stop
    fields = {
        name: [b"".join(lines).decode("ascii", "surrogateescape") for lines in each] for name, each in values.items()
    }
    return Part(fields, raw[at:end], default), problem
