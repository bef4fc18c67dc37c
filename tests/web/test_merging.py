"""Merging as a browser without script sees it, and as a program does."""

from router import desk as acts
from router.model import Role
from router.web import create_app
from tests.builders import Desk, a_brand, a_connection_row, an_agent, mail, now, pulled
from tests.web.api_desk import ApiDesk
from tests.web.browsers import post, signed_in


class TestTickets:
    def test_merge_by_the_dialog_and_take_it_back(self, at: Desk) -> None:
        sue = an_agent(at, "Sue", role=Role.SUPERVISOR)
        browser = signed_in(at, sue)
        first, second = at.says("Where is my parcel?", thread="a"), at.says("And my refund?", thread="b")
        page = browser.get(f"/tickets/{first.id}/merge").text
        assert f'value="{second.id}"' in page and "And my refund?" in page and "Which one stays" in page
        assert "no such ticket" in browser.get(f"/tickets/{first.id}/merge?number=999").text
        answer = post(browser, f"/tickets/{first.id}/merge", other=second.id, stays="this")
        assert answer.headers["Location"] == f"/tickets/{first.id}"
        page = browser.get(f"/tickets/{first.id}").text
        assert "And my refund?" in page and "With ticket 2" in page and "was merged into this one" in page
        assert browser.get(f"/tickets/{second.id}?tab=mine").headers["Location"] == f"/tickets/{first.id}?tab=mine"
        assert f'data-ticket="{first.id}"' in browser.get(f"/tickets/{second.id}/conversation?fragment=1").text
        assert browser.get(f"/tickets/{second.id}/merge").status_code == 302
        told = post(browser, f"/tickets/{second.id}/unmerge", json=True).get_json()
        assert told["shows"] == second.id and "both tickets stand as they did" in told["words"]
        assert "And my refund?" not in browser.get(f"/tickets/{first.id}/conversation?fragment=1").text

    def test_other_customers_are_confirmed_and_other_brands_are_not_there(self, at: Desk) -> None:
        sue = an_agent(at, "Sue", role=Role.SUPERVISOR)
        browser = signed_in(at, sue)
        dan, eve = at.says(who="dan"), at.says(who="eve")
        page = browser.get(f"/tickets/{dan.id}/merge?number={eve.number}").text
        assert "Another customer" in page and "different people" in page
        refused = post(browser, f"/tickets/{dan.id}/merge", json=True, other=eve.id)
        assert refused.status_code == 409 and "different customers" in refused.get_json()["detail"]
        assert post(browser, f"/tickets/{dan.id}/merge", json=True).status_code == 422
        away = a_brand(at, "away")
        far = signed_in(at, an_agent(at, "Far", brands=(away,)))
        for path in ("merge", "unmerge", "split"):
            assert post(far, f"/tickets/{dan.id}/{path}", other=eve.id, message="x").status_code == 404
        assert far.get(f"/tickets/{dan.id}/merge").status_code == 404
        assert post(browser, f"/tickets/{dan.id}/merge", json=True, other=eve.id, different="1").status_code == 200

    def test_a_reply_goes_to_its_own_people_and_offers_the_others(self, at: Desk) -> None:
        ana = an_agent(at, "Ana", role=Role.SUPERVISOR, slots={"mail": 3, "live": 0})
        browser, row = signed_in(at, ana), a_connection_row(at, "email")
        mail(at, row, "First", Subject="One")
        mail(at, row, "Second", who="eva@home.example", Subject="Two")
        mine = pulled(at, ana)
        one, two = sorted(at.tickets, key=lambda ticket: ticket.id != mine)
        post(browser, f"/tickets/{one.id}/merge", other=two.id, different="1")
        page = browser.get(f"/tickets/{one.id}").text
        own, other = ("dan", "eva") if one.subject == "One" else ("eva", "dan")
        assert f"Add {other}@home.example" in page
        acts.reply(at.heed, ana, one.id, "Hello", now())
        assert at.rows("SELECT address FROM message_party p JOIN message m ON m.id = p.message_id"
                       " WHERE m.direction = 'outbound'") == [(f"{own}@home.example",)]  # fmt: skip

    def test_a_message_that_joined_wrongly_gets_a_ticket_of_its_own(self, at: Desk) -> None:
        ana = an_agent(at, "Ana", slots={"mail": 3, "live": 3})
        browser, row = signed_in(at, ana), a_connection_row(at, "email")
        first = mail(at, row, "Where is it?", Cc="eva@home.example")
        ticket_id = pulled(at, ana)
        mail(at, row, "Something else: my bill", who="eva@home.example", In_Reply_To=first, Subject="Bill")
        page = browser.get(f"/tickets/{ticket_id}").text
        assert "Joined this ticket by the thread it answers." in page and page.count("Not right?") == 1
        message = at.messages(ticket_id)[-1]
        assert post(browser, f"/tickets/{ticket_id}/split", message=message.id).status_code == 303
        new = at.tickets[-1]
        assert (new.state, new.follows_ticket_id, new.subject) == ("waiting", ticket_id, "Bill")
        assert new.contact_id != at.ticket(ticket_id).contact_id
        assert [m.home_ticket_id for m in at.messages()] == [ticket_id, ticket_id], "it stays where it came in"
        page = browser.get(f"/tickets/{new.id}").text
        assert "my bill" in page and "started from a message of ticket 1" in page
        assert f"/tickets/{new.id}" in browser.get(f"/tickets/{ticket_id}").text
        assert post(browser, f"/tickets/{ticket_id}/split", json=True, message=message.id).status_code == 409
        assert pulled(at, ana) == new.id
        acts.reply(at.heed, ana, new.id, "Here is your bill", now())
        assert at.rows("SELECT address FROM message_party p JOIN message m ON m.id = p.message_id"
                       " WHERE m.direction = 'outbound' AND p.role = 'to'") == [("eva@home.example",)]  # fmt: skip


