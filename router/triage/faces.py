"""Faces: a smile or a frown that a message shows, in emoji or as :) and :(.

Each kind counts once, however many there are, so that repeating one is no shouting; what swears by picture is left out.
"""

import re
from collections.abc import Mapping

_SMILES = frozenset("😀😃😄😁😆😊☺😍🥰😘😻❤🧡💛💚💙💜♥💕💖💗💓💞👍🙌🙏🎉🎊🥳✨🌟🤩😎🤗💪👌😇😋🤞😉")
_FROWNS = frozenset("😠😡😤😒🙄😑👎🤦😾🤢☹🙁😞😣😖😫😩😕😢💔😔😟😓🤯")
_EMOTICON = re.compile(r"[:;=]'?-?([()])(?=[\s!?.,()]|$)")  # :) ;-) =( but not the list in “note:(a)”


def faces(source: str) -> Mapping[str, tuple[int, int]]:
    """Return where the first smile and the first frown of a text stand, by the key of their cue."""
    found: dict[str, tuple[int, int]] = {}
    if not source.isascii():
        for at, character in enumerate(source):
            if character in _SMILES:
                found.setdefault("smile", (at, at + 1))
            elif character in _FROWNS:
                found.setdefault("frown", (at, at + 1))
    if ")" in source or "(" in source:
        for one in _EMOTICON.finditer(source):
            found.setdefault("smile" if one[1] == ")" else "frown", one.span())
    return found
