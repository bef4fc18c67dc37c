"""What people may get wrong when they set a desk up or sign in."""


class Mistake(Exception):
    """It cannot be done as asked; `reason` is one sentence for people: what was found, and the remedy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
