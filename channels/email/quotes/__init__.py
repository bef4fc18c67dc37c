"""Finds what is new in a mail: `new_words` for its text; `containers` knows what marks quotes in its HTML.

What is cut, what is left, and why: quotes.md beside this folder.
"""

from channels.email.quotes.scan import new_words

__all__ = ["new_words"]
