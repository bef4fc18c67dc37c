"""`up` is asked to stop in the middle of things: it ends cleanly, and the next start goes on where it was."""

import psutil
import pytest

from router.model import Role
from tests.journeys.running import RunningDesk
from tests.journeys.traffic import Traffic, platforms

POSTS, CUSTOMERS = 300, 20

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


def test_a_clean_stop_loses_nothing_and_a_second_start_goes_on(desk: RunningDesk) -> None:
    desk.start("up")
    with platforms(desk, CUSTOMERS) as around:
        traffic = Traffic(desk, around, desk.program("Sue", Role.SUPERVISOR), "up stops at the bot,", POSTS)
        family = desk.family("up")

        traffic.flow(("up", "bot"), gently=True)

        assert not psutil.wait_procs(family, timeout=10)[1]
        assert traffic.messages() == (POSTS, POSTS, POSTS)
        came, to_bot = around.at_bot(traffic.about), traffic.replies("telegram")
        assert len(came) == len(set(came)) == len(to_bot) == CUSTOMERS
        assert set(around.at_shop(traffic.about)) == {message_id for message_id, _, _ in traffic.replies("api")}
        states = {state for channel in ("api", "telegram") for _, _, state in traffic.replies(channel)}
        assert states == {"sent"}, "a clean stop leaves no reply of which nobody knows"
        assert desk.stop("up") == 0
    log = (desk.folder / "up.log").read_text()
    assert "Traceback" not in log and "did not stop in time" not in log, log[-3000:]
