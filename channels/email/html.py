"""Makes HTML mail safe to keep and readable as text.

`clean` keeps what may be shown (no scripts, no remote images); `read` reads it as lines. The time of both grows with
the length alone, whatever the markup.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from html import unescape

import nh3

from channels.email.charsets import tidy
from channels.email.markup import Token, tokens
from channels.email.quotes import containers

MAX_HTML = 1024 * 1024  # characters; what is beyond is cut
MAX_DEPTH = 400  # open elements; nh3 is quadratic in them

NO_END = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
END_OPTIONAL = frozenset(
    {"p", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option", "html", "head", "body"}
)
ITEMS = {"li": "li", "dd": "dd", "dt": "dd"}
LISTS = frozenset({"ul", "ol", "dl", "menu", "dir"})
UNSEEN = frozenset({"script", "style", "title", "head", "template"})
BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    }
)
PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol"})
ATTRIBUTES = {
    **{tag: set(names) - {"cite"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"dir", "lang", "title"},
}
NOT_SHOWN = {"script", "style", "title"}  # with all that is in them
SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
SHOWN_IMAGES = ("cid:", "data:image/png", "data:image/gif", "data:image/jpeg", "data:image/webp")
REMOTE = "data-src"  # where the address of a remote image waits until someone asks for it


class Page:
    """What HTML says as plain text; each reading is made when it is asked for."""

    def __init__(self, html: str) -> None:
        self._html = html[:MAX_HTML]

    @cached_property
    def text(self) -> str:
        """All of it. Text that the markup hides altogether comes without its tags: no letter vanishes."""
        text = _lines(self._tokens, True)
        if text:
            return text
        bare = _bare(self._tokens)
        return _squeeze(bare) if any(char.isalnum() for char in bare) else ""

    @cached_property
    def unquoted(self) -> str | None:
        """Without what mail programs mark as quoted; None: nothing is marked."""
        return _lines(self._tokens, False) if self.is_marked else None

    @cached_property
    def is_marked(self) -> bool:
        """Whether a mail program marked a part of this as quoted."""
        return containers.any_mark(self._html) and any(
            token.name and containers.cut(self._tokens, at) for at, token in enumerate(self._tokens)
        )

    @property
    def deep(self) -> bool:
        """Whether it is nested too deep to be worth keeping as HTML."""
        return self._html.count("<") > MAX_DEPTH and _too_deep(self._tokens)

    @cached_property
    def _tokens(self) -> list[Token]:
        return list(tokens(self._html))


def read(html: str) -> Page:
    """Return HTML as plain text."""
    return Page(html)


def clean(html: str) -> str | None:
    """Return HTML that is safe to keep; None if there is none. It must not be too deep: nh3 is quadratic in that.

    Images stay only as `cid:` and raster `data:`; the address of a remote one moves to `data-src`.
    """
    html = html[:MAX_HTML]
    if not html.strip():
        return None
    safe = nh3.clean(
        html, attributes=ATTRIBUTES, clean_content_tags=NOT_SHOWN, url_schemes=SCHEMES, attribute_filter=_kept_value
    )
    return _park_images(safe).strip() or None


def _lines(found: Sequence[Token], quotes: bool) -> str:
    """Walk the tokens and write lines; inside `skipping` (an element and its depth) nothing is written."""
    out: list[str] = []
    skipping, depth, pre = "", 0, 0
    skipped = 0  # where the skipping began
    for place, token in enumerate(found):
        if skipping:
            if token.name == "body" and skipping == "head":
                skipping = ""
            elif token.name == skipping:
                depth += -1 if token.closes else 1
            if depth <= 0:
                skipping = ""
            continue
        if not token.name:
            out.append(_plain(token.text, keep_lines=pre > 0))
            continue
        opens = not token.closes and token.name not in NO_END and not token.text.endswith("/>")
        quoted = "" if quotes else containers.cut(found, place)
        if quoted == "rest":
            break
        if opens and (quoted or token.name in UNSEEN):
            skipping, depth, skipped = token.name, 1, place
        if token.name == "pre":
            pre = max(0, pre + (-1 if token.closes else 1))
        out.append(_spacing(token))
    if skipping in UNSEEN:
        out.append(f"\v{_bare(_without_raw(found[skipped:]))}")  # it never ends: what it would hide is shown
    return _squeeze("".join(out))


def _spacing(token: Token) -> str:
    if token.name == "br":
        return "\n"
    if token.name == "li" and not token.closes:
        return "\v- "
    if token.name in ("td", "th"):
        return " "
    if token.name in PARAGRAPHS:
        return "\v\n" if token.closes else "\v"
    return "\v" if token.name in BLOCKS else ""


def _plain(text: str, keep_lines: bool) -> str:
    if "&" in text:
        with suppress(ValueError, OverflowError):  # a number of thousands of digits is shown as written
            text = unescape(text)
    text = text.replace("\xa0", " ").replace("\v", " ")
    if keep_lines:
        return text
    words = " ".join(text.split())
    if len(words) == len(text):
        return words
    gap_before = " " if text[:1].isspace() else ""
    gap_after = " " if text[-1:].isspace() and len(text) > 1 else ""
    return gap_before + words + gap_after


def _squeeze(text: str) -> str:
    """Turn soft breaks (a vertical tab: a new line unless there is one) into lines, with one blank line at most."""
    lines: list[str] = []
    for index, block in enumerate(text.split("\v")):
        for number, line in enumerate(block.split("\n")):
            line = " ".join(line.split())
            soft = index > 0 and number == 0
            if not line and (soft or not lines or not lines[-1]):
                continue
            lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return tidy("\n".join(lines))


def _without_raw(found: Sequence[Token]) -> list[Token]:
    """Leave out what stands between the tags of a script, a style or a title."""
    places = range(len(found))
    hidden = {at + 1 for at in places[:-2] if found[at].name in NOT_SHOWN and found[at + 2].closes}
    return [found[at] for at in places if at not in hidden]


def _bare(found: Sequence[Token]) -> str:
    return " ".join(_plain(token.text, keep_lines=False) for token in found if not token.name)


def _too_deep(found: Sequence[Token]) -> bool:
    """Count elements left open; an end tag counts only where its element is open, so junk cannot hide depth."""
    open_: Counter[str] = Counter()
    depth = 0
    item = ""  # the kind of list item begun last: the next of its kind ends it, one of the other goes inside it
    for token in found:
        if not token.name or token.name in NO_END or token.name in END_OPTIONAL:
            continue
        kind = ITEMS.get(token.name, "")
        if not token.closes:
            if kind and kind == item:
                continue
            open_[kind or token.name] += 1
            depth += 1
        elif open_[kind or token.name]:
            open_[kind or token.name] -= 1
            depth -= 1
        if kind or token.name in LISTS:
            item = "" if token.closes else kind
        if depth > MAX_DEPTH:
            return True
    return False


def _kept_value(tag: str, name: str, value: str) -> str | None:
    scheme = value.strip().lower()
    if tag == "img" and name == "src":
        return value if scheme.startswith((*SHOWN_IMAGES, "http:", "https:", "//")) else None
    return None if scheme.startswith(("data:", "cid:")) else value


def _park_images(safe: str) -> str:
    """Move the address of every remote image to `data-src`. `safe` is nh3's own writing: quoted, `<` only in tags."""
    pieces = safe.split("<img ")
    for index in range(1, len(pieces)):
        tag, end, rest = pieces[index].partition(">")
        parts = tag.split('"')
        for place in range(0, len(parts) - 1, 2):
            if parts[place].strip() == "src=" and not parts[place + 1].lower().startswith(SHOWN_IMAGES):
                parts[place] = parts[place].replace("src=", f"{REMOTE}=")
        pieces[index] = '"'.join(parts) + end + rest
    return "<img ".join(pieces)
