"""The time in which a platform takes an answer to what the customer wrote last."""

from datetime import datetime

from channels import adapter
from router.desk.acting import Act
from router.desk.errors import Refused
from router.inbox.allowed import closed
from router.store import messages
from router.store.connections import ConnectionRow


def check(act: Act, row: ConnectionRow, leaves_at: datetime) -> None:
    """Raise Refused if the platform would take no answer on the ticket when it leaves, saying what can be done."""
    info = adapter(row.connection.channel).INFO
    if info.reply_window is None:
        return
    shut = closed(info, leaves_at, *messages.heard_by(act.db, act.ticket.id))
    if shut is None:
        return
    if leaves_at > act.now and shut.open_until is not None and shut.open_until > act.now:
        raise Refused(f"{info.label} takes no answer any more by then. Choose an earlier moment.")
    raise Refused(f"{shut.why_not} {shut.instead}")
