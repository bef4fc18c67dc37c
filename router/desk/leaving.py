"""The end of a shift: each ticket that an agent holds is kept or handed on with a word, then they have left.

Nothing new reaches them from the first moment. A chat in progress goes on with whoever has it until they hand it over
themselves, and never without a note; while one is kept its agent is wrapping up, not offline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.desk.answering import note
from router.desk.errors import DeskError, Refused
from router.desk.moving import transfer
from router.model import Presence, Scope, State
from router.presence import set_presence
from router.store import tickets
from router.store.views import lines
from router.store.views.lines import TicketLine

HELD = (State.OPEN, State.PENDING, State.SNOOZED)
BACK = "queue"  # to its old place in its queue
KEEP = "keep"
SITE = "site:"  # before the name of a site
REASON = "end of shift"
MAX_NOTE = 4000  # characters


@dataclass(frozen=True, slots=True)
class Held:
    """One ticket of an agent who leaves."""

    line: TicketLine
    in_progress: bool  # its customer is in a live conversation now


@dataclass(frozen=True, slots=True)
class Parting:
    """What becomes of one ticket."""

    ticket_id: str
    to: str = KEEP  # KEEP, BACK, SITE and a name, or the id of a colleague
    note: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """How a shift ended."""

    handed: tuple[str, ...]  # ids of tickets
    kept: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]  # ticket and why; it is kept
    presence: Presence  # wrapping up while a chat is kept


def held(heed: Heed, scope: Scope) -> list[Held]:
    """Return what whoever asks holds, chats in progress first, then by the moment an answer is due."""
    assert scope.agent is not None
    with heed.database.read() as db:
        own = lines.of_agent(db, scope, scope.agent, [str(state) for state in HELD])
        rows = [*own, *lines.reserved(db, scope, scope.agent)]
        slots = {one.id: one.slot_key for one in tickets.load(db, scope, [row.id for row in rows]).values()}
    found = [Held(row, row.state == State.OPEN and slots.get(row.id) == "live") for row in rows]
    order = {State.OPEN: 1, State.WAITING: 2}
    return sorted(found, key=lambda one: 0 if one.in_progress else order.get(State(one.line.state), 3))


def end_shift(heed: Heed, scope: Scope, partings: Sequence[Parting], now: datetime, *, note_for_all: str = "") -> Left:
    """Let an agent leave; `note_for_all` goes with what is handed over without a note of its own.

    A ticket that nothing is said of is kept. Raises Refused, with nothing done, for a chat handed over without a word;
    a ticket that changed hands meanwhile is told among those refused.
    """
    assert scope.agent is not None
    mine = {one.line.id: one for one in held(heed, scope)}
    wanted = [_with_word(one, note_for_all) for one in partings if one.ticket_id in mine]
    if any(one.to != KEEP and not one.note.strip() and mine[one.ticket_id].in_progress for one in wanted):
        raise Refused("A chat in progress is handed over with a note: say where the customer stands.")
    set_presence(heed, scope.agent, Presence.WRAPPING_UP, now, reason=REASON)  # what is freed stays free
    refused = tuple((one.ticket_id, said) for one in wanted if (said := _part(heed, scope, mine, one, now)))
    handed = {one.ticket_id for one in wanted if one.to != KEEP} - {ticket_id for ticket_id, _ in refused}
    kept = tuple(ticket_id for ticket_id in mine if ticket_id not in handed)
    status = Presence.WRAPPING_UP if any(mine[one].in_progress for one in kept) else Presence.OFFLINE
    if status is not Presence.WRAPPING_UP:
        set_presence(heed, scope.agent, status, now, reason=REASON)
    return Left(tuple(sorted(handed)), kept, refused, status)


def _with_word(one: Parting, note_for_all: str) -> Parting:
    word = one.note.strip() or (note_for_all.strip() if one.to != KEEP else "")
    return Parting(one.ticket_id, one.to, word[:MAX_NOTE])


def _part(heed: Heed, scope: Scope, mine: dict[str, Held], one: Parting, now: datetime) -> str:
    """Do with a ticket what was said, and return why it could not be done; nothing if it was."""
    try:
        if one.to == BACK:
            transfer(heed, scope, one.ticket_id, now, queue=mine[one.ticket_id].line.queue_id, note=one.note)
        elif one.to.startswith(SITE):
            transfer(heed, scope, one.ticket_id, now, site=one.to.removeprefix(SITE), note=one.note)
        elif one.to != KEEP:
            transfer(heed, scope, one.ticket_id, now, agent=one.to, note=one.note)
        elif one.note:
            note(heed, scope, one.ticket_id, one.note, now)
    except DeskError as error:
        return error.reason
    return ""
