"""Reading JSON from outside: every value is checked for its type, every text cleaned, every failure NotUnderstood.

Messages name the field and the form it must have, never the value found, for it may be private.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from channels.errors import NotUnderstood

MAX_DEPTH = 64  # nested lists and objects
MAX_NUMBER = 2**63  # ids beyond this are no ids
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")  # RFC 6838 section 4.2
UNKNOWN_TYPE = "application/octet-stream"

Fields = Mapping[str, object]


def read_json(body: bytes) -> object:
    """Return a body's JSON. Raises NotUnderstood if it is none, or nested too deep."""
    try:
        value: object = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NotUnderstood("The body is not JSON in UTF-8.") from None
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _check_depth(value)
    return value


def read_object(body: bytes) -> Fields:
    """Return a body's JSON object. Raises NotUnderstood."""
    return as_object(read_json(body), "the body")


def as_object(value: object, what: str) -> Fields:
    """Return a value as an object. Raises NotUnderstood, naming `what`."""
    if not isinstance(value, dict):
        raise NotUnderstood(f"{what} must be an object.")
    return value


def as_list(value: object, what: str) -> list[object]:
    """Return a value as a list. Raises NotUnderstood, naming `what`."""
    if not isinstance(value, list):
        raise NotUnderstood(f"{what} must be a list.")
    return value


def clean(text: str) -> str:
    """Return text that every database and encoder takes: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def text_in(fields: Fields, name: str, *, most: int | None = None) -> str:
    """Return a text field, empty if absent or null. Raises NotUnderstood if it is no text, or longer than `most`."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotUnderstood(f"{name} must be text.")
    if most is not None and len(value) > most:
        raise NotUnderstood(f"{name} must have at most {most} characters.")
    return clean(value)


def id_in(fields: Fields, name: str, *, most: int = 200) -> str:
    """Return an id, given as text or whole number, as text. Raises NotUnderstood if it is absent or neither."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(number_in(fields, name))
    found = text_in(fields, name, most=most).strip()
    if not found:
        raise NotUnderstood(f"{name} is missing.")
    return found


def number_in(fields: Fields, name: str) -> int:
    """Return a whole number. Raises NotUnderstood if it is absent, no whole number, or beyond 63 bits."""
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not -MAX_NUMBER < value < MAX_NUMBER:
        raise NotUnderstood(f"{name} must be a whole number.")
    return value


def moment(value: object, what: str) -> datetime | None:
    """Return a time given as Unix seconds or ISO 8601 (UTC unless it says otherwise), None if absent."""
    if value is None:
        return None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise NotUnderstood(f"{what} must be a time: ISO 8601 or Unix seconds.")


def media_type(value: str) -> str:
    """Return a media type without parameters, the general one if it has not the form of one."""
    plain = value.partition(";")[0].strip().lower()
    return plain if MEDIA_TYPE.fullmatch(plain) else UNKNOWN_TYPE


def decoded(value: str) -> bytes | None:
    """Return the bytes of a base64 text, None if it is not base64. Line breaks are allowed."""
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _check_depth(value: object) -> None:
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
        ]
        if not level:
            return
    raise NotUnderstood(f"The body is nested more than {MAX_DEPTH} deep.")
