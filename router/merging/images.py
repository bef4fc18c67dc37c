"""What two tickets are as one, and how one is taken out of the whole again. Pure: values in, values out.

A ticket's facts are a flat mapping. Keys are `tag:…`, `need:…`, `answer` and `resolution` (what is promised), the
columns of LOWEST, `place`, `hands` (who has it), `mood` and `lane`. Moments are text of one form, which sorts by time.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass

from router.model import State

Fact = object
Facts = Mapping[str, Fact]

LOWEST = ("answer_by", "waiting_since", "step_down_at")  # of two moments the earlier one holds
PROMISED = ("answer", "resolution")
AT_REST = (State.PENDING, State.SNOOZED, State.RESOLVED)
IN_LINE = (State.NEW, State.WAITING, State.OFFERED)
DUE = 3  # where a promise says when: [kind, target, starts, due, because]


@dataclass(slots=True)
class Image:
    """What one merge found and left: the ticket that went in, and the one it went into, before and after."""

    source: Facts
    before: Facts
    after: Facts
    newer: bool = False  # the one that went in was written to last: its language holds

    def as_dict(self) -> dict[str, object]:
        """Return what is stored as JSON."""
        return {"from": self.source, "before": self.before, "after": self.after, "newer": self.newer}

    @classmethod
    def of(cls, said: Mapping[str, object]) -> "Image":
        """Return what was stored."""
        before, after, source = said["before"], said["after"], said["from"]
        assert isinstance(before, dict) and isinstance(after, dict) and isinstance(source, dict)
        return cls(source, before, after, bool(said["newer"]))


def joined(into: Facts, source: Facts, *, newer: bool) -> dict[str, Fact]:
    """Return the facts of a ticket that another goes into: tags and needs of both, the earlier of their promises.

    `newer` lets the language that came last hold. Who has it, mood and lane are left to whoever merges.
    """
    found = dict(into)
    for name in LOWEST:
        found[name] = _earlier(into.get(name), source.get(name))
    if into.get("place") is not None:  # it waits: it keeps the better place
        found["place"] = _earlier(into["place"], source.get("place"))
    for name in PROMISED:
        ours, theirs = into.get(name), source.get(name)
        if isinstance(theirs, list) and (not isinstance(ours, list) or str(theirs[DUE]) < str(ours[DUE])):
            found[name] = theirs
    for name, fact in source.items():
        if name.startswith("tag:"):
            found.setdefault(name, fact)
        elif name.startswith("need:"):
            _need(found, name, fact, newer)
    return found


def three_way(old: Facts, new: Facts, now: Facts) -> tuple[dict[str, Fact], list[str]]:
    """Return what is now with old made new, and what others changed meanwhile and so stays as it is."""
    found, kept = dict(now), []
    for name in old.keys() | new.keys():
        if old.get(name) == new.get(name):
            continue
        if now.get(name) == old.get(name):
            _put(found, name, new.get(name))
        elif now.get(name) != new.get(name):
            kept.append(name)
    return found, sorted(kept)


def taken_out(images: Sequence[Image], at: int, now: Facts) -> tuple[dict[str, Fact], list[str]]:
    """Return a ticket's facts without the merge at a place of those into it, oldest first, and what stays regardless.

    The merges after it are made again on what is left; their images are moved along.
    """
    gone = images[at]
    return _again(images[at + 1 :], gone.after, gone.before, now)


def changed_inside(images: Sequence[Image], at: int, now: Facts) -> tuple[dict[str, Fact], list[str]]:
    """Return a ticket's facts when what once went in at a place is no longer what it was."""
    image = images[at]
    old, image.after = image.after, _remade(image, image.before)
    return _again(images[at + 1 :], old, image.after, now)


def _again(later: Sequence[Image], old: Facts, new: Facts, now: Facts) -> tuple[dict[str, Fact], list[str]]:
    for image in later:
        before, _ = three_way(old, new, image.before)
        after = _remade(image, before)
        old, new = image.after, after
        image.before, image.after = before, after
    return three_way(old, new, now)


def _remade(image: Image, before: Facts) -> dict[str, Fact]:
    """Return what a merge would have left if it had found this."""
    after = joined(before, image.source, newer=image.newer)
    names: tuple[str, ...] = ("mood", "lane")
    moved = image.before.get("hands") != image.after.get("hands")  # that gave it its place
    if moved and (wakes(before, image.source) or hands_over(before, image.source)):
        names += ("hands", "place")
    elif _state(before) in AT_REST:
        after |= {name: before.get(name) for name in LOWEST}
    for name in names:
        if image.before.get(name) != image.after.get(name):
            _put(after, name, image.after.get(name))
    return after


def wakes(into: Facts, source: Facts) -> bool:
    """Say whether a ticket at rest gets one whose customer waits for an answer."""
    return _state(into) in AT_REST and (source.get("answer") is not None or _state(source) in IN_LINE)


def hands_over(into: Facts, source: Facts) -> bool:
    """Say whether a ticket in line gets one that somebody has."""
    return _state(into) in IN_LINE and _state(source) == State.OPEN


def _state(facts: Facts) -> str:
    hands = facts["hands"]
    assert isinstance(hands, dict)
    return str(hands["state"])


def _need(found: MutableMapping[str, Fact], name: str, fact: Fact, newer: bool) -> None:
    assert isinstance(fact, list)
    level, because = fact
    tongues = [key for key, held in found.items() if key.startswith("need:") and _is_language(held)]
    if because == "language" and tongues and name not in found:
        if not newer:
            return
        for key in tongues:
            del found[key]
    held = found.get(name)
    if not isinstance(held, list) or held[0] < level:
        found[name] = fact


def _is_language(fact: Fact) -> bool:
    return isinstance(fact, list) and fact[1] == "language"


def _earlier(ours: Fact, theirs: Fact) -> Fact:
    given = [str(moment) for moment in (ours, theirs) if moment is not None]
    return min(given, default=None)


def _put(facts: MutableMapping[str, Fact], name: str, fact: Fact) -> None:
    if fact is None and ":" in name:
        facts.pop(name, None)
    else:
        facts[name] = fact
