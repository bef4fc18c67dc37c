"""One log for all processes: a line of JSON for machines, a plain line for a person, and nothing private in either.

Contract: callers log ids and facts, never text, addresses or secrets (SECURITY.md). The scrubber is the second net, for
what libraries say.
"""

import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime

import re2

from router.parent import SUPERVISED

MAX_CHARS = 4000  # of one record; longer ones are cut before anything looks at them
OUR_PACKAGES = ("channels.", "rules.", "router.")  # their errors keep what they say; others may quote a customer
HANDLED = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}

SCRUBBED = tuple(
    (re2.compile(pattern), instead)
    for pattern, instead in (
        # what it looks like; what is written instead
        (r"(/(?:hooks|lent|chat|sign-in|login|reset|invite)/)[^\s\"'<>?#]+", r"\1***"),
        (r"(://)[^\s/@\"']+@", r"\1***@"),
        (r"(https?://[^\s\"'<>?]+\?)[^\s\"'<>]+", r"\1***"),
        (r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{12,}", r"\1 ***"),
        (r"(?i)(token|secret|password|api[_-]?key|signature)(\"?'?\s*[=:]\s*\"?'?)[^\s\"',;&]+", r"\1\2***"),
        (r"\d{6,12}:[A-Za-z0-9_-]{30,}", "*** bot token ***"),
        (r"[A-Za-z0-9._%+=-]+@[A-Za-z0-9.-]+", "*** address ***"),
        (r"\b(?:\d[ -]?){13,19}\b", "*** digits ***"),
        (r"\b[A-Za-z0-9_-]{40,}\b", "***"),
    )
)


def configure(level: str, *, as_json: bool | None = None) -> None:
    """Send everything to stderr; as JSON unless a person looks at it (a terminal, or the lines of `up`)."""
    if as_json is None:
        as_json = not sys.stderr.isatty() and SUPERVISED not in os.environ
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("urllib3", "rq", "rq.worker", "alembic"):  # rq gives its worker a level of its own
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))


def scrub(text: str) -> str:
    """Return the text without secrets, addresses, card numbers and the private parts of URLs, in linear time."""
    text = text[:MAX_CHARS].encode("utf-8", "replace").decode("utf-8")
    for pattern, instead in SCRUBBED:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, where, says, the record's own fields, and where an error came from."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one record."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "where": record.name,
            "says": scrub(record.getMessage()),
            "process": record.process,
        }
        line |= {key: scrub(str(value)) for key, value in vars(record).items() if key not in HANDLED}
        if record.exc_info and record.exc_info[1]:
            line["error"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """The same for a person: time, level if it matters, what happened."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one record."""
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        level = "" if record.levelno < logging.WARNING else f"{record.levelname.lower()}: "
        error = f" [{describe(record.exc_info[1])}]" if record.exc_info and record.exc_info[1] else ""
        return f"{at} {level}{scrub(record.getMessage())}{error}"


def describe(error: BaseException) -> str:
    """Return an error's kind and where it came from; what it says only if it is one of our own, scrubbed."""
    kind = type(error)
    said = f": {scrub(str(error))}" if f"{kind.__module__}.".startswith(OUR_PACKAGES) else ""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    path = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    after = f" after {type(cause).__name__}" if cause else ""
    return f"{kind.__name__}{said}{after} at {path}" if path else f"{kind.__name__}{said}{after}"
