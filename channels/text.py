"""Cuts outgoing text to what a platform takes."""


def split_text(text: str, most: int) -> list[str]:
    """Return the text in parts of at most `most` UTF-16 units, cut after a line, else a word, else anywhere.

    Nothing but the white space at a cut is lost; an empty text has no parts.
    """
    parts = []
    rest = text.strip()
    while rest:
        end = _fits(rest, most)
        if end < len(rest):
            cut = max(rest.rfind("\n", end // 2, end + 1), 0) or max(rest.rfind(" ", end // 2, end + 1), 0) or end
        else:
            cut = end
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return parts


def _fits(text: str, most: int) -> int:
    """Return how many characters of the text fit; those beyond the basic plane count twice."""
    if len(text) * 2 <= most:
        return len(text)
    units = 0
    for index, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > most:
            return index
    return len(text)
