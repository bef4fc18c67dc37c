"""Every page and every form, walked as a supervisor of another brand: nothing of this one is there.

The walk reads the routes from the application, so a new page is walked without a word here; what its address names is
filled from things of the first brand.
"""

import re
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from router import desk as acts
from router.model import Role
from router.store.ids import new_id
from router.web.audience import audience_of
from tests.a_desk import send
from tests.builders import Desk, a_brand, a_connection_row, an_agent, mail, now
from tests.web.browsers import signed_in

CANARY = "quetzalcoatl"
METHODS = ("GET", "POST")


@pytest.fixture
def things(sqlite_desk: Desk) -> Mapping[str, str]:
    """What the first brand has, by the names that addresses use."""
    desk = sqlite_desk
    ana = an_agent(desk, "Ana", role=Role.SUPERVISOR)
    row = a_connection_row(desk, "email")
    headers = {"From": f"Zoe {CANARY} <zoe@{CANARY}.example>", "Subject": f"The {CANARY} order"}
    external = mail(desk, row, f"My {CANARY} order has not come.", **headers)
    ticket = desk.ticket_of(external, row)
    acts.pull(desk.heed, ana, now())
    acts.note(desk.heed, ana, ticket.id, f"A note on {CANARY} for @Ana", now())
    message = desk.messages(ticket.id)[0].id
    (queue,) = {queue_id for (queue_id,) in desk.rows("SELECT id FROM queue WHERE brand_id = :b", b=desk.brand_id)}
    return {
        "ticket_id": ticket.id, "contact_id": ticket.contact_id or "", "message_id": message, "attachment_id": message,
        "queue_id": queue, "connection_id": row.id, "brand_id": desk.brand_id, "agent_id": ana.agent or "",
        "answer_id": message, "calendar_id": message, "notice_id": message, "view_id": message, "undo_id": message,
        "follow_up_id": message, "identity_id": message, "key": message, "token_id": message, "session_id": message,
        "intent": "refund_request",
    }  # fmt: skip


@pytest.fixture
def stranger(sqlite_desk: Desk, things: Mapping[str, str]) -> FlaskClient:
    """The browser of a supervisor who works for another brand alone."""
    other = a_brand(sqlite_desk, "Other")
    return signed_in(sqlite_desk, an_agent(sqlite_desk, "Eve", role=Role.SUPERVISOR, brands=[other]))


def addresses(page: FlaskClient, things: Mapping[str, str]) -> list[tuple[str, str, str, bool]]:
    """Return (method, endpoint, path, whether it names a thing) of every route for people."""
    found = []
    for rule in page.application.url_map.iter_rules():
        who = audience_of(page.application, rule.endpoint)
        if who.role is None or who.who == "token" or not rule.arguments <= things.keys() | {"channel", "act", "mode"}:
            continue
        values = {name: things.get(name, "email") for name in rule.arguments}
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).format(**values)
        for method in METHODS:
            if method in (rule.methods or ()) and rule.endpoint != "streams.events":
                found.append((method, rule.endpoint, path, bool(rule.arguments)))
    return found


def test_no_page_tells_of_another_brand(stranger: FlaskClient, things: Mapping[str, str]) -> None:
    walked = [one for one in addresses(stranger, things) if one[0] == "GET"]
    assert len(walked) > 45
    told = []
    for _, endpoint, path, names in walked:
        for asked in (path, f"{path}?q={CANARY}&fragment=1"):
            answer = stranger.get(asked)
            body = answer.get_data(as_text=True).replace(f'value="{CANARY}"', "").replace(f"q={CANARY}", "")
            if answer.status_code >= 500:
                told.append(f"{endpoint} {asked} fails")
            if CANARY in body:
                told.append(f"{endpoint} {asked} shows it")
            of_a_ticket = names and re.search(r"/(tickets|contacts|messages|attachments)/", path)
            if of_a_ticket and answer.status_code != 404:
                told.append(f"{endpoint} {asked} answers {answer.status_code}")
    assert not told, "\n".join(told)


def test_no_form_acts_on_another_brand(sqlite_desk: Desk, stranger: FlaskClient, things: Mapping[str, str]) -> None:
    before = rows_of(sqlite_desk, things)
    done, forms = [], 0
    walked = [one for one in addresses(stranger, things) if one[0] == "POST"]
    form = {
        "text": "x", "to": "eve@other.example", "status": "online", "queue": things["queue_id"],
        "into": things["ticket_id"], "agent": things["agent_id"], "ticket": things["ticket_id"],
        "message": things["message_id"], "reason": "said",
        "until": "2030-01-01T09:00", "at": "2030-01-01T09:00", "act": "spam", "contact": things["contact_id"],
    }  # fmt: skip
    for _, endpoint, path, names in walked:
        if not names or not re.search(r"/(tickets|contacts|messages)/", path):
            continue
        forms += 1
        answer = send(stranger, path, **form)
        nobodys = send(stranger, re.sub(r"(/(?:tickets|contacts|messages)/)\w+", r"\g<1>" + new_id(), path), **form)
        if answer.status_code < 300 or answer.status_code != nobodys.status_code:
            done.append(f"{endpoint} {path} answers {answer.status_code}, {nobodys.status_code} for what is nobody's")
        if CANARY in answer.get_data(as_text=True):
            done.append(f"{endpoint} shows it")
    assert forms > 25
    assert rows_of(sqlite_desk, things) == before
    assert not done, "\n".join(done)


def rows_of(desk: Desk, things: Mapping[str, str]) -> list[object]:
    """Return what a form could have changed."""
    ticket = desk.ticket(things["ticket_id"])
    return [ticket, len(desk.messages()), desk.rows("SELECT * FROM identity_link"), desk.rows("SELECT * FROM block")]
