"""What settings pages read from a form."""

from flask import request

from router.mistakes import Mistake
from router.web.words import look_up as _


def text(name: str) -> str:
    """Return one field as text, without the blanks around it."""
    return request.form.get(name, "").strip()


def number(name: str, label: str) -> int | None:
    """Return one field as a whole number, None if it was left empty. Raises Mistake."""
    given = text(name)
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 8):
        raise Mistake(_("“{label}” is {given}: give a whole number, or leave it empty.", label=label, given=given[:20]))
    return int(given)
