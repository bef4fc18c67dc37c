"""A body said in another way, or damaged: keys in another order, fields nobody knows, places changed, bytes broken.

The form of a body follows from its content type: JSON, a posted form, or bytes of which nothing is known.
"""

import json
import random
from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

from tests.channels.builders import mutated

UNKNOWN = "heed_has_never_heard_of_this"
ODD_VALUES = ("", "0", "-1", "x" * 5000, "\0", "\ud800", "[]", "9" * 400, "é", "2026-13-99", "http://[")
ODD_BYTES = (b"", b"\0", b"\xff\xfe", b"{", b'"', b"[" * 200, b"%", b"&", b"=", b"\r\n", b"--", b"9" * 50)


def same_otherwise(body: bytes, kind: str, random_: random.Random, closed: Collection[str] = ()) -> bytes | None:
    """Return a body that says the same in another order, with fields nobody knows; None if its form is not known.

    `closed` names objects whose every field counts, so that none is added there.
    """
    if kind == "application/json" and (value := _json(body)) is not None:
        return json.dumps(_stirred(value, random_, closed, "")).encode()
    if kind == "application/x-www-form-urlencoded":
        fields = [*_form(body), (UNKNOWN, "1")]
        random_.shuffle(fields)
        return _form_body(fields)
    return None


def damaged(body: bytes, kind: str, random_: random.Random) -> bytes:
    """Return a body with one to three places changed: fields where its form is known, else bytes."""
    if kind == "application/json" and (value := _json(body)) is not None:
        return json.dumps(mutated(value, random_)).encode()
    if kind == "application/x-www-form-urlencoded" and (fields := _form(body)):
        for _ in range(random_.randint(1, 3)):
            at = random_.randrange(len(fields))
            name, value = fields[at]
            fields[at] = random_.choice(((name, random_.choice(ODD_VALUES)), (name[:-1], value), (name, value * 2)))
        return _form_body(fields)
    return broken(body, random_)


def broken(body: bytes, random_: random.Random) -> bytes:
    """Return a body with one to three runs of bytes flipped, cut out, doubled or replaced."""
    for _ in range(random_.randint(1, 3)):
        start = random_.randint(0, len(body))
        end = min(len(body), start + random_.randint(0, 30))
        inner = random_.choice((bytes(byte ^ 1 for byte in body[start:end]), body[start:end] * 2, b""))
        body = body[:start] + random_.choice((inner, random_.choice(ODD_BYTES))) + body[end:]
    return body[: random_.randint(0, len(body))] if random_.random() < 0.1 else body


def _stirred(value: object, random_: random.Random, closed: Collection[str], name: str) -> object:
    if isinstance(value, list):
        return [_stirred(inner, random_, closed, name) for inner in value]
    if not isinstance(value, dict):
        return value
    fields = [(key, _stirred(inner, random_, closed, key)) for key, inner in value.items()]
    if name not in closed:
        fields.append((UNKNOWN, {"id": [1, None, {"text": "?"}]}))
    random_.shuffle(fields)
    return dict(fields)


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _form(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True)


def _form_body(fields: list[tuple[str, str]]) -> bytes:
    return urlencode(fields, errors="surrogatepass").encode()
