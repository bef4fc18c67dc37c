"""What a platform finds behind a link that it was given: a test says what is there, a stand-in looks."""

from collections.abc import Callable
from dataclasses import dataclass

MAX_LINK = 2000  # characters


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a GET from outside."""

    status: int
    media_type: str = ""
    data: bytes = b""


Outside = Callable[[str], Found]


def nothing(url: str) -> Found:
    """Find nothing, wherever one looks."""
    return Found(404)


def is_link(value: object) -> bool:
    """Say whether a platform would take this as the link of a file."""
    return isinstance(value, str) and value.startswith("https://") and len(value) <= MAX_LINK
