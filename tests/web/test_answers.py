"""Saved answers: written by those who supervise, read by agents, put into a reply with what is known filled in."""

import pytest

from router import desk, saved_answers
from router.desk import NotFound
from router.mistakes import Mistake
from router.model import Role, Scope
from router.store import audit
from router.store.audit import COMMAND
from tests.a_desk import token_on
from tests.builders import Desk, a_brand, an_agent, now
from tests.web.browsers import post, signed_in

HELLO = "Hello {first_name}, ticket {ticket} of {brand}.\nOrder {order}. {agent}"


def put(at: Desk, who: Scope, name: str, brand: str = "", was: str = "", **texts: str) -> str:
    """Store an answer and return its id."""
    return saved_answers.put(at.heed, COMMAND, who, brand or at.brand_id, name, texts, now(), was=was)


class TestSaving:
    def test_is_for_those_who_supervise_and_leaves_a_line_in_the_trail(self, at: Desk, ana: Scope) -> None:
        sue = signed_in(at, an_agent(at, "Sue", role=Role.SUPERVISOR))
        fields = {"name": "Hello", "language": "en", "added": HELLO}
        assert post(signed_in(at, ana), "/settings/answers/new", **fields).status_code == 403
        assert post(sue, "/settings/answers/new", **fields).status_code == 303
        [answer] = saved_answers.every(at.heed, ana)
        page = signed_in(at, ana).get(f"/settings/answers/{answer.id}").text
        assert "Hello {first_name}" in page and "<textarea" not in page
        urdu = {"name": "Greeting", "text.en": HELLO, "language": "ur", "added": "سلام {customer}"}
        assert post(sue, f"/settings/answers/{answer.id}", **urdu).status_code == 303
        [answer] = saved_answers.every(at.heed, ana)
        assert (answer.name, [text.language for text in answer.texts]) == ("Greeting", ["en", "ur"])
        assert post(sue, f"/settings/answers/{answer.id}", **{"name": "Greeting", "text.en": "", "text.ur": "سلام"})
        [answer] = saved_answers.every(at.heed, ana)
        assert [text.language for text in answer.texts] == ["ur"]
        assert post(sue, f"/settings/answers/{answer.id}/remove").status_code == 303
        assert saved_answers.every(at.heed, ana) == []
        with at.heed.database.read() as db:
            done = [act for _, act, _ in audit.acts(db) if act.startswith("answer")]
        assert done == ["answer added", "answer changed", "answer changed", "answer removed"]

    @pytest.mark.parametrize(
        ("text", "named"), [("Dear {frist_name}", "frist_name"), ("{first name}", "first name"), ("{}", "{}")]
    )
    def test_names_a_placeholder_that_there_is_not_and_those_there_are(
        self, at: Desk, ana: Scope, text: str, named: str
    ) -> None:
        with pytest.raises(Mistake, match="There is no placeholder") as caught:
            put(at, ana, "Wrong", en=text)
        assert named in caught.value.reason and "{first_name}" in caught.value.reason
        assert saved_answers.every(at.heed, ana) == []

    def test_keeps_what_was_typed_when_it_is_refused(self, at: Desk) -> None:
        sue = signed_in(at, an_agent(at, "Sue", role=Role.SUPERVISOR))
        answer = post(sue, "/settings/answers/new", name="Kept", language="en", added="Dear {nobody}")
        assert answer.status_code == 422 and "Dear {nobody}" in answer.text and 'value="Kept"' in answer.text

    def test_takes_no_name_twice_but_in_another_brand(self, at: Desk, ana: Scope) -> None:
        other = a_brand(at, "other")
        put(at, ana, "Hello", en="Hi")
        with pytest.raises(Mistake, match="already"):
            put(at, ana, " Hello ", en="Hi")
        with pytest.raises(NotFound):
            put(at, ana, "Hello", brand=other, en="Hi")
        ola = an_agent(at, "Ola", brands=(other,))
        theirs = put(at, ola, "Hello", brand=other, en="Hi")
        assert signed_in(at, ana).get(f"/settings/answers/{theirs}").status_code == 404
        assert len(saved_answers.every(at.heed, ana)) == 1


