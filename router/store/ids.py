"""Opaque ids: made without asking the database, in order of time, not to be guessed."""

import base64
import os
import time


def new_id() -> str:
    """Return 26 characters of 0-9 and a-v, which sort by time: 48 bits of milliseconds, then 80 random bits."""
    stamp = int(time.time() * 1000).to_bytes(6, "big")
    return base64.b32hexencode(stamp + os.urandom(10))[:26].decode().lower()
