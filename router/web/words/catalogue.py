"""The catalogues: what each text of the interface is in another language than English. English is the source.

A catalogue is `<language>.po` beside this module (GNU gettext), kept by `make words` and tests/web/test_catalogue.py.
It is read when the first person asks for its language, once per process; English costs nothing. Texts under the context
`CORE` are what the core explains itself with, with {placeholders} where its sentences carry values; those under `RULES`
are the templates of what rules say, which know themselves how they were put together.
"""

import logging
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {"en": "English", "ur": "اردو"}  # offered: tag -> its own name for itself
LOCALES: Mapping[str, str] = {"en": "en_GB", "ur": "ur_PK"}  # tag -> locale of the CLDR
RIGHT_TO_LEFT = frozenset({"ur"})
CORE, RULES = "core", "rules"

FOLDER = Path(__file__).parent

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language; what is missing is English."""

    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]  # by the form for one; in the order of `categories`
    categories: tuple[str, ...]  # of plurals, as CLDR names them
    sentences: Mapping[str, str]  # of the core
    rules: Mapping[str, str]


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language that is offered; an empty one for English."""
    if language == ENGLISH:
        return Catalogue({}, {}, ("one", "other"), {}, {})
    # 0.1 s, which whoever reads English does not wait for
    from babel.core import Locale
    from babel.messages.pofile import read_po

    with (FOLDER / f"{language}.po").open("rb") as file:
        found = read_po(file, locale=LOCALES[language])
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    sentences: dict[str, str] = {}
    rules: dict[str, str] = {}
    for message in found:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, str):
            kept = {CORE: sentences, RULES: rules}.get(message.context or "", texts)
            if message.string:
                said = str(message.string)
                kept[message.id] = said if kept is rules else _turned(said, language)  # most are parts of a sentence
        elif message.string and all(message.string):
            plurals[message.id[0]] = tuple(_turned(form, language) for form in message.string)
    tags = Locale.parse(LOCALES[language]).plural_form.tags | {"other"}
    order = ("zero", "one", "two", "few", "many", "other")
    return Catalogue(texts, plurals, tuple(tag for tag in order if tag in tags), sentences, rules)


def _turned(said: str, language: str) -> str:
    """Return a text that `dir="auto"` takes for its own language, also where it begins with a Latin name."""
    if language not in RIGHT_TO_LEFT or not said[0].isascii() or not said[0].isalpha():
        return said
    return f"\u200f{said}" if any(unicodedata.bidirectional(char) in ("R", "AL") for char in said) else said


@cache
def missing(language: str, text: str) -> None:
    """Say once in the log that a text has no words in a language."""
    log.debug("no words in %s for: %s", language, text)
