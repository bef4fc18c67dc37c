"""The words of the ES modules: which texts they look up, and those texts in the reader's language for the page."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import current_app
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from router.web.words.catalogue import ENGLISH, catalogue
from router.web.words.reader import language

FOLDER = Path(__file__).parent.parent / "static"
VISITORS = frozenset({"beside.js", "chat.js", "outbox.js", "picked.js", "rating.js", "widget.js"})
LITERAL = r'"((?:[^"\\\n]|\\.)*)"'
TEXT = re.compile(r"(?<![\w.$])t\(\s*" + LITERAL)
COUNT = re.compile(r"(?<![\w.$])count\(\s*[^,\"]+,\s*" + LITERAL + r"\s*,\s*" + LITERAL)


def for_script(*entries: str) -> Markup:
    """Return the data block with the words of modules and all they import; nothing for English, which they hold.

    Without a name: the words of every module of the desk, so that a page may load any of them.
    """
    if language() == ENGLISH:
        return Markup("")
    assets = current_app.extensions["heed.assets"]
    modules = {name for entry in entries for name in (entry, *assets.needed_by(entry))}
    said = _said(language(), tuple(sorted(modules or _of_the_desk())))
    body = htmlsafe_json_dumps(said, json.dumps, ensure_ascii=False, separators=(",", ":"))
    return Markup('<script type="application/json" id="words">{}</script>').format(body)


def texts_of(source: str) -> set[str]:
    """Return the texts a module looks up."""
    return {_plain(found) for found in TEXT.findall(source)}


def counts_of(source: str) -> set[tuple[str, str]]:
    """Return the counted texts of a module: one and many."""
    return {(_plain(one), _plain(many)) for one, many in COUNT.findall(source)}


def _plain(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", literal)


@cache
def _said(tag: str, modules: tuple[str, ...]) -> dict[str, str | tuple[str, ...]]:
    known = catalogue(tag)
    said: dict[str, str | tuple[str, ...]] = {}
    for source in _sources(modules):
        said |= {text: known.texts[text] for text in texts_of(source) if text in known.texts}
        said |= {one: known.plurals[one] for one, _many in counts_of(source) if one in known.plurals}
    return dict(sorted(said.items()))


def _of_the_desk() -> set[str]:
    return {path.name for path in FOLDER.glob("*.js")} - VISITORS


def _sources(modules: tuple[str, ...]) -> Iterator[str]:
    for name in modules:
        yield (FOLDER / name).read_text(encoding="utf-8")
