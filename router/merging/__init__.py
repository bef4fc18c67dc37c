"""Merging: tickets that are one conversation, contacts that are one person, and taking that back."""

from router.merging.apart import Undone, unmerge
from router.merging.tickets import merge

__all__ = ["Undone", "merge", "unmerge"]
