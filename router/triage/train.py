"""Train the packaged weights from a data folder: `python -m router triage train --data DIR`.

Runs on a developer's machine, never in the desk. The same data give the same files on the same machine. What the data
folder must hold is said in docs/triage.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from threadpoolctl import threadpool_limits

from router.triage.train_frustration import train_frustration
from router.triage.train_intent import train_intent
from router.triage.train_language import train_language


@dataclass(frozen=True, slots=True)
class Report:
    """What training reached on rows it had not seen."""

    figures: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return one line for each figure."""
        return "\n".join(f"{name:48} {value:8.4f}" for name, value in self.figures.items())


def train(data_dir: Path, out_dir: Path) -> Report:
    """Write every weight file to `out_dir` and return the figures on dev rows and on the challenge."""
    threadpool_limits(1, user_api="blas")  # several threads add up in another order, and so to other last digits
    figures: dict[str, float] = {}
    figures |= train_frustration(data_dir, out_dir)
    figures |= train_language(data_dir, out_dir)
    figures |= train_intent(data_dir, out_dir)
    return Report(figures)
