"""A version is made of what a brand taught and checked before it holds; publish and undo."""

from datetime import timedelta

import pytest

from router.mistakes import Mistake
from router.model import Role, Scope
from router.store import taught, teaching
from router.teaching import lessons, making, publishing, school
from router.teaching.correcting import correct
from router.triage.taught import Example, learn
from tests.builders import Desk, a_brand, an_agent, now
from tests.teaching.builders import GIFTS, NEW, actor, acts, checked, gifts, published


class TestChecking:
    def test_takes_enough_examples(self, desk: Desk, olga: Scope) -> None:
        with pytest.raises(Mistake, match="no examples"):
            making.ask(desk.heed, actor(olga), olga, desk.brand_id, now())
        gifts(desk, olga, GIFTS[:4])
        with pytest.raises(Mistake, match="has 4 examples: give it at least 5"):
            making.ask(desk.heed, actor(olga), olga, desk.brand_id, now())

    def test_tells_how_examples_are_read_that_were_left_out(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        row = checked(desk, olga)
        assert (row.state, row.examples) == ("ready", 10)
        assert row.figures["left_out"]["gift_cards"]["of"] == 10
        assert row.figures["held_back"]["of"] == 0

    def test_learns_what_the_intent_is_called_too(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        version = checked(desk, olga)
        with desk.heed.database.read() as db:
            made = taught.payload(db, version.id)
        examples = [Example(line, "gift_cards") for line in GIFTS]
        assert made == learn(examples, {"gift_cards": "Gift cards"}).dump()

    def test_tells_what_it_would_change_in_recent_messages(self, desk: Desk, olga: Scope) -> None:
        was = desk.says(NEW, "ann").intent
        gifts(desk, olga)
        row = checked(desk, olga)
        assert row.figures["recent"] == 1
        assert row.figures["moved"] == [[was, "gift_cards", 1]]

    def test_a_version_that_reads_fewer_labelled_messages_right_is_never_published(
        self, desk: Desk, olga: Scope
    ) -> None:
        ana = an_agent(desk)
        ticket = desk.says("I want my money back, please refund me today", "ann")
        assert ticket.intent == "refund_request"
        message = desk.messages(ticket.id)[0].id
        correct(desk.heed, ana, ticket.id, message, "intent", "refund_request", now())
        bad = tuple(
            f"I want my money back, please refund me {word}" for word in ("now", "soon", "today", "once", "all")
        )
        gifts(desk, olga, bad)
        row = checked(desk, olga)
        assert row.state == "worse"
        assert row.figures["held_back"] == {"of": 1, "old": 1, "new": 0, "lost": {"refund_request": 1}}
        with pytest.raises(Mistake, match=r"0 of 1 .* loses: refund_request\. Remove or sharpen"):
            publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, row.number, "try", now())
        assert school.school(desk.heed, olga, desk.brand_id).live is None

    def test_done_twice_is_done_once(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        row = checked(desk, olga)
        assert making.make(desk.heed, row.id, now()) is None

    def test_that_no_worker_did_is_found_again(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        row = making.ask(desk.heed, actor(olga), olga, desk.brand_id, now())
        assert making.forgotten(desk.heed, now()) == []
        assert making.forgotten(desk.heed, now() + timedelta(minutes=1)) == [row.id]


class TestPublishing:
    def test_needs_a_comment_and_a_version(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        number = checked(desk, olga).number
        for wanted, comment, words in ((number, " ", "few words"), (number + 1, "x", "no version")):
            with pytest.raises(Mistake, match=words):
                publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, wanted, comment, now())

    def test_takes_a_version_that_was_compared_with_the_one_that_holds(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        first, second = checked(desk, olga).number, checked(desk, olga).number
        publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, first, "Gift cards", now())
        with pytest.raises(Mistake, match="Another version holds since this check"):
            publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, second, "Gift cards", now())

    def test_takes_the_examples_as_they_were_checked(self, desk: Desk, olga: Scope) -> None:
        key = gifts(desk, olga)
        number = checked(desk, olga).number
        lessons.add_examples(desk.heed, actor(olga), olga, desk.brand_id, key, ["a gift card for my son"], now())
        with pytest.raises(Mistake, match="changed since"):
            publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, number, "x", now())

    def test_undo_goes_back_one_version_at_a_time(self, desk: Desk, olga: Scope) -> None:
        key = gifts(desk, olga)
        first = published(desk, olga)
        lessons.add_examples(desk.heed, actor(olga), olga, desk.brand_id, key, ["a gift card for my son"], now())
        second = published(desk, olga)
        undone = [publishing.undo(desk.heed, actor(olga), olga, desk.brand_id, now()) for _ in range(2)]
        assert (first, second, undone) == (1, 2, [1, None])
        assert desk.says(NEW, "bob").intent != key
        with pytest.raises(Mistake, match="nothing to undo"):
            publishing.undo(desk.heed, actor(olga), olga, desk.brand_id, now())
        publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, second, "again", now())
        history = school.school(desk.heed, olga, desk.brand_id).history
        assert [held.number for held in history] == [2, None, 1, 2, 1]
        assert [act for act in acts(desk) if act.startswith("teaching")] == [
            *["teaching published"] * 2, *["teaching undone"] * 2, "teaching published"
        ]  # fmt: skip

    def test_is_for_ops_of_the_brand(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        sue = an_agent(desk, "Sue", role=Role.SUPERVISOR)
        far = an_agent(desk, "Far", role=Role.ADMIN, brands=(a_brand(desk, "away"),))
        for who in (sue, far):
            for do in (
                lambda who: making.ask(desk.heed, actor(who), who, desk.brand_id, now()),
                lambda who: publishing.undo(desk.heed, actor(who), who, desk.brand_id, now()),
                lambda who: school.examples(desk.heed, who, desk.brand_id),
                lambda who: lessons.remove_intent(desk.heed, actor(who), who, desk.brand_id, "gift_cards", now()),
            ):
                with pytest.raises(Mistake, match="takes the role ops"):
                    do(who)

    def test_teaches_one_brand_alone(self, desk: Desk, olga: Scope) -> None:
        gifts(desk, olga)
        published(desk, olga)
        other = a_brand(desk, "away")
        with desk.heed.database.read() as db:
            assert teaching.intents(db, other) == {}
            assert taught.live(db, other) == {}


def test_a_version_of_a_later_release_is_not_used_and_keeps_no_message_from_being_read(desk: Desk, olga: Scope) -> None:
    gifts(desk, olga)
    published(desk, olga)
    with desk.heed.database.write() as db:
        row = taught.ask(db, desk.brand_id, "intents", "heed", now())
        taught.made(db, row.id, "ready", now(), loads='{"format": 99}', figures={})
        taught.hold(db, desk.brand_id, "intents", row.id, "heed", "later", now())
    assert desk.says("Where is my parcel?", "bob").intent == "order_status"
