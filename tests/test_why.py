"""Why a ticket is where it is: what would have changed the choice, unless that told of somebody's hard work."""

import pytest

from router import desk as acts
from router import inbox
from router.model import Role, Scope
from tests.builders import Desk, a_skill, an_agent, now

ANGRY = "This is the third time I write! Nobody answers me. Refund me or I cancel my account."


def otherwise(at: Desk, who: Scope, ticket: str) -> str:
    return inbox.why(at.heed, who, ticket, now()).otherwise


def two_lanes(at: Desk) -> None:
    """Let two calm tickets wait, each first in the lane of its language."""
    at.says("Where is my parcel, please?", "dan")
    at.says("Wo ist mein Paket, bitte? Ich habe es vor einer Woche bestellt und es ist nicht angekommen.", "eve")


def test_names_the_ticket_that_would_have_come_and_by_what(sqlite_desk: Desk) -> None:
    a_skill(sqlite_desk, "de", is_language=True)
    ana = an_agent(sqlite_desk, skills={"en": 3, "de": 3})
    two_lanes(sqlite_desk)
    given = acts.pull(sqlite_desk.heed, ana, now())
    assert given is not None
    [other] = [one for one in sqlite_desk.tickets if one.id != given.ticket_id]
    assert otherwise(sqlite_desk, ana, given.ticket_id) == f"ticket {other.number}: standing first instead of second"


def test_is_nothing_where_there_was_no_choice(sqlite_desk: Desk) -> None:
    ana = an_agent(sqlite_desk)
    ticket = sqlite_desk.says()
    assert otherwise(sqlite_desk, ana, ticket.id) == ""
    acts.pull(sqlite_desk.heed, ana, now())
    assert otherwise(sqlite_desk, ana, ticket.id) == ""


@pytest.mark.parametrize(("text", "told"), [("Where is my parcel, please?", True), (ANGRY, False)])
def test_tells_nothing_where_hard_work_had_a_part(sqlite_desk: Desk, text: str, told: bool) -> None:
    sqlite_desk.do("UPDATE queue SET mode = 'push'")
    ana, _ = an_agent(sqlite_desk, "Ana"), an_agent(sqlite_desk, "Bo")
    ticket = sqlite_desk.says(text)
    assert bool(otherwise(sqlite_desk, ana, ticket.id)) is told


def test_tells_others_nothing_of_a_run(sqlite_desk: Desk) -> None:
    a_skill(sqlite_desk, "de", is_language=True)
    ana, bo = an_agent(sqlite_desk, "Ana", skills={"en": 3, "de": 3}), an_agent(sqlite_desk, "Bo")
    sqlite_desk.do("UPDATE agent SET run = 2 WHERE id = :a", a=ana.agent)
    two_lanes(sqlite_desk)
    given = acts.pull(sqlite_desk.heed, ana, now())
    assert given is not None
    assert otherwise(sqlite_desk, ana, given.ticket_id) != ""
    assert otherwise(sqlite_desk, bo, given.ticket_id) == ""


def test_of_a_ticket_that_nobody_chose_an_agent_for_tells_how_its_agent_came_to_it(sqlite_desk: Desk) -> None:
    ana = an_agent(sqlite_desk, "Ana", role=Role.SUPERVISOR)
    bo = an_agent(sqlite_desk, "Bo")
    ticket = sqlite_desk.says().id

    def because() -> tuple[str, str]:
        found = inbox.why(sqlite_desk.heed, ana, ticket, now())
        return found.kind, found.because

    assert acts.pull(sqlite_desk.heed, bo, now())
    assert because()[0] == "assigned"
    acts.transfer(sqlite_desk.heed, bo, ticket, now(), agent=ana.agent)
    assert because() == ("transferred", "Ana was handed it by a colleague.")
    acts.assign(sqlite_desk.heed, ana, ticket, bo.agent or "", now())
    assert because() == ("by_hand", "Bo was given it by hand.")
    acts.give_back(sqlite_desk.heed, bo, ticket, now())
    assert inbox.why(sqlite_desk.heed, ana, ticket, now()).kind == "assigned"
    assert [one.kind for one in inbox.why(sqlite_desk.heed, ana, ticket, now()).earlier] == []
