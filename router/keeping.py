"""Keeps data and lets it go: backup and restore in one form for both databases, purge, and erasing a person.

A backup is a zip with `manifest.json` and one file of JSON lines for each table, attachments and raw bodies included.
Not in it: SECRET_KEY, without which connections' secrets cannot be opened, sessions, and what only running processes
know.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from router.app import Heed
from router.mistakes import Mistake
from router.model import Scope
from router.rulemaking import golden
from router.store import audit, erasing, inbound, keeping, migrate, notices, reported
from router.store.audit import COMMAND, Actor
from router.store.db import Connection

FORMAT = 1
MANIFEST = "manifest.json"
LINES = 200  # read and written at once
LINES_BYTES = 8 * 1024 * 1024  # and their size
AT_ONCE = 50  # tickets erased in one transaction
RAW_KEPT = timedelta(days=30)  # raw deliveries, after reading
FORGOTTEN_AFTER = timedelta(days=30)  # the ledger, used keys, notices that were seen
UNSEEN_KEPT = timedelta(days=180)  # notices
STRAY_AFTER = timedelta(days=1)
REPORTED_WITHIN = timedelta(days=7)  # post offices give a mail up after four or five days (RFC 5321, 4.5.4.1)
NO_KEY = (
    "SECRET_KEY is not in this backup. Keep it apart: without it the passwords and tokens of connections"
    " cannot be opened and must be entered again."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds."""

    at: datetime
    schema: str
    rows: int
    note: str = NO_KEY

    def __str__(self) -> str:
        """Say it as the command line does."""
        return f"{self.rows:,} rows as of {self.at:%Y-%m-%d %H:%M:%S} UTC, schema {self.schema}. {self.note}"


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge erased."""

    tickets: int = 0
    contacts: int = 0
    raw: int = 0
    other: int = 0

    def __str__(self) -> str:
        """Say it as the command line does."""
        return (
            f"Erased {self.tickets:,} tickets with all that was theirs, {self.contacts:,} contacts who had no others,"
            f" {self.raw:,} raw deliveries, {self.other:,} rows of no more use."
        )


def backup(heed: Heed, path: Path) -> Kept:
    """Write the whole store as it is at this moment to a new file, while everything runs. Raises Mistake."""
    migrate.check(heed.database)
    if path.exists():
        raise Mistake(f"{path} exists: choose another name, so that no backup is overwritten.")
    draft = path.with_name(path.name + ".part")
    at, rows, counts = datetime.now(UTC), 0, {}
    try:
        with (
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
            keeping.one_moment(heed.database) as db,
        ):
            for table in keeping.tables():
                with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
                    lines.write(_line(list(table.c.keys())))
                    counts[table.name] = 0
                    for row in keeping.read_rows(db, table):
                        lines.write(_line(row))
                        counts[table.name] += 1
            rows = sum(counts.values())
            manifest = {
                "format": FORMAT,
                "schema": migrate.head(),
                "at": at.isoformat(),
                "rows": counts,
                "key_id": heed.vault.key_id,
                "note": NO_KEY,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.rename(path)
    except OSError as error:
        raise Mistake(f"The backup could not be written to {path}: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return Kept(at, migrate.head(), rows)


def restore(heed: Heed, path: Path, *, force: bool = False) -> Kept:
    """Fill an empty database from a backup of either kind, in one transaction. `force` wipes what is there first.

    Nothing else may run meanwhile. Raises Mistake.
    """
    migrate.check(heed.database)
    try:
        with zipfile.ZipFile(path) as archive, heed.database.write() as db:
            kept = _manifest(archive, path)
            if not keeping.is_empty(db) and not force:
                raise Mistake("This database is not empty: restore into an empty one, or add --force to replace it.")
            keeping.wipe(db)
            for table in keeping.tables():
                _fill(db, archive, table.name)
            keeping.finish(db)
            return kept
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise Mistake(f"{path} is not a whole backup of Heed ({type(error).__name__}): nothing was changed.") from error


def purge(heed: Heed, now: datetime) -> Purged:
    """Erase what is past its keep, in short transactions: tickets with all that is theirs, raw bodies, what expired."""
    tickets = contacts = 0
    while True:
        with heed.database.write() as db:
            ids = erasing.past_keep(db, now, AT_ONCE)
            owners = erasing.erase_tickets(db, ids) if ids else set()
            contacts += erasing.erase_contacts(db, erasing.without_tickets(db, sorted(owners)))
            if ids:
                audit.append(db, Actor("heed"), "tickets purged", f"{len(ids)} tickets", now)
        tickets += len(ids)
        if not ids:
            break
    with heed.database.read() as db:
        spans = erasing.raw_kept_for(db, RAW_KEPT)
    raw = 0
    for brand_id, span in spans.items():
        raw += _in_batches(heed, lambda db, b=brand_id, s=span: inbound.erase(db, now - s, brand_id=b))  # type: ignore[misc]
    with heed.database.write() as db:
        other = erasing.forget(db, now, FORGOTTEN_AFTER)
        other += notices.forget(db, now - FORGOTTEN_AFTER, now - UNSEEN_KEPT)
    other += _in_batches(heed, lambda db: erasing.drop_strays(db, now - STRAY_AFTER, AT_ONCE))
    golden.erase(heed, now)
    return Purged(tickets, contacts, raw, other)


def erase_contact(heed: Heed, scope: Scope, contact_id: str, now: datetime, *, actor: Actor = COMMAND) -> bool:
    """Erase a person: tickets, messages, files, readings, addresses, facts, raw deliveries. False: no such contact.

    What machines reported about them goes too, and raw deliveries that were read and came from their first word to the
    last report on ours to them, also those of others: they hold nothing else.
    """
    with heed.database.read() as db:
        brand_id = erasing.brand_of(db, contact_id)
        if brand_id is None or not scope.sees(brand_id):
            return False
        spans = erasing.spoke_between(db, contact_id)
        ids = erasing.tickets_of(db, contact_id)
    for start in range(0, len(ids), AT_ONCE):
        with heed.database.write() as db:
            erasing.erase_tickets(db, ids[start : start + AT_ONCE])
    with heed.database.write() as db:
        erasing.erase_tickets(db, erasing.tickets_of(db, contact_id))  # what came in meanwhile
        reported.forget(db, contact_id)
        erasing.erase_contacts(db, erasing.person(db, contact_id))
        for connection_id, (first, last) in spans.items():
            erasing.erase_raw(db, connection_id, first - STRAY_AFTER, last + REPORTED_WITHIN)
        audit.append(db, actor, "contact erased", contact_id, now, brand_id=brand_id)
    golden.erase(heed, now)
    return True


def _in_batches(heed: Heed, erase: Callable[[Connection], int]) -> int:
    total = 0
    while True:
        with heed.database.write() as db:
            count = erase(db)
        total += count
        if not count:
            return total


def _line(values: object) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"


def _manifest(archive: zipfile.ZipFile, path: Path) -> Kept:
    found = json.loads(archive.read(MANIFEST))
    if found["format"] > FORMAT or found["schema"] > migrate.head():
        raise Mistake(
            f"{path} was made by a newer release (schema {found['schema']}; this one has {migrate.head()}):"
            " restore it with that release."
        )
    if found["schema"] != migrate.head():
        raise Mistake(
            f"{path} is of schema {found['schema']}, this release has {migrate.head()}:"
            " restore it with the release that made it, then migrate."
        )
    return Kept(datetime.fromisoformat(found["at"]), found["schema"], sum(found["rows"].values()))


def _fill(db: Connection, archive: zipfile.ZipFile, name: str) -> None:
    table = next(table for table in keeping.tables() if table.name == name)
    steps = [keeping.write_rows, keeping.link_rows] if keeping.refers_to_itself(table) else [keeping.write_rows]
    for step in steps:
        with archive.open(f"{name}.jsonl") as lines:
            names = json.loads(next(lines))
            for rows in _bundles(lines):
                step(db, table, names, rows)


def _bundles(lines: Iterator[bytes]) -> Iterator[list[list[object]]]:
    rows: list[list[object]] = []
    size = 0
    for line in lines:
        rows.append(json.loads(line))
        size += len(line)
        if len(rows) >= LINES or size >= LINES_BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows
