"""To whom an answer goes: the customer, everyone who was on their mail, and the address that brings the answer back."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from channels.types import Connection, Party
from router.desk.errors import Refused
from router.model import SYSTEM
from router.store import answers, merges, tickets
from router.store.db import Connection as Db
from router.store.rows import Ticket

_ADDRESS = re.compile(r"[^@\s<>,;:\"\\]{1,64}@[A-Za-z0-9.-]{1,255}")  # as a person types it; bounded, so linear
MOST = 50  # addresses on one mail


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets an answer."""

    to: tuple[Party, ...]
    cc: tuple[Party, ...] = ()
    bcc: tuple[Party, ...] = ()

    @property
    def everyone(self) -> tuple[Party, ...]:
        """Return all of them, To first."""
        return self.to + self.cc + self.bcc


def recipients(
    db: Db,
    ticket: Ticket,
    connection: Connection,
    to: Sequence[str] | None,
    cc: Sequence[str] | None,
    bcc: Sequence[str] = (),
) -> Recipients:
    """Return who gets the next answer on a ticket; on a mail `to` and `cc` replace those who would, known by name."""
    default = default_recipients(db, ticket, connection)
    if ticket.work_class != "mail":
        return Recipients(to=default.to)
    names = {party.address: party.name for party in default.everyone}

    def chosen_as(role: Literal["to", "cc", "bcc"], typed: Sequence[str]) -> tuple[Party, ...]:
        return tuple(Party(role, address, names.get(address, "")) for address in map(mail_address, typed))

    chosen = Recipients(
        to=default.to if to is None else chosen_as("to", to),
        cc=default.cc if cc is None else chosen_as("cc", cc),
        bcc=chosen_as("bcc", bcc),
    )
    if not chosen.to:
        raise Refused("Name at least one recipient.")
    if len(chosen.everyone) > MOST:
        raise Refused(f"A mail goes to at most {MOST} addresses.")
    return chosen


def typed_recipients(to: Sequence[str], cc: Sequence[str]) -> Recipients:
    """Return those whom a mail that answers nobody goes to. Raises Refused for an address that is none."""
    people = Recipients(
        to=tuple(Party("to", address) for address in dict.fromkeys(map(mail_address, to))),
        cc=tuple(Party("cc", address) for address in dict.fromkeys(map(mail_address, cc))),
    )
    if not people.to:
        raise Refused("Name at least one recipient.")
    if len(people.everyone) > MOST:
        raise Refused(f"A mail goes to at most {MOST} addresses.")
    return people


def default_recipients(db: Db, ticket: Ticket, connection: Connection) -> Recipients:
    """Return whoever wrote last, and everyone who was on their mail but ourselves."""
    last = answers.last_from_customer(db, ticket.id)
    if last is None:
        started = answers.first_sent(db, ticket.id)
        return Recipients(tuple(p for p in started if p.role == "to"), tuple(p for p in started if p.role == "cc"))
    writer, parties = last
    to = Party("to", writer.address, writer.name)
    own = connection.setting("address").lower()
    local, _, domain = own.partition("@")

    def ours(address: str) -> bool:
        left, _, right = address.lower().partition("@")
        return bool(own) and right == domain and (left == local or left.startswith(f"{local}+"))

    senders = {p.address for p in parties if p.role in ("from", "reply_to")}
    others: dict[str, Party] = {}
    for party in parties:
        if party.role in ("to", "cc") and party.address not in senders | {to.address} and not ours(party.address):
            others.setdefault(party.address, Party("cc", party.address, party.name))
    return Recipients((to,), tuple(others.values()))


def merged_people(db: Db, ticket: Ticket, connection: Connection) -> tuple[str, ...]:
    """Return who would get an answer on the mails merged into a ticket, and gets none on it by itself."""
    has = {party.address for party in default_recipients(db, ticket, connection).everyone}
    inside = tickets.load(db, SYSTEM, [home for home in merges.homes(db, [ticket.id]) if home != ticket.id])
    mails = [one for one in inside.values() if one.work_class == "mail" == ticket.work_class]
    people = [party.address for one in mails for party in default_recipients(db, one, connection).everyone]
    return tuple(address for address in dict.fromkeys(people) if address not in has)


def mail_address(typed: str) -> str:
    """Return an address as it is kept. Raises Refused if it is none; a line break never passes."""
    found = typed.strip().lower()
    if not _ADDRESS.fullmatch(found):
        raise Refused(f"“{typed.strip()[:80]}” is no mail address. Write it as name@example.com.")
    return found


def message_id_for(message_id: str, own_address: str) -> str:
    """Return the Message-ID of our mail, fixed before the first attempt so that a second one is the same mail."""
    domain = own_address.rpartition("@")[2] or "heed.invalid"
    return f"<{message_id}@{domain}>"


def new_token() -> str:
    """Return a token whose address brings an answer back: to its ticket, or to the one forward it belongs to."""
    return secrets.token_hex(12)
