"""What programs read and do with tickets, from outside, on both databases."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import OWN_ADDRESS, a_brand, a_connection_row, a_queue, a_skill, an_agent, in_minutes, mail
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


class TestNext:
    def test_nothing_waits(self, api: ApiDesk) -> None:
        answer = api.agent().post("/next")
        assert (answer.status_code, answer.data) == (204, b"")

    def test_the_ticket_comes_with_its_reason(self, api: ApiDesk) -> None:
        ana = api.agent()
        ticket = api.pulled(ana)
        assert (ticket["state"], ticket["agent"]) == ("open", ana.get("/me").json["id"])
        assert ticket["decision"]["because"] == ticket["because"]

    def test_who_is_away_is_told_so(self, api: ApiDesk) -> None:
        ana = api.agent()
        api.desk.says()
        ana.call("PUT", "/me/presence", {"status": "away", "reason": "lunch"})
        answer = ana.post("/next")
        assert (answer.status_code, "away" in answer.json["detail"]) == (409, True)

    def test_who_is_full_is_told_so(self, api: ApiDesk) -> None:
        ana = api.agent(slots={"live": 1, "messaging": 1, "mail": 0})
        api.pulled(ana)
        answer = ana.post("/next")
        assert (answer.status_code, "slots" in answer.json["detail"]) == (409, True)


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


class TestActs:
    def test_transfer_by_name_with_needs_and_a_note(self, api: ApiDesk) -> None:
        a_queue(api.desk, "Billing")
        a_skill(api.desk, "billing")
        ana = api.agent()
        path = f"/tickets/{api.pulled(ana)['id']}"
        body = {"queue": "billing", "needs": {"billing": 3.0}, "note": "They paid twice."}
        after = ana.post(f"{path}/transfer", body)
        assert after.status_code == 200, after.json
        assert (after.json["state"], after.json["queue"], after.json["needs"]) == (
            "waiting", "Billing", {"billing": 3, "en": 1},
        )  # fmt: skip
        assert after.json["messages"][-1]["text"] == "They paid twice."

    def test_transfer_to_a_person(self, api: ApiDesk) -> None:
        ana, bo = api.agent(), api.agent("Bo")
        path = f"/tickets/{api.pulled(ana)['id']}/transfer"
        him = bo.get("/me").json
        assert ana.post(path, {"agent": him["email"]}).json["agent"] == him["id"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"queue": "General", "agent": "me"},
            {"queue": "Nowhere"},
            {"agent": "nobody"},
            {"agent": "me", "needs": {"en": 6}},
            {"agent": "me", "needs": {"en": True}},
        ],
        ids=str,
    )
    def test_transfer_to_nowhere_is_refused(self, api: ApiDesk, body: object) -> None:
        ana = api.agent()
        assert ana.post(f"/tickets/{api.pulled(ana)['id']}/transfer", body).status_code == 422

    def test_return_keeps_the_place(self, api: ApiDesk) -> None:
        ana = api.agent()
        came = api.desk.says()
        place = ana.get(f"/tickets/{came.id}").json["place"]
        ana.post("/next")
        after = ana.post(f"/tickets/{came.id}/return").json
        assert (after["state"], after["place"], after["agent"]) == ("waiting", place, None)

    def test_snooze_resolve_and_reopen(self, api: ApiDesk) -> None:
        ana = api.agent()
        path = f"/tickets/{api.pulled(ana)['id']}"
        assert ana.post(f"{path}/snooze", {"until": in_minutes(60).isoformat()}).json["state"] == "snoozed"
        assert ana.post(f"{path}/snooze", {"until": in_minutes(-1).isoformat()}).status_code == 409
        assert ana.post(f"{path}/snooze", {"until": "2030-01-01T10:00:00"}).status_code == 422
        assert ana.post(f"{path}/resolve").json["state"] == "resolved"
        assert ana.post(f"{path}/reopen").json["state"] == "open"
        assert ana.post(f"{path}/reopen").status_code == 409

    def test_spam_closes(self, api: ApiDesk) -> None:
        ana = api.agent()
        path = f"/tickets/{api.pulled(ana)['id']}"
        assert ana.post(f"{path}/spam").json["state"] == "closed"

    def test_only_a_supervisor_assigns_by_hand(self, api: ApiDesk) -> None:
        ana, sue, came = api.agent(), api.supervisor(), api.desk.says()
        her = ana.get("/me").json["id"]
        assert ana.post(f"/tickets/{came.id}/assign", {"agent": "me"}).status_code == 403
        assert sue.post(f"/tickets/{came.id}/assign", {"agent": her}).json["agent"] == her

    def test_write_to_a_customer_first(self, api: ApiDesk) -> None:
        row, ana = a_connection_row(api.desk, "email"), api.agent()
        body = {"connection": row.id, "to": "dan@home.example", "subject": "Your parcel", "text": "It is here."}
        answer = ana.post("/tickets", body)
        assert answer.status_code == 201, answer.json
        assert (answer.json["state"], answer.json["messages"][0]["to"][0]["address"]) == ("pending", "dan@home.example")
        assert ana.post("/tickets", {**body, "subject": "a\r\nBcc: x@y.example"}).status_code == 422
        assert ana.post("/tickets", {**body, "to": "dan"}).status_code == 422
        assert ana.post("/tickets", {**body, "connection": api.desk.api.id}).status_code == 409
        assert OWN_ADDRESS not in str(answer.json["contact"])

    def test_the_same_key_writes_to_a_customer_once(self, api: ApiDesk) -> None:
        row, ana = a_connection_row(api.desk, "email"), api.agent()
        body = {"connection": row.id, "to": "dan@home.example", "subject": "Your parcel", "text": "It is here."}
        once = {"headers": {"Idempotency-Key": "parcel-1"}}
        first, again = ana.post("/tickets", body, **once), ana.post("/tickets", body, **once)
        assert first.status_code == again.status_code == 201
        assert first.json["id"] == again.json["id"]
        assert ana.post("/tickets", {**body, "text": "It is not."}, **once).status_code == 409


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
