"""Reads a desk file: an invented desk, its customers, and what the router knows of the truth.

The file is YAML; rules that a person reads (`i mod 4 is not 3`, `0.60 + 0.35 proficiency`) are read for the numbers in
them, in the form that desks/standard.yaml shows. Times are business minutes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from channels.types import Pace
from rules.errors import RuleErrors
from rules.source import Items, Keys, Scalar, Tree
from rules.source import read as read_yaml

NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)")
CONDITION = re.compile(r"i mod (\d+) (in|is not|is|<) (\d+(?: \d+)*)")
PACES: tuple[Pace, ...] = ("email", "chat", "social")


class DeskFileError(ValueError):
    """A desk file that cannot be read; says where and what to do."""


@dataclass(frozen=True, slots=True)
class Offers:
    """How agents take offers: shares declined and lapsed, and seconds until they accept."""

    declined: float
    lapsed: float
    accepted_after_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the router knows of the truth."""

    heat_noise: float  # standard deviation of what is seen around the true heat
    heat_cut: bool  # cut at quantiles, or rounded
    topic_misread: float = 0.0
    level_shares: tuple[float, ...] = ()  # of levels 1 … 5; empty: exact
    declared_off: tuple[float, float] = (0.0, 0.0)  # shares one level below and one above the truth
    offers: Offers | None = None  # None: given at once


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk file's contents; names are those of the file."""

    days: int
    day: float
    agents: int
    shifts: tuple[tuple[float, float], ...]
    skills_each: tuple[int, ...]
    proficiency: Mapping[str, float]
    speaks: tuple[str, ...]  # condition on the agent's number, by language
    works_on: Mapping[str, str]  # condition on the agent's number, by channel
    slots: Mapping[str, int]
    speed: tuple[float, ...]
    channels: Mapping[Pace, float]
    profile: tuple[float, tuple[tuple[float, float, float], ...]]  # base; height, middle, width of each peak
    email_waiting: float
    live_closes: float
    skills: tuple[float, ...]
    languages: tuple[float, ...]
    heats: Mapping[str, tuple[float, ...]]
    seen_shares: tuple[float, ...]  # of first messages at or above heat 1, 2, 3
    work: Mapping[str, float]
    work_cv: float
    work_by_heat: float
    work_by_proficiency: tuple[float, float]  # a − b · proficiency
    resolved: tuple[float, float]  # a + b · proficiency
    target: Mapping[str, float]
    grows: Mapping[str, float]
    patience: Mapping[str, float]
    hazard: float  # per degree of heat
    strain_half_life: float  # minutes
    strain_work: float
    strain_resolved: float
    same_agent_work: float
    later_work: float
    tries: int
    transfer_work: float
    drops_after: Mapping[str, float]  # minutes until the simple skill policy drops the skill
    facts: Mapping[str, Facts]
    standard: str


def read(text: str) -> Desk:
    """Return the desk of a file's text. Raises DeskFileError, which says what is missing."""
    try:
        tree = read_yaml(text)
        file = cast(dict[str, Any], _plain(tree))
        return _desk(file)
    except RuleErrors as errors:
        raise DeskFileError(f"The desk file cannot be read: {errors}") from errors
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise DeskFileError(
            f"The desk file cannot be read ({type(error).__name__}: {error}). "
            "Begin with router/simulation/desks/standard.yaml and change its numbers."
        ) from error


def holds(condition: str, number: int) -> bool:
    """Say whether `everyone`, `i mod 4 is not 3`, `i mod 10 in 1 4 7`, or several by `or`, holds for agent `number`."""
    if condition == "everyone":
        return True
    for part in condition.split(" or "):
        match = CONDITION.fullmatch(part)
        if match is None:
            raise ValueError(f"{condition!r} is none of: everyone, i mod N in A B C, i mod N is K, is not K, < K")
        rest, wanted = number % int(match[1]), [int(word) for word in match[3].split()]
        if {"in": rest in wanted, "is": rest == wanted[0], "is not": rest != wanted[0], "<": rest < wanted[0]}[
            match[2]
        ]:
            return True
    return False


