"""The agents and lanes of a replay: who is here, what they hold, and which lanes are open to whom. Pure."""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from channels.types import WorkClass
from router.model import Presence
from router.routing.lanes import AgentView, LaneSpec, left_to_others, standing_reasons
from router.routing.policy import SLOT_OF, SLOT_ORDER
from router.store.rows import Ticket

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Lane:
    """The waiting tickets that need the same; one that left is dropped when it is met."""

    spec: LaneSpec
    slot: WorkClass
    spare: "Mapping[At, None]"  # who has a free slot of this kind, this lane open to them or not
    open_to: "set[At]" = field(default_factory=set)
    waiting: list[tuple[datetime, str, int]] = field(default_factory=list)  # place, ticket, its stamp then

    def free(self, knows: str | None) -> "list[At]":
        """Return who could take a ticket now; `knows` is the agent who spoke with its customer before.

        Of those whom routing scores alike, the one who was given nothing for longest alone: only they can be chosen.
        """
        topic, slot, open_to = self.spec.topic or "", self.slot, self.open_to
        best: dict[tuple[object, ...], At] = {}
        for at in self.spare:
            if at not in open_to:
                continue
            view = at.view
            alike = (view.skills.get(topic, 0), at.load.get(slot, 0), view.capacity[slot], view.id == knows)
            other = best.get(alike)
            if other is None or (at.last_assigned_at or NEVER, view.id) < (
                other.last_assigned_at or NEVER,
                other.view.id,
            ):
                best[alike] = at
        return list(best.values())

    def push(self, row: Ticket, stamp: int) -> None:
        """Let a ticket wait here."""
        assert row.place is not None
        heapq.heappush(self.waiting, (row.place, row.id, stamp))

    def first(self, stamp_of: Callable[[str], int]) -> str | None:
        """Return the ticket that stands first."""
        while self.waiting:
            _, ticket_id, stamp = self.waiting[0]
            if stamp_of(ticket_id) == stamp:
                return ticket_id
            heapq.heappop(self.waiting)
        return None


@dataclass(slots=True, eq=False)
class At:
    """An agent at one moment of a replay."""

    view: AgentView  # as recorded, without load
    spare: Mapping[WorkClass, "dict[At, None]"]  # of everyone: who is online with a free slot, by slot
    load: dict[WorkClass, int] = field(default_factory=dict)  # by slot
    last_assigned_at: datetime | None = None
    lanes: dict[WorkClass, list[Lane]] = field(default_factory=dict)  # open to them, by slot
    reserved: list[str] = field(default_factory=list)  # tickets that wait for a slot of theirs
    seen: AgentView | None = None  # as made last; None: something changed since

    def free(self, work_class: WorkClass) -> int:
        """Return how many more tickets of a class fit."""
        slot = SLOT_OF[work_class]
        return self.view.capacity.get(slot, 0) - self.load.get(slot, 0)

    def take(self, work_class: WorkClass, now: datetime) -> None:
        """Hold one more ticket."""
        slot = SLOT_OF[work_class]
        self.load[slot] = self.load.get(slot, 0) + 1
        self.last_assigned_at, self.seen = now, None
        self.note((slot,))

    def let_go(self, work_class: WorkClass) -> None:
        """Hold one ticket less."""
        slot = SLOT_OF[work_class]
        self.load[slot] -= 1
        self.seen = None
        self.note((slot,))

    def note(self, slots: Iterable[WorkClass]) -> None:
        """Note whether the agent can take more in some slots."""
        here = self.view.presence is Presence.ONLINE
        for slot in slots:
            if here and self.load.get(slot, 0) < self.view.capacity.get(slot, 0):
                self.spare[slot][self] = None
            else:
                self.spare[slot].pop(self, None)

    def heads(self, stamp_of: Callable[[str], int]) -> list[str]:
        """Return the first ticket of each lane of the first slot that is free and has any."""
        for slot in SLOT_ORDER:
            if self.free(slot) > 0:
                seen = self.as_seen()
                found = [
                    first
                    for lane in self.lanes.get(slot, ())
                    if not left_to_others(lane.spec, seen) and (first := lane.first(stamp_of)) is not None
                ]
                if found:
                    return found
        return []

    def as_seen(self) -> AgentView:
        """Return the agent as routing sees them now."""
        if self.seen is None:
            view = self.view
            self.seen = AgentView(
                id=view.id, name=view.name, brands=view.brands, skills=view.skills, channels=view.channels,
                presence=view.presence, capacity=view.capacity, load=dict(self.load),
                last_assigned_at=self.last_assigned_at,
            )  # fmt: skip
        return self.seen


class Board:
    """Everyone who ever was here in the period, and every lane there was."""

    def __init__(self) -> None:
        self.agents: dict[str, At] = {}
        self._spare: Mapping[WorkClass, dict[At, None]] = {slot: {} for slot in SLOT_ORDER}
        self._lanes: dict[tuple[object, ...], Lane] = {}
        self._of_brand: dict[str, dict[str, AgentView]] = {}

    def working_for(self, brand_id: str, known: Mapping[str, AgentView]) -> dict[str, AgentView]:
        """Return the agents of a brand; they change as the replay goes on."""
        return self._of_brand.setdefault(brand_id, dict(known))

    def put(self, view: AgentView) -> At:
        """Let an agent be so from now on."""
        at = self.agents.get(view.id)
        if at is None:
            at = self.agents[view.id] = At(view, self._spare)
            opens = True
        else:
            opens = replace(at.view, presence=Presence.OFFLINE) != replace(view, presence=Presence.OFFLINE)
            at.view, at.seen = view, None
        at.note(SLOT_ORDER)
        for brand, agents in self._of_brand.items():
            if brand in view.brands:
                agents[view.id] = view
        if opens:
            self._open(at)
        return at

    def lane(self, spec: LaneSpec) -> Lane:
        """Return the lane of tickets that need this."""
        needs = tuple(sorted(spec.needs.items()))
        key = (spec.brand, spec.queue, spec.channel, spec.work_class, needs, spec.topic, spec.kept)
        found = self._lanes.get(key)
        if found is None:
            found = self._lanes[key] = Lane(spec, SLOT_OF[spec.work_class], self._spare[SLOT_OF[spec.work_class]])
            for at in self.agents.values():
                self._let_in(at, found)
        return found

    def _open(self, at: At) -> None:
        for lane in self._lanes.values():
            lane.open_to.discard(at)
        at.lanes = {}
        for lane in self._lanes.values():
            self._let_in(at, lane)

    @staticmethod
    def _let_in(at: At, lane: Lane) -> None:
        if not standing_reasons(lane.spec, at.view):
            lane.open_to.add(at)
            at.lanes.setdefault(lane.slot, []).append(lane)
