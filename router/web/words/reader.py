"""Whose language: that of the person who signed in, else what the browser asks for, else the one a page was given."""

from flask import g, has_request_context, request

from router.web.words.catalogue import ENGLISH, LANGUAGES, RIGHT_TO_LEFT


def language() -> str:
    """Return the language of whoever reads the answer; English outside a request and for programs."""
    if not has_request_context():
        return ENGLISH
    found: str | None = g.get("language")
    if found is None:
        found = _of_request()
        if "agent" in g:  # known by now who asks
            g.language = found
    return found


def direction() -> str:
    """Return the direction the reader's language is written in: ltr, rtl."""
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


def read_in(tag: str | None) -> None:
    """Let this answer be in a language, if it is offered: its page knows better than the browser who reads it."""
    found = offered(tag)
    if found is not None:
        g.language = found


def prefer(tag: str | None) -> None:
    """Let this answer be in a language unless the browser asks for another one that is offered."""
    asked = request.accept_languages.best_match(list(LANGUAGES))
    g.language = asked or offered(tag) or ENGLISH


def offered(tag: str | None) -> str | None:
    """Return the language of a tag such as ur-PK if it is offered."""
    base = (tag or "").replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else None


def _of_request() -> str:
    if request.path.startswith("/api/"):
        return ENGLISH
    who = g.get("agent")
    if who is not None:
        return offered(who.locale) or ENGLISH
    return request.accept_languages.best_match(list(LANGUAGES), ENGLISH) or ENGLISH
