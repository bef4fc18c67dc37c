"""Reads what Twilio posts: a form, for some of its products a JSON object. Pure, and the same for proof and parse."""

from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from channels.errors import NotUnderstood
from channels.payload import clean, read_object

MAX_FIELDS = 1000  # of one post; Twilio sends some forty


def pairs(body: bytes) -> list[tuple[bytes, bytes]]:
    """Return the names and values of a posted form as bytes, in order. Raises NotUnderstood if there are too many."""
    parts = [part for part in body.split(b"&", MAX_FIELDS) if part]
    if len(parts) > MAX_FIELDS:
        raise NotUnderstood(f"The form has more than {MAX_FIELDS} fields.")
    split = [part.replace(b"+", b" ").partition(b"=") for part in parts]
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in split]


def fields(body: bytes) -> dict[str, str]:
    """Return the first value of each name, cleaned. Raises NotUnderstood for JSON that is no object."""
    if body.lstrip()[:1] == b"{":
        found = read_object(body)
        return {clean(name): clean(str(value)) for name, value in found.items() if isinstance(value, str | int)}
    named: dict[str, str] = {}
    for name, value in pairs(body):
        named.setdefault(clean(name.decode("utf-8", "replace")), clean(value.decode("utf-8", "replace")))
    return named


def query(url: str, name: str) -> str:
    """Return the first value of a name in a URL's query, empty if it is absent."""
    try:
        found = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return ""
    return next((clean(value) for key, value in found if key == name), "")
