"""`sample`: the sample desk, through the webhooks of the running web process."""

from argparse import ArgumentParser, Namespace

from router import sample as samples
from router.cli.opening import opened, tell


def sample(parser: ArgumentParser) -> None:
    """Load the sample desk."""
    parser.epilog = "Example: python -m router sample\n\nThe desk must run (make run) and be empty."
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_load)


def _load(asked: Namespace) -> int:
    with opened() as heed:
        loaded = samples.load(heed, say=(lambda _: None) if asked.json else print)
    text = f"The sample desk is there, with {loaded.done} messages: {heed.config.public_url}"
    tell({"state": loaded.state, "messages": loaded.done}, text, as_json=asked.json)
    return 0
