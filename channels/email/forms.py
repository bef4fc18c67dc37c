"""Reads posted forms as bytes: urlencoded and multipart/form-data. Source: RFC 7578, the URL standard.

Bytes, for the charset of a field stands in another field (SendGrid), and decoding it as UTF-8 first would lose words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from channels.email import params
from channels.email.parts import read_fields
from channels.errors import NotUnderstood

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_FIELDS = 1000
MAX_CONTENT_TYPE = 2000  # characters


@dataclass(frozen=True, slots=True)
class Field:
    """One field or file of a form."""

    name: str
    data: bytes
    file_name: str | None = None  # None: it is no file
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A posted form."""

    fields: tuple[Field, ...] = ()

    def last(self, name: str) -> bytes | None:
        """Return the last field of a name; None if there is none."""
        return next((field.data for field in reversed(self.fields) if field.name == name), None)

    def all(self, name: str) -> list[bytes]:
        """Return every field of a name, in order."""
        return [field.data for field in self.fields if field.name == name]

    def text(self, name: str) -> str:
        """Return the last field of a name as UTF-8 text, empty if there is none."""
        return (self.last(name) or b"").decode("utf-8", "replace")

    @property
    def names(self) -> frozenset[str]:
        """The names of its fields."""
        return frozenset(field.name for field in self.fields)


def is_form(content_type: str) -> bool:
    """Say whether a content type is that of a form."""
    return content_type.partition(";")[0].strip().lower() in (URLENCODED, MULTIPART)


def read_form(content_type: str, body: bytes) -> Form:
    """Return the fields of a form. Raises NotUnderstood if it is none, or has too many fields."""
    kind, parameters = params.split(content_type[:MAX_CONTENT_TYPE])
    if kind.lower() == URLENCODED:
        fields = _pairs(body)
    elif kind.lower() == MULTIPART and parameters.get("boundary"):
        fields = _parts(body, parameters["boundary"].encode("utf-8", "replace"))
    else:
        raise NotUnderstood(f"The body must be a form: {URLENCODED}, or {MULTIPART} with its boundary.")
    found: list[Field] = []
    for field in fields:
        found.append(field)
        if len(found) > MAX_FIELDS:
            raise NotUnderstood(f"The form has more than {MAX_FIELDS} fields.")
    return Form(tuple(found))


def _pairs(body: bytes) -> Iterator[Field]:
    at = 0
    while at < len(body):
        end = body.find(b"&", at)
        end = len(body) if end < 0 else end
        name, _, value = body[at:end].partition(b"=")
        if name:
            yield Field(unquote_to_bytes(name.replace(b"+", b" ")).decode("utf-8", "replace"), _plain(value))
        at = end + 1


def _plain(value: bytes) -> bytes:
    return unquote_to_bytes(value.replace(b"+", b" "))


def _parts(body: bytes, boundary: bytes) -> Iterator[Field]:
    line = b"--" + boundary
    at = 0 if body.startswith(line) else body.find(b"\n" + line) + 1
    if not at and not body.startswith(line):
        return
    while True:
        at += len(line)
        if body[at : at + 2] == b"--":
            return
        start = body.find(b"\n", at) + 1
        end = body.find(b"\n" + line, start - 1) if start else -1
        if not start or end < 0:
            return  # cut short: what has no end is left out
        yield from _field(body[start : max(start, end - 1 if body[end - 1 : end] == b"\r" else end)])
        at = end + 1


def _field(piece: bytes) -> Iterator[Field]:
    part = read_fields(piece)
    name = part.placed("name").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if name:
        is_file = "filename" in part.disposition_parameters
        given = part.placed("filename").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        kind = part.kind if "content-type" in part.fields else ""
        yield Field(name, part.body, given.replace("%22", '"') if is_file else None, kind)
