"""New words of a mail: our scanner against the libraries that do the same, on our written cases and on hostile texts.

The libraries are no dependency of ours, not even for development: each that is installed is compared with, at least one
must be. `pip install --target /tmp/peers talon` and `PYTHONPATH=/tmp/peers` keep them apart from what Heed runs on.
"""

import sys
import time
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

from bench.harness import show
from channels.email.quotes import new_words
from tests.channels.email.quotes_cases import CASES

GOAL_MS = 100.0  # CPU of a hostile megabyte
LONG = 1_000_000  # characters, for us
SHORT = 2_000  # characters, for all: the libraries take minutes for more
HOSTILE = ("On ", "\n ", "From: a\n", "> ", "-- \n", "x", ">", "On 1 a@b\n", "12:30 <a@b>\n", "wrote:\n", "İ")

Extract = Callable[[str], str]


def main() -> int:
    """Print two tables and return 0 if no library is more often right and no hostile text takes too long."""
    peers = _peers()
    if not peers:
        print("No library to compare with is installed. See the top of bench/quotes.py for how to add talon.")
        return 1
    sides: dict[str, Extract] = {"Heed": new_words, **peers}
    right = {name: sum(_same(extract(case.text), case.new) for case in CASES) for name, extract in sides.items()}
    kept = {name: sum(_begins(extract(case.text), case.new) for case in CASES) for name, extract in sides.items()}
    took = {name: _cpu_ms(extract, *(case.text for case in CASES)) for name, extract in sides.items()}
    rows = [
        [name, right[name], f"{right[name] / len(CASES):.0%}", kept[name], took[name] / len(CASES)] for name in sides
    ]
    ours = {piece: _cpu_ms(new_words, _repeated(piece, LONG)) for piece in HOSTILE}
    hostile = [
        [repr(piece), ours[piece], *(_cpu_ms(extract, _repeated(piece, SHORT)) for extract in sides.values())]
        for piece in HOSTILE
    ]
    holds = right["Heed"] >= max(right[name] for name in peers) and max(ours.values()) < GOAL_MS
    show(
        f"New words of {len(CASES)} mails",
        ["", "right", "of all", "beginning kept", "ms CPU a mail"],
        rows,
        {"right": right, "kept": kept, "cpu_ms": took, "holds": holds},
    )
    show(
        f"Hostile texts, ms CPU, goal under {GOAL_MS:.0f} for a megabyte",
        ["repeated", "Heed, 1 MB", *(f"{name}, {SHORT // 1000} KB" for name in sides)],
        hostile,
        {"hostile_ms": ours},
    )
    return 0 if holds else 1


def _peers() -> Mapping[str, Extract]:
    """Return the libraries that are installed, each as a function of the text."""
    found: dict[str, Extract] = {}
    if talon := _installed("talon"):
        talon.init()
        quotations = import_module("talon.quotations")
        signature = import_module("talon.signature.bruteforce")
        found["talon"] = lambda text: str(quotations.extract_from_plain(text))
        found["talon, signature"] = lambda text: str(
            signature.extract_signature(quotations.extract_from_plain(text))[0]
        )
    if parser := _installed("email_reply_parser"):
        found["email-reply-parser"] = lambda text: str(parser.EmailReplyParser.parse_reply(text))
    if quail := _installed("quotequail"):
        found["quotequail"] = lambda text: str((quail.unwrap(text) or {"text_top": text}).get("text_top") or "")
    return found


def _installed(name: str) -> ModuleType | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(name)
    except ImportError:
        return None


def _words(text: str) -> list[str]:
    return text.split()


def _same(found: str, new: str) -> bool:
    return _words(found) == _words(new)


def _begins(found: str, new: str) -> bool:
    first = _words(new)[:5]
    return _words(found)[: len(first)] == first


def _repeated(piece: str, length: int) -> str:
    return piece * (length // len(piece))


def _cpu_ms(extract: Extract, *texts: str) -> float:
    begin = time.process_time()
    for text in texts:
        extract(text)
    return (time.process_time() - begin) * 1000


if __name__ == "__main__":
    sys.exit(main())
