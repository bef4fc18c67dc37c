"""What forms of the inbox have in common: addresses and files as people give them, and whether a script asks."""

import re
from datetime import datetime

from flask import request

from router.desk import Upload
from router.mistakes import Mistake
from router.web.words import look_up as _
from router.web.words import zone_of

MAX_UPLOAD = 26 * 1024 * 1024  # bytes of one form with its files: the largest mail, and room for the text
MAX_FILES = 10


def text(name: str, most: int = 100_000) -> str:
    """Return one field with line breaks as we keep them."""
    return request.form.get(name, "").replace("\r\n", "\n")[:most]


def addresses(name: str) -> list[str]:
    """Return the addresses in one field, each once; commas and semicolons part them, those of Urdu too."""
    parts = re.split("[,;،؛]", request.form.get(name, ""))
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def uploads(name: str = "files") -> list[Upload]:
    """Return the files of a form. Raises Mistake for too many."""
    chosen = [file for file in request.files.getlist(name) if file.filename]
    if len(chosen) > MAX_FILES:
        raise Mistake(_("At most {n} files go with one message.", n=MAX_FILES))
    found = []
    for file in chosen:
        found.append(Upload(file.filename or "file", file.mimetype or "application/octet-stream", file.read()))
        file.close()
    return found


def moment(typed: str, zone: str) -> datetime:
    """Return a moment typed in a zone, or chosen with its offset. Raises ValueError in words."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise ValueError(_("Choose until when.")) from None
    return found if found.tzinfo else found.replace(tzinfo=zone_of(zone))


def by_script() -> bool:
    """Say whether our script sent the form and wants its answer as data."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json"
