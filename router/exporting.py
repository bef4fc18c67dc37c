"""What a person may ask for: all that is held about them, as data and the files they sent or were sent."""

import json
import os
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import IO

from router.app import Heed
from router.mistakes import Mistake
from router.model import Scope
from router.store import audit, blobs, erasing, keeping, theirs
from router.store.audit import Actor

DATA = "person.json"
MAX_NAME = 80  # characters of a file's own name within the archive
ABOUT = (
    "All that is held about this person: contact and addresses, tickets, messages with their readings, what rules made"
    " of them, surveys, what is known and who said so. Rows are by table; files lie beside this one."
)


def export_person(heed: Heed, scope: Scope, actor: Actor, contact_id: str, file: IO[bytes], now: datetime) -> bool:
    """Write all that is held about a person to a file as a zip, and record it. False: no such contact.

    It holds what others wrote on the person's tickets, and internal notes about them: look through it first.
    """
    with keeping.one_moment(heed.database) as db:
        brand_id = erasing.brand_of(db, contact_id)
        if brand_id is None or not scope.sees(brand_id):
            return False
        rows = theirs.gather(db, contact_id)
        names = {str(row["id"]): _name(str(row["id"]), str(row["name"])) for row in theirs.files(rows)}
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for row in theirs.files(rows):
                archive.writestr(names[str(row["id"])], blobs.read(db, str(row["blob_id"])))
            rows = {table: [_told(row, names) for row in some] for table, some in rows.items()}
            told = {"about": ABOUT, "contact": contact_id, "at": now.isoformat(), **rows}
            archive.writestr(DATA, json.dumps(told, indent=1, ensure_ascii=False))
    with heed.database.write() as db:
        audit.append(db, actor, "contact exported", contact_id, now, brand_id=brand_id)
    return True


def export_to(heed: Heed, scope: Scope, actor: Actor, contact_id: str, path: Path, now: datetime) -> None:
    """Write the export to a new file that nobody else may read. Raises Mistake."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            found = export_person(heed, scope, actor, contact_id, file, now)
    except FileExistsError as error:
        raise Mistake(f"{path} exists: choose another name, so that nothing is overwritten.") from error
    except OSError as error:
        raise Mistake(f"The export could not be written to {path}: {error.strerror or error}.") from error
    if not found:
        path.unlink()
        raise Mistake(f"There is no contact {contact_id}: take the ID from the address of their page.")


def _name(attachment_id: str, name: str) -> str:
    plain = re.sub(r"[^\w.-]", "_", name)[-MAX_NAME:]
    return f"files/{attachment_id}-{plain}"


def _told(row: theirs.Row, names: dict[str, str]) -> theirs.Row:
    """Return a row with the file of an attachment instead of the id of its bytes."""
    if "blob_id" not in row:
        return row
    return {name: value for name, value in row.items() if name != "blob_id"} | {"file": names.get(str(row["id"]))}
