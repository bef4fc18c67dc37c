"""Of which message an example of the rules was made, and the files that hold the example once the message is gone."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import backtest, golden_ticket, message, rule_draft, rule_set_version

Rewrite = Callable[[str], tuple[str, int]]  # a file: without what is to go, and how many examples that were


@dataclass(frozen=True, slots=True)
class Source:
    """What an example was made of."""

    brand_id: str
    message_id: str
    name: str
    digest: str
    id: str


def add(db: Connection, brand_id: str, message_id: str, name: str, digest: str) -> None:
    """Store of which message an example is."""
    bulk.add(db, golden_ticket, [Source(brand_id, message_id, name, digest, new_id())])


def of(db: Connection, brand_id: str) -> list[Source]:
    """Return what the examples of a brand were made of."""
    columns = (golden_ticket.c[name] for name in Source.__slots__)
    return [Source(*row) for row in db.execute(select(*columns).where(golden_ticket.c.brand_id == brand_id))]


def gone(db: Connection) -> list[Source]:
    """Return the examples whose message is erased."""
    there = exists().where(message.c.id == golden_ticket.c.message_id)
    columns = (golden_ticket.c[name] for name in Source.__slots__)
    return [Source(*row) for row in db.execute(select(*columns).where(~there).order_by(golden_ticket.c.id))]


def forget(db: Connection, ids: list[str]) -> None:
    """Let go of examples that are in no file any more."""
    db.execute(delete(golden_ticket).where(golden_ticket.c.id.in_(ids)))


def rewrite(db: Connection, brand_id: str, without: Rewrite) -> None:
    """Take examples out of a brand's published versions, which count them, its drafts and its back-tests."""
    for table in (rule_set_version, rule_draft, backtest):
        keys = list(table.primary_key.columns)
        query = select(*keys, table.c.source).where(table.c.brand_id == brand_id)
        for *key, held in db.execute(query.where(table.c.source.contains("examples"))).all():
            source, count = without(held)
            if count:
                more = {"erased": table.c.erased + count} if table is rule_set_version else {}
                this = and_(*(column == value for column, value in zip(keys, key, strict=True)))
                db.execute(update(table).where(this).values(source=source, **more))
