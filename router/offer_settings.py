"""How a push queue offers its tickets: to whom of several, for how long, and whether anybody is asked at all."""

from collections.abc import Mapping
from datetime import datetime

from router import dispatch
from router.app import Heed
from router.mistakes import Mistake
from router.notify import Change
from router.routing.disciplines import DISCIPLINES as DISCIPLINES
from router.routing.offers import LONGEST_S, SHORTEST_S
from router.store import audit, desk, offers
from router.store.audit import Actor
from router.store.offers import Offering as Offering


def of_queues(heed: Heed) -> Mapping[str, Offering]:
    """Return how each queue offers, or would, by its id."""
    with heed.database.read() as db:
        return offers.settings(db)


def change(
    heed: Heed,
    actor: Actor,
    queue_id: str,
    now: datetime,
    *,
    discipline: str,
    offer_s: int | None,
    auto_accept: bool,
) -> None:
    """Let a queue offer like this from its next ticket on. Raises Mistake."""
    if discipline not in DISCIPLINES:
        raise Mistake(f"The discipline is “{discipline}”: give one of {', '.join(DISCIPLINES)}.")
    if offer_s is not None and not SHORTEST_S <= offer_s <= LONGEST_S:
        raise Mistake(f"An offer lasts {SHORTEST_S} seconds to an hour; leave it empty for what the work asks.")
    wanted = Offering(queue_id, discipline, offer_s, auto_accept)
    with heed.database.write() as db:
        queue = desk.queue_by_id(db, queue_id)
        if queue is None:
            raise Mistake("This queue is gone: load the page again.")
        was = offers.settings(db)[queue_id]
        if was == wanted:
            return
        offers.put_settings(db, wanted)
        desk.note_settings(
            db, queue_id, {"discipline": discipline, "offer_s": offer_s, "auto_accept": auto_accept}, now
        )
        fields = [
            name for name in ("discipline", "offer_s", "auto_accept") if getattr(was, name) != getattr(wanted, name)
        ]
        audit.append(db, actor, "queue changed", queue_id, now, brand_id=queue.brand_id, change={"fields": fields})
    heed.notifier.publish([Change("desk", brand=queue.brand_id)])
    dispatch.catch_up(heed, now)
