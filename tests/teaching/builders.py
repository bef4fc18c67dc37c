"""What tests of teaching begin with: an intent, its examples, a version of it."""

from router.jobs import set_heed, teach
from router.model import Scope
from router.store import taught
from router.store.audit import Actor
from router.teaching import lessons, making, publishing
from tests.builders import Desk, now

GIFTS = (
    "my gift card does not work",
    "how much is left on my gift card",
    "the gift voucher code is refused",
    "I scratched the gift card and cannot read the code",
    "can I use two gift cards at once",
    "my gift voucher has expired",
    "I was given a gift card and want to check its balance",
    "the gift card I bought never arrived by mail",
    "where do I enter the gift card code",
    "can you extend my gift voucher",
)
NEW = "hello, the code of the gift voucher from my aunt is refused"


def actor(who: Scope) -> Actor:
    return Actor("agent", who.agent or "")


def gifts(desk: Desk, olga: Scope, lines: tuple[str, ...] = GIFTS) -> str:
    """Add the intent with its examples and return its key."""
    key = lessons.add_intent(desk.heed, actor(olga), olga, desk.brand_id, "Gift cards", "billing", "Vouchers", now())
    lessons.add_examples(desk.heed, actor(olga), olga, desk.brand_id, key, lines, now())
    return key


def checked(desk: Desk, olga: Scope) -> taught.VersionRow:
    """Ask for a version and let a worker make it."""
    row = making.ask(desk.heed, actor(olga), olga, desk.brand_id, now())
    set_heed(desk.heed)
    teach(row.id)
    with desk.heed.database.read() as db:
        made = taught.one(db, row.id)
    assert made is not None
    return made


def published(desk: Desk, olga: Scope) -> int:
    number = checked(desk, olga).number
    publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, number, "Gift cards", now())
    return number


def acts(desk: Desk) -> list[str]:
    return [act for (act,) in desk.rows("SELECT act FROM audit_event ORDER BY seq")]
