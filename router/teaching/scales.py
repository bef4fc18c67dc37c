"""The scale of frustration follows a brand's own readings and its agents' clicks, a small step a day.

A new scale is published by itself where the clicks say that it holds: of the messages agents confirmed or dismissed, it
shows no fewer on the right side of the first cut than the scale before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from router.app import Heed
from router.notify import Change
from router.store import desk, felt, taught
from router.store.felt import FeltRow
from router.teaching.loaded import MARK, holding
from router.teaching.making import HEED
from router.triage.calibration import AS_WRITTEN, Group, Label, Scale, fit, load_scale
from router.triage.corrections import DISMISSED
from router.triage.moods import ANCHORS, CUTS

EVERY = timedelta(days=1)
LOOKED_BACK = timedelta(days=60)
COMMENT = "Follows this desk's readings and clicks"


def recalculate_due(heed: Heed, now: datetime) -> None:
    """Recalculate the scale of every brand whose mood is on, at most once a day each."""
    with heed.database.read() as db:
        due = [
            brand.id
            for brand in desk.brands(db)
            if brand.mood_on and _since(desk.setting(db, _setting(brand.id)), now) >= EVERY
        ]
    for brand_id in due:
        recalculate(heed, brand_id, now)


def recalculate(heed: Heed, brand_id: str, now: datetime) -> int | None:
    """Fit a brand's scale anew and publish it if it holds; return its number, None if the one before stays."""
    with heed.database.read() as db:
        before = holding(db, brand_id).scale or AS_WRITTEN
        scales = _by_mark(felt.scales(db, brand_id))
        recent, clicks = felt.recent(db, brand_id, now - LOOKED_BACK), felt.clicks(db, brand_id)
    labels = [
        Label(one.pace, one.language, points, one.said != DISMISSED)
        for one in clicks
        if (points := points_of(one, scales)) is not None
    ]
    seen: dict[Group, list[float]] = {}
    for one in recent:
        if (points := points_of(one, scales)) is not None:
            seen.setdefault((one.pace, one.language), []).append(points)
    found = fit(labels, seen, before)
    was, becomes = right(labels, before), right(labels, found)
    with heed.database.write() as db:
        taught.lock(db, brand_id)
        desk.put_setting(db, _setting(brand_id), now.isoformat())
        if found.dump() == before.dump():
            return None
        row = taught.ask(db, brand_id, "scale", HEED, now)
        figures = {"clicks": len(labels), "recent": sum(map(len, seen.values())), "old": was, "new": becomes}
        holds = becomes >= was
        taught.made(db, row.id, "ready" if holds else "worse", now, loads=found.dump(), figures=figures)
        if holds:
            taught.hold(db, brand_id, "scale", row.id, HEED, COMMENT, now)
    if not holds:
        return None
    heed.notifier.publish([Change(kind="desk", brand=brand_id)])
    return row.number


def points_of(one: FeltRow, scales: dict[str, Scale]) -> float | None:
    """Return the points that the model gave, before the scale that showed them; None if that scale is not known."""
    mark = one.version.partition(MARK)[0].partition("+")[2]
    scale = scales.get(mark) if mark else AS_WRITTEN
    return scale.points(one.pace, one.language, one.calm) if scale else None


def right(labels: Sequence[Label], scale: Scale) -> int:
    """Return how many clicks a scale agrees with: frustrated from the first cut on, calm below it."""
    return sum(
        (scale.shown(one.pace, one.language, one.points) >= CUTS.get(one.pace, ANCHORS)[0]) == one.is_frustrated
        for one in labels
    )


def _by_mark(sources: Sequence[str]) -> dict[str, Scale]:
    found = {}
    for source in sources:
        try:
            scale = load_scale(source)
        except ValueError:  # of a later release: what it showed cannot be taken back
            continue
        found[scale.mark] = scale
    return found


def _setting(brand_id: str) -> str:
    return f"scale looked at {brand_id}"


def _since(stored: str, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(stored) if stored else EVERY
