"""A brand teaches intents of its own and gives examples, typed or taken from messages that agents corrected."""

from datetime import timedelta

import pytest

from router.mistakes import Mistake
from router.model import Scope
from router.store import erasing
from router.teaching import lessons, making, school
from router.teaching.correcting import correct
from tests.builders import Desk, an_agent, now, rules
from tests.teaching.builders import GIFTS, NEW, actor, acts, gifts, published


class TestAnIntentOfTheirOwn:
    def test_is_read_in_the_next_message_once_it_is_published(self, desk: Desk, olga: Scope) -> None:
        key = gifts(desk, olga)
        assert key == "gift_cards"
        assert desk.says(NEW, "ann").intent != key
        number = published(desk, olga)
        ticket = desk.says(NEW, "bob")
        assert ticket.intent == key
        [(version,)] = desk.rows("SELECT DISTINCT version FROM reading WHERE intent = :k", k=key)
        assert version.endswith(f"~{number}")

    def test_leaves_other_messages_alone(self, desk: Desk, olga: Scope) -> None:
        before = desk.says("Where is my parcel? It should have been here on Monday.", "ann").intent
        gifts(desk, olga)
        published(desk, olga)
        assert desk.says("Where is my parcel? It should have been here on Monday.", "bob").intent == before

    def test_rules_may_name_it(self, desk: Desk, olga: Scope) -> None:
        key = gifts(desk, olga)
        published(desk, olga)
        rules(desk, "rules: [{name: Gifts, when: {all: [{fact: intent, is: one_of, value: [gift_cards]}, "
                    "{fact: intent_group, is: is, value: billing}]}, then: [{tag: gift}]}]")  # fmt: skip
        ticket = desk.says(NEW, "bob")
        assert ticket.intent == key
        assert desk.rows("SELECT tag FROM ticket_tag WHERE ticket_id = :t", t=ticket.id) == [("gift",)]

    def test_can_be_chosen_by_an_agent_before_it_is_published(self, desk: Desk, olga: Scope) -> None:
        key, ticket = gifts(desk, olga), desk.says(NEW, "ann")
        correct(desk.heed, an_agent(desk), ticket.id, desk.messages(ticket.id)[0].id, "intent", key, now())
        assert desk.ticket(ticket.id).intent == key

    @pytest.mark.parametrize(
        ("label", "group", "words"),
        [
            ("x", "billing", "2 to 60"),
            ("Gift cards", "moon", "Choose a group"),
            ("Refund request", "billing", "already"),
            ("y" * 61, "billing", "2 to 60"),
        ],
    )
    def test_has_a_name_and_a_group(self, desk: Desk, olga: Scope, label: str, group: str, words: str) -> None:
        with pytest.raises(Mistake, match=words):
            lessons.add_intent(desk.heed, actor(olga), olga, desk.brand_id, label, group, "", now())

    def test_may_have_a_name_in_any_script(self) -> None:
        assert lessons.key_of("Gift cards & vouchers!") == "gift_cards_vouchers"
        assert lessons.key_of("گفٹ کارڈ").startswith("own_")

    def test_goes_with_its_examples(self, desk: Desk, olga: Scope) -> None:
        key = gifts(desk, olga)
        lessons.remove_intent(desk.heed, actor(olga), olga, desk.brand_id, key, now())
        assert school.examples(desk.heed, olga, desk.brand_id) == []
        assert "intent removed" in acts(desk)
        with pytest.raises(Mistake, match="came with Heed stay"):
            lessons.remove_intent(desk.heed, actor(olga), olga, desk.brand_id, "refund_request", now())


