"""Draws a desk's agents and customers from a seed, everything about each before the run begins.

So two policies with the same seed meet the same people, whatever they make of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import NormalDist

from channels.types import Pace
from router.model import Heat
from router.routing.score import proficiency
from router.simulation.desks import PACES, Desk, Facts, holds

SKILLS = 6
HOTTEST = 3.0
HEAT_BY_TRANSFER, HEAT_BY_RETURN = 1.0, 0.7
TRANSFERRED = 0.5  # of those who were not helped; the rest come back
HIGHEST = 5  # level
STARTS_LATE = 2  # agent i begins early when i div 2 is even, else late
SHIFT = 480.0  # minutes, of the load


@dataclass(frozen=True, slots=True)
class Person:
    """An agent: how well they do, and what the desk has written of it."""

    number: int
    shift: tuple[float, float]  # minutes of the day
    proficiency: tuple[float, ...]  # by skill, as it is
    levels: tuple[float, ...]  # by skill, as declared, or exactly what they are; 0: without it
    speaks: frozenset[int]
    works_on: frozenset[str]


@dataclass(frozen=True, slots=True)
class Try:
    """What chance holds ready for one talk, and the wait before it."""

    patience: float  # of the unit exponential
    noise: float  # of the unit normal, around the heat that is seen
    misread: float  # the rest are uniform
    read_as: int  # skill, if misread
    resolved: float
    handed_on: float
    away: float  # of the unit exponential
    offers: tuple[tuple[float, float], ...]  # how each offer is taken, and how fast


@dataclass(frozen=True, slots=True)
class Customer:
    """Someone who writes."""

    number: int
    at: float
    pace: Pace
    skill: int
    language: int
    heat: int  # 0 … 3, true
    work: float  # minutes with nothing to make it longer or shorter
    tries: tuple[Try, ...]


def people(desk: Desk, facts: Facts, seed: int, *, alike: bool = False) -> list[Person]:
    """Return the agents; `alike`: everyone has every skill, equally well."""
    random = Random(f"{seed} agents")  # noqa: S311 - to be drawn again, not to be secret
    drawn = [
        [(random.gauss(0, 1), random.random(), random.random()) for _ in range(SKILLS)] for _ in range(desk.agents)
    ]
    return [_person(desk, facts, number, draws, alike) for number, draws in enumerate(drawn)]


def _person(desk: Desk, facts: Facts, i: int, draws: Sequence[tuple[float, float, float]], alike: bool) -> Person:
    skilled = desk.proficiency
    count, step = desk.skills_each[i % len(desk.skills_each)], 1 + i // SKILLS
    has = range(SKILLS) if alike else {(i + n * step) % SKILLS for n in range(count)}
    real, levels = [skilled["without_skill"]] * SKILLS, [0.0] * SKILLS
    for skill in has:
        z, of_level, off = draws[skill]
        if alike:
            real[skill] = skilled["mean"]
        elif facts.level_shares:
            real[skill] = proficiency(1 + _which(facts.level_shares, of_level))
        else:
            real[skill] = min(max(skilled["mean"] + skilled["sd"] * z, skilled["min"]), skilled["max"])
        below, above = facts.declared_off
        levels[skill] = min(max(_level(real[skill]) - (off < below) + (off > 1 - above), 1), HIGHEST)
    return Person(
        number=i,
        shift=desk.shifts[i // STARTS_LATE % len(desk.shifts)],
        proficiency=tuple(real),
        levels=tuple(levels),
        speaks=frozenset(n for n, condition in enumerate(desk.speaks) if holds(condition, i)),
        works_on=frozenset(channel for channel, condition in desk.works_on.items() if holds(condition, i)),
    )


def _level(real: float) -> float:
    """Return the level at which somebody does as well as this, also between two whole ones."""
    above = next((level for level in range(2, HIGHEST) if proficiency(level) >= real), HIGHEST)
    low, high = proficiency(above - 1), proficiency(above)
    return above - 1 + (real - low) / (high - low)


def customers(desk: Desk, load: float, seed: int) -> list[Customer]:
    """Return everyone who writes on the desk's days, in order of time.

    `load`: the work that all of them make if everyone has the skill, as a share of what the agents can do.
    """
    random = Random(f"{seed} customers")  # noqa: S311 - to be drawn again, not to be secret
    a_day = (
        load
        * desk.agents
        * SHIFT
        * max(desk.speed)
        / sum(share * _nominal(desk, pace) for pace, share in desk.channels.items())
    )
    arrivals: list[tuple[float, Pace]] = []
    for day in range(desk.days):
        for pace in PACES:
            for _ in range(_poisson(random, a_day * desk.channels[pace])):
                arrivals.append((day * desk.day + _minute(desk, pace, random), pace))
    arrivals.sort()
    return [_customer(desk, number, at, pace, random) for number, (at, pace) in enumerate(arrivals)]


def cuts(desk: Desk, facts: Facts, pace: Pace) -> tuple[float, ...]:
    """Return from which seen figure on a first message reaches heat 1, 2, 3, so that the desk's shares do."""
    if not facts.heat_cut:
        return (0.5, 1.5, 2.5)
    noise = NormalDist(0, facts.heat_noise)

    def above(cut: float) -> float:
        return sum(share * (1 - noise.cdf(cut - heat)) for heat, share in enumerate(desk.heats[pace]))

    found = []
    for share in desk.seen_shares:
        low, high = -20.0, 20.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if above(middle) > share else (low, middle)
        found.append(low)
    return tuple(found)


