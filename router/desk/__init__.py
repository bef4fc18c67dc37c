"""The acts of people on tickets: one transaction each, by whoever may, told to open pages afterwards."""

from router.desk.answering import note, reply
from router.desk.errors import DeskError, NewerMessage, NotAllowed, NotFound, Refused, TakenBack
from router.desk.forwarding import forward
from router.desk.moving import assign, give_back, reopen, resolve, snooze, transfer
from router.desk.pulling import Pulled, pull
from router.desk.relaxing import relax
from router.desk.scheduling import send_later
from router.desk.setting_aside import spam
from router.desk.starting import start
from router.desk.writing import Upload

__all__ = [
    "DeskError",
    "NewerMessage",
    "NotAllowed",
    "NotFound",
    "Pulled",
    "Refused",
    "TakenBack",
    "Upload",
    "assign",
    "forward",
    "give_back",
    "note",
    "pull",
    "relax",
    "reopen",
    "reply",
    "resolve",
    "send_later",
    "snooze",
    "spam",
    "start",
    "transfer",
]
