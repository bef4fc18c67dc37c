"""Text to Reading: language, sentiment, frustration, urgency, intent, and the words that show them. Pure.

`preload` once per process, `read` for each message, `mood` for each ticket.
"""

from router.triage.moods import mood
from router.triage.reading import preload, read

__all__ = ["mood", "preload", "read"]
