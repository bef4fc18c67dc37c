"""The rules a new desk begins with, as a file to load, show and change."""

from importlib.resources import files


def starter_text() -> str:
    """Return the starter rule file; it fits a desk with the queues and skills of the sample desk."""
    return files("rules").joinpath("starter.yaml").read_text(encoding="utf-8")
