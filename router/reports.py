"""Reports: what the desk did over a period, by group, beside the period before; and to each agent their own alone.

Nothing here names an agent to anybody else. What is asked of another brand's queue is not there.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from router.app import Heed
from router.desk.errors import NotFound
from router.model import Scope
from router.reporting.cells import as_csv, cells_of
from router.reporting.figures import MEASURES, SECTIONS, Figure, Tally, figures, together
from router.reporting.periods import Period
from router.store import desk
from router.store.db import Connection
from router.store.desk import Brand
from router.store.views import reports as rows
from router.store.views.reports import Asked, Split

SPLITS: tuple[Split, ...] = ("day", "queue", "channel", "brand", "language")
OWN = ("first_p50", "first_p90", "next_p50", "next_p90", "kept", "sent", "satisfied", "answered")  # seen by each agent


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a report about."""

    period: Period
    split: Split = "day"
    brand: str | None = None
    queue: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One row: a day (its ISO date), a queue, a channel, a brand or a language."""

    key: str
    name: str  # as the desk named it; days, channels and languages are named by who shows them
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of a period by group, all together, and all together in the period before."""

    wish: Wish
    groups: tuple[Group, ...]
    total: Mapping[str, Figure]
    before: Mapping[str, Figure]
    sections: tuple[str, ...]  # without moods where no brand has them switched on
    moods_of: int  # the moods of one conversation in so many were read
    brands: tuple[Brand, ...]  # to choose from
    queues: Mapping[str, str]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Own:
    """An agent's own figures, and those of the period before."""

    period: Period
    figures: Mapping[str, Figure]
    before: Mapping[str, Figure]


def report(heed: Heed, scope: Scope, wish: Wish) -> Report:
    """Return a report over the brands of whoever asks. Raises NotFound for another brand or its queue."""
    with heed.database.read() as db:
        seen = desk.brands_seen_by(db, scope)
        chosen = [brand for brand in seen if wish.brand in (None, brand.id)]
        queues = rows.queue_names(db, frozenset(brand.id for brand in chosen))
        if (wish.brand and not chosen) or (wish.queue and wish.queue not in queues):
            raise NotFound("There is no such brand or queue.")
        everywhere = len(chosen) == len(desk.brands(db))
        now, moods_of = _tallies(db, _asked(wish, wish.period, chosen, wish.split, everywhere=everywhere))
        before, _ = _tallies(db, _asked(wish, wish.period.before(), chosen, "none", everywhere=everywhere))
        channels = rows.channels(db, frozenset(brand.id for brand in seen))
    sections = tuple(s for s in SECTIONS if s != "mood" or any(brand.mood_on for brand in chosen))
    names = queues if wish.split == "queue" else {brand.id: brand.name for brand in seen}
    return Report(
        wish=wish,
        groups=tuple(_groups(wish, now, names, sections)),
        total=figures(together(now.values()), sections),
        before=figures(together(before.values()), sections),
        sections=sections,
        moods_of=moods_of,
        brands=tuple(seen),
        queues=queues,
        channels=tuple(channels),
    )


def mine(heed: Heed, scope: Scope, period: Period) -> Own:
    """Return an agent's own waits, answers and the customers' word on their tickets; nobody else's."""
    assert scope.agent is not None
    with heed.database.read() as db:
        now, before = (_own(db, scope.agent, one) for one in (period, period.before()))
    told, of_before = figures(now), figures(before)
    return Own(period, {key: told[key] for key in OWN}, {key: of_before[key] for key in OWN})


def as_file(found: Report) -> tuple[str, str]:
    """Return a report as CSV and the file's name: the rows shown, then all together, then the period before."""
    period = found.wish.period
    measures = [measure for measure in MEASURES if measure.section in found.sections]
    head: list[str] = [found.wish.split]
    for measure in measures:
        unit = "_s" if measure.kind == "seconds" else ""
        head.append(f"{measure.key}{unit}")
        if measure.kind != "count":
            head += [f"{measure.key}_low{unit}", f"{measure.key}_high{unit}", f"{measure.key}_cases"]
    lines = [(group.name, group.figures) for group in found.groups]
    lines += [("all", found.total), ("all, period before", found.before)]
    table = [[name, *(cell for m in measures for cell in cells_of(of[m.key]))] for name, of in lines]
    return as_csv([head, *table]), f"heed-report-{period.first}-to-{period.last}-by-{found.wish.split}.csv"


def _asked(wish: Wish, period: Period, brands: Collection[Brand], split: Split, *, everywhere: bool) -> Asked:
    from_days = [Period(day, day, period.zone, period.until).start for day in period.days]
    return Asked(
        brands=frozenset(brand.id for brand in brands),
        start=period.start,
        end=period.end,
        split=split,
        days=from_days,
        queue=wish.queue,
        channel=wish.channel,
        everywhere=everywhere,
    )


def _tallies(db: Connection, asked: Asked) -> tuple[dict[object, Tally], int]:
    found: dict[object, Tally] = defaultdict(Tally)
    for key, kind, kept, listed in rows.waits(db, asked):
        _waits(found[key], kind, [float(one) for one in listed.split(",")], kept)
    for key, count in rows.broken(db, asked):
        found[key].broken += count
    for key, count in rows.opened(db, asked):
        found[key].opened += count
    for key, count in rows.resolved(db, asked):
        found[key].resolved += count
    for key, kind, count in rows.again(db, asked):
        setattr(found[key], kind, getattr(found[key], kind) + count)
    for key, direction, count in rows.said(db, asked):
        name = "received" if direction == "inbound" else "sent"
        setattr(found[key], name, getattr(found[key], name) + count)
    moods, every = rows.moods(db, asked)
    for key, first, last in moods:
        found[key].moods.append((first, last))
    for key, score in rows.answers(db, asked):
        _answer(found[key], score)
    return found, every


def _own(db: Connection, agent_id: str, period: Period) -> Tally:
    tally = Tally()
    for kind, waited, kept in rows.mine_waits(db, agent_id, period.start, period.end):
        _waits(tally, kind, [waited], int(kept))
    tally.sent = rows.mine_sent(db, agent_id, period.start, period.end)
    for score in rows.mine_scores(db, agent_id, period.start, period.end):
        _answer(tally, score)
    return tally


def _waits(tally: Tally, kind: str, waited: list[float], kept: int) -> None:
    if kind == "first_answer":
        tally.first += waited
    elif kind == "next_answer":
        tally.later += waited
    tally.kept += kept
    tally.broken += len(waited) - kept


def _answer(tally: Tally, score: int | None) -> None:
    if score is None:
        tally.asked += 1
    else:
        tally.scores.append(score)


def _groups(
    wish: Wish, tallies: Mapping[object, Tally], names: Mapping[str, str], sections: Sequence[str]
) -> list[Group]:
    """Return the rows: every day in order, even an empty one; else the groups with most new tickets first."""
    if wish.split == "day":
        days = wish.period.days
        return [
            Group(day.isoformat(), day.isoformat(), figures(tallies.get(number, Tally()), sections))
            for number, day in enumerate(days)
        ]
    ordered = sorted(tallies.items(), key=lambda one: (-one[1].opened, -one[1].received, str(one[0])))
    return [Group(str(key), names.get(str(key), str(key)), figures(tally, sections)) for key, tally in ordered]
