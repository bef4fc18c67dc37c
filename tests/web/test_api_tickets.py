"""What programs read and do with tickets, from outside, on both databases."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import a_brand, a_connection_row, a_queue, an_agent, mail
from tests.web.api_desk import ApiDesk, an_api

TICKET = """id number brand state queue channel connection subject contact language intent intent_confidence sentiment
frustration heat urgency place waiting_since answer_by promises needs tags agent created_at messages"""
MESSAGE = "id direction external_id from to cc text html attachments reading state at"


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """A desk with its API, once on each database."""
    with an_api(database_url, tmp_path) as api:
        yield api


class TestReading:
    def test_a_ticket_has_all_that_the_public_surface_names(self, api: ApiDesk) -> None:
        came = api.desk.says("This is the third time I ask. I want my money back!", "dan", contact={"tier": "gold"})
        ticket = api.agent().get(f"/tickets/{came.id}").json
        assert set(ticket) >= set(TICKET.split())
        assert (ticket["state"], ticket["queue"], ticket["channel"], ticket["number"]) == (
            "waiting",
            "General",
            "api",
            1,
        )
        assert ticket["contact"]["tier"] == "gold"
        assert [i["address"] for i in ticket["contact"]["identities"]] == ["dan"]
        assert ticket["needs"] == {"en": 1}
        assert ticket["place"] and ticket["answer_by"] and ticket["waiting_since"]
        assert [p["kind"] for p in ticket["promises"]] == ["first_answer"]
        [message] = ticket["messages"]
        assert set(message) >= set(MESSAGE.split())
        assert (message["direction"], message["from"]) == ("inbound", {"address": "dan", "name": "Dan"})
        assert message["reading"]["frustration"] == ticket["frustration"] > 0
        assert ticket["mood"]["read"] and ticket["mood"]["history"][0]["frustration"] == ticket["frustration"]

    def test_what_was_not_read_is_not_calm(self, api: ApiDesk) -> None:
        came = api.desk.says("👍")
        ticket = api.agent().get(f"/tickets/{came.id}").json
        assert (ticket["frustration"], ticket["sentiment"], ticket["mood"]["read"]) == (None, None, False)

    def test_a_tier_that_only_a_visitor_claimed_is_not_told(self, api: ApiDesk) -> None:
        chat = a_connection_row(api.desk, "webchat")
        came = api.desk.says("Hello, where is my order?", "eve")
        api.desk.do("UPDATE contact_fact SET trust = 'visitor'")
        assert chat
        assert api.agent().get(f"/tickets/{came.id}").json["contact"]["tier"] is None

    def test_waiting_ones_come_in_order_of_place_over_all_pages(self, api: ApiDesk) -> None:
        for number in range(7):
            api.desk.says(f"Question {number} about my parcel", f"customer{number}")
        ana, seen, cursor = api.agent(), [], ""
        while True:
            page = ana.get(f"/tickets?state=waiting&limit=3{cursor}").json
            seen += page["items"]
            if page["next"] is None:
                break
            assert len(page["items"]) == 3
            cursor = f"&cursor={page['next']}"
        assert len({t["id"] for t in seen}) == 7
        assert [t["place"] for t in seen] == sorted(t["place"] for t in seen)

    def test_lists_are_narrowed_by_state_queue_agent_and_words(self, api: ApiDesk) -> None:
        a_queue(api.desk, "Billing")
        ana = api.agent()
        mine = api.pulled(ana)
        other = api.desk.says("Another question, about shoes", "kim")
        ids = lambda query: [t["id"] for t in ana.get(f"/tickets?{query}").json["items"]]  # noqa: E731
        assert ids("agent=me") == ids("state=open") == [mine["id"]]
        assert ids("queue=Billing") == []
        assert set(ids("queue=general")) == {mine["id"], other.id}
        assert ids("q=2") == ids("q=kim") == [other.id]
        assert ana.get("/tickets?queue=Nowhere").json["errors"][0]["parameter"] == "queue"

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=201", "limit=1_0", "limit=x", "state=lost", "sate=open", "q=%00"]
    )
    def test_a_query_that_means_nothing_is_refused(self, api: ApiDesk, query: str) -> None:
        answer = api.agent().get(f"/tickets?{query}")
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert answer.json["errors"][0]["parameter"] == query.partition("=")[0]

    def test_a_cursor_of_someone_elses_begins_at_the_start(self, api: ApiDesk) -> None:
        api.desk.says()
        assert len(api.agent().get("/tickets?cursor=abc").json["items"]) == 1

    def test_why_says_how_it_came_to_its_agent_and_why_another_still_waits(self, api: ApiDesk) -> None:
        ana = api.agent()
        ticket = api.pulled(ana)
        why = ana.get(f"/tickets/{ticket['id']}/why").json
        assert why["because"] == ticket["because"] != ""
        assert why["candidates_are"] == "ticket"
        assert [c["id"] for c in why["candidates"] if c["chosen"]] == [ticket["id"]]
        waiting = api.desk.says("Second question", "kim")
        assert ana.get(f"/tickets/{waiting.id}/why").json["waits"] != ""


class TestReplies:
    def test_a_reply_is_queued_and_shown(self, api: ApiDesk) -> None:
        ana = api.agent()
        ticket = api.pulled(ana)
        data = base64.b64encode(b"hello").decode()
        files = [{"name": "note.txt", "media_type": "text/plain", "data": data}]
        answer = ana.post(f"/tickets/{ticket['id']}/replies", {"text": "On its way.", "attachments": files})
        assert answer.status_code == 201, answer.json
        message = ana.get(f"/tickets/{ticket['id']}").json["messages"][-1]
        assert (message["id"], message["direction"], message["state"]) == (answer.json["id"], "outbound", "queued")
        assert message["from"] == {"address": None, "name": "Ana"}
        url = message["attachments"][0]["url"].removeprefix("/api/v1")
        file = ana.get(url)
        assert (file.status_code, file.data, file.mimetype) == (200, b"hello", "application/octet-stream")
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert file.headers["X-Content-Type-Options"] == "nosniff"

    def test_the_same_key_twice_is_one_reply(self, api: ApiDesk) -> None:
        ana = api.agent()
        path = f"/tickets/{api.pulled(ana)['id']}/replies"
        once = {"Idempotency-Key": "7f1c"}
        first = ana.post(path, {"text": "On its way."}, headers=once)
        again = ana.post(path, {"text": "On its way."}, headers=once)
        other = ana.post(path, {"text": "Something else."}, headers=once)
        assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
        assert first.json == again.json
        assert (
            len([m for m in ana.get(path.removesuffix("/replies")).json["messages"] if m["direction"] == "outbound"])
            == 1
        )

    def test_who_has_not_seen_the_newest_message_is_shown_it_first(self, api: ApiDesk) -> None:
        ana = api.agent()
        ticket = api.pulled(ana, who="dan", thread="t1")
        seen = ticket["messages"][-1]["id"]
        api.desk.says("Stop, I found it!", "dan", thread="t1")
        newest = ana.get(f"/tickets/{ticket['id']}").json["messages"][-1]["id"]
        path = f"/tickets/{ticket['id']}/replies"
        answer = ana.post(path, {"text": "On its way.", "last_seen": seen})
        assert (answer.status_code, answer.json["newer_message"]) == (409, newest)
        assert ana.post(path, {"text": "Glad to hear.", "last_seen": newest}).status_code == 201

    def test_a_mail_becomes_pending_unless_it_is_kept_open(self, api: ApiDesk) -> None:
        ana, row = api.agent(), a_connection_row(api.desk, "email")
        mail(api.desk, row)
        ticket = ana.post("/next").json
        path = f"/tickets/{ticket['id']}"
        assert ana.post(f"{path}/replies", {"text": "One moment.", "keep_open": True}).status_code == 201
        assert ana.get(path).json["state"] == "open"
        assert ana.post(f"{path}/replies", {"text": "Done.", "cc": ["boss@home.example"]}).status_code == 201
        after = ana.get(path).json
        assert after["state"] == "pending"
        assert after["messages"][-1]["cc"] == [{"address": "boss@home.example", "name": ""}]

    def test_a_mail_is_forwarded_to_a_third_party(self, api: ApiDesk) -> None:
        ana, row = api.agent(), a_connection_row(api.desk, "email")
        mail(api.desk, row)
        ticket = ana.post("/next").json
        path = f"/tickets/{ticket['id']}/forward"
        answer = ana.post(path, {"to": "carrier@post.example", "text": "Where is this one?"})
        assert answer.status_code == 201, answer.json
        sent = ana.get(f"/tickets/{ticket['id']}").json["messages"][-1]
        assert (sent["visibility"], sent["to"][0]["address"]) == ("direct", "carrier@post.example")
        assert ana.post(path, {"to": "nobody", "text": "Where?"}).json["errors"][0]["pointer"] == "#/to"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "#/text"),
            ({"text": "  "}, "#/text"),
            ({"text": 5}, "#/text"),
            ({"text": "x\x00"}, "#/text"),
            ({"text": "x", "keep_open": "true"}, "#/keep_open"),
            ({"text": "x", "keepopen": True}, "#/keepopen"),
            ({"text": "x", "to": ["a@b", 5]}, "#/to/1"),
            ({"text": "x", "attachments": [{"name": "a", "data": "***"}]}, "#/attachments/0/data"),
            ({"text": "x", "attachments": [{"name": "a\r\nb", "data": ""}]}, "#/attachments/0/name"),
        ],
        ids=lambda value: str(value),
    )
    def test_what_is_wrong_with_a_body_is_pointed_at(self, api: ApiDesk, body: object, pointer: str) -> None:
        ana = api.agent()
        answer = ana.post(f"/tickets/{api.pulled(ana)['id']}/replies", body)
        assert answer.status_code == 422
        assert pointer in [error["pointer"] for error in answer.json["errors"]]

    def test_another_agents_ticket_is_not_answered(self, api: ApiDesk) -> None:
        ticket = api.pulled(api.agent())
        bo = api.agent("Bo")
        assert bo.post(f"/tickets/{ticket['id']}/replies", {"text": "Mine!"}).status_code == 403
        assert bo.post(f"/tickets/{ticket['id']}/notes", {"text": "I know them."}).status_code == 201


class TestWalls:
    def test_one_brand_sees_nothing_of_another(self, api: ApiDesk) -> None:
        came = api.desk.says()
        away = a_brand(api.desk, "away")
        eve = api.program(an_agent(api.desk, "Eve", brands=(away,)))
        assert eve.get(f"/tickets/{came.id}").status_code == 404
        assert eve.get("/tickets").json["items"] == []
        assert eve.get(f"/contacts/{came.contact_id}").status_code == 404
        assert eve.post("/next").status_code == 204
        assert [q["brand_id"] for q in eve.get("/queues").json["items"]] == [away]
        assert eve.get("/connections").json["items"] == []
        assert [a["name"] for a in eve.get("/agents").json["items"]] == ["Eve"]
