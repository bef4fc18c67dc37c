"""What programs read of the desk, its rules and its people, and what they hear, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.model import Presence, Role
from router.store import sites
from tests.builders import a_brand, a_queue, an_agent, now, rules
from tests.web.api_desk import ApiDesk, an_api

RULES = """
facts:
  contact.seats: {type: number, trust: signed}
rules:
  - name: Angry and valuable first
    when:
      all:
        - {fact: frustration, is: at_least, value: 60}
        - {fact: contact.tier, is: one_of, value: [gold, platinum]}
    then: [{answer_within: 10m}, {tag: vip}]
  - name: Money questions
    when: {fact: intent, is: one_of, value: [refund_request, refund_status]}
    then: [{queue: Billing}]
"""


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """A desk with its API, once on each database."""
    with an_api(database_url, tmp_path) as api:
        yield api


class TestPeople:
    def test_me(self, api: ApiDesk) -> None:
        me = api.agent(skills={"en": 4}).get("/me").json
        assert (me["name"], me["role"], me["presence"], me["skills"]) == ("Ana", "agent", "online", {"en": 4})
        assert {slot["key"]: (slot["taken"], slot["all"]) for slot in me["slots"]} == {"live": (0, 3), "mail": (0, 1)}
        assert [brand["id"] for brand in me["brands"]] == [api.desk.brand_id]

    def test_presence(self, api: ApiDesk) -> None:
        ana = api.agent(presence=None)
        assert ana.get("/me").json["presence"] == "offline"
        told = ana.call("PUT", "/me/presence", {"status": "away", "reason": "lunch"})
        assert (told.status_code, told.json["presence"], told.json["reason"]) == (200, "away", "lunch")
        assert ana.call("PUT", "/me/presence", {"status": "asleep"}).status_code == 422

    def test_ending_a_shift(self, api: ApiDesk) -> None:
        ana, chat = api.agent(), api.desk.says().id
        assert ana.post("/next").json["id"] == chat
        back = {"ticket": chat, "to": "queue"}
        assert ana.post("/me/shift/end", {"tickets": [back]}).status_code == 409
        told = ana.post("/me/shift/end", {"tickets": [back], "note": "He waits for a call."}).json
        assert told == {"handed": [chat], "kept": [], "refused": [], "presence": "offline"}

    def test_tickets_are_taken_back_from_whoever_is_not_here(self, api: ApiDesk) -> None:
        ana, sue = api.agent(), api.agent("Sue", role=Role.SUPERVISOR)
        chat, her = api.desk.says().id, ana.get("/me").json["id"]
        ana.post("/next")
        assert sue.post(f"/agents/{her}/take-back", {}).status_code == 409
        ana.call("PUT", "/me/presence", {"status": "offline"})
        assert ana.post(f"/agents/{her}/take-back", {}).status_code == 403
        assert sue.post(f"/agents/{her}/take-back", {"note": "She is ill."}).json == {"taken": [chat]}
        assert sue.get(f"/tickets/{chat}").json["messages"][-1]["text"] == "She is ill."

    def test_colleagues_are_told_without_how_their_work_went(self, api: ApiDesk) -> None:
        ana = api.agent()
        an_agent(api.desk, "Bo", presence=Presence.AWAY)
        told = ana.get("/agents").json["items"]
        assert [(a["name"], a["presence"]) for a in told] == [("Ana", "online"), ("Bo", "away")]
        assert set(told[0]) == {"id", "name", "email", "role", "presence", "skills", "site", "slots"}

    def test_where_somebody_works_is_no_skill(self, api: ApiDesk) -> None:
        ana, bo = api.agent(), an_agent(api.desk, "Bo", skills={"en": 2})
        with api.desk.heed.database.write() as db:
            sites.put(db, bo.agent or "", "Lahore", "Asia/Karachi", now())
        [her, his] = ana.get("/agents").json["items"]
        assert (her["site"], his["site"], his["skills"]) == (None, "Lahore", {"en": 2})
        assert ana.get("/me").json["site"] is None


class TestDesk:
    def test_queues_skills_and_connections(self, api: ApiDesk) -> None:
        a_queue(api.desk, "Billing")
        ana = api.agent()
        assert [q["name"] for q in ana.get("/queues").json["items"]] == ["Billing", "General"]
        assert [s["key"] for s in ana.get("/skills").json["items"]] == ["en"]
        [connection] = ana.get("/connections").json["items"]
        assert set(connection) == {"id", "brand_id", "channel", "name", "active"}

    def test_a_contact(self, api: ApiDesk) -> None:
        came = api.desk.says(contact={"tier": "gold"})
        contact = api.agent().get(f"/contacts/{came.contact_id}").json
        assert (contact["name"], contact["tier"], contact["tickets_count"]) == ("Dan", "gold", 1)
        assert [t["id"] for t in contact["tickets"]] == [came.id]
        assert [i["address"] for i in contact["identities"]] == ["dan"]


class TestRules:
    def test_the_live_ones_come_as_a_file_and_in_words(self, api: ApiDesk) -> None:
        a_queue(api.desk, "Billing")
        rules(api.desk, RULES)
        ana = api.agent()
        live = ana.get("/rules").json
        assert (live["number"], live["yaml"]) == (2, RULES)
        assert [rule["name"] for rule in live["rules"]] == ["Angry and valuable first", "Money questions"]
        assert live["rules"][1]["says"].startswith("When ")
        versions = ana.get("/rules/versions").json["items"]
        assert [(v["number"], v["live"]) for v in versions] == [(2, True), (1, False)]

    def test_a_file_is_checked_against_the_desk(self, api: ApiDesk) -> None:
        ana = api.agent()
        found = ana.post("/rules/check", {"yaml": RULES}).json
        assert not found["holds"]
        assert any(f["severity"] == "error" and "Billing" in f["message"] for f in found["findings"])
        a_queue(api.desk, "Billing")
        assert ana.post("/rules/check", {"yaml": RULES}).json["holds"]
        assert not ana.post("/rules/check", {"yaml": "a: [&x *x"}).json["holds"]

    def test_rules_are_tried_on_a_text_and_on_facts(self, api: ApiDesk) -> None:
        body = {"yaml": RULES, "text": "I want my money back.", "facts": {"contact.tier": "gold", "frustration": 80}}
        told = api.agent().post("/rules/test", body).json
        assert "Angry and valuable first" in told["rules"]
        assert (told["answer_within_s"], told["tags"]) == (600, ["vip"])
        assert [step["rule"] for step in told["trace"]] == ["Angry and valuable first", "Money questions"]
        assert told["facts"]["frustration"] == "80"
        assert "text" not in told["facts"]

    def test_without_a_file_the_live_ones_are_tried(self, api: ApiDesk) -> None:
        rules(api.desk, "rules: [{name: All, when: always, then: [{tag: seen}]}]")
        assert api.agent().post("/rules/test", {"facts": {}}).json["tags"] == ["seen"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"yaml": "rules: 5"}, "#/yaml"),
            ({"facts": {"sentimnt": 1}}, "#/facts/sentimnt"),
            ({"facts": {"frustration": "very"}}, "#/facts/frustration"),
            ({"facts": {"waited": ["5m"]}}, "#/facts/waited"),
            ({"brand": "Elsewhere"}, "#/brand"),
        ],
        ids=str,
    )
    def test_what_cannot_be_tried_is_pointed_at(self, api: ApiDesk, body: object, pointer: str) -> None:
        answer = api.agent().post("/rules/test", body)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)

    def test_who_works_for_several_brands_names_one(self, api: ApiDesk) -> None:
        other = a_brand(api.desk, "other")
        ana = api.program(an_agent(api.desk, brands=(api.desk.brand_id, other)))
        assert ana.get("/rules").json["errors"][0]["parameter"] == "brand"
        assert ana.get("/rules?brand=Other").json["number"] == 0
        far = api.program(an_agent(api.desk, "Far", brands=(other,)))
        assert far.get(f"/rules?brand={api.desk.brand_id}").status_code == 422


class TestEvents:
    def test_a_stream_begins_with_hello(self, api: ApiDesk) -> None:
        answer = api.agent(role=Role.AGENT).get("/events")
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
        first = next(iter(answer.response))
        answer.close()
        assert b"event: hello" in (first if isinstance(first, bytes) else first.encode())
