"""An agent corrects a reading: it stays corrected, and the ticket stands at once where it belongs."""

import pytest

from router import desk as acts
from router.desk.errors import NotFound, Refused
from router.model import Role
from router.store import erasing
from router.teaching.correcting import correct
from tests.builders import Desk, a_brand, a_queue, a_skill, an_agent, now, rules

FURIOUS = "This is a disgrace. Third time I ask, you never answer. I am furious and I will cancel."
CALM = "Hello, where is my order?"

BILLING = """
rules:
  - name: Money
    when: {fact: intent, is: one_of, value: [refund_request]}
    then: [{queue: Billing}, {need_skill: billing, level: 2}, {answer_within: 10m}]
"""


def the_message(desk: Desk, ticket) -> str:
    return desk.messages(ticket.id)[0].id


def reading_of(desk: Desk, message_id: str) -> dict:
    names = ("language", "intent", "intent_confidence", "frustration", "calm_frustration", "kind", "read")
    [row] = desk.rows(f"SELECT {', '.join(names)} FROM reading WHERE message_id = :m", m=message_id)
    return dict(zip(names, row, strict=True))


class TestHowTheyFeel:
    def test_not_so_cools_the_ticket_and_gives_it_its_calm_place(self, desk: Desk) -> None:
        ana = an_agent(desk)
        hot, calm = desk.says(FURIOUS, "eve"), desk.says(CALM, "dan")
        assert hot.heat >= 2
        assert hot.place < calm.place
        correct(desk.heed, ana, hot.id, the_message(desk, hot), "frustration", "dismissed", now())
        after = desk.ticket(hot.id)
        assert (after.heat, after.frustration, after.mood_read) == (0, 0, True)
        assert after.place > hot.place
        assert after.answer_by == hot.answer_by, "a promise made is kept"

    def test_angrier_lifts_the_ticket_one_heat_with_each_word(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(CALM)
        places = [ticket.place]
        for heat in (1, 2, 3):
            correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "frustration", "angrier", now())
            assert desk.ticket(ticket.id).heat == heat
            places.append(desk.ticket(ticket.id).place)
        assert places == sorted(places, reverse=True)
        assert len(set(places)) == 4

    def test_right_changes_nothing_but_is_on_record(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(FURIOUS)
        before = reading_of(desk, the_message(desk, ticket))
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "frustration", "right", now())
        assert reading_of(desk, the_message(desk, ticket)) == before
        assert desk.rows("SELECT field, value FROM correction") == [("frustration", "right")]
        assert desk.ticket(ticket.id).place == ticket.place

    def test_a_later_message_goes_on_from_the_corrected_reading(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(FURIOUS, "eve", thread="t1")
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "frustration", "dismissed", now())
        desk.says("Thanks, I will wait for your answer.", "eve", thread="t1")
        after = desk.ticket(ticket.id)
        assert after.heat == 0
        assert after.frustration < 25
        assert reading_of(desk, the_message(desk, ticket))["frustration"] == 0

    def test_one_that_somebody_has_stays_with_them(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(FURIOUS)
        acts.pull(desk.heed, ana, now())
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "frustration", "dismissed", now())
        after = desk.ticket(ticket.id)
        assert (after.state, after.agent_id, after.heat, after.queue_id) == ("open", ana.agent, 0, ticket.queue_id)

    def test_where_nothing_was_read_one_can_only_be_angrier(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says("Где мой заказ? Я жду уже две недели.")
        message = the_message(desk, ticket)
        assert not reading_of(desk, message)["read"]
        with pytest.raises(Refused, match="was not read"):
            correct(desk.heed, ana, ticket.id, message, "frustration", "right", now())
        correct(desk.heed, ana, ticket.id, message, "frustration", "angrier", now())
        assert (desk.ticket(ticket.id).heat, desk.ticket(ticket.id).mood_read) == (1, True)

    def test_nothing_to_correct_where_mood_is_off(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(FURIOUS)
        desk.do("UPDATE brand SET mood_on = :no", no=False)
        with pytest.raises(Refused, match="switched off"):
            correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "frustration", "right", now())

    def test_what_was_said_outright_still_counts(self, desk: Desk) -> None:
        ana, ticket = (
            an_agent(desk),
            desk.says("It is urgent, please help me today: I am locked out and need my medicine."),
        )
        assert ticket.heat >= 2
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "intent", "login_access", now())
        assert (desk.ticket(ticket.id).heat, desk.ticket(ticket.id).place) == (ticket.heat, ticket.place)


