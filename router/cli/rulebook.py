"""`rules`: checked, tried on a text, published, exported. The exit code says whether they hold."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from router import equipping, publishing
from router.accounts import COMMAND
from router.cli import backtesting
from router.cli.opening import now, opened, tell
from router.mistakes import Mistake
from router.model import SYSTEM
from rules.errors import RuleErrors
from rules.examples import Read
from rules.explain import trace_in_words
from rules.values import FactValue


def rules(parser: ArgumentParser) -> None:
    """Check, try, back-test, publish, roll back, export."""
    parser.epilog = "Example: python -m router rules check rules.yaml"
    acts = parser.add_subparsers(required=True, metavar="check|test|try|backtest|publish|rollback|export")
    for name, says in (("check", "say what is wrong, and run the examples"), ("test", "run the examples")):
        check = acts.add_parser(name, help=says, epilog=f"Example: python -m router rules {name} rules.yaml")
        check.add_argument("file", type=Path, metavar="FILE")
        check.add_argument("--brand", metavar="KEY")
        check.add_argument("--json", action="store_true")
        check.set_defaults(run=_check)
    attempt = acts.add_parser("try", help="show what rules make of one message")
    attempt.epilog = (
        'Example: python -m router rules try rules.yaml --text "Third time I ask!" --fact channel=email\n'
        "A value is read as JSON where it can be, so that 3 is a number."
    )
    attempt.add_argument("file", type=Path, nargs="?", metavar="FILE", help="default: the live rules")
    attempt.add_argument("--text", default="", help="what the customer wrote")
    attempt.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="again for each")
    attempt.add_argument("--brand", metavar="KEY", help="read the text with what this brand taught")
    attempt.add_argument("--json", action="store_true")
    attempt.set_defaults(run=_try)
    backtesting.add(acts, _source)
    publish = acts.add_parser("publish", help="make them live")
    publish.epilog = 'Example: python -m router rules publish rules.yaml --comment "Refunds to Billing"'
    publish.add_argument("file", type=Path, metavar="FILE")
    publish.add_argument("--comment", default="", help="needed: what changed and why, for those who come after")
    publish.add_argument("--brand", metavar="KEY")
    publish.set_defaults(run=_publish)
    back = acts.add_parser("rollback", help="make an earlier version live again")
    back.epilog = "Example: python -m router rules rollback 3"
    back.add_argument("number", type=int, metavar="VERSION")
    back.add_argument("--brand", metavar="KEY")
    back.set_defaults(run=_rollback)
    export = acts.add_parser("export", help="print the live rules as YAML")
    export.epilog = "Example: python -m router rules export > rules.yaml"
    export.add_argument("--brand", metavar="KEY")
    export.set_defaults(run=_export)


def _check(asked: Namespace) -> int:
    with opened() as heed:
        found = publishing.checked(heed, equipping.brand_named(heed, asked.brand), _source(asked.file))
    told = {
        "holds": found.holds,
        "findings": [{"severity": f.severity, "line": f.line, "says": str(f)} for f in found.findings],
        "failures": list(found.failures),
    }
    lines = [*(str(finding) for finding in found.findings), *(f"example: {failure}" for failure in found.failures)]
    tell(told, "\n".join([*lines, "They hold." if found.holds else "They do not hold."]), as_json=asked.json)
    return 0 if found.holds else 1


def _try(asked: Namespace) -> int:
    source = None if asked.file is None else _source(asked.file)
    read: Read = publishing.read_text
    if source is None or asked.brand:
        with opened() as heed:
            brand_id = equipping.brand_named(heed, asked.brand)
            source = publishing.live_source(heed, brand_id) if source is None else source
            with heed.database.read() as db:
                read = publishing.reader(db, brand_id)
    facts = _facts(asked.fact)
    if asked.text:
        facts["text"] = asked.text
    try:
        _, outcome = publishing.try_on(source, facts, read(facts))
    except RuleErrors as wrong:
        raise Mistake(str(wrong)) from wrong
    sentences = trace_in_words(outcome)
    matched = [trace.rule for trace in outcome.trace if trace.matched]
    tell({"rules": matched, "trace": sentences}, "\n".join(sentences) or "There are no rules.", as_json=asked.json)
    return 0


def _publish(asked: Namespace) -> int:
    with opened() as heed:
        brand_id = equipping.brand_named(heed, asked.brand)
        source = _source(asked.file)
        number, found = publishing.publish(heed, COMMAND, SYSTEM, brand_id, source, asked.comment, now())
    for finding in found.findings:
        print(finding)
    print(f"Version {number} is live.")
    return 0


def _rollback(asked: Namespace) -> int:
    with opened() as heed:
        brand_id = equipping.brand_named(heed, asked.brand)
        number, found = publishing.rollback(heed, COMMAND, SYSTEM, brand_id, asked.number, now())
    for refusal in found.refusals:
        print(refusal)
    print(f"Version {number} is live; it is version {asked.number} again.")
    return 0


def _export(asked: Namespace) -> int:
    with opened() as heed:
        print(publishing.live_source(heed, equipping.brand_named(heed, asked.brand)), end="")
    return 0


def _source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Mistake(f"{path.name} is no UTF-8 text: save it as UTF-8.") from error


def _facts(pairs: Sequence[str]) -> dict[str, FactValue]:
    found: dict[str, FactValue] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Mistake(f"--fact needs NAME=VALUE; found “{name[:40]}” without “=”.")
        try:
            read = json.loads(value)
        except ValueError:
            read = value
        found[name] = frozenset(str(one) for one in read) if isinstance(read, list) else read
    return found
