"""`ingest`: files taken in as if they had been posted."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from router import connecting, posting
from router.cli.opening import now, opened


def ingest(parser: ArgumentParser) -> None:
    """Take files in."""
    parser.epilog = "Example: python -m router ingest --connection KEY old.mbox letter.eml"
    parser.add_argument("--connection", required=True, metavar="KEY", help="of the connection they belong to")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help=".eml, mbox, or JSON of the channel's form")
    parser.set_defaults(run=_ingest)


def _ingest(asked: Namespace) -> int:
    with opened() as heed:
        row = connecting.by_key(heed, asked.connection)
        stored, refused = 0, []
        for path in asked.files:
            for name, body in posting.deliveries_in(path):
                trouble = posting.post(heed, row, body, now())
                stored += not trouble
                refused += [f"{name}: {trouble}"] if trouble else []
    for line in refused:
        print(line, file=sys.stderr)
    print(f"{stored} taken in, {len(refused)} refused. They become tickets as soon as a worker runs.")
    return 1 if refused else 0
