"""`triage`: texts read without a desk; models trained, compared and measured."""

import gzip
import io
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from channels import CHANNELS, adapter
from channels.types import Pace
from router.mistakes import Mistake
from router.triage import command, preload, weights
from router.triage.evaluating import evaluate
from router.triage.moods import CUTS
from router.triage.tables import tables

GZIP = b"\x1f\x8b"  # how a gzipped file begins
STDIN = Path("-")

READS = """Example: echo '{"text": "Where is my order?"}' | python -m router triage --explain

Lines in:  {"text", "history"?: ["earlier message", …], "channel"?: "webchat"}
Lines out: frustration 0–100, sentiment −1 … 1, urgency 0–100, intent (key of 32), intent_confidence 0–1,
           language (BCP 47), cues (keys), evidence [{"start", "end", "cue"}] in characters of the text;
           "read": false where the language has no measured figure. A line that cannot be read gives "error"."""

EVALUATES = """Example: python -m router triage evaluate labelled.jsonl.gz --json

One object a line: {"text", "label"?: 1 frustrated or 0, "intent"?, "lang"?, "channel"?}. FILE may be gzipped; - reads
from standard input. What is labelled is measured; TextBlob and the length of the text are ranked beside the model."""

MOODS = """Example: python -m router triage moods talks.jsonl --generated 300

One conversation a line: {"messages": ["text", …], "hot_at"?: 2, "leaves_at"?: 3, "pace"?: "chat", "part"?: "held",
"silences_h"?: [null, 48]}, moments being the number of the message at which a person calls it hot, and in which the
customer leaves, and silences the hours since our answer, null where they wrote in between."""


def triage(parser: ArgumentParser) -> None:
    """Read lines; train and evaluate models."""
    parser.epilog = READS
    parser.add_argument("--explain", action="store_true", help="add further figures and, in plain words, why")
    parser.add_argument("--models", type=Path, metavar="DIR", help="read with what `train --out DIR` wrote")
    parser.set_defaults(run=_read)
    acts = parser.add_subparsers(metavar="evaluate|train|crosscheck|fairness|moods")
    measured = acts.add_parser(
        "evaluate", help="print figures over a labelled file", formatter_class=RawDescriptionHelpFormatter
    )
    measured.epilog = EVALUATES
    measured.add_argument("file", type=Path, metavar="FILE")
    measured.add_argument("--json", action="store_true", help="the same figures for programs")
    measured.add_argument("--models", type=Path, metavar="DIR", help="measure what `train --out DIR` wrote")
    measured.set_defaults(run=_evaluate)
    train = acts.add_parser("train", help="train the models from data, the same each time")
    train.epilog = "Example: python -m router triage train --data data/"
    train.add_argument("--data", type=Path, required=True, metavar="DIR", help="as docs/triage.md describes it")
    train.add_argument("--out", type=Path, metavar="DIR", help="default: where this program reads its models")
    train.set_defaults(run=_train)
    checked = acts.add_parser("crosscheck", help="leave one source out, train on the rest, measure on it")
    checked.epilog = "Example: python -m router triage crosscheck --data data/"
    checked.add_argument("--data", type=Path, required=True, metavar="DIR", help="as docs/triage.md describes it")
    checked.set_defaults(run=_crosscheck)
    fair = acts.add_parser("fairness", help="print whom the readings favour")
    fair.epilog = "Example: python -m router triage fairness --json"
    fair.add_argument("--json", action="store_true", help="the same figures for programs")
    fair.set_defaults(run=_fairness)
    moods = acts.add_parser(
        "moods", help="print how early the mood calls talks hot", formatter_class=RawDescriptionHelpFormatter
    )
    moods.epilog = MOODS
    moods.add_argument("file", type=Path, metavar="FILE", help="may be gzipped; - reads from standard input")
    moods.add_argument("--generated", type=int, default=0, metavar="N", help="and N conversations made up")
    moods.add_argument("--seed", type=int, default=1, metavar="N", help="of those (1)")
    moods.add_argument("--json", action="store_true", help="the same figures for programs")
    moods.set_defaults(run=_moods)


@cache
def pace_of(channel: str) -> Pace:
    """Return how fast people expect an answer on a channel; a pace stands for itself, anything else is mail."""
    if channel in CUTS:
        return cast(Pace, channel)
    return adapter(channel).INFO.pace if channel in CHANNELS else "email"


def _read(asked: Namespace) -> int:
    _load(asked.models)
    for line in command.run(_utf8(sys.stdin), pace_of=pace_of, explain=asked.explain):
        print(line, flush=True)
    return 0


def _evaluate(asked: Namespace) -> int:
    name = "standard input" if asked.file == STDIN else asked.file.name
    with _lines(asked.file) as lines:
        _load(asked.models)
        try:
            found = evaluate(lines, name, pace_of)
        except (ValueError, EOFError, gzip.BadGzipFile) as error:
            raise Mistake(str(error)) from error
    print(found.as_json() if asked.json else tables(found))
    return 0


def _train(asked: Namespace) -> int:
    # imported here: reading a line should not wait for what training needs
    from router.triage import train

    print(train.train(_folder(asked.data), asked.out or Path(command.__file__).parent / "data"))
    return 0


def _crosscheck(asked: Namespace) -> int:
    # imported here: reading a line should not wait for what training needs
    from router.triage import crosscheck

    data = _folder(asked.data)
    print(f"Frustration, AUC\n{crosscheck.cross_check(data)}\n")
    print(f"Intents, share told\n{crosscheck.cross_check_intents(data)}")
    return 0


def _fairness(asked: Namespace) -> int:
    # imported here: reading a line should not wait for what measuring needs
    from router.triage import fairness

    preload()
    found = fairness.measure()
    print(found.as_json() if asked.json else found)
    return 0


def _moods(asked: Namespace) -> int:
    # imported here: reading a line should not wait for what measuring needs
    from router.triage import alarms

    with _lines(asked.file) as lines:
        preload()
        try:
            talks = [alarms.conversation(line, number) for number, line in enumerate(lines, 1) if line.strip()]
        except (ValueError, EOFError, gzip.BadGzipFile) as error:
            raise Mistake(str(error)) from error
    found = alarms.measure([*talks, *alarms.generated(asked.generated, asked.seed)])
    print(alarms.as_json(found) if asked.json else alarms.table(found))
    return 0


def _load(models: Path | None) -> None:
    if models is not None:
        weights.read_from(models)
    preload()


def _folder(path: Path) -> Path:
    if not (path / "sentiment").is_dir():
        raise Mistake(f"There is no folder {path / 'sentiment'}: name the folder of docs/triage.md, “Data”.")
    return path


@contextmanager
def _lines(path: Path) -> Iterator[TextIO]:
    """Yield the lines of a file, unpacked if it is gzipped; `-` is standard input."""
    if path == STDIN:
        yield _utf8(sys.stdin)
        return
    with path.open("rb") as file:
        packed = file.peek(2)[:2] == GZIP
        unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=file) if packed else file)
        with io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="replace") as lines:
            yield lines


def _utf8(stream: TextIO) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8-sig", errors="replace")
    return stream
