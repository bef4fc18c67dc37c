"""A ticket's facts as merges compare and keep them (see images), read from the store and put back into it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from router.changes import Changes
from router.merging.images import LOWEST, PROMISED, Fact, Facts
from router.store import merges, tickets
from router.store.db import Connection
from router.store.rows import Promise, Ticket

HANDS = ("state", "agent_id", "last_agent_id", "reserved_for", "hold_until", "resolved_at", "purge_after", "episode")
MOOD = ("frustration", "frustration_before", "heat", "urgency", "sentiment", "mood_read")
MOMENTS = frozenset({"hold_until", "resolved_at", "purge_after"})


def facts_of(db: Connection, ticket: Ticket) -> dict[str, Fact]:
    """Return a ticket's facts; its rows are written, or are as they were read."""
    facts: dict[str, Fact] = {name: _text(getattr(ticket, name)) for name in (*LOWEST, "place")}
    facts["hands"] = {name: _text(getattr(ticket, name)) for name in HANDS}
    facts["mood"] = {name: getattr(ticket, name) for name in MOOD}
    facts["lane"] = ticket.lane_id
    facts |= dict.fromkeys(PROMISED)
    for held in tickets.open_promises(db, [ticket.id]).get(ticket.id, []):
        name = _kind(held.kind)
        facts[name] = facts[name] or _promised(held)
    facts |= {f"tag:{tag}": by for tag, by in merges.tags_with_by(db, ticket.id).items()}
    needs = tickets.needs(db, [ticket.id]).get(ticket.id, {})
    return facts | {f"need:{skill}": list(why) for skill, why in needs.items()}


def needs_in(facts: Facts) -> dict[str, tuple[int, str]]:
    """Return the needs among facts, as placing reads them."""
    found = {}
    for name, fact in facts.items():
        if name.startswith("need:") and isinstance(fact, list):
            found[name.removeprefix("need:")] = (int(fact[0]), str(fact[1]))
    return found


def hands_in(facts: Facts) -> dict[str, object]:
    """Return who had the ticket, and how it stood."""
    hands = facts["hands"]
    assert isinstance(hands, dict)
    return hands


def put(db: Connection, changes: Changes, ticket: Ticket, now: Facts, wanted: Facts) -> None:
    """Make a ticket's facts what is wanted where they differ; its lane and its assignment are left to the caller."""
    for name in (*LOWEST, "place"):
        if now.get(name) != wanted.get(name):
            setattr(ticket, name, _moment(wanted.get(name)))
    if now["mood"] != wanted["mood"]:
        mood = wanted["mood"]
        assert isinstance(mood, dict)
        for name in MOOD:
            setattr(ticket, name, mood[name])
    if now["hands"] != wanted["hands"]:
        put_hands(ticket, hands_in(wanted))
    for name in PROMISED:
        if now.get(name) != wanted.get(name):
            _promise(db, changes, ticket, name, wanted.get(name))
    label(db, changes, ticket.id, now, wanted)


def label(db: Connection, changes: Changes, ticket_id: str, now: Facts, wanted: Facts) -> None:
    """Make a ticket's tags and needs what is wanted."""
    gone = [name.removeprefix("tag:") for name in now.keys() - wanted.keys() if name.startswith("tag:")]
    tickets.remove_tags(db, ticket_id, gone)
    new = sorted(name for name in wanted.keys() - now.keys() if name.startswith("tag:"))
    changes.tags.extend((ticket_id, name.removeprefix("tag:"), str(wanted[name])) for name in new)
    if needs_in(now) != needs_in(wanted):
        changes.needs[ticket_id] = needs_in(wanted)


def put_hands(ticket: Ticket, hands: Mapping[str, object]) -> None:
    """Let a ticket stand as it once stood."""
    for name in HANDS:
        setattr(ticket, name, _moment(hands[name]) if name in MOMENTS else hands[name])


def _promise(db: Connection, changes: Changes, ticket: Ticket, name: str, wanted: Fact) -> None:
    """Let one promise hold instead of another; what was promised before is taken up again, not promised anew."""
    held = tickets.open_promises(db, [ticket.id]).get(ticket.id, [])
    tickets.end_promises(db, [promise.id for promise in held if _kind(promise.kind) == name], changes.now)
    if not isinstance(wanted, list):
        return
    kind, target_s, starts_at, due_at, because = wanted
    starts, due = _moment(starts_at), _moment(due_at)
    assert starts is not None and due is not None
    made = Promise(ticket.id, ticket.episode, str(kind), int(target_s), starts, due, str(because))
    if not merges.reopen_promise(db, made):
        changes.promises.append(made)


def _promised(held: Promise) -> list[object]:
    return [held.kind, held.target_s, _text(held.starts_at), _text(held.due_at), held.because]


def _kind(kind: str) -> str:
    return "resolution" if kind == "resolution" else "answer"


def _text(value: object) -> object:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))
