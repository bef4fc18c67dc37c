"""`sample`: a desk to look at, whose messages come in through the real webhooks."""

from argparse import ArgumentParser, Namespace

from router import sample as sample_desk
from router.cli.opening import now, opened


def sample(parser: ArgumentParser) -> None:
    """Fill an empty desk."""
    parser.epilog = "Example: python -m router sample"
    parser.set_defaults(run=_sample)


def _sample(_asked: Namespace) -> int:
    with opened() as heed:
        print(sample_desk.load(heed, now()))
    return 0