class TestTaking:
    def test_fills_what_is_known_and_marks_what_is_not(self, at: Desk, ana: Scope) -> None:
        ticket = at.says(who="maria")
        answer = put(at, ana, "Hello", en=HELLO)
        found = saved_answers.choice(at.heed, ana, ticket.id, answer, now())
        assert found.text == f"Hello Maria, ticket {ticket.number} of My desk.\nOrder ⟦order⟧. Ana"
        assert found.to_fill == ("order",)

    def test_offers_the_tickets_language_first_and_its_brand_alone(self, at: Desk, ana: Scope) -> None:
        other = a_brand(at, "other")
        put(at, an_agent(at, "Ola", brands=(other,)), "Theirs", brand=other, en="Hi")
        put(at, ana, "A. English", en="Hi")
        put(at, ana, "B. German", de="Hallo")
        often = put(at, ana, "C. English too", en="Hello")
        put(at, ana, "D. Both", en="Hi there", ur="سلام")
        ticket = at.says()
        at.do("UPDATE ticket SET language = 'ur'")
        saved_answers.choice(at.heed, ana, ticket.id, often, now(), count=True)
        found = saved_answers.choices(at.heed, ana, ticket.id, now())
        assert [(one.name, one.language) for one in found] == [
            ("D. Both", "ur"), ("C. English too", "en"), ("A. English", "en"), ("B. German", "de"),
        ]  # fmt: skip
        assert [one.name for one in saved_answers.choices(at.heed, ana, ticket.id, now(), "english TOO")] == [
            "C. English too"
        ]

    def test_works_without_script_and_is_counted_once_for_nobody_in_particular(self, at: Desk, ana: Scope) -> None:
        ticket = at.says(who="maria")
        desk.pull(at.heed, ana, now())
        answer = put(at, ana, "Hello", en="Dear {first_name}, <b>")
        browser = signed_in(at, ana)
        assert "Dear Maria, &lt;b&gt;" in browser.get(f"/tickets/{ticket.id}/answers").text
        taken = post(browser, f"/tickets/{ticket.id}/answers/{answer}")
        assert taken.status_code == 303
        page = browser.get(taken.headers["Location"]).text
        assert "Dear Maria, &lt;b&gt;</textarea>" in page
        assert saved_answers.one(at.heed, ana, answer).used == 1
        assert ana.agent not in str(at.rows("SELECT * FROM desk_setting"))

    def test_refuses_to_send_what_is_not_filled_in_and_keeps_the_words(self, at: Desk, ana: Scope) -> None:
        ticket = at.says()
        desk.pull(at.heed, ana, now())
        browser = signed_in(at, ana)
        refused = post(browser, f"/tickets/{ticket.id}/reply", text="Order ⟦order⟧ is sent.", key="k")
        assert refused.status_code == 409 and "Order ⟦order⟧ is sent." in refused.text and "Fill in" in refused.text
        assert post(browser, f"/tickets/{ticket.id}/reply", text="Order 7 ⟦sic⟧ is sent.", key="k").status_code == 303

    def test_another_brands_ticket_and_answer_are_not_found(self, at: Desk, ana: Scope) -> None:
        other = a_brand(at, "other")
        ola = an_agent(at, "Ola", brands=(other, at.brand_id))
        theirs = put(at, ola, "Hello", brand=other, en="Hi")
        ticket = at.says()
        stranger = signed_in(at, an_agent(at, "Bo", brands=(other,)))
        assert stranger.get(f"/tickets/{ticket.id}/answers").status_code == 404
        assert stranger.post(f"/tickets/{ticket.id}/answers/{theirs}").status_code in (400, 403)
        for path in (f"/tickets/{ticket.id}/answers/{theirs}",):
            assert post(signed_in(at, ola), path).status_code == 404
        assert token_on(stranger.get("/").text)