class TestWhatTheyWant:
    def test_another_intent_is_another_queue_with_its_promise(self, desk: Desk) -> None:
        billing = a_queue(desk, "Billing")
        a_skill(desk, "billing")
        rules(desk, BILLING)
        ana, ticket = an_agent(desk), desk.says("Hello, a question about what I sent you last week.")
        assert ticket.queue_id != billing
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "intent", "refund_request", now())
        after = desk.ticket(ticket.id)
        assert (after.queue_id, after.intent, after.intent_confidence) == (billing, "refund_request", 1.0)
        assert after.answer_by < ticket.answer_by
        assert after.place < ticket.place
        needs = desk.rows("SELECT skill_key, level FROM ticket_need WHERE ticket_id = :t", t=ticket.id)
        assert ("billing", 2) in needs
        assert desk.rows("SELECT occasion FROM evaluation ORDER BY id")[-1] == ("correction",)

    def test_what_rules_asked_for_by_mistake_goes_with_it(self, desk: Desk) -> None:
        billing = a_queue(desk, "Billing")
        a_skill(desk, "billing")
        rules(desk, BILLING)
        ana, ticket = an_agent(desk), desk.says("I want my money back, please refund my order.")
        assert ticket.queue_id == billing
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "intent", "order_status", now())
        after = desk.ticket(ticket.id)
        assert after.queue_id != billing
        needs = desk.rows("SELECT skill_key FROM ticket_need WHERE ticket_id = :t", t=ticket.id)
        assert needs == [("en",)]

    def test_a_transfer_by_hand_holds(self, desk: Desk) -> None:
        repairs = a_queue(desk, "Repairs")
        ana, ticket = an_agent(desk), desk.says(CALM)
        acts.pull(desk.heed, ana, now())
        acts.transfer(desk.heed, ana, ticket.id, now(), queue=repairs)
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "intent", "warranty_repair", now())
        assert desk.ticket(ticket.id).queue_id == repairs

    def test_small_talk_later_does_not_hide_it(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(CALM, "eve", thread="t2")
        desk.says("Hello?", "eve", thread="t2")
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "intent", "delivery_info", now())
        assert desk.ticket(ticket.id).intent == "delivery_info"

    def test_only_what_there_is(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(CALM)
        for field, value, words in (
            ("intent", "fly_to_moon", "no intent"),
            ("language", "tlh", "no language"),
            ("frustration", "x", "Say right"),
            ("sentiment", "1", "Choose intent"),
        ):
            with pytest.raises(Refused, match=words):
                correct(desk.heed, ana, ticket.id, the_message(desk, ticket), field, value, now())
        assert desk.rows("SELECT * FROM correction") == []


class TestTheLanguage:
    def test_another_language_is_another_need(self, desk: Desk) -> None:
        a_skill(desk, "de", is_language=True)
        ana, ticket = an_agent(desk, skills={"en": 3, "de": 3}), desk.says(CALM)
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "language", "de", now())
        after = desk.ticket(ticket.id)
        assert after.language == "de"
        assert desk.rows("SELECT skill_key FROM ticket_need WHERE ticket_id = :t", t=ticket.id) == [("de",)]

    def test_is_not_read_by_another_languages_measure(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(FURIOUS)
        correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "language", "ko", now())
        assert (desk.ticket(ticket.id).mood_read, desk.ticket(ticket.id).heat) == (False, 0)