def seen(true: float, noise: float, facts: Facts, at: Sequence[float]) -> Heat:
    """Return the heat that a reading shows, `at` being the cuts."""
    figure = true + facts.heat_noise * noise
    heats: tuple[Heat, ...] = (0, 1, 2, 3)
    return heats[sum(figure >= cut for cut in at)]


def noise_for(desk: Desk, auc: float) -> float:
    """Return the noise with which a reading tells true heat of 2 and more apart with this ROC-AUC."""
    shares = [sum(share * desk.heats[pace][heat] for pace, share in desk.channels.items()) for heat in range(4)]
    hot, calm = shares[2] + shares[3], shares[0] + shares[1]

    def reached(noise: float) -> float:
        ahead = NormalDist(0, noise * math.sqrt(2))
        return math.fsum(shares[h] * shares[c] * ahead.cdf(h - c) for h in (2, 3) for c in (0, 1)) / hot / calm

    low, high = 0.01, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) > auc else (low, middle)
    return low


def _customer(desk: Desk, number: int, at: float, pace: Pace, random: Random) -> Customer:
    sigma = math.sqrt(math.log(1 + desk.work_cv**2))
    return Customer(
        number=number,
        at=at,
        pace=pace,
        skill=_which(desk.skills, random.random()),
        language=_which(desk.languages, random.random()),
        heat=_which(desk.heats[pace], random.random()),
        work=desk.work[pace] * math.exp(random.gauss(0, sigma) - sigma**2 / 2),
        tries=tuple(
            Try(
                patience=random.expovariate(1),
                noise=random.gauss(0, 1),
                misread=random.random(),
                read_as=_which(desk.skills, random.random()),
                resolved=random.random(),
                handed_on=random.random(),
                away=random.expovariate(1),
                offers=tuple((random.random(), random.random()) for _ in range(4)),
            )
            for _ in range(desk.tries)
        ),
    )


def _nominal(desk: Desk, pace: Pace) -> float:
    """Return the mean work that a ticket makes, all its talks together, if nobody waits and all have the skill."""
    base, gains = desk.resolved
    helped = base + gains * desk.proficiency["mean"]
    longer, shorter = desk.work_by_proficiency
    talk = desk.work[pace] * (longer - shorter * desk.proficiency["mean"])

    def work(heat: float, number: int) -> float:
        this = talk * (1 + desk.work_by_heat * heat) * (desk.later_work if number else 1)
        if number + 1 == desk.tries:
            return this
        handed_on, back = (work(min(HOTTEST, heat + more), number + 1) for more in (HEAT_BY_TRANSFER, HEAT_BY_RETURN))
        not_helped = TRANSFERRED * (desk.transfer_work * this + handed_on) + (1 - TRANSFERRED) * (this + back)
        return helped * this + (1 - helped) * not_helped

    return sum(share * work(heat, 0) for heat, share in enumerate(desk.heats[pace]))


def _minute(desk: Desk, pace: Pace, random: Random) -> float:
    """Return when in a day somebody writes."""
    if pace == "email" and random.random() < desk.email_waiting:
        return 0.0
    last = desk.day if pace == "email" else desk.day - desk.live_closes
    base, peaks = desk.profile
    highest = base + sum(height for height, _, _ in peaks)
    while True:
        at = random.random() * last
        part = at / desk.day
        rate = base + sum(height * math.exp(-(((part - middle) / width) ** 2)) for height, middle, width in peaks)
        if random.random() * highest < rate:
            return at


def _poisson(random: Random, mean: float) -> int:
    """Return a Poisson number, by counting exponential gaps."""
    count, passed = -1, 0.0
    while passed < mean:
        passed += random.expovariate(1)
        count += 1
    return count


def _which(shares: Sequence[float], u: float) -> int:
    """Return which share a uniform number falls in."""
    for n, share in enumerate(shares):
        u -= share
        if u < 0:
            return n
    return len(shares) - 1
