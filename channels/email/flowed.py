"""Plain text as it is meant to be read: lines of one kind, soft line breaks joined (RFC 3676, format=flowed)."""

from channels.email.parts import Part


def plain(part: Part, text: str) -> str:
    """Return the text of a plain part."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.parameter("format").strip().lower() != "flowed":
        return text
    return joined(text, delete_space=part.parameter("delsp").strip().lower() == "yes")


def joined(text: str, *, delete_space: bool = False) -> str:
    """Join the lines that end with a space to the next of the same depth of quoting; “-- ” begins a signature."""
    lines: list[str] = []
    open_: list[str] = []  # the pieces of the line being joined
    open_depth = 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")  # stuffed, so that it is no quote
        soft = bare.endswith(" ") and bare != "-- "
        if open_ and (depth != open_depth or bare == "-- "):
            lines.append(_quoted("".join(open_), open_depth))
            open_ = []
        open_depth = depth
        open_.append(bare[:-1] if soft and delete_space else bare)
        if not soft:
            lines.append(_quoted("".join(open_), depth))
            open_ = []
    if open_:
        lines.append(_quoted("".join(open_), open_depth))
    return "\n".join(lines)


def _quoted(text: str, depth: int) -> str:
    return f"{'>' * depth} {text}" if depth else text
