"""Says in words what a customer sent instead of writing: a place, a contact card, a sticker."""

from collections.abc import Iterable

from channels.errors import NotUnderstood


def place(latitude: object, longitude: object, *names: str) -> str:
    """Return a location as `Location: Name, address (lat, long)`. Raises NotUnderstood if it has no coordinates."""
    found = [value for value in (latitude, longitude) if isinstance(value, int | float) and abs(value) <= 180]
    if len(found) != 2:
        raise NotUnderstood("location must have a latitude and a longitude.")
    named = ", ".join(filter(None, names))
    return " ".join(filter(None, ("Location:", named, f"({found[0]:.6f}, {found[1]:.6f})")))


def card(*parts: str) -> str:
    """Return a contact card as `Contact: name, number`."""
    return f"Contact: {', '.join(filter(None, parts))}"


def sticker(words: Iterable[str] = ()) -> str:
    """Return a sticker as `Sticker: what it shows`, the bare word if nobody says what it shows."""
    shown = ", ".join(filter(None, words))
    return f"Sticker: {shown}" if shown else "Sticker"
