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
ON_ANY_DATABASE = ("clock", "valkey")  # what they do when killed does not depend on it: once is enough
RUNS = [("sqlite", *crash) for crash in CRASHES]
RUNS += [
    pytest.param("postgres", *crash, marks=pytest.mark.postgres) for crash in CRASHES if crash[0] not in ON_ANY_DATABASE
]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[str, Path], str]
) -> Iterator[tuple[RunningDesk, Platforms, Program]]:
    """A desk that runs for all the crashes on one kind of database, with 200 customers who wait for an answer."""
    folder = tmp_path_factory.mktemp("desk")
    with a_running_desk(folder, new_database(request.param, folder)) as desk:
        desk.start(*WHOLE)
        with platforms(desk, REPLIES // 2) as around:
            yield desk, around, desk.program("Sue", Role.SUPERVISOR)


@pytest.mark.parametrize(("place", "victim", "during"), RUNS, indirect=["place"])
def test_nothing_is_lost_or_doubled(place: tuple[RunningDesk, Platforms, Program], victim: str, during: str) -> None:
    desk, around, sue = place
    traffic = Traffic(desk, around, sue, f"{victim} dies at the {during},", POSTS)

    traffic.flow(breaks=victim, during=during)

    assert traffic.broke_at["posts"] < POSTS and traffic.broke_at["replies"] < REPLIES, "it was to break in the middle"
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
    assert len(unknown) == (1 if (victim, during) == ("delivery", "bot") else 0), unknown
