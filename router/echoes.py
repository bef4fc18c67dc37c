"""A platform may tell us of our own reply before it has answered our call: then it came in as an answer from elsewhere.

What a message is called decides, whichever comes first: the reply keeps its row, and the other one is erased.
"""

from collections.abc import Sequence
from datetime import datetime

from router import afterwards
from router.store import connections, erasing, names
from router.store.db import Connection
from router.store.outgoing import Parcel


def name(db: Connection, parcel: Parcel, external_ids: Sequence[str], now: datetime) -> list[Parcel]:
    """Record what the platform calls a reply of ours, and let word of it that came before take effect.

    Returns the reply if that word was that it was not delivered.
    """
    connections.hold(db, parcel.connection_id)
    rest = [external_id for external_id in external_ids if external_id != parcel.external_id]
    for message_id, ticket_id in names.echoes(db, parcel.connection_id, rest):
        erasing.erase_messages(db, [message_id])
        if ticket_id != parcel.ticket_id and names.is_empty(db, ticket_id):
            erasing.erase_tickets(db, [ticket_id])
    if parcel.external_id is None and rest:
        known = names.fix_external_id(db, parcel.message_id, parcel.connection_id, rest[0])
        rest = rest[1:] if known else rest
    names.name(db, parcel.message_id, parcel.connection_id, rest)
    return afterwards.catch_up(db, parcel.connection_id, dict.fromkeys(external_ids, parcel.message_id), now)
