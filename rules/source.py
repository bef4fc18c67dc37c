"""Reads the small part of YAML that rules are written in, keeping the line of everything.

Only true, false, null and decimal numbers are more than text: `no` stays the language, `22:00` stays a time. Anchors,
aliases, tags, second documents and repeated keys are refused, so a few bytes cannot grow into many.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from rules.errors import RuleError, RuleErrors, shown
from rules.sentences import say

MAX_BYTES = 4 * 1024 * 1024  # of one rule file
MAX_DEPTH = 40  # lists and mappings inside one another
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # used as a parser of events alone
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_FLOAT = re.compile(r"[-+]?([0-9]{1,15}\.[0-9]{0,30}|\.[0-9]{1,30}|[0-9]{1,15})([eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One written value, as read and as it stands in the file."""

    value: str | int | float | bool | None
    raw: str
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: "list[Tree]"
    line: int


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping; `lines` has the line of each key."""

    entries: "dict[str, Tree]"
    line: int
    lines: dict[str, int] = field(default_factory=dict)


Tree = Scalar | Items | Keys


def read(text: str) -> Tree | None:
    """Return the one document of a text, None if there is nothing in it. Raises RuleErrors."""
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as half:
        line = text.count("\n", 0, half.start) + 1
        raise _refused(say("half a character (a lone surrogate) is in the text."), say("Leave it out."), line) from half
    if size > MAX_BYTES:
        raise _refused(
            say("the file has {size} bytes.", size=f"{size:,}"),
            say("At most {max_bytes} are read.", max_bytes=f"{MAX_BYTES:,}"),
            1,
        )
    try:
        return _build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        what = broken.problem or broken.context or say("it cannot be read")
        line = mark.line + 1 if mark else 1
        raise _refused(
            say("this is not YAML: {what}.", what=what), say("Mend the line, or the one above."), line
        ) from broken
    except yaml.reader.ReaderError as odd:
        line = text.count("\n", 0, odd.position) + 1 if isinstance(odd.position, int) else 1
        raise _refused(say("a control character is in the text."), say("Leave it out."), line) from odd


def _refused(message: str, remedy: str, line: int) -> RuleErrors:
    return RuleErrors([RuleError(message, remedy, line)])


def _too_deep(open_: list[tuple[Items | Keys, list[str]]], line: int) -> RuleErrors:
    """Return the error, with the rule and its part if one that has a name is being read."""
    message = say("lists and mappings are more than {max_depth} deep.", max_depth=MAX_DEPTH)
    for holder, _ in open_:
        if isinstance(holder, Keys) and isinstance(name := holder.entries.get("name"), Scalar):
            return RuleErrors(
                [RuleError(message, say("Make it flatter."), line, shown(name.raw), list(holder.entries)[-1])]
            )
    return _refused(message, say("Make it flatter."), line)


def _build(events: Iterator[yaml.Event]) -> Tree | None:
    """Put the events together without recursion, so that depth is ours to refuse."""
    root: Tree | None = None
    documents = 0
    open_: list[tuple[Items | Keys, list[str]]] = []  # each with the key that waits for its value
    repeated: list[RuleError] = []
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused(say("a second document begins here."), say("Leave out the “---”."), line)
            continue
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused(say("anchors and aliases (& and *) are not allowed."), say("Write the value out."), line)
        if tag := getattr(event, "tag", None):
            raise _refused(
                say("the tag “{tag}” is not allowed.", tag=shown(tag)), say("Leave it out, or quote the text."), line
            )
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
            continue
        node: Tree
        if isinstance(event, yaml.ScalarEvent):
            node = _scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            node = Items([], line) if isinstance(event, yaml.SequenceStartEvent) else Keys({}, line)
        else:
            continue
        if not open_:
            root = node
        else:
            _attach(open_[-1], node, repeated)
        if not isinstance(node, Scalar):
            if len(open_) >= MAX_DEPTH:
                raise _too_deep(open_, line)
            open_.append((node, []))
    if repeated:
        raise RuleErrors(repeated)
    return root


def _attach(parent: tuple[Items | Keys, list[str]], node: Tree, repeated: list[RuleError]) -> None:
    holder, waiting = parent
    if isinstance(holder, Items):
        holder.items.append(node)
    elif waiting:
        holder.entries[waiting.pop()] = node
    elif not isinstance(node, Scalar):
        raise _refused(
            say("a list or mapping stands where a name should."),
            say("Put quotes round it, or a dash before."),
            node.line,
        )
    else:
        if node.raw in holder.entries:
            message = say(
                "“{raw}” stands here twice (first on line {lines}).", raw=shown(node.raw), lines=holder.lines[node.raw]
            )
            repeated.append(RuleError(message, say("Leave one out."), node.line))
        holder.lines[node.raw] = node.line
        waiting.append(node.raw)


def _scalar(event: yaml.ScalarEvent, line: int) -> Scalar:
    raw = event.value
    if not event.implicit[0]:  # quoted, or a block of text
        return Scalar(raw, raw, line)
    if raw.lower() in _WORDS:
        return Scalar(_WORDS[raw.lower()], raw, line)
    if _INTEGER.fullmatch(raw):
        return Scalar(int(raw), raw, line)
    if _FLOAT.fullmatch(raw):
        return Scalar(float(raw), raw, line)
    return Scalar(raw, raw, line)


def printable(text: str) -> bool:
    """Say whether a text has neither control characters, save line breaks and tabs, nor half characters."""
    return all(unicodedata.category(letter) not in ("Cc", "Cs") or letter in "\n\t" for letter in text)
