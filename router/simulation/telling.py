"""What a comparison of policies says, as values for programs and as a table for people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from router.simulation.comparing import LEVELS, OURS, RATIOS, against
from router.simulation.intervals import interval

Runs = Sequence[Mapping[str, Mapping[str, float]]]  # by seed: policy -> measure -> value
ROWS = (
    ("frustrated_p90", "frustrated, p90 of the wait ÷ theirs"),
    ("others_p90", "others, p90 of the wait ÷ theirs"),
    ("lost", "lost customers"),
    ("resolution", "resolved at first contact"),
    ("in_time", "first answer in time"),
    ("gini", "Gini of hard work"),
    ("longest_run", "longest difficult run, mean agent"),
    ("longest_run_worst", "longest difficult run, worst agent"),
)


def told(by_facts: Mapping[str, Runs]) -> dict[str, object]:
    """Return means and intervals: ours against each peer, and each policy by itself."""
    return {
        name: {
            "against": {
                peer: {key: asdict(got) for key, got in against(_of(runs, OURS), _of(runs, peer)).items()}
                for peer in _peers(runs)
            },
            "policies": {policy: _alone(_of(runs, policy)) for policy in (OURS, *_peers(runs))},
        }
        for name, runs in by_facts.items()
    }


def table(by_facts: Mapping[str, Runs]) -> list[str]:
    """Return a table: means with their 95 % intervals; waits as shares of the peer's, seed by seed."""
    lines = []
    for peer in _peers(next(iter(by_facts.values()))):
        lines.append(f"{'against ' + peer:<40}" + "".join(f"{name:>24}" for name in by_facts))
        found = {name: against(_of(runs, OURS), _of(runs, peer)) for name, runs in by_facts.items()}
        for key, said in ROWS:
            cells = (f"{got[key].mean:.3f} ({got[key].low:.3f}–{got[key].high:.3f})" for got in found.values())
            lines.append(f"{said:<40}" + "".join(f"{cell:>24}" for cell in cells))
            if key in ("lost", "resolution", "gini"):
                theirs = (f"{interval(_values(runs, peer, key)).mean:.3f}" for runs in by_facts.values())
                lines.append(f"{'  theirs':<40}" + "".join(f"{cell:>24}" for cell in theirs))
        lines.append("")
    return lines


def mean_of(runs: Runs, policy: str, key: str) -> float:
    """Return the mean of one measure of a policy over the seeds."""
    return interval(_values(runs, policy, key)).mean


def _peers(runs: Runs) -> list[str]:
    return [policy for policy in runs[0] if policy != OURS]


def _of(runs: Runs, policy: str) -> list[Mapping[str, float]]:
    return [run[policy] for run in runs]


def _values(runs: Runs, policy: str, key: str) -> list[float]:
    return [run[policy][key] for run in runs]


def _alone(measured: Sequence[Mapping[str, float]]) -> dict[str, object]:
    return {key: asdict(interval([one[key] for one in measured])) for key in (*RATIOS, *LEVELS)}
