"""The list of customers, and one customer whole: tickets, addresses with their evidence, facts, all that was said."""

from dataclasses import dataclass, replace
from datetime import datetime

from router.app import Heed
from router.desk.errors import NotFound
from router.model import Scope
from router.store import merges, search
from router.store import tickets as ticket_rows
from router.store.db import Connection as Db
from router.store.views import customers, found, hits, lines, timeline
from router.store.views.customers import ContactRow
from router.store.views.found import CustomerLine
from router.store.views.lines import TicketLine
from router.store.views.timeline import Address, Fact, Line
from router.terms import wanted

PAGE = 50  # customers of one page
LINES = 40  # messages of one page of the timeline
TICKETS = 200  # shown of one customer
DONE = ("resolved", "closed")


@dataclass(frozen=True, slots=True)
class Customers:
    """Some customers, and where the next ones begin."""

    items: tuple[CustomerLine, ...]
    next: str | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer with everything that is known, those merged into them included."""

    row: ContactRow
    name: str
    addresses: tuple[Address, ...]
    facts: tuple[Fact, ...]
    open_tickets: tuple[TicketLine, ...]
    done_tickets: tuple[TicketLine, ...]
    said: tuple[Line, ...]
    earlier: str | None  # ask for what was said before this message
    family: tuple[str, ...]  # the contact, and those merged into it
    blocked: bool

    @property
    def count(self) -> int:
        """Return how many tickets are shown."""
        return len(self.open_tickets) + len(self.done_tickets)


def list_customers(heed: Heed, scope: Scope, typed: str = "", cursor: str | None = None) -> Customers:
    """Return customers by name or address, or all of them, the newest first. A strange cursor begins at the start."""
    with heed.database.read() as db:
        if not typed.strip():
            rows = found.customer_page(db, scope, cursor, PAGE + 1)
            return Customers(tuple(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else None)
        is_ours = bool(cursor) and str(cursor).removeprefix("-").isdecimal() and len(str(cursor)) < 19
        before = int(str(cursor)) if is_ours else None
        answer = hits.find(db, scope, search.of_customer(wanted(typed)), PAGE, before=before)
        rows = found.customers(db, scope, answer.rows, PAGE)
        more = str(answer.rows[-1].n) if len(answer.rows) == PAGE else None
        return Customers(tuple(rows), more, answer.cut)


def customer(heed: Heed, scope: Scope, contact_id: str, now: datetime, *, before: str | None = None) -> Customer:
    """Return a customer; for one who was merged, the one they are now. Raises NotFound, also for another brand's.

    `before` is the message before which the timeline goes on.
    """
    with heed.database.read() as db:
        now_id = found.survivors(db, [contact_id]).get(contact_id, contact_id)
        row = customers.one(db, scope, now_id)
        if row is None or customers.one(db, scope, contact_id) is None:
            raise NotFound("There is no such contact.")
        family = _family(db, now_id)
        mark = timeline.moment_of(db, scope, before) if before else None
        said = timeline.lines(db, scope, family, mark, LINES + 1)
        addresses = timeline.addresses(db, family)
        every = lines.of_contact(db, scope, now_id, TICKETS)
        every.sort(key=lambda line: line.id, reverse=True)
        merged = found.merged_among(db, [line.id for line in every])  # those stand in another ticket
        homes = [line for line in every if line.id not in merged]
        tags = ticket_rows.tags(db, [line.id for line in homes])
        shown = [replace(line, tags=tuple(sorted(tags.get(line.id, ())))) for line in homes]
        marked = found.customer_lines(db, scope, [now_id])
        return Customer(
            row=row,
            name=row.name or next((one.name for one in addresses if one.name), ""),
            addresses=tuple(addresses),
            facts=tuple(timeline.facts(db, family, now)),
            open_tickets=tuple(line for line in shown if line.state not in DONE),
            done_tickets=tuple(line for line in shown if line.state in DONE),
            said=tuple(said[:LINES]),
            earlier=said[LINES - 1].id if len(said) > LINES else None,
            family=tuple(family),
            blocked=any(one.blocked for one in addresses) or any(one.blocked for one in marked),
        )


def _family(db: Db, contact_id: str) -> list[str]:
    under = [row.from_contact_id for row in merges.under_contact(db, contact_id)]
    return list(dict.fromkeys([contact_id, *[one for one in under if one]]))
