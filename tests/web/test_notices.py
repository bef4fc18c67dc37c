"""The bell and the pages by which one writes first or forwards, as a browser without script sees them."""

import io

from router import desk
from router.model import Role, Scope
from tests.builders import Desk, a_brand, a_connection_row, an_agent, mail, now
from tests.web.browsers import post, signed_in


class TestBell:
    def test_rings_on_every_page_and_leads_to_the_note(self, at: Desk, ana: Scope) -> None:
        bo, browser = an_agent(at, "Bo"), signed_in(at, ana)
        ticket = at.says("The lamp is broken")
        note = desk.note(at.heed, bo, ticket.id, "@Ana, do you know?", now())
        assert 'aria-label="Notices, 1 new"' in browser.get("/settings/you").text
        assert browser.get("/notices/count").get_json() == {"n": 1, "shown": "1", "label": "Notices, 1 new"}
        page = browser.get("/notices").text
        assert "Bo named you in a note" in page and f"ticket {ticket.number}" in page and "do you know" not in page
        [(notice_id,)] = at.rows("SELECT id FROM notice")
        gone = browser.get(f"/notices/{notice_id}")
        assert gone.headers["Location"] == f"/tickets/{ticket.id}#m-{note}"
        assert browser.get("/notices/count").get_json()["n"] == 0
        other = signed_in(at, an_agent(at, "Ola", brands=(a_brand(at, "other"),)))
        assert other.get(f"/notices/{notice_id}").status_code == 404
        assert other.get(f"/tickets/{ticket.id}/people").status_code == 404

    def test_all_are_seen_at_once(self, at: Desk, ana: Scope) -> None:
        bo, browser = an_agent(at, "Bo"), signed_in(at, ana)
        assert "Nothing to tell you" in browser.get("/notices").text
        ticket = at.says()
        for _ in range(3):
            desk.note(at.heed, bo, ticket.id, "@Ana", now())
        assert post(browser, "/notices/seen").status_code == 303
        assert browser.get("/notices/count").get_json()["n"] == 0
        assert browser.get(f"/tickets/{ticket.id}/people").get_json() == [{"name": "Bo", "say": "Bo"}]


class TestWritingFirst:
    def test_sends_a_mail_with_cc_and_files(self, at: Desk, ana: Scope) -> None:
        row, browser = a_connection_row(at, "email"), signed_in(at, ana)
        assert row.connection.name in browser.get("/tickets/new").text
        fields = {
            "connection": row.id, "to": "dan@home.example", "cc": "eva@home.example", "subject": "Recall",
            "text": "Please stop.", "key": "k", "files": (io.BytesIO(b"x" * 300_000), "a.txt"),
        }  # fmt: skip
        sent = post(browser, "/tickets/new", **fields)
        assert sent.status_code == 303
        assert at.rows("SELECT name, size FROM attachment") == [("a.txt", 300_000)]
        fields["files"] = (io.BytesIO(b"x" * 300_000), "a.txt")
        assert post(browser, "/tickets/new", **fields).headers["Location"] == sent.headers["Location"], "once a key"

    def test_says_what_is_wrong_and_keeps_the_words(self, at: Desk, ana: Scope) -> None:
        row, browser = a_connection_row(at, "email"), signed_in(at, ana)
        fields = {"connection": row.id, "to": "nobody", "subject": "Recall", "text": "Please stop."}
        refused = post(browser, "/tickets/new", **fields)
        assert refused.status_code == 409
        assert "is no mail address" in refused.text and "Please stop.</textarea>" in refused.text
        said = post(browser, "/tickets/new", json=True, **fields)
        assert said.status_code == 409 and "is no mail address" in said.get_json()["detail"]

    def test_names_a_customer_from_their_page_and_while_one_types(self, at: Desk, ana: Scope) -> None:
        row, browser = a_connection_row(at, "email"), signed_in(at, ana)
        ticket = at.ticket_of(mail(at, row), row)
        assert 'value="dan@home.example"' in browser.get(f"/tickets/new?contact={ticket.contact_id}").text
        found = browser.get(f"/tickets/new/customers?connection={row.id}&q=eva@x.example, DA").get_json()
        assert found == [{"address": "dan@home.example", "name": "Dan"}]
        for q in ("d", "", "%", "zz"):
            assert browser.get("/tickets/new/customers", query_string={"connection": row.id, "q": q}).get_json() == []
        other = signed_in(at, an_agent(at, "Ola", brands=(a_brand(at, "other"),)))
        assert other.get(f"/tickets/new/customers?connection={row.id}&q=da").status_code == 404
        assert other.get(f"/tickets/new?contact={ticket.contact_id}").status_code == 404
        assert "no mail connection" in other.get("/tickets/new").text

    def test_takes_a_saved_answer_without_script(self, at: Desk, ana: Scope) -> None:
        row, sue = a_connection_row(at, "email"), signed_in(at, an_agent(at, "Sue", role=Role.SUPERVISOR))
        mail(at, row)
        post(sue, "/settings/answers/new", name="Hi", language="en", added="Dear {first_name}, from {brand}.")
        [(answer,)] = at.rows("SELECT id FROM template WHERE kind = 'saved'")
        fields = {"connection": row.id, "to": "dan@home.example", "text": "First.", "answer": answer}
        page = post(signed_in(at, ana), "/tickets/new", **fields).text
        assert "First.\n\nDear Dan, from My desk.</textarea>" in page


class TestForwarding:
    def test_asks_what_goes_along_and_tells_no_notes(self, at: Desk, ana: Scope) -> None:
        row, browser = a_connection_row(at, "email"), signed_in(at, ana)
        first = mail(at, row, "The lamp is broken.")
        ticket = at.ticket_of(first, row)
        desk.pull(at.heed, ana, now())
        desk.note(at.heed, ana, ticket.id, "SECRET note", now())
        mail(at, row, "Any news?", In_Reply_To=first)
        page = browser.get(f"/tickets/{ticket.id}/forward").text
        assert "The lamp is broken." in page and "Any news?" in page and "SECRET" not in page
        bad = post(browser, f"/tickets/{ticket.id}/forward", to="nobody", text="Please look", what="all")
        assert bad.status_code == 409 and "is no mail address" in bad.text and "Please look</textarea>" in bad.text
        where = f"/tickets/{ticket.id}/forward"
        assert post(browser, where, to="lab@p.example; b@p.example", text="Look", what="all").status_code == 303
        [sent] = [m.text for m in at.messages(ticket.id) if m.direction == "outbound"]
        assert "The lamp is broken." in sent and "Any news?" in sent and "SECRET" not in sent
        assert "lab@p.example" in browser.get(f"/tickets/{ticket.id}").text

    def test_says_why_a_ticket_without_mail_cannot_be(self, at: Desk, ana: Scope) -> None:
        ticket = at.says()
        assert "no mail connection" in signed_in(at, ana).get(f"/tickets/{ticket.id}/forward").text