def _desk(file: Mapping[str, Any]) -> Desk:
    agents, arrivals, tickets, customers = (file[key] for key in ("agents", "arrivals", "tickets", "customers"))
    work, hard, how = tickets["work"], file["hard_work"], file["mechanics"]
    proficiency = agents["proficiency"]
    by_heat = _numbers(tickets["work_factor"])
    profile = _numbers(arrivals["profile"])
    peaks = tuple((profile[n], -profile[n + 1], profile[n + 2]) for n in range(1, len(profile), 4))
    desk = Desk(
        days=int(file["days"]),
        day=float(file["day"]),
        agents=int(agents["count"]),
        shifts=tuple((float(a), float(b)) for a, b in agents["shifts"]),
        skills_each=tuple(agents["skills_each"]),
        proficiency={key: float(value) for key, value in proficiency.items()},
        speaks=tuple(agents["languages"].values()),
        works_on=agents["channels"],
        slots=agents["slots"],
        speed=tuple(map(float, agents["joint_speed"])),
        channels=arrivals["channels"],
        profile=(profile[0], peaks),
        email_waiting=float(arrivals["email_waiting_at_opening"]),
        live_closes=float(arrivals["live_closes_before_end"]),
        skills=tuple(tickets["skills"]),
        languages=tuple(tickets["languages"]),
        heats={key: tuple(shares) for key, shares in tickets["heat_at_arrival"].items()},
        seen_shares=_seen_shares(file["facts"]),
        work={pace: float(work[pace]) for pace in PACES},
        work_cv=float(work["cv"]),
        work_by_heat=by_heat[1],
        work_by_proficiency=(by_heat[2], -by_heat[3]),
        resolved=_pair(tickets["resolved"]),
        target=customers["target"],
        grows={pace: float(customers["heat_grows"][pace]) for pace in PACES},
        patience={pace: float(customers["patience"][pace]) for pace in PACES},
        hazard=_numbers(how["abandon"])[0],
        strain_half_life=float(hard["half_life"]),
        strain_work=float(hard["work"]),
        strain_resolved=float(hard["resolved"]),
        same_agent_work=float(how["same_agent_again"]["work"]),
        later_work=float(how["second_and_later_tries"]["work"]),
        tries=int(how["second_and_later_tries"]["most"]),
        transfer_work=float(how["transfer"]["work_until_then"]),
        drops_after=_drops_after(file["peers"]["skill_priority"]),
        facts=_facts(file["facts"]),
        standard=file["standard"],
    )
    for condition in (*desk.speaks, *desk.works_on.values()):
        holds(condition, 0)
    return desk


def _facts(file: Mapping[str, Any]) -> dict[str, Facts]:
    facts: dict[str, Facts] = {}
    for name, said in file.items():
        heat = said["heat"]
        noise = facts[heat.split()[1]].heat_noise if heat.startswith("as ") else _numbers(heat)[1]
        levels, offers = str(said["levels"]), said["offers"]
        shares: tuple[float, ...] = ()
        off = (0.0, 0.0)
        if levels != "exact":
            found = _numbers(levels[levels.index("shares") :])
            shares, off = tuple(found[:5]), (found[5] / 100, found[6] / 100)
        facts[name] = Facts(
            heat_noise=noise,
            heat_cut=not heat.startswith("round"),
            topic_misread=_numbers(str(said["topic_misread"]))[0],
            level_shares=shares,
            declared_off=off,
            offers=None if offers == "none" else _offers(offers),
        )
    return facts


def _offers(said: Mapping[str, Any]) -> Offers:
    quick, slow = said["accepted_after_s"]
    return Offers(said["declined"], said["lapsed"], (float(quick), float(slow)))


def _seen_shares(facts: Mapping[str, Any]) -> tuple[float, ...]:
    said = next(one["heat"] for one in facts.values() if "quantiles" in one["heat"])
    shares = _numbers(said[said.index("quantiles") :])
    return tuple(share / 100 for share in shares[:3])


def _drops_after(said: str) -> dict[str, float]:
    minutes = re.search(r"after ([\d.]+)/([\d.]+)/([\d.]+) min \(chat/social/email\)", said)
    if minutes is None:
        raise ValueError("skill_priority does not say: dropped after C/S/E min (chat/social/email)")
    return dict(zip(("chat", "social", "email"), map(float, minutes.groups()), strict=True))


def _pair(said: str) -> tuple[float, float]:
    first, second = _numbers(said)[:2]
    return first, second


def _numbers(said: str) -> Sequence[float]:
    """Return the numbers in a text, a sign before one being its own."""
    return [float(number.replace(" ", "")) for number in NUMBER.findall(re.sub(r"([-+]) (?=[\d.])", r"\1", said))]


def _plain(tree: Tree | None) -> Any:
    """Return a tree of the file as dictionaries, lists and values."""
    if isinstance(tree, Keys):
        return {key: _plain(value) for key, value in tree.entries.items()}
    if isinstance(tree, Items):
        return [_plain(item) for item in tree.items]
    return tree.value if isinstance(tree, Scalar) else None
