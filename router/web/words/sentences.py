"""What the core says in English, in the reader's language: its sentences are recognised by their pattern.

The core explains itself in plain English and is tested by those words; it knows no languages. Where a page shows such a
sentence, it is cut into sentences and parts, each is matched with the templates of the catalogue, and what stands in
their {placeholders} is said in the language too where that is known: needs, slots, durations, states. What no template
matches stays English, and a page says that it is. What rules say is not recognised: it knows how it was put together.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache

from markupsafe import Markup, escape

import channels
from router.routing.words import LANGUAGES as SPOKEN
from router.web.words.catalogue import ENGLISH, RIGHT_TO_LEFT, catalogue, missing
from router.web.words.moments import language_name, span
from router.web.words.reader import language
from router.web.words.texts import MARKS, _filled, _isolated, _translated, listed
from rules.sentences import Sentence, said_in

DEEPEST = 4  # a sentence in a sentence in …
REMEMBERED = 2000  # sentences of one process
HOLE = re.compile(r"\{(\w+)\}")
SPAN = re.compile(r"(?:(?P<days>\d+) days?|(?P<h>\d+) h)?(?: ?(?P<m>\d+) min)?|(?P<s>\d+) s")
SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z“])")
# holes whose value is said as it is
ENDS = {"missing", "reason", "why", "words"}  # holes whose value brings its own full stop
PLAIN = {"name", "who", "agent", "email", "queue", "host", "path", "label", "given", "title", "rule", "rules"}
OTHER_SCRIPTS = re.compile("[\u0590-\u08ff]")  # Hebrew, Arabic: said in another language already
BY_NAME = {english: tag for tag, english in SPOKEN.items()}


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with holes, ready to be recognised."""

    english: str
    said: str
    holes: tuple[str, ...]
    pattern: re.Pattern[str]
    longest: str  # of its fixed parts, which decides quickly
    whole: bool  # ends like a sentence, or with one; else a full stop is not part of it


def sentence(text: str) -> str:
    """Return a sentence of the core in the reader's language, or as it is where no template matches."""
    tag = language()
    if tag == ENGLISH or not text:
        return text
    return _of_rules(tag, text) if isinstance(text, Sentence) else (_said(tag, text) or text)


def shown(text: str) -> str | Markup:
    """Return a sentence of the core for a page; one that stays English is marked as that, for eyes and voices."""
    tag = language()
    if isinstance(text, Sentence):
        return sentence(text)
    if tag == ENGLISH or not text or OTHER_SCRIPTS.search(text):
        return text
    said = _said(tag, text)
    if said is not None:
        return said
    missing(tag, text)
    return Markup('<bdi lang="en">') + escape(text) + Markup("</bdi>")


def _of_rules(tag: str, text: Sentence) -> str:
    said = said_in(
        text, lambda template: catalogue(tag).rules.get(template, template), lambda name: _isolated(name, tag)
    )
    return f"{MARKS[tag in RIGHT_TO_LEFT]}{said}"  # also where it begins with a name that runs the other way


@lru_cache(REMEMBERED)
def _said(tag: str, text: str, depth: int = 0) -> str | None:
    """Return a text in a language, None if it is not known."""
    whole = _match(tag, text, depth)
    if whole is not None:
        return whole
    for joint in (SENTENCES, re.compile("; "), re.compile(" · ")):
        parts = joint.split(text)
        if len(parts) > 1:
            found = [_part(tag, part, depth) for part in parts]
            if any(said is not None for said in found):
                between = {"; ": "؛ ", " · ": " · "}.get(joint.pattern, " ")
                return between.join(said or part for said, part in zip(found, parts, strict=True))
    return None


def _part(tag: str, text: str, depth: int) -> str | None:
    """Return one part; the full stop at the end of a list of parts belongs to none of them."""
    said = _match(tag, text, depth)
    if said is None and text.endswith("."):
        bare = _match(tag, text[:-1], depth)
        said = f"{bare}۔" if bare is not None else None
    return said


def _match(tag: str, text: str, depth: int) -> str | None:
    exact = catalogue(tag).sentences.get(text)
    if exact is not None and not HOLE.search(text):
        return exact
    for template in templates(tag):
        if template.longest not in text:
            continue
        found = template.pattern.fullmatch(text)
        if found and (template.whole or not text.endswith(".")) and not any(map(SENTENCES.search, found.groups())):
            values = {
                name: value if name in PLAIN else _value(tag, value, depth)
                for name, value in zip(template.holes, found.groups(), strict=True)
            }
            return _filled(template.said, tag, values)
    return None


def _value(tag: str, value: str, depth: int) -> str:
    """Return what stood in a hole, in the language if it is a term, duration, language, channel or a list of such."""
    if not value or value.isdigit() or depth >= DEEPEST:
        return value
    if value in BY_NAME:
        return language_name(BY_NAME[value], value)
    length = SPAN.fullmatch(value)
    if length:
        days, hours, minutes, seconds = (int(length[part] or 0) for part in ("days", "h", "m", "s"))
        return span(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))
    said = _match(tag, value, depth + 1)
    if said is not None:
        return said
    label = _labels().get(value)
    if label is not None:
        return _translated(tag, label).partition(" (")[0]
    parts = re.split(", | and ", value)
    if len(parts) > 1:
        found = [_value(tag, part, depth + 1) for part in parts]
        return listed(found) if found != parts else value
    return value


def _labels() -> dict[str, str]:
    """Return the labels of channels, by key and by name: the core says the one, a platform's refusal the other."""
    labels = {key: channels.adapter(key).INFO.label for key in channels.CHANNELS}
    return labels | {label.partition(" (")[0]: label for label in labels.values()}


@cache
def templates(tag: str) -> tuple[Template, ...]:
    """Return the templates of a language, those with most words of their own first."""
    found = [_template(english, said) for english, said in catalogue(tag).sentences.items() if HOLE.search(english)]
    return tuple(sorted(found, key=lambda one: (-len(HOLE.sub("", one.english)), one.english)))


def _template(english: str, said: str) -> Template:
    fixed = HOLE.split(english)
    texts, holes = fixed[0::2], tuple(fixed[1::2])
    pattern = "(.+?)".join(re.escape(part) for part in texts)
    whole = english.endswith(".") or bool(holes and not texts[-1] and holes[-1] in ENDS)
    return Template(english, said, holes, re.compile(pattern, re.DOTALL), max(texts, key=len), whole)
