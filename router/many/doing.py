"""Does an act to many tickets, ticket by ticket, and takes it back; in pieces, so that no request or job lasts long.

What is still to do lies in the database: whoever comes next, a job, the page or a second submit, goes on from there,
and each ticket is treated once.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.desk import resting
from router.desk.acting import Act, acting
from router.desk.errors import DeskError, NotAllowed, Refused
from router.desk.moving import assign_held, let_go, move_to, put_off
from router.desk.restoring import remember
from router.desk.setting_aside import bring_back, set_aside
from router.desk.undoing import seen, undo
from router.many.acts import Order, moment, read
from router.many.foreseeing import MERGED
from router.many.looking import may, preview
from router.model import SYSTEM, Scope, State
from router.store import audit, people, tickets, undoing
from router.store.audit import Actor
from router.store.ids import new_id
from router.store.undoing import DONE, TO_DO, UNDONE, Told, Undoable

PIECE = 50  # tickets at most in one go
PIECE_S = 1.0  # and seconds, so that a page answers within two
SHOWN = 1000
JOB = "router.jobs.go_on_with_many"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an act on many has come, or its undo."""

    act: Undoable
    order: Order
    results: Mapping[str, int]  # to do, done, undone, or a reason -> how many
    tickets: tuple[Told, ...]

    @property
    def to_do(self) -> int:
        """Return how many tickets are still to be treated, or put back."""
        return self.results.get(DONE if self.act.undone_at else TO_DO, 0)

    @property
    def done(self) -> int:
        """Return how many were treated, or put back."""
        return self.results.get(UNDONE if self.act.undone_at else DONE, 0)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return why not, the most frequent reason first."""
        rest = [(why, n) for why, n in self.results.items() if why not in (TO_DO, DONE, UNDONE)]
        return sorted(rest, key=lambda one: (-one[1], one[0]))


def new_key() -> str:
    """Return a key for one act, to be sent with its form."""
    return new_id()


def begin(heed: Heed, scope: Scope, order: Order, ticket_ids: Sequence[str], key: str, now: datetime) -> None:
    """Begin an act on tickets under a key; the same key again is the same act. Nothing is done to a ticket yet.

    Raises NotAllowed, or Refused for a key that was another's.
    """
    found = preview(heed, scope, order, ticket_ids, now)
    with heed.database.write() as db:
        assert scope.agent is not None  # preview has asked
        ids = [verdict.ticket_id for verdict in found.verdicts]
        if undoing.begin(db, key, order.stored, scope.agent, ids, now, now + order.kind.undo_for):
            change = {"act": order.kind.key, "n": len(ids)}
            audit.append(db, Actor("agent", scope.agent), "tickets changed together", key, now, change=change)
            return
        known = undoing.one(db, key)
        if known is None or known.agent_id != scope.agent:
            raise Refused("This form was sent before. Choose the tickets again.")


def go_on(heed: Heed, key: str, now: datetime, *, seconds: float = PIECE_S, most: int = PIECE) -> int:
    """Treat the next tickets of an act, or put the next ones back; return how many are left.

    It is done in the name of whoever began it, with what they may do now.
    """
    ends = time.monotonic() + seconds
    with heed.database.read() as db:
        act = undoing.one(db, key)
        if act is None:
            return 0
        wanted = TO_DO if act.undone_at is None else DONE
        who = people.by_id(db, act.agent_id if act.undone_at is None else act.undone_by or act.agent_id)
        brands = people.brands_of(db, who.id) if who is not None and who.active else frozenset()
        rows = undoing.rows(db, key, wanted, most)
    scope = Scope(who.role, brands, who.id) if who is not None else Scope(SYSTEM.role, frozenset())
    for row in rows:
        if time.monotonic() >= ends:
            break
        if act.undone_at is None:
            _one(heed, scope, act, row.ticket_id, now)
        else:
            undo(heed, scope, key, now, most=1)
    with heed.database.read() as db:
        return undoing.results(db, key).get(wanted, 0)


def take_back(heed: Heed, scope: Scope, key: str, now: datetime) -> None:
    """Begin to undo an act: what is not done yet never is. Raises NotFound, NotAllowed, or Refused when it is late."""
    undo(heed, scope, key, now, most=1)


def hand_on(heed: Heed, key: str) -> None:
    """Let a worker go on with an act; without a broker the page does, piece by piece."""
    heed.background.enqueue("slow", JOB, key)


def progress(heed: Heed, scope: Scope, key: str) -> Progress:
    """Return how far an act has come. Raises NotFound, also where a ticket lies in another brand."""
    act = seen(heed, scope, key)
    with heed.database.read() as db:
        told = undoing.told(db, scope, key, SHOWN)
        return Progress(act, read(act.act), undoing.results(db, key), tuple(told))


def latest(heed: Heed, scope: Scope, now: datetime) -> list[tuple[Undoable, Order]]:
    """Return what a person did to tickets that can still be undone, the latest first."""
    if scope.agent is None:
        return []
    with heed.database.read() as db:
        return [(act, read(act.act)) for act in undoing.of_agent(db, scope.agent, now) if act.undone_at is None]


def _one(heed: Heed, scope: Scope, act: Undoable, ticket_id: str, now: datetime) -> None:
    """Treat one ticket, or note why not; whoever has treated it already keeps it."""
    order = read(act.act)
    also = [order.given] if order.kind.needs == "agent" else []
    try:
        may(scope, order)
        with acting(heed, scope, ticket_id, now, *also, own=order.kind.key != "back") as held:
            before = remember(held)
            _DO[order.kind.key](held, order.given)
            seq = held.ticket.event_seq
            if not undoing.settle(held.db, act.id, ticket_id, TO_DO, DONE, before=before, event_seq=seq):
                raise _Treated
    except _Treated:
        return
    except DeskError as error:
        with heed.database.write() as db:
            undoing.settle(db, act.id, ticket_id, TO_DO, error.reason)


class _Treated(Exception):
    """Another hand was first: this transaction is rolled back."""


def _transfer(act: Act, queue_id: str) -> None:
    ticket = act.ticket
    if ticket.state in (State.RESOLVED, State.CLOSED):
        raise Refused(f"This ticket is {ticket.state}.")
    if ticket.queue_id == queue_id and ticket.state == State.WAITING and not ticket.reserved_for:
        raise Refused("It waits in this queue already.")
    act.changes.event(ticket, "transferred", queue=queue_id)
    move_to(act, queue_id)


def _tag(act: Act, tag: str) -> None:
    if tag in tickets.tags(act.db, [act.ticket.id]).get(act.ticket.id, ()):
        raise Refused("It has this tag already.")
    act.changes.tags.append((act.ticket.id, tag, act.agent))
    act.changes.event(act.ticket, "tagged", tag=tag)


def _untag(act: Act, tag: str) -> None:
    if tag not in tickets.tags(act.db, [act.ticket.id]).get(act.ticket.id, ()):
        raise Refused("It does not have this tag.")
    tickets.remove_tags(act.db, act.ticket.id, [tag])
    act.changes.event(act.ticket, "untagged", tag=tag)


def _resolve(act: Act, _: str) -> None:
    if act.ticket.state == State.RESOLVED:
        raise Refused("This ticket is resolved.")
    resting.end(act)


def _unless_merged(do: Callable[[Act, str], None]) -> Callable[[Act, str], None]:
    def held(act: Act, given: str) -> None:
        if act.ticket.merged_into:
            raise Refused(MERGED)
        do(act, given)

    return held


_DO: Mapping[str, Callable[[Act, str], None]] = {
    key: _unless_merged(do)
    for key, do in {
        "assign": assign_held,
        "transfer": _transfer,
        "tag": _tag,
        "untag": _untag,
        "snooze": lambda act, given: put_off(act, moment(given)),
        "resolve": _resolve,
        "return": lambda act, _: let_go(act),
        "spam": lambda act, _: set_aside(act),
        "back": lambda act, _: bring_back(act),
    }.items()
}

__all__ = ["NotAllowed", "Progress", "begin", "go_on", "hand_on", "latest", "progress", "take_back"]