class TestTakingBack:
    @pytest.mark.parametrize(
        ("field", "value"), [("frustration", "dismissed"), ("intent", "praise_feedback"), ("language", "ko")]
    )
    def test_puts_everything_back_as_it_was_read(self, desk: Desk, field: str, value: str) -> None:
        ana, ticket = an_agent(desk), desk.says(FURIOUS)
        message = the_message(desk, ticket)
        before = reading_of(desk, message)
        correct(desk.heed, ana, ticket.id, message, field, value, now())
        assert reading_of(desk, message) != before
        correct(desk.heed, ana, ticket.id, message, field, "", now())
        after = desk.ticket(ticket.id)
        assert reading_of(desk, message) == before
        assert (after.place, after.heat, after.intent) == (ticket.place, ticket.heat, ticket.intent)

    def test_nothing_said_is_nothing_to_take_back(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(FURIOUS)
        with pytest.raises(Refused, match="Nothing was corrected"):
            correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "intent", "", now())

    def test_fields_stand_for_themselves(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(FURIOUS)
        message = the_message(desk, ticket)
        correct(desk.heed, ana, ticket.id, message, "intent", "complaint", now())
        correct(desk.heed, ana, ticket.id, message, "frustration", "dismissed", now())
        correct(desk.heed, ana, ticket.id, message, "intent", "order_status", now())
        found = reading_of(desk, message)
        assert (found["intent"], found["frustration"]) == ("order_status", 0)
        held = desk.rows("SELECT field, value FROM correction WHERE taken_back_at IS NULL ORDER BY field")
        assert held == [("frustration", "dismissed"), ("intent", "order_status")]


class TestWhoMay:
    def test_a_colleague_who_sees_the_ticket_may(self, desk: Desk) -> None:
        ana, bo, ticket = an_agent(desk, "Ana"), an_agent(desk, "Bo"), desk.says(FURIOUS)
        acts.pull(desk.heed, ana, now())
        correct(desk.heed, bo, ticket.id, the_message(desk, ticket), "frustration", "dismissed", now())
        assert desk.ticket(ticket.id).heat == 0

    def test_nobody_of_another_brand_may(self, desk: Desk) -> None:
        ticket = desk.says(FURIOUS)
        far = an_agent(desk, "Far", brands=(a_brand(desk, "away"),), role=Role.ADMIN)
        with pytest.raises(NotFound):
            correct(desk.heed, far, ticket.id, the_message(desk, ticket), "frustration", "dismissed", now())

    def test_a_message_of_another_ticket_is_not_there(self, desk: Desk) -> None:
        ana, one, two = an_agent(desk), desk.says(FURIOUS, "eve"), desk.says(CALM, "dan")
        with pytest.raises(NotFound):
            correct(desk.heed, ana, one.id, the_message(desk, two), "frustration", "dismissed", now())

    def test_only_a_customers_words_are_read(self, desk: Desk) -> None:
        ana, ticket = an_agent(desk), desk.says(CALM)
        acts.pull(desk.heed, ana, now())
        note = acts.note(desk.heed, ana, ticket.id, "A note", now())
        with pytest.raises(Refused, match="Only a customer's message"):
            correct(desk.heed, ana, ticket.id, note, "frustration", "dismissed", now())


def test_erasing_the_person_erases_what_was_said_about_them(desk: Desk) -> None:
    ana, ticket = an_agent(desk), desk.says(FURIOUS)
    correct(desk.heed, ana, ticket.id, the_message(desk, ticket), "frustration", "dismissed", now())
    with desk.heed.database.write() as db:
        erasing.erase_tickets(db, [ticket.id])
    assert desk.rows("SELECT * FROM correction") == desk.rows("SELECT * FROM reading_as_read") == []
