"""Mood: frustration over a ticket's messages, and the heat that places it.

Heat rises at a cut and falls only well below it, one step a message, so that a ticket does not jump to and fro. Going
on from an earlier mood gives the same as reading all messages at once.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from router.model import Heat, Mood, Reading

ANCHORS = (25, 50, 75)  # calm below the first; disappointed, angry, furious or leaving above
HELD_WITHIN = 15  # points a cut may stand off its anchor
CUTS: Mapping[str, tuple[int, int, int]] = {  # by pace; short texts say less, so their scores lie lower
    "chat": (22, 46, 70),
    "social": (25, 48, 72),
    "email": (25, 50, 75),
}
HYSTERESIS = 8  # points below its cut at which a heat is given up
FALLS_BY = 0.6  # share of the way down that one calmer message goes; one “ok” does not cool a month's anger


def mood(readings: Sequence[Reading], *, pace: str, before: Mood | None = None) -> Mood:
    """Return the mood after these readings, oldest first; `before` is the mood they go on from, if any.

    Readings that were not read count as nothing. `pace` is chat, social or email; any other uses the anchors.
    """
    cuts = CUTS.get(pace, ANCHORS)
    level: int | None = before.level if before else None
    heat: Heat = before.heat if before else 0
    earlier = before.before if before else None
    history = list(before.history) if before else []
    for reading in readings:
        if not reading.read:
            continue
        earlier, level = level, _level(level, reading.frustration)
        heat = _heat(heat, reading.calm_frustration, cuts)
        history.append(reading.frustration)
    return Mood(level or 0, heat, earlier, tuple(history))


def _level(level: int | None, now: int) -> int:
    """Rise at once, fall by a share."""
    return now if level is None or now >= level else round(level - FALLS_BY * (level - now))


def _heat(heat: Heat, calm: int, cuts: tuple[int, int, int]) -> Heat:
    """Return the heat after one message: up at a cut, down one step, and only well below the cut that holds it."""
    risen = sum(calm >= cut for cut in cuts)
    if risen >= heat:
        return cast(Heat, risen)
    return cast(Heat, heat - 1 if calm < cuts[heat - 1] - HYSTERESIS else heat)
