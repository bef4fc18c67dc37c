"""On a large desk of one brand, what a page asks is found by what it is about, never by going through the brand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from router.model import Role, Scope
from router.store import seen
from router.store.views import found, hits, picking, wallboard
from router.store.views.picking import Picked
from router.terms import Wanted, wanted
from tests.builders import Desk, now

WAITING = Picked(now=now(), states=frozenset({"waiting"}))
SCOPE = {"role": Role.SUPERVISOR, "agent": "a"}


@contextmanager
def asked(desk: Desk) -> Iterator[list[tuple[str, object]]]:
    """Yield the statements that are run, with their values."""
    said: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, values, _context, _many):
        said.append((statement, values))

    event.listen(desk.heed.database.engine, "before_cursor_execute", note)
    yield said
    event.remove(desk.heed.database.engine, "before_cursor_execute", note)


def plan(desk: Desk, work) -> str:
    """Return how SQLite goes about what some work asks last."""
    with asked(desk) as said, desk.heed.database.read() as db:
        work(db, Scope(brands=frozenset({desk.brand_id}), **SCOPE))
    statement, values = next((s, v) for s, v in reversed(said) if s.lstrip().startswith("SELECT"))
    with desk.heed.database.read() as db:
        rows = db.connection.dbapi_connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    return "\n".join(row[3] for row in rows)


PAGES = {
    "what is unread": (lambda db, scope: seen.unread(db, scope, "a", ["open"]), "ix_ticket_agent_state"),
    "the answers of today": (
        lambda db, scope: wallboard.answers(db, scope, now() - timedelta(hours=8), now(), 100),
        "ix_promise_met",
    ),
    "the promises kept": (
        lambda db, scope: wallboard.kept(db, scope, now() - timedelta(hours=8), now(), 100),
        "ix_promise_met",
    ),
    "words among few tickets": (
        lambda db, scope: hits.holding(db, scope, wanted("two kettles"), ["a", "b"]),
        "ix_search_doc_ticket_id",
    ),
    "words among tickets of a state": (
        lambda db, scope: hits.find(db, scope, Wanted(("kettle",)), 9, among=picking.among(WAITING)),
        "sqlite_autoindex_ticket_1",
    ),
    "the moods": (lambda db, scope: wallboard.moods(db, scope, now() - timedelta(hours=8), 100), "ix_ticket_resolved"),
}


@pytest.mark.parametrize("name", PAGES)
def test_is_found_by_its_own_index(sqlite_desk: Desk, name: str) -> None:
    work, index = PAGES[name]
    said = plan(sqlite_desk, work)
    assert index in said, said
    assert "ix_ticket_brand" not in said and "ix_search_doc_brand" not in said


def test_customers_come_in_their_order_without_sorting_all(sqlite_desk: Desk) -> None:
    with asked(sqlite_desk) as said, sqlite_desk.heed.database.read() as db:
        found.customer_page(db, Scope(brands=frozenset({sqlite_desk.brand_id}), **SCOPE), None, 51)
    (statement, values), *_ = [(s, v) for s, v in said if "FROM contact" in s]
    with sqlite_desk.heed.database.read() as db:
        rows = db.connection.dbapi_connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    assert "TEMP B-TREE" not in str(rows), rows
