"""“That was a hard one”: said at the ticket, shown on one's own page, and on nobody else's."""

from router import desk as acts
from router import hard_work
from tests.builders import Desk, a_supervisor, an_agent, now
from tests.web.browsers import post, signed_in


def a_hard_one(at: Desk, who: str = "Ana") -> tuple[str, object]:
    ana = an_agent(at, who)
    at.says("Do you sell lamps?", f"dan-{who}")
    given = acts.pull(at.heed, ana, now())
    assert given is not None
    return given.ticket_id, ana


def test_is_said_at_the_ticket_and_stands_on_ones_own_page(sqlite_desk: Desk) -> None:
    ticket, ana = a_hard_one(sqlite_desk)
    browser = signed_in(sqlite_desk, ana)
    assert "That was a hard one" in browser.get(f"/tickets/{ticket}").text
    answer = post(browser, f"/tickets/{ticket}/hard", hard="1")
    assert answer.status_code == 303
    assert "You called this a hard one." in browser.get(f"/tickets/{ticket}").text
    page = browser.get("/settings/you").text
    assert "Your share of hard work" in page
    assert "your word" in page
    post(browser, f"/tickets/{ticket}/hard", hard="0")
    assert "Nothing hard was handed to you lately." in browser.get("/settings/you").text


def test_a_supervisor_sees_nothing_of_one_agent(sqlite_desk: Desk) -> None:
    ticket, ana = a_hard_one(sqlite_desk)
    hard_work.say(sqlite_desk.heed, ana, ticket, True, now())
    browser = signed_in(sqlite_desk, a_supervisor(sqlite_desk))
    for path in (
        f"/tickets/{ticket}",
        f"/tickets/{ticket}/history",
        f"/tickets/{ticket}/why",
        "/wallboard",
        "/reports",
    ):
        said = browser.get(path).text
        assert "hard one" not in said and "Hard work" not in said, path
    assert post(browser, f"/tickets/{ticket}/hard", hard="1").status_code == 303  # and is told why not
    assert "You did not have this ticket." in browser.get(f"/tickets/{ticket}").text


def test_the_wallboard_tells_how_five_shared_it(sqlite_desk: Desk) -> None:
    for name in ("Ana", "Bo", "Cy", "Di", "Ed"):
        ticket, who = a_hard_one(sqlite_desk, name)
        hard_work.say(sqlite_desk.heed, who, ticket, True, now())
    said = signed_in(sqlite_desk, a_supervisor(sqlite_desk)).get("/wallboard").text
    assert "of 5 agents the 1 with most had 20 %" in said


def test_asking_for_a_pause_tells_the_supervisors(sqlite_desk: Desk) -> None:
    _, ana = a_hard_one(sqlite_desk)
    assert post(signed_in(sqlite_desk, ana), "/settings/you/pause").status_code == 303
    assert "Ana would like a pause" in signed_in(sqlite_desk, a_supervisor(sqlite_desk)).get("/notices").text
