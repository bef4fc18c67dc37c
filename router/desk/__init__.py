"""The acts of people on tickets: one transaction each, by whoever may, told to open pages afterwards."""

from router.desk.answering import forward, note, reply, start
from router.desk.errors import DeskError, NewerMessage, NotAllowed, NotFound, Refused
from router.desk.moving import assign, give_back, reopen, resolve, snooze, transfer
from router.desk.pulling import Pulled, pull
from router.desk.setting_aside import spam
from router.desk.writing import Upload

__all__ = [
    "DeskError",
    "NewerMessage",
    "NotAllowed",
    "NotFound",
    "Pulled",
    "Refused",
    "Upload",
    "assign",
    "forward",
    "give_back",
    "note",
    "pull",
    "reopen",
    "reply",
    "resolve",
    "snooze",
    "spam",
    "start",
    "transfer",
]
