"""Mood: frustration over a ticket's messages, and the heat that places it.

Heat rises at a cut and falls only well below it, one step a message, so that a ticket does not jump to and fro. It is
hot a little sooner for who grows angrier message by message, and for who, already let down, says a further thing that
weighs: asked before, a promise broken, nobody answered. The same said again buys nothing, unless we answered in between
and they were silent a good while: who was let down, was answered and still comes back unhappy was not helped.
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
STEP_UP = 5  # least points between two messages that count as rising
RISES = 20  # least points over three messages, each above the one before
CLEAR = 10  # points above the first cut from which rising makes hot
HOT: Heat = 2
BACK_AFTER_S: Mapping[str, int] = {"chat": 4 * 3600, "social": 12 * 3600, "email": 20 * 3600}  # of silence, by pace
UNHAPPY = 15  # points from which who comes back is unhappy; nothing said is 10
WEIGHS = frozenset(
    ("repeat_contact", "broken_promise", "no_answer", "not_solved", "waiting", "blame", "escalation", "ultimatum")
)


def mood(readings: Sequence[Reading], *, pace: str) -> Mood:
    """Return the mood after all of a ticket's readings, oldest first.

    Readings that were not read count as nothing. `pace` is chat, social or email; any other uses the anchors.
    """
    cuts = CUTS.get(pace, ANCHORS)
    calm: list[int] = []
    said: set[str] = set()
    level: int | None = None
    earlier: int | None = None
    heat: Heat = 0
    was_let_down = False
    known = [reading for reading in readings if reading.read]
    for reading in known:
        earlier, level = level, _level(level, reading.frustration)
        calm.append(reading.calm_frustration)
        weighs = WEIGHS.intersection(reading.cues)
        insists = was_let_down and calm[-1] >= cuts[0] and bool(weighs - said)
        unhelped = _is_back(reading, pace) and (calm[-1] >= UNHAPPY or bool(weighs))
        hot = insists or (unhelped and was_let_down) or _is_rising(calm[-3:], cuts[0])
        said.update(reading.cues)
        asked = sum(calm[-1] >= cut for cut in cuts)
        was_let_down = was_let_down or asked > 0 or unhelped
        heat = _heat(heat, max(asked, HOT if hot else 0), calm[-1], cuts)
    return Mood(level or 0, heat, earlier, tuple(reading.frustration for reading in known))


def _level(level: int | None, now: int) -> int:
    """Rise at once, fall by a share."""
    return now if level is None or now >= level else round(level - FALLS_BY * (level - now))


def _is_back(reading: Reading, pace: str) -> bool:
    """Say whether the customer was answered and silent for a good while before this message."""
    return reading.silence_s is not None and reading.silence_s >= BACK_AFTER_S.get(pace, BACK_AFTER_S["email"])


def _is_rising(last: Sequence[int], first_cut: int) -> bool:
    """Say whether each of the last three messages is angrier than the one before."""
    if len(last) < 3:
        return False
    one, two, now = last
    return two - one >= STEP_UP and now - two >= STEP_UP and now - one >= RISES and now >= first_cut + CLEAR


def _heat(heat: Heat, asked: int, calm: int, cuts: tuple[int, int, int]) -> Heat:
    """Return the heat after one message: up at once, down one step, and only well below the cut that holds it."""
    if asked >= heat:
        return cast(Heat, asked)
    return cast(Heat, heat - 1 if calm < cuts[heat - 1] - HYSTERESIS else heat)
