"""A merge is taken back: the ticket stands alone again, as it did, and so does the one it was in.

What others changed since stays as they left it, and is told. Messages that came since stay where they arrived.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from router import placing
from router.app import Heed
from router.changes import Changes, as_json
from router.desk.acting import refill, tell
from router.desk.errors import NotAllowed, NotFound, Refused
from router.desknow import DeskNow, desk_now
from router.merging import images
from router.merging.facts import facts_of, hands_in, label, needs_in, put
from router.merging.holding import hold, line_up, mood_of, read_mood, settle_assignment, take_slot
from router.merging.images import IN_LINE, Fact, Facts, Image
from router.model import SYSTEM, Role, Scope, State
from router.store import merges, tickets
from router.store.db import Connection
from router.store.merges import MergeRow
from router.store.rows import Ticket

SETTLED_LAST = ("mood", "lane", "place")  # of what a merge left, what is worked out again after another is taken back


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a merge back came to."""

    ticket_id: str  # that stands alone again
    from_ticket_id: str  # in which it was
    kept: tuple[str, ...]  # what others changed meanwhile and so stays: keys of images
    stayed: int  # messages that came since and stay where they arrived


@dataclass(frozen=True, slots=True)
class Tree:
    """The merges by which tickets are shown in one, in the order they were made, and what each remembers."""

    root: str
    rows: Sequence[MergeRow]
    images: dict[str, Image]  # by merge
    relabelled: dict[str, Facts] = field(default_factory=dict)  # tickets in others that are no longer what they were

    @classmethod
    def of(cls, root: str, rows: Sequence[MergeRow]) -> "Tree":
        """Read what the merges remember."""
        return cls(root, rows, {row.id: Image.of(json.loads(row.before)) for row in rows})

    def beside(self, row: MergeRow) -> list[MergeRow]:
        """Return the merges into the same ticket as this one, itself included."""
        return [one for one in self.rows if one.into_ticket_id == row.into_ticket_id]

    def above(self, row: MergeRow) -> MergeRow | None:
        """Return the merge by which the ticket that this one went into went into another."""
        return next((one for one in self.rows if one.from_ticket_id == row.into_ticket_id), None)

    def take_out(self, row: MergeRow, now: Facts) -> tuple[dict[str, Fact], list[str]]:
        """Return the facts of the ticket that shows all (`now`) without what one merge brought, and what stays."""

        def into(one: MergeRow) -> tuple[list[Image], int, Facts]:
            beside, higher = self.beside(one), self.above(one)
            stands = now if higher is None else self.images[higher.id].source
            return [self.images[each.id] for each in beside], beside.index(one), stands

        found, kept = images.taken_out(*into(row))
        while (higher := self.above(row)) is not None:
            self.images[higher.id].source = found
            self.relabelled[str(higher.from_ticket_id)] = found
            found, more = images.changed_inside(*into(higher))
            kept, row = kept + more, higher
        return found, sorted(set(kept))

    def steady(self, now: Facts) -> set[str]:
        """Return which of SETTLED_LAST nobody changed since the last merge into the ticket that shows all."""
        last = [self.images[row.id] for row in self.rows if row.into_ticket_id == self.root][-1]
        return {name for name in SETTLED_LAST if last.after.get(name) == now.get(name)}

    def keep(self, db: Connection, gone: MergeRow, left: Facts) -> None:
        """Store what the other merges remember by now; `left` is what was worked out again."""
        last = [row for row in self.rows if row.into_ticket_id == self.root and row is not gone][-1:]
        for row in self.rows:
            image = self.images[row.id]
            if row in last:
                image.after = {**image.after, **left}
            if row is not gone:
                merges.keep_image(db, row.id, as_json(image.as_dict()))


