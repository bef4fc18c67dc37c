"""The desk as its people see it: me and my slots, agents, queues, skills, connections, one customer."""

from dataclasses import dataclass
from datetime import UTC, datetime

from router.app import Heed
from router.desk.errors import NotFound
from router.model import Presence, Scope
from router.routing.lanes import AgentView, slots_taken
from router.routing.policy import SLOT_ORDER
from router.routing.words import skills_and_site
from router.store import desk as desk_rows
from router.store import people, roster
from router.store.db import Connection as Db
from router.store.desk import QueueRow, SkillRow
from router.store.views import customers, lines
from router.store.views.customers import ConnectionName, FactRow, IdentityRow
from router.store.views.lines import TicketLine

USUAL = ("live", "mail")


@dataclass(frozen=True, slots=True)
class Slots:
    """How many slots of one kind an agent has, and how many are taken."""

    key: str
    taken: int
    all: int


@dataclass(frozen=True, slots=True)
class Me:
    """An agent as they see themselves."""

    id: str
    presence: Presence
    reason: str
    slots: tuple[Slots, ...]
    skills: dict[str, int]
    site: str  # where they work; empty if it is not known

    @property
    def usual_slots(self) -> tuple[Slots, ...]:
        """Return the slots to show: live and mail always, others while they hold something."""
        return tuple(slot for slot in self.slots if slot.key in USUAL or slot.taken)

    @property
    def usual_taken(self) -> int:
        """Return how many of the slots shown are taken."""
        return sum(slot.taken for slot in self.usual_slots)

    @property
    def usual_all(self) -> int:
        """Return how many slots are shown."""
        return sum(slot.all for slot in self.usual_slots)

    @property
    def free_slots(self) -> tuple[Slots, ...]:
        """Return the slots shown that have room."""
        return tuple(slot for slot in self.usual_slots if slot.taken < slot.all)

    @property
    def full(self) -> bool:
        """Say whether no slot is free."""
        return all(slot.taken >= slot.all for slot in self.slots)


@dataclass(frozen=True, slots=True)
class AgentLine:
    """A colleague: what they can do and whether they are here; nothing of how their work went."""

    id: str
    name: str
    email: str
    role: str
    presence: Presence
    skills: dict[str, int]
    site: str  # where they work; empty if it is not known
    slots: tuple[Slots, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer: addresses, what is known with its source, tickets."""

    id: str
    brand_id: str
    name: str
    zone: str | None
    since: datetime
    identities: tuple[IdentityRow, ...]
    facts: tuple[FactRow, ...]
    tickets: int
    open_tickets: int
    lines: tuple[TicketLine, ...] = ()

    def fact(self, name: str) -> str:
        """Return the latest value of a fact, empty if it is not known."""
        return next((fact.value for fact in self.facts if fact.name == name), "")


def me(heed: Heed, agent_id: str, now: datetime) -> Me:
    """Return an agent's own presence, slots and skills. Raises NotFound for nobody active."""
    with heed.database.read() as db:
        view = roster.views(db, now, ids=[agent_id]).get(agent_id)
        if view is None:
            raise NotFound("There is no such agent.")
        status, reason = roster.present(db, [agent_id]).get(agent_id, (Presence.OFFLINE, ""))
        return Me(agent_id, status, reason, slots_of(view), *skills_and_site(view.skills))


def agents(heed: Heed, scope: Scope) -> list[AgentLine]:
    """Return the active people who share a brand with whoever asks, by name."""
    with heed.database.read() as db:
        rows = [row for row in people.seen_by(db, scope) if row.active]
        views = roster.views(db, datetime.now(UTC), ids=[row.id for row in rows]) if rows else {}
        return [
            AgentLine(
                row.id,
                row.name,
                row.email,
                row.role.value,
                views[row.id].presence,
                *skills_and_site(views[row.id].skills),
                slots_of(views[row.id]),
            )
            for row in rows
            if row.id in views
        ]


def queues(heed: Heed, scope: Scope) -> list[QueueRow]:
    """Return the queues of the scope's brands, by name."""
    with heed.database.read() as db:
        return desk_rows.queues_seen_by(db, scope)


def skills(heed: Heed) -> list[SkillRow]:
    """Return every skill of the desk."""
    with heed.database.read() as db:
        return desk_rows.skills(db)


def connections(heed: Heed, scope: Scope) -> list[ConnectionName]:
    """Return the connections of the scope's brands, without their settings."""
    with heed.database.read() as db:
        return customers.connections(db, scope)


def contact(heed: Heed, scope: Scope, contact_id: str, now: datetime) -> Contact:
    """Return a customer with their tickets. Raises NotFound, also for another brand's."""
    with heed.database.read() as db:
        found = read_contact(db, scope, contact_id, now, with_tickets=True)
        if found is None:
            raise NotFound("There is no such contact.")
        return found


def read_contact(db: Db, scope: Scope, contact_id: str, now: datetime, *, with_tickets: bool = False) -> Contact | None:
    """Return a customer as an open transaction sees them, None if they are not within the scope."""
    row = customers.one(db, scope, contact_id)
    if row is not None and row.merged_into:
        row = customers.one(db, scope, row.merged_into)
    if row is None:
        return None
    contact_id = row.id
    count, unresolved = customers.ticket_counts(db, contact_id)
    return Contact(
        id=row.id,
        brand_id=row.brand_id,
        name=row.name,
        zone=row.zone,
        since=row.created_at,
        identities=tuple(customers.identities(db, [contact_id]).get(contact_id, [])),
        facts=tuple(customers.facts(db, contact_id, now)),
        tickets=count,
        open_tickets=unresolved,
        lines=tuple(lines.of_contact(db, scope, contact_id)) if with_tickets else (),
    )


def slots_of(view: AgentView) -> tuple[Slots, ...]:
    """Return an agent's slots in the order work comes, those they have or that are taken."""
    order = ("live", *[key for key in SLOT_ORDER if key != "live"])
    rows = [Slots(key, slots_taken(view, key), view.capacity.get(key, 0)) for key in order if key in SLOT_ORDER]
    return tuple(row for row in rows if row.all or row.taken)
