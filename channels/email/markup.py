"""Splits HTML into tags and text in one pass, for `channels.email.html`.

The standard library's `html.parser` is quadratic on broken markup in the Pythons we run on, so this is our own.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"})  # no markup inside
NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")  # one run, nothing to go back over


class Token(NamedTuple):
    """A tag (`name` is set, `closes` for an end tag) or a stretch of text."""

    text: str
    name: str = ""
    closes: bool = False


def tokens(html: str) -> Iterator[Token]:
    """Yield tags and text in order, leaving out comments; each character is looked at a bounded number of times."""
    at, end = 0, len(html)
    endless: set[str] = set()  # what opens and is never closed further on; looked for once
    while at < end:
        start = html.find("<", at)
        if start < 0:
            start = end
        if start > at:
            yield Token(html[at:start])
        if start == end:
            return
        match = NAME.match(html, start)
        if match:
            at = _end_of_tag(html, start)
            if at < 0:
                yield Token(html[start:])
                return
            name, closes = match[1].lower(), html[start + 1] == "/"
            yield Token(html[start:at], name, closes)
            if name in RAW and not closes and name not in endless:
                stop = _end_of_raw(html, at, name)
                if stop < 0:
                    endless.add(name)
                    continue
                yield Token(html[at:stop])
                at = stop
        elif html.startswith("<!--", start):
            stop = -1 if "!--" in endless else html.find("-->", start + 4)
            at = stop + 3 if stop >= 0 else start + 4
            if stop < 0:
                endless.add("!--")
        elif html[start + 1 : start + 2] in ("!", "?"):
            stop = html.find(">", start)
            at = stop + 1 if stop >= 0 else end
        else:
            yield Token("<")
            at = start + 1


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of one start tag, names in lower case."""
    found: dict[str, str] = {}
    at, end = 1, len(tag)
    while at < end and not tag[at].isspace() and tag[at] not in "/>":
        at += 1
    while at < end:
        while at < end and (tag[at].isspace() or tag[at] in "/>\"'="):
            at += 1
        start = at
        while at < end and not tag[at].isspace() and tag[at] not in "=/>":
            at += 1
        name = tag[start:at].lower()
        while at < end and tag[at].isspace():
            at += 1
        value = ""
        if at < end and tag[at] == "=":
            at += 1
            while at < end and tag[at].isspace():
                at += 1
            quote = tag[at] if at < end and tag[at] in "\"'" else ""
            start = at + len(quote)
            at = start
            while at < end and (tag[at] != quote if quote else not tag[at].isspace() and tag[at] != ">"):
                at += 1
            value = tag[start:at]
            at += len(quote)
        if name:
            found.setdefault(name, value)
    return found


def _end_of_tag(html: str, start: int) -> int:
    """Return where a tag ends, -1 if nowhere; a quote that is never closed does not swallow the rest."""
    at = html.find(">", start)
    if at < 0:
        return -1
    if not html.count('"', start, at) % 2 and not html.count("'", start, at) % 2:
        return at + 1
    limit = min(len(html), start + 8192)
    quote, place = "", start
    while place < limit:
        char = html[place]
        if quote:
            quote = "" if char == quote else quote
        elif char == ">":
            return place + 1
        elif char in "\"'" and html[place - 1 : place] in ("=", " "):
            quote = char
        place += 1
    return at + 1


def _end_of_raw(html: str, start: int, name: str) -> int:
    """Return where `</name` begins; -1 if nowhere, and then what follows is read as ever, so that no letter is lost."""
    place = html.find("</", start)
    while place >= 0:
        if html[place + 2 : place + 2 + len(name)].lower() == name:
            return place
        place = html.find("</", place + 2)
    return -1
