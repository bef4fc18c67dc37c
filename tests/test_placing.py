"""Where a ticket waits: its language, what it needs, and what is missing where nobody may take it."""

import pytest

from router import equipping, staffing
from router.placing import together
from router.store.audit import COMMAND
from tests.builders import a_connection_row, a_queue, a_skill, an_agent, now, post

SHORT = (
    "ok thx", "pls help order 123", "hi", "Hi team", "lol", "???", "no", "gracias", "refund pls asap", "cancel", "wtf",
    "Danke", "u there?", "👍", "12345",
)  # fmt: skip
GERMAN = "Guten Tag, wo bleibt meine Bestellung? Ich warte schon seit zwei Wochen auf das Paket."


def needs(desk, ticket):
    return dict(desk.rows("SELECT skill_key, because FROM ticket_need WHERE ticket_id = :t", t=ticket.id))


class TestLanguage:
    @pytest.mark.parametrize("text", SHORT)
    def test_of_a_short_text_is_the_brands(self, desk, text):
        an_agent(desk)
        ticket = desk.says(text)
        assert needs(desk, ticket) == {"en": "language"}
        assert ticket.flag is None

    def test_that_is_clear_is_needed(self, desk):
        a_skill(desk, "de", is_language=True)
        an_agent(desk, skills={"de": 3})
        ticket = desk.says(GERMAN)
        assert needs(desk, ticket) == {"de": "language"}
        assert ticket.flag is None

    @pytest.mark.parametrize("text", ["???", "ok", "danke"])
    def test_that_was_clear_once_stays(self, desk, text):
        a_skill(desk, "de", is_language=True)
        first = desk.says(GERMAN)
        desk.says(text)
        after = desk.ticket(first.id)
        assert (after.language, after.lane_id) == ("de", first.lane_id)
        assert needs(desk, first) == {"de": "language"}

    def test_that_changes_takes_the_place_of_the_other(self, desk):
        a_skill(desk, "de", is_language=True)
        first = desk.says("Hello, where is my order? I have been waiting for two weeks now.")
        desk.says(GERMAN)
        assert needs(desk, first) == {"de": "language"}

    def test_that_nobody_speaks_flags_the_ticket_at_once_and_says_what_is_missing(self, desk):
        an_agent(desk)
        ticket = desk.says(GERMAN)
        assert ticket.flag == "No one speaks German."
        assert ticket.state == "waiting"

    def test_in_its_own_script_needs_few_letters(self, desk):
        an_agent(desk)
        assert desk.says("שלום, איפה החבילה שלי?").state == "waiting"
        assert needs(desk, desk.says("मेरा ऑर्डर", "mia")) == {"hi": "language"}


class TestNobody:
    def test_is_said_no_more_once_somebody_has_what_is_missing_and_again_when_they_are_gone(self, desk):
        a_skill(desk, "de", is_language=True)
        ana = an_agent(desk)
        german, english = desk.says(GERMAN), desk.says("Hello, where is my parcel?", "eva")
        assert (german.flag, english.flag) == ("No one speaks German.", None)
        equipping.put_levels(desk.heed, COMMAND, {str(ana.agent): {"de": 3, "en": 0}}, now())
        assert desk.ticket(german.id).flag is None
        assert desk.ticket(english.id).flag == "No one speaks English."
        bo, _ = staffing.add_person(desk.heed, COMMAND, email="bo@example.com", name="Bo", role="agent", now=now())
        assert desk.ticket(english.id).flag is None
        staffing.switch_off(desk.heed, COMMAND, bo, now())
        assert desk.ticket(english.id).flag == "No one speaks English."
        staffing.switch_on(desk.heed, COMMAND, bo, now())
        assert desk.ticket(english.id).flag is None


class TestQueue:
    def test_is_that_of_the_connection_unless_one_of_the_first_rules_names_another(self, desk):
        general = desk.says().queue_id
        own = a_connection_row(desk, queue_id=a_queue(desk, "Chats"))
        post(desk, id="calm", row=own)
        post(desk, "Please delete my data, all of it.", "eva", id="private", row=own)
        desk.drain(own)
        assert desk.ticket_of("calm", own).queue_id == own.queue_id != general
        assert desk.ticket_of("private", own).queue_id == general


class TestTogether:
    def test_keeps_the_higher_level_and_what_only_one_asks_for(self):
        held = {"billing": (2, "A"), "returns": (1, "B"), "en": (1, "language")}
        added = {"billing": (3, "C"), "en": (1, "language")}
        assert together(held, added) == {"billing": (3, "C"), "returns": (1, "B"), "en": (1, "language")}

    def test_lets_a_new_language_replace_the_old_one(self):
        assert together({"en": (1, "language")}, {"de": (1, "language")}) == {"de": (1, "language")}
