"""What tests of offers begin with: a queue that offers, and what is offered to whom."""

from datetime import timedelta

import pytest

from router.desk.offers import offered
from tests.builders import now

LIVE_S, MAIL_S, PASSED_S = 20, 120, 300


@pytest.fixture(autouse=True)
def pushing(request):
    """Let the desk's own queue offer."""
    push(request.getfixturevalue("desk" if "desk" in request.fixturenames else "sqlite_desk"))


def push(at, **how):
    at.do("UPDATE queue SET mode = 'push'")
    for name, value in how.items():
        at.do(f"UPDATE queue SET {name} = :value", value=value)


def offered_to(at, ticket_id):
    [(agent,)] = at.rows("SELECT agent_id FROM offer WHERE ticket_id = :t AND state = 'open'", t=ticket_id) or [(None,)]
    return agent


def offer_of(at, scope):
    [found] = offered(at.heed, scope)
    return found


def seconds(number):
    return now() + timedelta(seconds=number)
