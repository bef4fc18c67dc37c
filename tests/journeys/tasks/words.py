"""Texts of the interface as one reader sees them: English, or looked up in the same catalogue as the pages."""

import re
from dataclasses import dataclass

from flask import Flask, g

from router.web.words import look_up, plural

ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")  # what keeps names in order; a page may have them or not
KEY = r"(?:\s*(?:Ctrl ↵|[A-Z/?]))?"  # a control that has a key shows it after its words
COUNT = r"(?:\s*[\d,+]+)?"  # a tab shows how many


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    app: Flask
    language: str

    def said(self, *text: str, **values: object) -> str:
        """Return a text as the reader sees it; two texts are one and many of `n`."""
        with self.app.test_request_context("/"):
            g.language = self.language
            if len(text) == 1:
                return look_up(text[0], **values)
            more = {name: value for name, value in values.items() if name != "n"}
            return plural(int(str(values["n"])), *text[:2], **more)

    def part(self, *text: str, **values: object) -> re.Pattern[str]:
        """Return what finds a text within a longer one."""
        return re.compile(self._loose(*text, **values))

    def whole(self, *text: str, **values: object) -> re.Pattern[str]:
        """Return what finds the control or field of this name, whatever key or count stands after its words."""
        return re.compile(rf"^\s*{self._loose(*text, **values)}{COUNT}{KEY}\s*$")

    def first(self, *text: str, **values: object) -> re.Pattern[str]:
        """Return what finds the control whose name begins so."""
        return re.compile(rf"^\s*{self._loose(*text, **values)}")

    def _loose(self, *text: str, **values: object) -> str:
        pieces = ISOLATES.split(self.said(*text, **values))
        return "[\u2066-\u2069\u200e\u200f]*".join(re.escape(piece) for piece in pieces)
