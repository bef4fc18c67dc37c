"""What a task is done at: a desk of its own, the person who works, a colleague, and ways to put tickets there."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr

from router import desk
from router.desk.errors import Refused
from router.model import Scope
from router.store.connections import ConnectionRow
from router.store.rows import Ticket
from tests.builders import Desk, mail, now
from tests.journeys.tasks.hand import Hand


@dataclass(frozen=True, slots=True)
class Bench:
    """A desk at which Ana, an admin, works; Omar is there too."""

    at: Desk
    ana: Scope
    omar: Scope
    letters: ConnectionRow
    queue: str

    def chat(self, who: str, text: str, **fields: object) -> Ticket:
        """Let a customer write, and give the ticket to Ana."""
        return self.hers(self.at.says(text, who=who.lower(), **fields))

    def letter(self, who: str, text: str, **headers: str) -> Ticket:
        """Let a customer send a mail, and give the ticket to Ana."""
        sender = formataddr((who, f"{who.lower()}@home.example"))
        external_id = mail(self.at, self.letters, text, From=sender, **headers)
        return self.hers(self.at.ticket_of(external_id, self.letters))

    def hers(self, ticket: Ticket) -> Ticket:
        """Give a ticket to Ana."""
        desk.assign(self.at.heed, self.ana, ticket.id, self.ana.agent or "", now())
        return self.at.ticket(ticket.id)

    def said(self, ticket: Ticket, direction: str = "outbound") -> list[str]:
        """Return what was written on a ticket, in one direction, and not taken back."""
        rows = self.at.messages(ticket.id)
        return [row.text for row in rows if row.direction == direction and row.state != "withdrawn"]

    def one(self, query: str, **values: object) -> tuple:  # type: ignore[type-arg]
        """Return the one row that a query finds."""
        [row] = self.at.rows(query, **values)
        return row

    def clear(self) -> None:
        """Leave nothing on the desk for the next task."""
        for ticket in self.at.tickets:
            if ticket.state not in ("resolved", "closed"):
                try:
                    desk.resolve(self.at.heed, self.ana, ticket.id, now())
                except Refused:  # merged into another: it rests there
                    continue


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, as one would tell a new agent, and how it is done."""

    number: int
    says: str
    do: Callable[[Hand, Bench], None]


TASKS: list[Task] = []


def task(says: str) -> Callable[[Callable[[Hand, Bench], None]], Callable[[Hand, Bench], None]]:
    """Add a task to the list."""

    def add(do: Callable[[Hand, Bench], None]) -> Callable[[Hand, Bench], None]:
        TASKS.append(Task(len(TASKS) + 1, says, do))
        return do

    return add
