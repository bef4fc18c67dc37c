"""What may belong together: a customer's other tickets, and contacts that may be the same person, with the evidence.

Only suggestions: nothing is merged by them.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.desk.errors import NotFound, Refused
from router.model import Scope
from router.store import links, merges, search
from router.store.db import Connection
from router.store.views import customers, hits, lines
from router.store.views.conversation import agent_names
from router.store.views.found import CustomerLine
from router.store.views.found import customers as customer_lines
from router.store.views.lines import TicketLine
from router.terms import wanted

MOST = 20  # tickets suggested, and contacts
PHONE_DIGITS = 9  # the last ones of a number; what stands before is written in many ways
NUMBER = re.compile(r"[+\d][\d\s().-]{7,20}")
KNOWN_AS = ("email", "contact.email", "phone", "contact.phone")  # facts that hold an address


@dataclass(frozen=True, slots=True)
class MayBe:
    """A contact who may be the same person, and why one may think so."""

    contact_id: str
    name: str
    because: str  # a key of contacts.REASONS, or same_name
    words: str  # the address or name that both have
    strong: bool


@dataclass(frozen=True, slots=True)
class Inside:
    """A contact that is one person with another: why, and who said so."""

    contact_id: str
    name: str
    reason: str  # a key of contacts.REASONS
    words: str
    by: str  # a name
    at: datetime


def shown_in(heed: Heed, scope: Scope, ticket_id: str) -> str:
    """Return the ticket that shows this one: the one it was merged into, else itself. Raises NotFound."""
    with heed.database.read() as db:
        if lines.one(db, scope, ticket_id) is None:
            raise NotFound("There is no such ticket.")
        return merges.shown_in(db, ticket_id)


def choices(heed: Heed, scope: Scope, ticket_id: str, number: int | None = None) -> tuple[list[TicketLine], bool]:
    """Return the tickets that one may be merged with, that of a number first, and whether the number was found."""
    with heed.database.read() as db:
        line = lines.one(db, scope, ticket_id)
        if line is None:
            raise NotFound("There is no such ticket.")
        theirs = lines.of_contact(db, scope, line.contact_id) if line.contact_id else []
        found = [one for one in theirs if one.state != "closed"][:MOST]
        asked = merges.by_number(db, scope, line.brand_id, number) if number is not None else None
        by_number = lines.one(db, scope, merges.shown_in(db, asked)) if asked else None
        if by_number is not None:
            found = [by_number, *(one for one in found if one.id != by_number.id)]
        return [one for one in found if one.id != ticket_id], number is None or by_number is not None


def may_be_same(heed: Heed, scope: Scope, contact_id: str, now: datetime) -> list[MayBe]:
    """Return contacts of the same brand who may be the same person, the best evidence first."""
    with heed.database.read() as db:
        row = customers.one(db, scope, contact_id)
        if row is None:
            raise NotFound("There is no such contact.")
        here = Scope(scope.role, frozenset({row.brand_id}), scope.agent)
        family = set(links.family(db, [contact_id]))
        own = [one.address for one in customers.identities(db, [contact_id]).get(contact_id, [])]
        known = [fact.value for fact in customers.facts(db, contact_id, now) if fact.name in KNOWN_AS]
        found: dict[str, MayBe] = {}
        for address in dict.fromkeys([*own, *known]):
            for line in _asked(db, here, _digits(address) or address):
                same = next((theirs for _, theirs in line.addresses if _same(theirs, address)), None)
                if same is not None and line.id not in family:
                    because = "same_phone" if _digits(same) else "same_address"
                    found.setdefault(line.id, MayBe(line.id, line.name or same, because, same, address in own))
        for line in _asked(db, here, row.name) if len(row.name.split()) > 1 else ():
            if line.id not in family and line.name.casefold() == row.name.casefold():
                found.setdefault(line.id, MayBe(line.id, line.name, "same_name", line.name, False))
        return sorted(found.values(), key=lambda one: (not one.strong, one.because == "same_name", one.name))[:MOST]


def named(heed: Heed, scope: Scope, contact_id: str, typed: str) -> str:
    """Return the one other contact of the same brand that a name or address means. Raises Refused otherwise."""
    with heed.database.read() as db:
        row = customers.one(db, scope, contact_id)
        if row is None:
            raise NotFound("There is no such contact.")
        here = Scope(scope.role, frozenset({row.brand_id}), scope.agent)
        said = typed.strip().casefold()
        known = [line for line in _asked(db, here, typed) if line.id != (row.merged_into or row.id)] if said else []
        exact = [one for one in known if said in (one.name.casefold(), *(a.casefold() for _, a in one.addresses))]
        chosen = exact or known
        if not chosen:
            raise Refused("Nobody of this brand goes by that name or address.")
        if len(chosen) > 1:
            raise Refused("Several customers go by that: give the whole address.")
        return chosen[0].id


def inside(heed: Heed, scope: Scope, contact_id: str) -> list[Inside]:
    """Return the contacts that were merged into one, with who said why."""
    with heed.database.read() as db:
        rows = merges.under_contact(db, contact_id)
        known = links.persons(db, scope, [str(row.from_contact_id) for row in rows])
        people = agent_names(db, {row.by_agent_id for row in rows if row.by_agent_id})
        found = []
        for row in rows:
            who = known.get(str(row.from_contact_id))
            reason, _, words = row.evidence.partition(": ")
            if who is not None:
                found.append(Inside(who.id, who.name, reason, words, people.get(row.by_agent_id or "", ""), row.at))
        return found


def _asked(db: Connection, scope: Scope, words: str) -> list[CustomerLine]:
    answer = hits.find(db, scope, search.of_customer(wanted(words)), MOST)
    return customer_lines(db, scope, answer.rows, MOST)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text) if NUMBER.fullmatch(text.strip()) else ""


def _same(one: str, other: str) -> bool:
    ours, theirs = _digits(one), _digits(other)
    return one.lower() == other.lower() or (bool(ours) and ours[-PHONE_DIGITS:] == theirs[-PHONE_DIGITS:])
