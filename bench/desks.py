"""A small desk for benchmarks, and messages as customers would sign and send them."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice

from router import connecting, equipping
from router.app import Heed, open_heed
from router.config import Config
from router.model import SYSTEM
from router.store.audit import COMMAND

TEXTS = (
    "Hi, where can I find the invoice for October? I looked under billing and it only shows September.",
    "This is the third time I write about order 88121. No refund, no answer, and now a second charge. I will cancel.",
    "hello, how do i change the delivery address of my order please",
    "The app crashes every time I open the settings page since the update yesterday. Android 14, Pixel 7.",
    "Thanks for the quick help yesterday, the new card works well.",
    "I cannot log in, the reset link says it has expired although I asked for it a minute ago. I need it today.",
    "Bill me double charge kyun aya hai? please check kar ke batayein",
    "Could you tell me whether the premium plan includes phone support, and what it costs for five people?",
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A connection of channel `api`, and how its requests are signed."""

    id: str
    path: str
    secret: str

    def headers(self, body: bytes) -> Mapping[str, str]:
        """Return the headers that let a body in."""
        at = int(time.time())
        signed = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Content-Type": "application/json", "Heed-Signature": f"t={at},v1={signed}"}


def a_shop(config: Config) -> tuple[Heed, Shop]:
    """Make a desk with one api connection, and return the way to it."""
    heed = open_heed(config)
    now = datetime.now(UTC)
    brand_id = equipping.ensure_desk(heed, now)
    made = connecting.add_connection(
        heed, COMMAND, SYSTEM, brand_id=brand_id, channel="api", name="Shop", settings={}, now=now
    )
    return heed, Shop(made.id, f"/hooks/{made.key}", made.secret)


def messages(count: int, start: int = 0) -> list[bytes]:
    """Return message bodies, each of its own customer."""
    return [
        json.dumps({"id": f"m{n}", "from": {"id": f"customer-{n}", "name": f"Customer {n}"}, "text": text}).encode()
        for n, text in enumerate(islice(cycle(TEXTS), count), start)
    ]
