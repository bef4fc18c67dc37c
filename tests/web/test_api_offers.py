"""The API's offers: listed, accepted, declined, by the one they are for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.desk.offers import MAX_REASON
from tests.web.api_desk import ApiDesk, an_api


@pytest.fixture
def api(sqlite_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """A desk that offers, with its API."""
    with an_api(sqlite_url, tmp_path) as api:
        api.desk.do("UPDATE queue SET mode = 'push'")
        yield api


def test_an_offer_is_listed_and_accepted(api: ApiDesk) -> None:
    ana = api.agent()
    ticket = api.desk.says()
    [offer] = ana.get("/offers").json["items"]
    assert offer["ticket"] == ticket.id
    assert ana.get(f"/tickets/{ticket.id}").json["offer"] == {"id": offer["id"], "until": offer["until"]}
    taken = ana.post(f"/offers/{offer['id']}/accept")
    assert (taken.status_code, taken.json["state"], taken.json["offer"]) == (200, "open", None)
    assert ana.get("/offers").json == {"items": []}


def test_a_declined_offer_goes_to_the_next_and_is_over(api: ApiDesk) -> None:
    ana = api.agent("Ana")
    ticket = api.desk.says()
    bo = api.agent("Bo")
    [offer] = ana.get("/offers").json["items"]
    path = f"/offers/{offer['id']}"
    declined = ana.post(f"{path}/decline", {"reason": "lunch"})
    assert (declined.status_code, declined.json["state"], declined.json["offer"]) == (200, "offered", None)
    assert [one["ticket"] for one in bo.get("/offers").json["items"]] == [ticket.id]
    over = ana.post(f"{path}/accept")
    assert (over.status_code, over.json["detail"]) == (409, "You declined this offer; the next agent was asked.")


def test_why_says_to_whom_a_ticket_is_offered_and_why(api: ApiDesk) -> None:
    ana = api.agent()
    ticket = api.desk.says()
    why = ana.get(f"/tickets/{ticket.id}/why").json
    assert (why["kind"], why["candidates"][0]["name"], why["candidates"][0]["chosen"]) == ("offered", "Ana", True)
    assert why["because"].startswith("the only free agent; 0 of 3 live slots taken; due in ")
    assert why["waits"] == "Offered to Ana."


def test_a_colleagues_offer_is_not_there_and_a_reason_has_an_end(api: ApiDesk) -> None:
    ana = api.agent("Ana")
    api.desk.says()
    [offer] = ana.get("/offers").json["items"]
    for act in ("accept", "decline"):
        assert api.agent("Bo").post(f"/offers/{offer['id']}/{act}").status_code == 404
    assert ana.post(f"/offers/{offer['id']}/decline", {"reason": "x" * (MAX_REASON + 1)}).status_code == 422
