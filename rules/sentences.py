"""Sentences that remember how they were put together, so that they can be said in another language than English.

A Sentence is its English text wherever a text is wanted. `say` fills a template, whose literals the catalogue finds;
what fills it is a sentence itself, or a name, a number or a value that stays as it is written in every language.
"""

from collections.abc import Callable, Iterable, Mapping

AND, OR, COMMA, SEMICOLON, BLANK, LINE = "{a} and {b}", "{a} or {b}", "{a}, {b}", "{a}; {b}", "{a} {b}", "{a}\n{b}"


class Sentence(str):
    """An English text with the template it was made of."""

    __slots__ = ("parts", "template")
    template: str
    parts: Mapping[str, str] | tuple[str, ...]  # by placeholder; a tuple: the template stands between each two

    def __new__(cls, english: str, template: str, parts: Mapping[str, str] | tuple[str, ...]) -> "Sentence":
        """Return a sentence that reads as `english`."""
        made = super().__new__(cls, english)
        made.template, made.parts = template, parts
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, str] | tuple[str, ...]]:  # type: ignore[override]
        return str(self), self.template, self.parts  # to copy it


def say(template: str, /, **parts: str | int | float) -> Sentence:
    """Return a sentence: a template with its {placeholders} filled."""
    filled = {name: part if isinstance(part, str) else str(part) for name, part in parts.items()}
    return Sentence(template.format_map(filled) if filled else template, template, filled)


def joined(template: str, parts: Iterable[str]) -> str:
    """Return any number of parts with what stands between {a} and {b} in the template between each two."""
    each = tuple(parts)
    if len(each) < 2:
        return each[0] if each else ""
    return Sentence(_between(template).join(each), template, each)


def listed(parts: Iterable[str], last: str = OR) -> str:
    """Return “a”, “a or b”, “a, b or c”."""
    each = tuple(parts)
    return joined(last, [joined(COMMA, each[:-1]), each[-1]] if len(each) > 2 else each)


def said_in(text: str, words: Callable[[str], str], named: Callable[[str], str]) -> str:
    """Return a text in another language.

    `words` gives what a template is in it; `named` makes what is no sentence fit into one, such as a name in another
    script.
    """
    if not isinstance(text, Sentence):
        return named(text)
    template = words(text.template)
    if isinstance(text.parts, tuple):
        return _between(template).join(said_in(part, words, named) for part in text.parts)
    return template.format_map({name: said_in(part, words, named) for name, part in text.parts.items()})


def _between(template: str) -> str:
    return template.replace("{a}", "").replace("{b}", "")
