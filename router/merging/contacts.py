"""Contacts that are one person, and apart again: links from addresses close and open, no row moves.

Tickets and facts stay with the contact whose address brought them; pages and rules look at all contacts of a person.
Nothing is merged by itself: a person of the desk says so, and why.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.changes import as_json
from router.desk.errors import NotAllowed, NotFound, Refused
from router.model import Scope
from router.notify import Change
from router.store import audit, links, merges
from router.store.audit import Actor
from router.store.db import Connection
from router.store.ids import new_id
from router.store.links import Link, Person
from router.store.merges import MergeRow

REASONS = {  # key -> in words; what makes somebody sure that two contacts are one person
    "same_address": "the same address on two channels",
    "same_phone": "the same phone number",
    "signed_id": "a customer number that a system of the brand signed",
    "said_so": "they said so themselves",
    "agent": "an agent knows them",
}
MAX_WORDS = 200  # characters of what is said besides


@dataclass(frozen=True, slots=True)
class Apart:
    """What taking contacts apart came to."""

    contact_id: str  # who stands alone again
    from_contact_id: str
    kept: int  # addresses that were given to somebody else meanwhile, and stay there


def merge_contacts(
    heed: Heed, scope: Scope, contact_id: str, into_id: str, now: datetime, *, reason: str, words: str = ""
) -> str:
    """Let two contacts of a brand be one person, and return the id of the one that stands for both.

    `reason` is a key of REASONS. Raises NotFound, also for another brand's, or Refused.
    """
    if reason not in REASONS:
        raise Refused("Say why they are the same person.")
    agent = _agent(scope)
    with heed.database.write() as db:
        source, into = _two(db, scope, contact_id, into_id)
        if source.merged_into == into.id:
            return into.id
        if source.id == into.id:
            raise Refused("This is the same person already.")
        if source.merged_into:
            raise Refused("This contact is merged already.")
        more = f": {' '.join(words.split())[:MAX_WORDS]}" if words.strip() else ""
        evidence = reason + more
        moved = _relink(db, links.open_links(db, [source.id]), into.id, REASONS[reason] + more, agent, now)
        inside = list(links.family(db, [source.id]))
        merges.point_contacts(db, inside, into.id)
        row = MergeRow(
            id=new_id(), brand_id=into.brand_id, kind="contact", evidence=evidence, by_agent_id=agent, at=now,
            before=as_json({"links": moved}), from_contact_id=source.id, into_contact_id=into.id,
        )  # fmt: skip
        merges.add(db, row)
        _record(db, scope, "contact merged", source, now, {"into": into.id, "reason": reason})
    heed.notifier.publish([Change("desk", into.brand_id)])
    return into.id


def unmerge_contact(heed: Heed, scope: Scope, contact_id: str, now: datetime) -> Apart:
    """Let a contact that was merged into another stand alone again: its addresses come back, and with them all else."""
    agent = _agent(scope)
    with heed.database.write() as db:
        source = links.persons(db, scope, [contact_id]).get(contact_id)
        if source is None:
            raise NotFound("There is no such contact.")
        if source.merged_into is None:
            raise Refused("This contact is not merged into another.")
        root = source.merged_into
        links.persons(db, scope, [source.id, root], lock=True)
        rows = merges.under_contact(db, root)
        row = next((one for one in rows if one.from_contact_id == source.id), None)
        if row is None:
            raise Refused("This contact was taken apart at this moment. Look again.")
        merges.undo(db, row.id, agent, now)
        inside = list(links.family(db, [source.id]))
        merges.point_contacts(db, [one for one in inside if one != source.id], source.id)
        merges.point_contacts(db, [source.id], None)
        was = {said["identity"]: said for said in json.loads(row.before)["links"]}
        stand = links.of_identities(db, list(was))
        back = [link for link in stand.values() if link.contact_id == root]
        for link in back:
            link.evidence, link.trust = was[link.identity_id]["evidence"], was[link.identity_id]["trust"]
        _relink(db, back, source.id, "", agent, now)
        _record(db, scope, "contact unmerged", source, now, {"from": root})
        gone = sum(link.contact_id not in (root, *inside) for link in stand.values())
    heed.notifier.publish([Change("desk", source.brand_id)])
    return Apart(source.id, root, gone)


def part(heed: Heed, scope: Scope, contact_id: str, identity_id: str, now: datetime) -> str:
    """Say that an address is somebody else's, and return their new contact; the tickets it opened go with it."""
    agent = _agent(scope)
    with heed.database.write() as db:
        person = links.persons(db, scope, [contact_id], lock=True).get(contact_id)
        if person is None:
            raise NotFound("There is no such contact.")
        mine = links.open_links(db, [contact_id])
        link = next((one for one in mine if one.identity_id == identity_id), None)
        if link is None:
            raise NotFound("There is no such address.")
        if len(mine) < 2:
            raise Refused("This is their only address.")
        new = new_id()
        links.add_contact(db, new, person.brand_id, links.names(db, [identity_id])[identity_id], now)
        _relink(db, [link], new, "not the same person", agent, now)
        links.give_tickets(db, identity_id, list(links.family(db, [contact_id])), new)
        _record(db, scope, "address parted", person, now, {"identity": identity_id, "to": new})
    heed.notifier.publish([Change("desk", person.brand_id)])
    return new


def _agent(scope: Scope) -> str:
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk says who is who.")
    return scope.agent


def _two(db: Connection, scope: Scope, contact_id: str, into_id: str) -> tuple[Person, Person]:
    seen = links.persons(db, scope, {contact_id, into_id})
    if not {contact_id, into_id} <= seen.keys():
        raise NotFound("There is no such contact.")
    into = seen[into_id].merged_into or into_id
    found = links.persons(db, scope, {contact_id, into}, lock=True)
    if found[contact_id].brand_id != found[into].brand_id:
        raise NotFound("There is no such contact.")
    return found[contact_id], found[into]


def _relink(
    db: Connection, held: list[Link], contact_id: str, evidence: str, agent: str, now: datetime
) -> list[dict[str, str]]:
    """Close links and open them to another contact; return what they were. Without `evidence` theirs is kept."""
    links.close(db, [link.id for link in held], now)
    for link in held:
        why, trust = (evidence, "agent") if evidence else (link.evidence, link.trust)
        links.add(db, [Link(new_id(), link.identity_id, contact_id, why, trust, agent, now)])
    return [{"identity": link.identity_id, "evidence": link.evidence, "trust": link.trust} for link in held]


def _record(db: Connection, scope: Scope, act: str, who: Person, now: datetime, change: dict[str, str]) -> None:
    actor = Actor("agent", scope.agent) if scope.agent else Actor("heed")
    audit.append(db, actor, act, who.id, now, brand_id=who.brand_id, change=change)