def unmerge(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> Undone:
    """Take a ticket out of the one it was merged into: both stand as they did, but for what others changed since.

    Its agent gets it back if they are here with a free slot; else it waits with its own place.
    """
    with heed.database.write() as db:
        source = tickets.load(db, scope, [ticket_id]).get(ticket_id)
        if source is None:
            raise NotFound("There is no such ticket.")
        if source.merged_into is None:
            raise Refused("This ticket is not merged into another.")
        root = tickets.load(db, scope, [source.merged_into])[source.merged_into]
        rows = merges.under_ticket(db, root.id)
        row = next((one for one in rows if one.from_ticket_id == source.id), None)
        if row is None:
            raise Refused("What this ticket was before is not known any more.")
        _may_undo(scope, row, root)
        inside = _below(rows, source.id)
        seen = [source, root, *tickets.load(db, scope, inside).values()]
        tree = Tree.of(root.id, rows)
        back = tree.images[row.id].source
        had = cast("str | None", hands_in(back)["agent_id"])
        held = hold(db, seen, [scope.agent, had])
        source, root = held[source.id], held[root.id]
        changes = Changes(now=now, by=scope.agent or "heed")
        changes.watch(source)
        changes.watch(root)
        source.merged_into = None
        tickets.save(db, [source])
        merges.point_tickets(db, inside, source.id)
        merges.undo(db, row.id, scope.agent, now)
        desk = desk_now(db, source.brand_id, now)
        steady = tree.steady(facts_of(db, root))
        kept = _take_out(db, changes, root, tree, row, desk)
        _restore(db, changes, source, back, desk)
        stayed = merges.came_since(db, [root.id, str(row.into_ticket_id)], row.at)
        told = {"kept": kept or None, "stayed": stayed or None}
        changes.event(source, "unmerged", other=root.id, number=root.number, agent=source.agent_id, **told)
        changes.event(root, "unmerged_from", other=source.id, number=source.number, **told)
        for agent_id in sorted({a for a in (*changes.before.values(), scope.agent) if a}):
            refill(db, changes, agent_id)
        changes.write(db)
        tree.keep(db, row, {name: fact for name, fact in facts_of(db, root).items() if name in steady})
    tell(heed, changes)
    return Undone(source.id, root.id, tuple(kept), stayed)


def _take_out(db: Connection, changes: Changes, root: Ticket, tree: Tree, row: MergeRow, desk: DeskNow) -> list[str]:
    """Let the ticket that shows all stand without what one merge brought; return what others changed and so stays."""
    now = facts_of(db, root)
    before = tree.images[row.id].before
    found, kept = tree.take_out(row, now)
    as_it_was = row.into_ticket_id == root.id and mood_of(found) == mood_of(before)
    for inner in tickets.load(db, SYSTEM, tree.relabelled).values():
        label(db, changes, inner.id, facts_of(db, inner), tree.relabelled[inner.id])
    put(db, changes, root, now, found)
    if not as_it_was:
        read_mood(db, root, desk, at_least=cast(int, mood_of(before)["heat"]))
    _without_mood(root, desk)
    settle_assignment(db, root, "unmerged", changes.now)
    if root.state != State.WAITING:
        root.lane_id = root.place = root.flag = None
        return kept
    needs = needs_in(found)
    same = (
        as_it_was and needs == needs_in(before) and (found["lane"], found["place"]) == (before["lane"], before["place"])
    )
    line_up(db, changes, root, needs, desk, lane_id=cast("int | None", found["lane"]) if same else None)
    return kept


def _restore(db: Connection, changes: Changes, source: Ticket, facts: Facts, desk: DeskNow) -> None:
    """Let the ticket that was taken out stand as it did."""
    agent_id = cast("str | None", hands_in(facts)["agent_id"])
    put(db, changes, source, facts_of(db, source), facts)
    _without_mood(source, desk)
    needs = needs_in(facts)
    lane_id = cast("int | None", facts["lane"])
    if source.state == State.OPEN and agent_id:
        source.state, source.agent_id = State.CLOSED, None
        if take_slot(db, changes, source, agent_id):
            source.state, source.agent_id = State.OPEN, agent_id
        else:
            source.last_agent_id = agent_id
            changes.lanes[source.id] = placing.enter(source, placing.line_now(source, needs, desk), desk, changes.now)
    elif source.state in IN_LINE:
        source.state, source.agent_id = State.WAITING, None
        if source.place is None:
            changes.lanes[source.id] = placing.enter(source, placing.line_now(source, needs, desk), desk, changes.now)
        else:
            line_up(db, changes, source, needs, desk, lane_id=lane_id)
    settle_assignment(db, source, "unmerged", changes.now)


def _without_mood(ticket: Ticket, desk: DeskNow) -> None:
    """Let a ticket not feel again as it once did where mood was switched off since."""
    if not desk.brand.mood_on:
        placing.forget_mood(ticket)
        placing.rank_anew(ticket, desk)


def _may_undo(scope: Scope, row: MergeRow, root: Ticket) -> None:
    mine = scope.agent is not None and scope.agent in (row.by_agent_id, root.agent_id, root.reserved_for)
    if not mine and scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("Only who merged these tickets, who has them, or a supervisor takes that back.")


def _below(rows: list[MergeRow], ticket_id: str) -> list[str]:
    """Return the tickets that are in one by way of others."""
    found = [ticket_id]
    for above in found:
        found += [str(one.from_ticket_id) for one in rows if one.into_ticket_id == above]
    return found[1:]
