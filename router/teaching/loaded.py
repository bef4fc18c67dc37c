"""What triage reads with for a brand: the versions that hold, each loaded once per process, since none ever changes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from router.store import taught
from router.store.db import Connection
from router.triage.calibration import Scale, load_scale
from router.triage.taught import Taught, load

T = TypeVar("T")

log = logging.getLogger(__name__)

MARK = "~"  # between the version of the packaged models and the number of what was taught
NONE: tuple[str | None, int] = (None, 0)
MOST = 100  # versions kept in memory; a model of 40 intents takes about 1 MB


@dataclass(frozen=True, slots=True)
class Holding:
    """The versions that hold; None: triage reads as it came."""

    taught: Taught | None
    scale: Scale | None
    mark: str  # ends the version of a reading


AS_IT_CAME = Holding(None, None, "")


@dataclass(slots=True)
class _Process:
    """What this process has loaded; None for what it cannot read."""

    models: dict[str, Taught | None] = field(default_factory=dict)
    scales: dict[str, Scale | None] = field(default_factory=dict)


_process = _Process()


def holding(db: Connection, brand_id: str) -> Holding:
    """Return what triage reads with for a brand."""
    live = taught.live(db, brand_id)
    (model_id, number), (scale_id, _) = live.get("intents", NONE), live.get("scale", NONE)
    return Holding(
        taught=_once(_process.models, load, db, model_id),
        scale=_once(_process.scales, load_scale, db, scale_id),
        mark=f"{MARK}{number}" if model_id else "",
    )


def _once(loaded: dict[str, T | None], read: Callable[[str], T], db: Connection, version_id: str | None) -> T | None:
    if version_id is None:
        return None
    if version_id not in loaded:
        if len(loaded) >= MOST:
            loaded.clear()
        source = taught.payload(db, version_id)
        try:
            loaded[version_id] = read(source) if source else None
        except ValueError as error:  # of a later release: messages are read as Heed came, rather than not at all
            log.error("the taught version %s cannot be read and is not used: %s", version_id, error)
            loaded[version_id] = None
    return loaded[version_id]
