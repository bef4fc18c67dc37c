"""How the API answers what went wrong: problem details (RFC 9457) that say where and how to mend it.

Errors of the desk become status codes in router.web.problems, for pages and programs alike. Here is only what programs
are told besides: which part of what they sent is wrong, and which message they have not seen.
"""

from collections.abc import Iterable, Mapping, Sequence

from flask import Blueprint, Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from router.desk import NewerMessage
from router.web.problems import problem
from rules.errors import RuleErrors

MAX_ERRORS = 50  # told at once


class Invalid(Exception):
    """What was sent can be read but not used; `errors` has a pointer or parameter, and what is wrong with it."""

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__("What was sent cannot be used.")
        self.errors = list(errors[:MAX_ERRORS])


class Malformed(Exception):
    """What was sent is not JSON."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def in_body(detail: str, *path: str | int) -> Invalid:
    """Return what is wrong with one part of a body."""
    return Invalid([{"pointer": pointer(path), "detail": detail}])


def invalid_body(error: ValidationError) -> Invalid:
    """Return all that a model found wrong with a body; nothing of what was sent is repeated."""
    return Invalid([{"pointer": pointer(one["loc"]), "detail": _said(one["msg"])} for one in _errors(error)])


def invalid_parameters(error: ValidationError) -> Invalid:
    """Return all that a model found wrong with a query or headers."""
    return Invalid(
        [{"parameter": ".".join(map(str, one["loc"])), "detail": _said(one["msg"])} for one in _errors(error)]
    )


def pointer(path: Iterable[str | int]) -> str:
    """Return a JSON pointer as a fragment; source: RFC 6901, sections 3 and 6."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1")[:200] for step in path)


def register(bp: Blueprint) -> None:
    """Answer what only the API tells."""
    bp.register_error_handler(Malformed, lambda error: problem(400, error.reason))
    bp.register_error_handler(
        Invalid, lambda error: problem(422, "Some of what was sent cannot be used.", errors=error.errors)
    )
    bp.register_error_handler(NewerMessage, _newer)
    bp.register_error_handler(RuleErrors, _rules)


def _newer(error: NewerMessage) -> Response:
    return problem(409, error.reason, newer_message=error.message_id)


def _rules(error: RuleErrors) -> Response:
    found = [{"pointer": "#/yaml", "detail": str(one)} for one in error.errors[:MAX_ERRORS]]
    return problem(422, "These rules cannot be read.", errors=found)


def _errors(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False, include_input=False)


def _said(message: object) -> str:
    return str(message).removeprefix("Value error, ")