class TestExamples:
    def test_are_pasted_one_a_line(self) -> None:
        assert lessons.lines_of("- one card\n\n  • two cards \r\nthree\n") == ["one card", "two cards", "three"]

    def test_that_are_there_already_are_left_out(self, desk: Desk, olga: Scope) -> None:
        key = gifts(desk, olga)
        again = ("My gift card does not work!", "a gift card without a code")
        added = lessons.add_examples(desk.heed, actor(olga), olga, desk.brand_id, key, again, now())
        assert (len(added.ids), added.repeated) == (1, 1)

    @pytest.mark.parametrize(
        ("intent", "text", "words"),
        [
            ("refund_request", GIFTS[0], "example of “gift_cards” already"),
            ("gift_cards", "12345", "no words"),
            ("gift_cards", "x " * 501, "more than 1000"),
            ("fly", "to the moon", "no such intent"),
            ("other", "to the moon", "no such intent"),
        ],
    )
    def test_that_teach_nothing_are_refused(self, desk: Desk, olga: Scope, intent: str, text: str, words: str) -> None:
        gifts(desk, olga)
        with pytest.raises(Mistake, match=words):
            lessons.add_examples(desk.heed, actor(olga), olga, desk.brand_id, intent, [text], now())

    def test_say_what_would_take_them_so_far(self, desk: Desk, olga: Scope) -> None:
        [near] = school.look(desk.heed, olga, desk.brand_id, ["I want my money back, please refund me"])
        assert near.intents[0][0] == "refund_request"

    def test_each_removal_is_on_the_trail(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        first, second, *_ = school.examples(desk.heed, olga, desk.brand_id)
        ids = [first.id, second.id, "nobody"]
        assert lessons.remove_examples(desk.heed, actor(olga), olga, desk.brand_id, ids, now()) == 2
        assert acts(desk).count("example removed") == 2


class TestCorrectedMessages:
    def corrected(self, desk: Desk, count: int, intent: str = "refund_request") -> list[str]:
        """Let agents correct what messages want, and return their ids."""
        ana, ids = an_agent(desk), []
        for number in range(count):
            ticket = desk.says(f"Hello, thing number {number} of my list", f"who{number}")
            ids.append(desk.messages(ticket.id)[0].id)
            correct(desk.heed, ana, ticket.id, ids[-1], "intent", intent, now())
        return ids

    def test_are_offered_but_for_one_in_three_kept_to_test_with(self, desk: Desk, olga: Scope) -> None:
        ids = self.corrected(desk, 6)
        offered = {one.message_id for one in school.school(desk.heed, olga, desk.brand_id).offered}
        assert offered == {one for one in ids if not lessons.is_held_back(one)}

    def test_become_examples_by_a_persons_word_and_keep_their_text_to_themselves(self, desk: Desk, olga: Scope) -> None:
        ids = self.corrected(desk, 4)
        assert school.examples(desk.heed, olga, desk.brand_id) == []
        took = lessons.take_offered(desk.heed, actor(olga), olga, desk.brand_id, ids, now())
        kept = school.examples(desk.heed, olga, desk.brand_id)
        assert took == len(kept) == sum(not lessons.is_held_back(one) for one in ids)
        assert all(one.text.startswith("Hello, thing number") for one in kept)
        assert {text for (text,) in desk.rows("SELECT text FROM taught_example")} <= {None}

    def test_that_were_erased_leave_nothing_behind(self, desk: Desk, olga: Scope) -> None:
        ids = [one for one in self.corrected(desk, 4) if not lessons.is_held_back(one)]
        gifts(desk, olga)
        lessons.take_offered(desk.heed, actor(olga), olga, desk.brand_id, ids, now())
        number = published(desk, olga)
        [(ticket_id,)] = desk.rows("SELECT home_ticket_id FROM message WHERE id = :m", m=ids[0])
        with desk.heed.database.write() as db:
            erasing.erase_tickets(db, [ticket_id])
        making.renew_erased(desk.heed, now())
        assert desk.rows("SELECT payload, state FROM taught_version WHERE number = :n", n=number) == [(None, "erased")]
        [asked] = making.forgotten(desk.heed, now() + timedelta(minutes=1))
        making.make(desk.heed, asked, now())
        assert school.school(desk.heed, olga, desk.brand_id).live == number + 1
        assert desk.says(NEW, "bob").intent == "gift_cards"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], "one example a line"),
        ([f"gift card {n}" for n in range(201)], "at most 200 at once"),
        (["x" * 1001], "more than 1000 characters"),
        (["12 34"], "no words"),
    ],
)
def test_lines_that_cannot_be_examples_are_told_when_one_looks_and_when_one_adds(
    desk: Desk, olga: Scope, texts: list[str], words: str
) -> None:
    key = gifts(desk, olga)
    with pytest.raises(Mistake, match=words):
        school.look(desk.heed, olga, desk.brand_id, texts)
    with pytest.raises(Mistake, match=words):
        lessons.add_examples(desk.heed, actor(olga), olga, desk.brand_id, key, texts, now())
