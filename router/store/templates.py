"""Texts the desk sends again and again: acknowledgements and saved answers, by language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, cast, delete, false, func, select, true, update

from router.model import Scope
from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import agent, desk_setting, template

USED = "answer_used."  # and the id of a text: how often it was taken


def names(db: Connection, brand_id: str, kind: str) -> frozenset[str]:
    """Return the names of a brand's texts of one kind."""
    query = select(template.c.name).where(template.c.brand_id == brand_id, template.c.kind == kind)
    return frozenset(db.execute(query).scalars())


def languages(db: Connection, brand_id: str, kind: str) -> frozenset[str]:
    """Return the languages in which a brand has texts of one kind."""
    query = select(template.c.language).where(template.c.brand_id == brand_id, template.c.kind == kind)
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


@dataclass(frozen=True, slots=True)
class SavedRow:
    """One saved answer in one language."""

    id: str
    brand_id: str
    name: str
    language: str
    body: str
    created_at: datetime
    changed_at: datetime | None
    changed_by: str  # a name; empty: it came with the desk


def saved(db: Connection, scope: Scope, brand_id: str | None = None) -> list[SavedRow]:
    """Return the saved answers of the scope's brands, or of one of them, by name and language."""
    query = _saved(scope)
    if brand_id is not None:
        query = query.where(template.c.brand_id == brand_id)
    return [SavedRow(*row) for row in db.execute(query.order_by(template.c.name, template.c.language))]


def one_saved(db: Connection, scope: Scope, template_id: str) -> SavedRow | None:
    """Return one saved answer in one language, None if there is none within the scope."""
    row = db.execute(_saved(scope).where(template.c.id == template_id)).first()
    return None if row is None else SavedRow(*row)


def put(
    db: Connection, brand_id: str, kind: str, name: str, language: str, text: str, now: datetime, by: str | None
) -> bool:
    """Store a text, or let it read anew; return whether anything changed."""
    row = {"id": new_id(), "brand_id": brand_id, "kind": kind, "name": name, "language": language, "body": text}
    if bulk.is_new(db, template, {**row, "created_at": now, "changed_at": now, "changed_by": by}):
        return True
    same = _named(brand_id, kind, name) & (template.c.language == language)
    values = {"body": text, "changed_at": now, "changed_by": by}
    return db.execute(update(template).where(same, template.c.body != text).values(**values)).rowcount == 1


def rename(db: Connection, brand_id: str, kind: str, name: str, to: str) -> None:
    """Give a text another name, in all its languages."""
    db.execute(update(template).where(_named(brand_id, kind, name)).values(name=to))


def remove(db: Connection, brand_id: str, kind: str, name: str, languages: Iterable[str] | None = None) -> int:
    """Remove a text, or only some of its languages; return how many rows that were."""
    gone = _named(brand_id, kind, name)
    if languages is not None:
        gone &= template.c.language.in_(list(languages))
    ids = list(db.execute(select(template.c.id).where(gone)).scalars())
    db.execute(delete(desk_setting).where(desk_setting.c.name.in_([USED + one for one in ids])))
    return db.execute(delete(template).where(template.c.id.in_(ids))).rowcount


def note_use(db: Connection, template_id: str) -> None:
    """Count that a text was taken; by whom is not kept."""
    row = {"name": USED + template_id, "value": "1"}
    if bulk.is_new(db, desk_setting, row):
        return
    more = cast(cast(desk_setting.c.value, Integer) + 1, Text)
    db.execute(update(desk_setting).where(desk_setting.c.name == row["name"]).values(value=more))


def uses(db: Connection) -> dict[str, int]:
    """Return how often texts were taken: id -> times."""
    query = select(desk_setting).where(desk_setting.c.name.startswith(USED, autoescape=True))
    return {row.name.removeprefix(USED): int(row.value) for row in db.execute(query)}


def _named(brand_id: str, kind: str, name: str) -> ColumnElement[bool]:
    return (template.c.brand_id == brand_id) & (template.c.kind == kind) & (template.c.name == name)


def _saved(scope: Scope) -> Select[Any]:
    inside = true() if scope.everything else template.c.brand_id.in_(scope.brands) if scope.brands else false()
    columns = [template.c[name] for name in ("id", "brand_id", "name", "language", "body", "created_at", "changed_at")]
    query = select(*columns, func.coalesce(agent.c.name, "")).outerjoin(agent, agent.c.id == template.c.changed_by)
    return query.where(template.c.kind == "saved", inside)
