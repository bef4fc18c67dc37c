"""Replies on their way, as the store sees them: attempts, leases, order, receipts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from router import desk
from router.store import names, outgoing, receipts
from tests.builders import Desk, a_desk, an_agent, in_minutes, now


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(database_url, tmp_path) as made:
        yield made


def replies(of: Desk, count: int = 1) -> list[str]:
    """Return replies queued on one ticket."""
    ana = an_agent(of)
    of.says()
    ticket_id = desk.pull(of.heed, ana, now()).ticket_id
    return [desk.reply(of.heed, ana, ticket_id, f"Answer {n}", now()) for n in range(count)]


def take(of: Desk, message_id: str, key: str = "k", at=None) -> str | None:
    at = at or now()
    with of.heed.database.write() as db:
        return outgoing.take(db, message_id, key, at, at + timedelta(minutes=1))


def settle(of: Desk, message_id: str, key: str, state: str, due_at=None) -> bool:
    with of.heed.database.write() as db:
        return outgoing.settle(db, message_id, key, state, "", due_at=due_at, sent_at=None)


def state(of: Desk, message_id: str) -> str:
    return of.rows("SELECT state FROM message WHERE id = :m", m=message_id)[0][0]


def test_an_attempt_is_one_persons_until_its_lease_ends(here):
    [one] = replies(here)
    assert take(here, one) == "queued"
    assert take(here, one) is None
    assert state(here, one) == "sending"
    assert take(here, one, at=in_minutes(2)) == "sending"


def test_only_the_attempt_that_holds_the_lease_settles_it(here):
    [one] = replies(here)
    take(here, one, "first")
    take(here, one, "second", in_minutes(2))
    assert not settle(here, one, "first", "sent")
    assert settle(here, one, "second", "sent")
    assert not settle(here, one, "second", "failed")
    assert state(here, one) == "sent"


def test_replies_of_a_ticket_go_in_the_order_they_were_written(here):
    one, two, three = replies(here, 3)
    assert take(here, three) is None
    assert take(here, two) is None
    take(here, one)
    assert take(here, two) is None
    settle(here, one, "k", "failed")
    assert take(here, two) == "queued"


def test_a_reply_that_waits_for_its_next_attempt_holds_the_later_ones(here):
    one, two = replies(here, 2)
    take(here, one)
    settle(here, one, "k", "queued", in_minutes(10))
    assert take(here, two) is None
    assert take(here, one, at=in_minutes(5)) is None
    with here.heed.database.read() as db:
        assert outgoing.next_of(db, here.tickets[0].id, in_minutes(11)) == one


@pytest.mark.parametrize(
    ("steps", "ends"),
    [
        (["delivered", "read"], "read"),
        (["read", "delivered"], "read"),
        (["delivered", "failed"], "delivered"),
        (["failed"], "failed"),
    ],
    ids=" then ".join,
)
def test_receipts_move_a_reply_forward_only(here, steps, ends):
    [one] = replies(here)
    take(here, one)
    settle(here, one, "k", "sent")
    for step in steps:
        with here.heed.database.write() as db:
            receipts.take(db, one, step, "")
    assert state(here, one) == ends


def test_an_answer_after_the_lease_puts_unknown_right_and_nothing_else(here):
    one, two = replies(here, 2)
    take(here, one)
    settle(here, one, "k", "unknown")
    with here.heed.database.write() as db:
        assert outgoing.arrived_late(db, one, now())
        assert not outgoing.arrived_late(db, two, now())
    assert (state(here, one), state(here, two)) == ("sent", "queued")


def test_two_messages_never_share_a_platforms_id(here):
    one, two = replies(here, 2)
    with here.heed.database.write() as db:
        assert names.fix_external_id(db, one, here.api.id, "p1")
        assert not names.fix_external_id(db, two, here.api.id, "p1")
        assert not names.fix_external_id(db, one, here.api.id, "p2")
