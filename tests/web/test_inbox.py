"""The inbox as a browser without script sees it: pages, forms, fragments, files."""

from base64 import b64encode

import pytest
from flask.testing import FlaskClient

from router.model import Scope
from tests.a_desk import token_on
from tests.builders import Desk, a_brand, a_connection_row, an_agent, mail, pulled
from tests.web.browsers import post, signed_in


class TestInbox:
    def test_an_empty_one_says_so(self, browser: FlaskClient) -> None:
        page = browser.get("/").text
        assert "Nothing on your desk" in page and "You have no tickets" in page

    def test_pull_shows_the_ticket(self, at: Desk, browser: FlaskClient) -> None:
        ticket = at.says("Where is my parcel?")
        answer = post(browser, "/pull")
        assert answer.status_code == 303 and answer.headers["Location"] == f"/tickets/{ticket.id}"
        assert "Where is my parcel?" in browser.get(f"/tickets/{ticket.id}").text

    def test_pull_says_why_not(self, at: Desk, browser: FlaskClient) -> None:
        at.says()
        post(browser, "/presence", status="away", reason="lunch")
        assert "You are away (lunch)." in browser.get("/").text
        assert post(browser, "/pull", json=True).status_code == 409

    def test_with_nothing_waiting_pull_says_so(self, browser: FlaskClient) -> None:
        assert "Nothing waits" in post(browser, "/pull", json=True).get_json()["detail"]

    def test_every_tab_is_a_page(self, at: Desk, browser: FlaskClient) -> None:
        at.says()
        for tab in ("mine", "waiting", "snoozed", "done", "nonsense"):
            assert browser.get(f"/?tab={tab}").status_code == 200
        assert "Why not you" not in browser.get("/?tab=waiting").text, "who may take it is told so where they ask"
        post(browser, "/presence", status="away", reason="lunch")
        assert "Why not you" in browser.get("/?tab=waiting").text

    def test_who_gave_no_name_is_known_by_the_end_of_their_id(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        at.says(**{"from": {"id": "c3be20da49e5cf0b59bc"}})
        at.says(**{"from": {"id": "fay@away.example"}})
        waiting = browser.get("/?tab=waiting").text
        assert "Customer 0b59bc" in waiting and "c3be20da" not in waiting
        assert "fay@away.example" in waiting
        page = browser.get(f"/tickets/{pulled(at, ana)}").text
        assert "Write to Customer 0b59bc" in page

    def test_a_list_that_did_not_change_is_not_sent_again(self, browser: FlaskClient) -> None:
        first = browser.get("/inbox/list?tab=mine&fragment=1")
        again = browser.get("/inbox/list?tab=mine&fragment=1", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304


class TestTicket:
    def test_what_a_customer_writes_is_words_and_nothing_else(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        at.says("<script>alert(1)</script>", who="dan", subject="<b>x</b>")
        page = browser.get(f"/tickets/{pulled(at, ana)}").text
        assert "<script>alert" not in page and "&lt;script&gt;" in page and "<b>x</b>" not in page

    def test_what_the_score_rests_on_is_marked(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        at.says("This is the third time I am asking. Answer me or I will cancel my account.")
        assert "<mark" in browser.get(f"/tickets/{pulled(at, ana)}").text

    def test_another_brands_is_not_found(self, at: Desk, browser: FlaskClient) -> None:
        ticket = at.says()
        other = signed_in(at, an_agent(at, "Ola", brands=(a_brand(at, "other"),)))
        for path in ("", "/conversation", "/why", "/transfer", "/snooze", "/forward"):
            assert other.get(f"/tickets/{ticket.id}{path}").status_code == 404
        assert other.get(f"/contacts/{at.ticket(ticket.id).contact_id}").status_code == 404

    @pytest.mark.parametrize("page", ["transfer", "snooze", "forward", "why"])
    def test_what_an_act_asks_is_a_page_and_a_dialog(
        self, at: Desk, ana: Scope, browser: FlaskClient, page: str
    ) -> None:
        at.says()
        ticket_id = pulled(at, ana)
        assert "<html" in browser.get(f"/tickets/{ticket_id}/{page}").text
        part = browser.get(f"/tickets/{ticket_id}/{page}?fragment=1").text
        assert "<html" not in part and 'id="dialog-title"' in part

    def test_a_long_conversation_offers_what_came_before(self, at: Desk, browser: FlaskClient) -> None:
        first = at.says("message 0", thread="t")
        for number in range(1, 105):
            at.says(f"message {number}", thread="t")
        page = browser.get(f"/tickets/{first.id}").text
        assert "Earlier messages" in page and "message 104" in page and ">message 0<" not in page


class TestActs:
    def test_a_reply_is_sent_once_however_often_it_is_posted(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        at.says()
        ticket_id = pulled(at, ana)
        last = at.messages(ticket_id)[-1].id
        for _ in range(3):
            post(browser, f"/tickets/{ticket_id}/reply", text="Here it is.", key="k1", last_seen=last)
        assert [m.text for m in at.messages(ticket_id) if m.direction == "outbound"] == ["Here it is."]

    def test_a_newer_message_is_shown_first_and_no_word_is_lost(
        self, at: Desk, ana: Scope, browser: FlaskClient
    ) -> None:
        at.says("one", thread="t")
        ticket_id = pulled(at, ana)
        last = at.messages(ticket_id)[-1].id
        at.says("two", thread="t")
        answer = post(browser, f"/tickets/{ticket_id}/reply", text="To one", key="k", last_seen=last)
        assert answer.status_code == 409 and "To one</textarea>" in answer.text
        told = post(browser, f"/tickets/{ticket_id}/reply", json=True, text="To one", key="k", last_seen=last)
        assert told.get_json()["newer"] == at.messages(ticket_id)[-1].id

    def test_a_mail_goes_to_whom_the_agent_says_with_its_file(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        mail(at, a_connection_row(at, "email"))
        ticket_id = pulled(at, ana)
        fields = {"text": "See attached.", "to": "dan@home.example", "cc": "eva@home.example; bo@home.example"}
        body = b"".join(
            f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        head = b'--B\r\nContent-Disposition: form-data; name="files"; filename="big.bin"\r\n\r\n'
        token = token_on(browser.get("/").text)
        answer = browser.post(
            f"/tickets/{ticket_id}/reply",
            data=body + head + b"x" * 2_000_000 + b"\r\n--B--\r\n",
            content_type="multipart/form-data; boundary=B",
            headers={"Origin": "http://127.0.0.1:8000", "X-CSRFToken": token, "Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        said = at.rows("SELECT role, address FROM message_party JOIN message ON message_id = id"
                       " WHERE direction = 'outbound' AND role != 'from' ORDER BY seq")  # fmt: skip
        assert said == [("to", "dan@home.example"), ("cc", "eva@home.example"), ("cc", "bo@home.example")]
        assert at.rows("SELECT name, size FROM attachment") == [("big.bin", 2_000_000)]

    def test_nothing_written_is_nothing_sent(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        at.says()
        ticket_id = pulled(at, ana)
        assert post(browser, f"/tickets/{ticket_id}/reply", text="  ", key="k").status_code == 422

    def test_a_note_stays_on_the_desk(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        at.says()
        ticket_id = pulled(at, ana)
        post(browser, f"/tickets/{ticket_id}/reply", text="Careful.", kind="note", key="k")
        assert [(m.direction, m.visibility) for m in at.messages(ticket_id)][-1] == ("note", "internal")

    def test_snooze_resolve_and_reopen(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        at.says()
        ticket_id = pulled(at, ana)
        assert post(browser, f"/tickets/{ticket_id}/snooze", json=True, at="1999-01-01T00:00").status_code == 422
        page = browser.get(f"/tickets/{ticket_id}/snooze").text
        until = page.split('name="until" value="')[1].split('"')[0]
        post(browser, f"/tickets/{ticket_id}/snooze", until=until)
        assert at.ticket(ticket_id).state == "snoozed"
        post(browser, f"/tickets/{ticket_id}/resolve")
        assert at.ticket(ticket_id).state == "resolved"
        post(browser, f"/tickets/{ticket_id}/reopen")
        assert at.ticket(ticket_id).state == "open"

    def test_a_ticket_goes_back_or_on(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        omar = an_agent(at, "Omar")
        at.says()
        ticket_id = pulled(at, ana)
        assert post(browser, f"/tickets/{ticket_id}/transfer", json=True).status_code == 422
        post(browser, f"/tickets/{ticket_id}/transfer", agent=omar.agent, note="Yours")
        assert at.ticket(ticket_id).agent_id == omar.agent
        assert post(browser, f"/tickets/{ticket_id}/resolve", json=True).status_code == 403


class TestFiles:
    def mail_with(self, at: Desk, ana: Scope, name: str, kind: str, data: bytes) -> str:
        files = [{"name": name, "media_type": kind, "data": b64encode(data).decode()}]
        at.says("See file", attachments=files)
        return str(at.rows("SELECT id FROM attachment")[0][0])

    def test_a_file_is_saved_never_opened(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        found = self.mail_with(at, ana, "x.html", "text/html", b"<script>alert(1)</script>")
        for path in (f"/attachments/{found}", f"/attachments/{found}/picture"):
            answer = browser.get(path)
            assert answer.mimetype == "application/octet-stream"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]

    def test_a_file_of_another_brand_is_not_found(self, at: Desk, ana: Scope) -> None:
        found = self.mail_with(at, ana, "x.txt", "text/plain", b"x")
        other = signed_in(at, an_agent(at, "Ola", brands=(a_brand(at, "other"),)))
        assert other.get(f"/attachments/{found}").status_code == 404

    def test_formatted_mail_is_framed_without_script_or_origin(
        self, at: Desk, ana: Scope, browser: FlaskClient
    ) -> None:
        ticket = at.says()
        at.do('UPDATE message SET html = \'<p>Hi <img src="cid:none"><img src="https://evil.example/x"></p>\'')
        message_id = at.messages(ticket.id)[0].id
        answer = browser.get(f"/messages/{message_id}/html")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy
        assert "allow-same-origin" not in policy and "img-src data:" in policy and "cid:" not in answer.text
