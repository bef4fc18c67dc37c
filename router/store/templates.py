"""Texts the desk sends again and again: acknowledgements and saved answers, by language."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import template


def names(db: Connection, brand_id: str, kind: str) -> frozenset[str]:
    """Return the names of a brand's texts of one kind."""
    query = select(template.c.name).where(template.c.brand_id == brand_id, template.c.kind == kind)
    return frozenset(db.execute(query).scalars())


def body(db: Connection, brand_id: str, kind: str, name: str, languages: Iterable[str]) -> str | None:
    """Return a text in the first of these languages that it has."""
    same = (template.c.brand_id == brand_id) & (template.c.kind == kind) & (template.c.name == name)
    found = {row.language: row.body for row in db.execute(select(template.c.language, template.c.body).where(same))}
    return next((found[language] for language in languages if language in found), None)


def add(db: Connection, brand_id: str, kind: str, name: str, language: str, text: str, now: datetime) -> None:
    """Store a text; one of the same name and language stays as it is."""
    row = {"id": new_id(), "brand_id": brand_id, "kind": kind, "name": name, "language": language, "body": text}
    bulk.add_new(db, template, [{**row, "created_at": now}])
