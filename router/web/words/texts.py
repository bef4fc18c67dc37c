"""The one look-up every text of the interface goes through, and its plurals."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from router.web.words.catalogue import ENGLISH, LOCALES, RIGHT_TO_LEFT, catalogue, missing
from router.web.words.reader import language

ISOLATE, END = "\u2068", "\u2069"  # first strong isolate, its end; source: Unicode, UAX 9
MARKS = {False: "\u200e", True: "\u200f"}  # left-to-right mark, right-to-left mark
NUMBER = re.compile(r"\d+([.,:]\d+)*")  # stays in order by itself
THIN = "\u202f"  # narrow no-break space, between thousands


def look_up(text: str, /, **values: object) -> str:
    """Return a text of the interface in the reader's language, with its {placeholders} filled.

    What is filled in and runs the other way, such as a Latin name in Urdu, is isolated: it moves nothing around it.
    """
    tag = language()
    return _filled(_translated(tag, text), tag, values)


def mark(text: str) -> str:
    """Return a text as it is: it stands in a table and is looked up when it is shown."""
    return text


def plural(count: int, one: str, many: str, /, **values: object) -> str:
    """Return the form that fits a count; `{n}` in it is the count."""
    tag = language()
    said = _form(tag, count, one, many)
    return _filled(said, tag, {"n": number(count), **values})


def number(count: float, decimals: int = 0) -> str:
    """Return a number as the reader writes it, its thousands apart."""
    tag = language()
    if tag == ENGLISH:
        return f"{count:,.{decimals}f}".replace(",", THIN)
    # only who reads another language waits for it
    from babel.numbers import format_decimal

    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return format_decimal(count, format=pattern, locale=LOCALES[tag])


def listed(parts: list[str]) -> str:
    """Return “a”, “a and b”, “a, b and c”."""
    tag = language()
    if tag == ENGLISH or len(parts) < 2:
        return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
    # only who reads another language waits for it
    from babel.lists import format_list

    return format_list([_isolated(part, tag) for part in parts], locale=LOCALES[tag])


def customer_name(name: str, known_by: str) -> str:
    """Return what to call a customer: by their name, else by the end of their id on the platform."""
    if name:
        return name
    return look_up("Customer {id}", id=known_by) if known_by else look_up("Unknown")


def _translated(tag: str, text: str) -> str:
    if tag == ENGLISH:
        return text
    known = catalogue(tag)
    found = known.texts.get(text) or known.sentences.get(text)  # a term of the core, in a variable
    if found is None and text in known.plurals:
        return known.plurals[text][-1]  # the same text is counted elsewhere
    if found is None:
        missing(tag, text)
        return text
    return found


def _form(tag: str, count: int, one: str, many: str) -> str:
    if tag == ENGLISH:
        return one if count == 1 else many
    known = catalogue(tag)
    forms = known.plurals.get(one)
    if forms is None:
        missing(tag, one)
        return one if count == 1 else many
    return forms[known.categories.index(_category(tag, count))]


@lru_cache(1000)
def _category(tag: str, count: int) -> str:
    # only who reads another language waits for it
    from babel.core import Locale

    return str(Locale.parse(LOCALES[tag]).plural_form(count))


def _filled(said: str, tag: str, values: Mapping[str, object]) -> str:
    if not values:
        return said
    filled = said.format_map({name: _isolated(value, tag) for name, value in values.items()})
    # a sentence that begins with what runs the other way is still ours, also where the page asks its first letter
    return f"{MARKS[tag in RIGHT_TO_LEFT]}{filled}" if filled.startswith(ISOLATE) else filled


def _isolated(value: object, tag: str) -> str:
    said = str(value)
    if not said or (said.isascii() and (tag not in RIGHT_TO_LEFT or NUMBER.fullmatch(said))):
        return said
    turned = any(unicodedata.bidirectional(char) in ("R", "AL") for char in said)
    return said if turned == (tag in RIGHT_TO_LEFT) or said[0] == ISOLATE else f"{ISOLATE}{said}{END}"
