"""Merging: tickets that are one conversation, contacts that are one person, and taking that back."""

from router.merging.apart import Undone, unmerge
from router.merging.contacts import REASONS, Apart, merge_contacts, part, unmerge_contact
from router.merging.tickets import merge

__all__ = ["REASONS", "Apart", "Undone", "merge", "merge_contacts", "part", "unmerge", "unmerge_contact"]
