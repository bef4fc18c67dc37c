"""Takes files in as if they had been posted to a connection: one delivery for each mail or JSON value in them."""

import json
import mailbox
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from channels import adapter
from channels.types import Delivery
from router import connecting, intake
from router.app import Heed
from router.mistakes import Mistake
from router.store.connections import ConnectionRow

MAIL, JSON = "message/rfc822", "application/json"


def deliveries_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each thing in a file with a name for it: the mails of an mbox, the values of a JSON list, or the whole."""
    with path.open("rb") as file:
        start = file.read(5)
    if start == b"From ":
        box = mailbox.mbox(path, create=False)
        try:
            for number, key in enumerate(box.iterkeys(), 1):
                yield f"{path.name}, mail {number}", box.get_bytes(key)
        finally:
            box.close()
        return
    body = path.read_bytes()
    if start.lstrip()[:1] == b"[":
        try:
            values = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Mistake(f"{path.name} begins like JSON and is none: mend it, then try again.") from error
        for number, value in enumerate(values, 1):
            yield f"{path.name}, value {number}", json.dumps(value, ensure_ascii=False).encode()
        return
    yield path.name, body


def post(heed: Heed, row: ConnectionRow, body: bytes, now: datetime) -> str:
    """Store one delivery; durable when it returns. Return why it was refused, nothing when it was not.

    Whoever runs commands on the host needs no signature; the same body twice is one delivery.
    """
    most = adapter(row.connection.channel).INFO.max_body
    if not body.strip():
        return "it is empty"
    if len(body) > most:
        return f"it is larger than the {most:,} bytes this channel takes"
    kind = JSON if body.lstrip()[:1] in (b"{", b"[") else MAIL
    url = connecting.hook_url(heed, row.connection.key)
    delivery = Delivery(sha256(body).hexdigest(), url, {"content-type": kind}, body)
    intake.accept(heed, row, delivery, now)
    return ""
