"""What helps to write to somebody first: customers by how their address begins, and answers filled for them."""

from router import saved_answers
from router.app import Heed
from router.desk.errors import NotFound
from router.model import Scope
from router.store import connections
from router.store.connections import ConnectionRow
from router.store.db import Connection as Db
from router.store.views import customers as rows

SHORTEST = 2  # characters before anybody is suggested
SHOWN = 8


def customers(heed: Heed, scope: Scope, connection_id: str, typed: str) -> list[tuple[str, str]]:
    """Return (address, name) of customers on a connection's channel; nobody for less than two characters."""
    last = typed.replace(";", ",").rpartition(",")[2].strip()
    if len(last) < SHORTEST:
        return []
    with heed.database.read() as db:
        row = _connection(heed, db, scope, connection_id)
        return rows.beginning(db, row.brand_id, row.connection.channel, last, SHOWN)


def answer_for(heed: Heed, scope: Scope, connection_id: str, to: str, answer_id: str) -> str:
    """Return a saved answer as it reads to whoever is written to first. Raises NotFound, also across brands."""
    with heed.database.read() as db:
        row = _connection(heed, db, scope, connection_id)
        first = to.replace(";", ",").partition(",")[0].strip().lower()
        names = dict(rows.beginning(db, row.brand_id, row.connection.channel, first, 1)) if first else {}
    found = saved_answers.for_brand(heed, scope, row.brand_id, customer=names.get(first, ""))
    for choice in found:
        if choice.id == answer_id:
            return choice.text
    raise NotFound("There is no such answer.")


def _connection(heed: Heed, db: Db, scope: Scope, connection_id: str) -> ConnectionRow:
    row = connections.by_id(db, heed.vault, connection_id)
    if row is None or not scope.sees(row.brand_id):
        raise NotFound("There is no such connection.")
    return row
