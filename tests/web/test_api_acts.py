"""The API's acts on tickets: the next one, snooze, resolve, transfer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import OWN_ADDRESS, a_connection_row, a_queue, a_skill, in_minutes
from tests.web.api_desk import ApiDesk, an_api


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """A desk with its API, once on each database."""
    with an_api(database_url, tmp_path) as api:
        yield api


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
