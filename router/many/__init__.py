"""One act on many tickets: shown before it is done, done ticket by ticket in pieces, and taken back for a while.

Each ticket is changed by the same code as a single act, under its own locks, in a transaction of its own.
"""

from router.many.acts import ACTS, BY_KEY, Kind, Order
from router.many.doing import Progress, begin, go_on, hand_on, latest, new_key, progress, take_back
from router.many.foreseeing import Foreseen, Verdict, foresee
from router.many.looking import preview

__all__ = [
    "ACTS",
    "BY_KEY",
    "Foreseen",
    "Kind",
    "Order",
    "Progress",
    "Verdict",
    "begin",
    "foresee",
    "go_on",
    "hand_on",
    "latest",
    "new_key",
    "preview",
    "progress",
    "take_back",
]
