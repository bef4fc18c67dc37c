"""Why an act was not done; each has one answer in the web layer.

DeskError
├── NotFound      there is no such ticket in the brands of whoever asks            404
├── NotAllowed    it is there, but not theirs to act on                            403
└── Refused       it cannot be done as things stand; the reason is for people      409
    ├── NewerMessage   a message came in that they have not seen
    └── TakenBack      it was sent and taken back; only a new key sends it
"""


class DeskError(Exception):
    """An act that was not done."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(DeskError):
    """No such thing within this scope."""


class NotAllowed(DeskError):
    """Not theirs to do."""


class Refused(DeskError):
    """Not possible just now."""


class NewerMessage(Refused):
    """A message came in meanwhile; it is shown before anything is sent."""

    def __init__(self, message_id: str) -> None:
        super().__init__("A newer message came in. Read it, then send.")
        self.message_id = message_id


class TakenBack(Refused):
    """This message was taken back; the same request again sends nothing."""

    def __init__(self) -> None:
        super().__init__("You took this message back. Send it again if you mean it.")
