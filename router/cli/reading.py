"""`triage` and `ingest`: texts read without a desk, and files taken in as if they had been posted."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from router import connecting, posting
from router.cli.opening import now, opened
from router.mistakes import Mistake
from router.triage import command


def triage(parser: ArgumentParser) -> None:
    """Read lines; train and evaluate models."""
    parser.epilog = """Example: echo '{"text": "Where is my order?"}' | python -m router triage --explain

Lines in: {"text", "history"?: […]}. Lines out: frustration, sentiment, urgency, intent, intent_confidence, language,
cues, evidence."""
    parser.add_argument("--explain", action="store_true", help="add the words behind each score")
    parser.set_defaults(run=_read)
    acts = parser.add_subparsers(metavar="train|evaluate")
    train = acts.add_parser("train", help="train the models from data, the same each time")
    train.epilog = "Example: python -m router triage train --data data/"
    train.add_argument("--data", type=Path, required=True, metavar="DIR")
    train.add_argument("--out", type=Path, metavar="DIR", help="default: where this program reads its models")
    train.set_defaults(run=_train)
    evaluate = acts.add_parser("evaluate", help="print figures over a labelled file")
    evaluate.epilog = "Example: python -m router triage evaluate labelled.jsonl --json"
    evaluate.add_argument("file", type=Path, metavar="FILE")
    evaluate.add_argument("--json", action="store_true")
    evaluate.set_defaults(run=_evaluate)


def ingest(parser: ArgumentParser) -> None:
    """Take files in."""
    parser.epilog = "Example: python -m router ingest --connection KEY old.mbox letter.eml"
    parser.add_argument("--connection", required=True, metavar="KEY", help="of the connection they belong to")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help=".eml, mbox, or JSON of the channel's form")
    parser.set_defaults(run=_ingest)


def _read(asked: Namespace) -> int:
    for line in command.run(sys.stdin, explain=asked.explain):
        print(line, flush=True)
    return 0


def _train(asked: Namespace) -> int:
    # imported here: reading a line should not wait for what training needs
    from router.triage import train

    print(train.train(asked.data, asked.out or Path(command.__file__).parent / "data"))
    return 0


def _evaluate(asked: Namespace) -> int:
    try:
        found = command.evaluate(asked.file)
    except ValueError as error:
        raise Mistake(str(error)) from error
    print(found.as_json() if asked.json else found.table())
    return 0


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
