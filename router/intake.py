"""Accepts deliveries: durable when it returns, sharing commits with those that arrive together; then rings the bell."""

from datetime import datetime

from channels.types import Delivery
from router.app import Heed
from router.store.connections import ConnectionRow
from router.store.inbound import Arrived


def accept(heed: Heed, row: ConnectionRow, delivery: Delivery, now: datetime) -> None:
    """Store a verified delivery; it is durable when this returns. Raises what the database raised if it is not."""
    heed.arrivals.add(Arrived(row.id, row.brand_id, delivery, now))
