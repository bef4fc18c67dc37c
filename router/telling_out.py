"""Sends word of tickets to the destinations that rules name: registered by an admin, signed, tried until it is taken.

An attempt is committed before it is made, so a crash costs one attempt and never two at once; whoever takes the word
knows by its id what came twice. It goes through the one door out: an address inside one's own network is refused,
unless the destination was registered as internal, and then only that host and port. No word of a customer's is sent.
"""

import json
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from channels import http, verify
from channels.errors import DeliveryFailed
from channels.types import Connection as Line
from router import notices
from router.app import Heed
from router.equipping import brand_named
from router.mistakes import Mistake
from router.model import SYSTEM, Role
from router.notify import Change
from router.store import audit, desk, destinations, rulebook, tickets
from router.store import effects as effect_rows
from router.store.audit import Actor
from router.store.db import Connection
from router.store.destinations import Destination as Destination
from router.store.rows import Ticket

KIND = "webhook"
WAITS = tuple(timedelta(seconds=s) for s in (30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600))  # between attempts
TIMEOUT_S = 10.0
MOST = 20  # words in one go
LONGEST_S = 60.0  # of one go
MAX_NAME = 100  # characters


def register(
    heed: Heed, actor: Actor, name: str, url: str, now: datetime, *, brand: str | None = None, internal: bool = False
) -> tuple[str, str]:
    """Let rules send word to an address; return its id and the secret it is signed with. Raises Mistake."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        raise Mistake(f"Give the destination a name of at most {MAX_NAME} characters.")
    _check(url, internal)
    brand_id = brand_named(heed, brand)
    secret = secrets.token_urlsafe(32)
    with heed.database.write() as db:
        if name in destinations.names(db, brand_id):
            raise Mistake(f"There is a destination called “{name}”. Remove it first, or choose another name.")
        made = destinations.add(
            db, heed.vault, brand_id=brand_id, name=name, url=url, internal=internal, secret=secret, now=now
        )
        audit.append(db, actor, "destination added", made, now, brand_id=brand_id)
    return made, secret


def listed(heed: Heed) -> list[Destination]:
    """Return every destination, by name."""
    with heed.database.read() as db:
        return destinations.there(db)


def remove(heed: Heed, actor: Actor, name: str, now: datetime, *, brand: str | None = None) -> None:
    """Forget a destination; what was not sent to it yet never is. Raises Mistake."""
    brand_id = brand_named(heed, brand)
    with heed.database.write() as db:
        found = next((one for one in destinations.there(db, brand_id) if one.name == name), None)
        if found is None or not destinations.remove(db, found.id, now):
            raise Mistake(f"There is no destination called “{name}”.")
        audit.append(db, actor, "destination removed", found.id, now, brand_id=brand_id)


def is_due(heed: Heed, now: datetime) -> bool:
    """Say whether any word is to be sent."""
    with heed.database.read() as db:
        return bool(effect_rows.due_of_kind(db, KIND, now, 1))


def send_due(heed: Heed, now: datetime) -> int:
    """Make an attempt at every word that is due, and return how many; the rest is left to the next go."""
    ends = time.monotonic() + LONGEST_S
    with heed.database.read() as db:
        found = effect_rows.due_of_kind(db, KIND, now, MOST)
    tried = 0
    for effect in found:
        if time.monotonic() >= ends:
            break
        tried += _attempt(heed, effect, now)
    return tried


def _attempt(heed: Heed, effect: Mapping[str, object], now: datetime) -> bool:
    effect_id, attempts = str(effect["id"]), int(str(effect["attempts"]))
    wait = WAITS[min(attempts, len(WAITS) - 1)]
    with heed.database.write() as db:
        ticket = tickets.load(db, SYSTEM, [str(effect["ticket_id"])]).get(str(effect["ticket_id"]))
        name = str(json.loads(str(effect["argument"])).get("target", ""))
        there = destinations.there(db, ticket.brand_id) if ticket else []
        goes_to = next((one for one in there if one.name == name), None)
        if ticket is None or goes_to is None:
            rulebook.settle_effect(db, effect_id, f"not sent: there is no destination called “{name}”", now)
            return False
        if not effect_rows.try_later(db, effect_id, now + wait, now):
            return False
        secret = destinations.secret(db, heed.vault, goes_to.id)
        body = json.dumps(_word(heed, db, effect, ticket), separators=(",", ":")).encode()
    problem, last = _post(goes_to, secret, body, effect_id, now), attempts >= len(WAITS)
    with heed.database.write() as db:
        if not problem or last:
            rulebook.settle_effect(db, effect_id, f"given up: {problem}" if problem else "sent", now)
        else:
            effect_rows.note(db, effect_id, problem)
        hint = _give_up(db, ticket, name, now) if problem and last else None
    if hint is not None:
        heed.notifier.publish([hint])
    return True


def _post(goes_to: Destination, secret: str, body: bytes, word_id: str, now: datetime) -> str:
    """Post a word and return what went wrong, without anything that was sent; empty if it was taken."""
    line = Line("", "webhook", goes_to.name, {"base_url": goes_to.url} if goes_to.internal else {})
    try:
        response = http.request(
            "POST",
            goes_to.url,
            connection=line,
            credential_hosts=((urlsplit(goes_to.url).hostname or "").rstrip("."),),
            credentials={"Heed-Signature": verify.signature(secret, body, int(now.timestamp()))},
            headers={"Content-Type": "application/json", "Idempotency-Key": word_id},
            data=body,
            timeout_s=TIMEOUT_S,
        )
    except DeliveryFailed as error:
        return str(error)
    return "" if response.ok else f"it answered HTTP {response.status}"


def _word(heed: Heed, db: Connection, effect: Mapping[str, object], ticket: Ticket) -> dict[str, object]:
    """Return what is sent: which rule, and how the ticket stands; no text, name or address of anybody."""
    brand = next(one for one in desk.brands(db) if one.id == ticket.brand_id)
    queue = desk.queue_by_id(db, ticket.queue_id)
    return {
        "id": effect["id"],
        "rule": effect["rule"],
        "at": str(effect["at"]),
        "brand": brand.name,
        "ticket": {
            "id": ticket.id,
            "number": ticket.number,
            "url": f"{heed.config.public_url}/tickets/{ticket.id}",
            "state": ticket.state,
            "queue": queue.name if queue else None,
            "channel": ticket.channel,
            "language": ticket.language,
            "intent": ticket.intent,
            "tags": sorted(tickets.tags(db, [ticket.id]).get(ticket.id, ())),
            "created_at": ticket.created_at.isoformat(),
            "answer_by": ticket.answer_by.isoformat() if ticket.answer_by else None,
        },
    }


def _give_up(db: Connection, ticket: Ticket, name: str, now: datetime) -> Change:
    because = f"“{name}” did not take word of this ticket: look whether it still works."
    role = Role.OPS.value
    return notices.tell(
        db, brand_id=ticket.brand_id, ticket_id=ticket.id, kind="rule", because=because, now=now, role=role
    )


def _check(url: str, internal: bool) -> None:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.username is None and not parts.fragment and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.scheme not in ("https", "http"):
        raise Mistake("The address is no URL: write one such as https://crm.example.com/heed, without a password.")
    if parts.scheme == "http" and not internal:
        raise Mistake("Write https: over http anybody on the way reads it. Within your own network add --internal.")
