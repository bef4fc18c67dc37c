"""The plots of `simulate`, each a file that stands by itself."""

from collections.abc import Mapping

from router.reporting.plots import Plot, Series, bars, lines
from router.simulation.comparing import OURS, PEERS
from router.simulation.telling import Runs, mean_of

NAMES = {OURS: "best suited", "fifo_round_robin": "FIFO, round robin", "skill_priority": "skill and priority"}
SAYS = {
    "frustrated_p90": "Wait of the frustrated, 90th percentile, in targets",
    "others_p90": "Wait of the others, 90th percentile, in targets",
    "frustrated_p50": "Wait of the frustrated, median, in targets",
    "others_p50": "Wait of the others, median, in targets",
    "lost": "Lost customers, per cent",
    "resolution": "Resolved at first contact, per cent",
    "transfers": "Transfers, per 100 tickets",
    "in_time": "First answer in time, per cent",
    "gini": "Gini of hard work, per cent",
    "longest_run": "Longest difficult run, mean agent",
    "longest_run_worst": "Longest difficult run, worst agent",
}
PER_CENT = ("lost", "resolution", "transfers", "in_time", "gini")
COLOURS = ("#0b6e99", "#b5541c", "#6b6b6b")
STYLE = (
    "svg{background:#fff;font:11px system-ui,sans-serif;fill:#222}.axis,.grid{stroke:#ccc;fill:none}"
    "text{dominant-baseline:middle}.name,.tick{text-anchor:end}.label{text-anchor:middle}.first{text-anchor:start}"
    ".last{text-anchor:end}.series path{fill:none;stroke-width:2}.heading{font-weight:600;text-anchor:start}"
    ".key{text-anchor:start}"
)
HEAD = 40  # room for heading and key


def policies_plot(by_facts: Mapping[str, Runs], key: str) -> str:
    """Return bars: one measure of each policy, by what the router knows."""
    series = [Series(NAMES[name], [_value(runs, name, key) for runs in by_facts.values()]) for name in NAMES]
    labels = [f"facts {name}" for name in by_facts]
    return _alone(bars(Plot("policies", SAYS[key], _desc(labels, series), "count", labels, series, _say)), key)


def loads_plot(by_load: Mapping[float, Runs], key: str) -> str:
    """Return lines: one measure of each policy over the load."""
    series = [Series(NAMES[name], [_value(runs, name, key) for runs in by_load.values()]) for name in NAMES]
    labels = [f"{load:.0%}" for load in by_load]
    return _alone(lines(Plot("loads", SAYS[key], _desc(labels, series), "count", labels, series, _say)), key)


def _value(runs: Runs, policy: str, key: str) -> float:
    return mean_of(runs, policy, key) * (100 if key in PER_CENT else 1)


def _say(value: float) -> str:
    return f"{value:.3g}"


def _desc(labels: list[str], series: list[Series]) -> str:
    """Return the figures drawn, for whoever does not see them."""
    return "; ".join(
        f"{one.name}: " + ", ".join(f"{a} {_say(v or 0)}" for a, v in zip(labels, one.values, strict=True))
        for one in series
    )


def _alone(svg: str, key: str) -> str:
    """Return a plot of the pages as a file: with its colours, a heading, and what each colour means."""
    box = svg[svg.index('viewBox="') + 9 :]
    _, _, width, height = box[: box.index('"')].split()
    colours = "".join(
        f".s{n}.bar{{fill:{c}}}.s{n} path{{stroke:{c}}}.s{n} circle,.s{n} rect,.s{n} .point{{fill:{c}}}"
        for n, c in enumerate(COLOURS)
    )
    keys = "".join(
        f'<rect x="{10 + 135 * n}" y="24" width="10" height="10" fill="{COLOURS[n]}"/>'
        f'<text class="key" x="{24 + 135 * n}" y="29">{NAMES[name]}</text>'
        for n, name in enumerate((OURS, *PEERS))
    )
    heading = f'<text class="heading" x="10" y="12">{SAYS[key]}</text>{keys}<g transform="translate(0 {HEAD})">'
    begins = svg.index("</desc>") + len("</desc>")
    head = svg[:begins].replace(f'viewBox="0 0 {width} {height}"', f'viewBox="0 0 {width} {int(height) + HEAD}"')
    head = head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"{head}<style>{STYLE}{colours}</style>{heading}{svg[begins : -len('</svg>')]}</g></svg>\n"
