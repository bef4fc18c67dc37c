"""Drafts: what somebody writes is kept as they write, and of two versions the newer one stays.

A draft is its writer's alone, whoever has the ticket. It is gone with the commit that sends it; what comes late from
another window is then known as sent and not kept again.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from router.app import Heed
from router.desk.errors import NotAllowed, NotFound, Refused
from router.desk.writing import MAX_TEXT
from router.model import Scope
from router.store import drafts, roster, tickets
from router.store.drafts import Draft as Draft

KINDS = ("reply", "note")


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of words that were to be kept."""

    draft: Draft | None  # what is kept now; None: nothing
    other: Draft | None = None  # what else was written, to be offered: replaced just now, or newer than what was sent
    sent: str | None = None  # these words have left already, as this message


def keep(heed: Heed, scope: Scope, given: Draft, now: datetime, *, base: datetime | None) -> Kept:
    """Keep words as a draft unless newer ones are there; no words at all mean that there is no draft.

    `base` is the version that whoever writes has seen: what they have not seen comes back with the answer.
    """
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk has drafts.")
    if len(given.text) > MAX_TEXT:
        raise Refused(f"The text has {len(given.text):,} characters; {MAX_TEXT:,} are the most.")
    kind = given.kind if given.kind in KINDS else KINDS[0]
    mine = replace(given, agent_id=scope.agent, kind=kind, at=min(given.at, now))
    with heed.database.write() as db:
        if not tickets.load(db, scope, [given.ticket_id]):
            raise NotFound("There is no such ticket.")
        roster.lock(db, [scope.agent])
        message_id = drafts.sent_as(db, scope.agent, mine.key)
        if message_id is not None:
            return Kept(None, sent=message_id)
        there = drafts.of(db, scope.agent, given.ticket_id)
        unseen = there if there is not None and there.at != base and there.text != mine.text else None
        empty = not mine.text.strip()
        if unseen is not None and (empty or unseen.at > mine.at):
            return Kept(unseen, other=unseen)
        if empty:
            drafts.drop(db, scope.agent, given.ticket_id)
        else:
            drafts.put(db, mine)
    return Kept(None if empty else mine, other=unseen)


def discard(heed: Heed, scope: Scope, ticket_id: str) -> None:
    """Throw one's draft on a ticket away."""
    with heed.database.write() as db:
        if scope.agent is None or not tickets.load(db, scope, [ticket_id]):
            raise NotFound("There is no such ticket.")
        drafts.drop(db, scope.agent, ticket_id)