class TestContacts:
    def test_suggested_merged_and_taken_apart(self, at: Desk) -> None:
        ana = an_agent(at, "Ana")
        browser, row = signed_in(at, ana), a_connection_row(at, "email")
        mail(at, row, who="eva@home.example")
        [by_mail] = at.tickets
        other = at.says("Hi, by the app", who="eva@home.example")
        page = browser.get(f"/contacts/{by_mail.contact_id}").text
        assert "May be the same person" in page and "The same address" in page
        fields = {"other": other.contact_id, "reason": "same_address"}
        assert post(browser, f"/contacts/{by_mail.contact_id}/merge", **fields).status_code == 303
        page = browser.get(f"/contacts/{by_mail.contact_id}").text
        assert "the same address on two channels" in page and "Take apart" in page and "May be" not in page
        assert f"/contacts/{by_mail.contact_id}" in browser.get(f"/contacts/{other.contact_id}").headers["Location"]
        tickets = {"ticket": [other.id, by_mail.id], "into": by_mail.id}
        assert post(browser, f"/contacts/{by_mail.contact_id}/merge-tickets", **tickets).status_code == 403
        assert pulled(at, ana) == other.id
        assert post(browser, f"/contacts/{by_mail.contact_id}/merge-tickets", **tickets).status_code == 303
        assert at.ticket(other.id).merged_into == by_mail.id
        assert post(browser, f"/contacts/{other.contact_id}/unmerge").status_code == 303
        assert "Take apart" not in browser.get(f"/contacts/{by_mail.contact_id}").text

    def test_by_name_and_never_another_brands(self, at: Desk) -> None:
        browser = signed_in(at, an_agent(at))
        dan, eve = at.says(who="dan"), at.says(who="eve")
        far = signed_in(at, an_agent(at, "Far", brands=(a_brand(at, "away"),)))
        for path in ("merge", "unmerge", "part", "merge-tickets"):
            answer = post(far, f"/contacts/{dan.contact_id}/{path}", other=eve.contact_id, reason="agent", identity="x",
                          ticket=[dan.id, eve.id], into=eve.id)  # fmt: skip
            assert answer.status_code == 404, path
        nobody = post(browser, f"/contacts/{dan.contact_id}/merge", json=True, who="nobody", reason="agent")
        assert nobody.status_code == 409
        assert post(browser, f"/contacts/{dan.contact_id}/merge", who="eve", reason="agent").status_code == 303
        assert "Also Eve" in browser.get(f"/contacts/{dan.contact_id}").text


class TestApi:
    def test_merge_and_unmerge(self, at: Desk) -> None:
        desk = ApiDesk(at, create_app(heed=at.heed))
        sue = desk.supervisor()
        first, second = at.says("One", thread="a"), at.says("Two", thread="b")
        answer = sue.post(f"/tickets/{second.id}/merge", {"into": first.id})
        assert answer.status_code == 200 and [m["text"] for m in answer.json["messages"]] == ["One", "Two"]
        assert sue.get(f"/tickets/{second.id}").json["merged_into"] == first.id
        assert sue.post(f"/tickets/{second.id}/reopen").status_code == 409
        eve = at.says(who="eve")
        assert sue.post(f"/tickets/{eve.id}/merge", {"into": first.id}).status_code == 409
        assert sue.post(f"/tickets/{eve.id}/merge", {"into": first.id, "different_people": True}).status_code == 200
        back = sue.post(f"/tickets/{second.id}/unmerge")
        assert (back.status_code, back.json["state"], back.json["merged_into"]) == (200, "waiting", None)
