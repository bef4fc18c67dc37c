"""Merging: tickets that are one conversation, contacts that are one person, and taking that back."""

from router.merging.apart import Undone, unmerge
from router.merging.contacts import REASONS, Apart, merge_contacts, part, unmerge_contact
from router.merging.splitting import split
from router.merging.suggesting import Inside, MayBe, choices, inside, may_be_same, named, shown_in
from router.merging.tickets import merge

__all__ = [
    "REASONS",
    "Apart",
    "Inside",
    "MayBe",
    "Undone",
    "choices",
    "inside",
    "may_be_same",
    "merge",
    "merge_contacts",
    "named",
    "part",
    "shown_in",
    "split",
    "unmerge",
    "unmerge_contact",
]
