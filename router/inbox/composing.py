"""What the composer begins with: my draft and its files, what the channel allows, and which replies have not left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from channels import adapter
from router import returning
from router.app import Heed
from router.desk.errors import NotFound
from router.inbox.allowed import Allowed, allowed
from router.inbox.ticket import MessageView, TicketView
from router.model import Scope
from router.store import connections, drafts, held, messages
from router.store.drafts import Draft
from router.store.views.lines import TicketLine


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a message that was taken back; it goes along with the next one unless it is removed."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Composing:
    """What there is to know before one writes."""

    draft: Draft | None
    files: tuple[KeptFile, ...]
    allowed: Allowed
    leaves: Mapping[str, datetime]  # message -> when it leaves, of ours that have not left


def composing(heed: Heed, scope: Scope, view: TicketView, now: datetime) -> Composing:
    """Return what whoever asks begins with on a ticket."""
    line = view.line
    with heed.database.read() as db:
        row = connections.by_id(db, heed.vault, line.connection_id) if line.connection_id else None
        draft = drafts.of(db, scope.agent, line.id) if scope.agent else None
        message_id = returning.message_of(draft.key) if draft else None
        files = held.files_of(db, scope.agent, message_id) if message_id and scope.agent else []
        waiting = [m.id for m in view.messages if m.direction == "outbound" and m.state in ("queued", "scheduled")]
        leaves = held.planned(db, waiting) if waiting else {}
        heard, thread = messages.heard_by(db, line.id)
    public = [m for m in view.messages if m.visibility == "public" and m.direction in ("inbound", "outbound")]
    info = adapter(row.connection.channel).INFO if row else None
    active = row.active if row else False
    may = allowed(info, now, active=active, last_heard=heard, thread=thread, refused=_refused(public))
    return Composing(draft, tuple(KeptFile(*one) for one in files), may, leaves)


def ticket_of_message(heed: Heed, scope: Scope, message_id: str) -> str:
    """Return the ticket of a reply of ours. Raises NotFound."""
    with heed.database.read() as db:
        found = held.one(db, scope, message_id)
    if found is None:
        raise NotFound("There is no such message.")
    return found.ticket_id


def seconds_to_undo(heed: Heed, scope: Scope, message_id: str, now: datetime) -> float:
    """Return how long a reply can still be taken back; 0 if it has left or leaves at once."""
    with heed.database.read() as db:
        due_at = held.planned(db, [message_id]).get(message_id)
    return max((due_at - now).total_seconds(), 0.0) if due_at else 0.0


def drafts_among(heed: Heed, scope: Scope, lines: tuple[TicketLine, ...]) -> set[str]:
    """Return the tickets of a list on which whoever asks has a draft."""
    if scope.agent is None or not lines:
        return set()
    with heed.database.read() as db:
        return drafts.tickets(db, scope.agent, [line.id for line in lines])


def _refused(public: list[MessageView]) -> str:
    """Return why the platform refused the last answer, if nothing came or went since."""
    last = public[-1] if public else None
    return last.state_detail if last is not None and last.state == "failed" else ""
