"""kill -9, in the middle of 1,000 incoming messages and 200 outgoing replies: nothing lost, nothing doubled.

Each process of a desk in turn, with everything it has started, on either database; then it starts again and the desk
must catch up by itself. Guarantees 1, 2 and 8 of the design.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from router.model import Role
from tests.journeys.outside import Program
from tests.journeys.running import WHOLE, RunningDesk, a_running_desk
from tests.journeys.traffic import Platforms, Traffic, platforms

POSTS = 1000
REPLIES = 200  # half of them to the shop, half to the bot
CRASHES = (
    # what is killed, and who is taking a reply at that moment
    ("web", "bot"),
    ("intake", "bot"),
    ("delivery", "bot"),
    ("delivery", "shop"),
    ("clock", "shop"),
    ("valkey", "bot"),
)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[str, Path], str]
) -> Iterator[tuple[RunningDesk, Platforms, Program]]:
    """A desk that runs on one kind of database, with 200 customers who wait for an answer."""
    folder = tmp_path_factory.mktemp("desk")
    with a_running_desk(folder, new_database(request.param, folder)) as desk:
        desk.start(*WHOLE)
        with platforms(desk, REPLIES // 2) as around:
            yield desk, around, desk.program("Sue", Role.SUPERVISOR)


@pytest.mark.parametrize("place", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_nothing_is_lost_or_doubled(place: tuple[RunningDesk, Platforms, Program]) -> None:
    desk, around, sue = place
    traffic = Traffic(desk, around, sue, "While much dies,", POSTS)

    traffic.flow(*CRASHES)

    assert len(traffic.broke_at) == len(CRASHES), "each was to be killed"
    for broke in traffic.broke_at:
        assert 0 < broke["posts"] < POSTS and 0 < broke["replies"] < REPLIES, "it was to break in the middle"
    assert traffic.messages() == (POSTS, POSTS, POSTS)
    assert {state for (state,) in desk.rows("SELECT DISTINCT state FROM inbound_event")} <= {"done", "duplicate"}

    to_shop = traffic.replies("api")
    assert len(to_shop) == len({text for _, text, _ in to_shop}) == REPLIES // 2
    assert {state for _, _, state in to_shop} == {"sent"}
    assert set(around.at_shop(traffic.about)) == {message_id for message_id, _, _ in to_shop}

    to_bot = traffic.replies("telegram")
    came = around.at_bot(traffic.about)
    assert len(to_bot) == len({text for _, text, _ in to_bot}) == REPLIES // 2
    assert len(came) == len(set(came)), "a reply came to the customer twice"
    assert {state for _, _, state in to_bot} <= {"sent", "unknown"}
    assert {text for _, text, state in to_bot if state == "sent"} <= set(came)
    unknown = [text for _, text, state in to_bot if state == "unknown"]
    assert len(unknown) == CRASHES.count(("delivery", "bot")), unknown
