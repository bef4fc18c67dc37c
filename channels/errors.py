"""What can go wrong at the edge.

ChannelError
├── NotUnderstood   verified, but not in the documented form: keep it, answer 2xx, show it to ops
└── DeliveryFailed  our reply was refused; `permanent` says whether a retry can help
"""

from typing import Literal

Slows = Literal["", "chat", "connection"]


class ChannelError(Exception):
    """Something a channel could not do; the message says what to do about it and holds no secret and no text."""


class NotUnderstood(ChannelError):
    """The delivery is not in a form we know."""


class DeliveryFailed(ChannelError):
    """The reply was not accepted.

    `permanent`: no retry can help. `retry_after_s`: what the platform asked for. `may_have_arrived`: the request left
    and no answer came, so a second attempt could double it. `slows`: what waits for `retry_after_s` besides this reply,
    because the platform takes no more for now: nothing, its conversation, or the whole connection.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after_s: float | None = None,
        may_have_arrived: bool = False,
        slows: Slows = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        self.may_have_arrived = may_have_arrived
        self.slows = slows
