"""Gives an agent's words back to them: a reply that does not leave becomes their draft again, before newer words."""

from datetime import datetime

from router.changes import Changes, Notice
from router.store import answers, drafts, held
from router.store.db import Connection
from router.store.drafts import Draft
from router.store.held import Held
from router.store.rows import Ticket

WROTE_FIRST = "The customer wrote before your scheduled reply left. It is your draft again."
CLOSED = "The ticket was closed before your scheduled reply left. It is your draft again."
AGAIN = "again-"  # begins the key of a draft that was a message once; the message's id follows


def hold(db: Connection, changes: Changes, ticket: Ticket, reply: Held, because: str) -> None:
    """Keep a reply that was left for later from leaving blind: it is its writer's draft again, and they are told."""
    if not held.withdraw(db, reply.message_id):
        return
    give_back_words(db, reply, changes.now)
    changes.event(ticket, "schedule_held", message=reply.message_id)
    if reply.agent_id is not None:
        told = Notice(
            ticket.brand_id, ticket.id, "schedule_held", because, agent_id=reply.agent_id, message_id=reply.message_id
        )
        changes.notices.append(told)


def give_back_words(db: Connection, reply: Held, now: datetime) -> Draft | None:
    """Make a reply that was taken back its writer's draft, and return it. Newer words of theirs stay below it.

    It gets a key of its own, which also names the files that were with it. Nobody wrote an automatic one: None.
    """
    if reply.agent_id is None:
        return None
    newer = drafts.of(db, reply.agent_id, reply.ticket_id)
    text = reply.text
    if newer is not None and newer.text.strip() and newer.text != text:
        text = f"{text}\n\n{newer.text}" if text else newer.text
    people = answers.parties(db, reply.message_id)
    role = {name: ", ".join(party.address for party in people if party.role == name) for name in ("to", "cc", "bcc")}
    draft = Draft(
        agent_id=reply.agent_id,
        ticket_id=reply.ticket_id,
        text=text,
        at=now,
        kind="reply",
        to=role["to"] or None,
        cc=with_bcc(role["cc"], role["bcc"]) if role["to"] else None,
        key=AGAIN + reply.message_id,
    )
    drafts.put(db, draft)
    return draft


def with_bcc(cc: str, bcc: str) -> str:
    """Return Cc and Bcc as a draft keeps them: a second line for the Bcc."""
    return f"{cc}\n{bcc}" if bcc else cc


def message_of(key: str) -> str | None:
    """Return the message that a draft with this key was once."""
    return key[len(AGAIN) :] if key.startswith(AGAIN) else None
