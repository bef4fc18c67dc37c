"""A brand teaches: intents and examples, a version that is checked before it holds, publish and undo."""

import os
import select
from datetime import timedelta

import pytest

from router.jobs import set_heed, teach
from router.mistakes import Mistake
from router.model import Role, Scope
from router.store import erasing, taught, teaching
from router.store.audit import Actor
from router.store.connections import ConnectionRow
from router.teaching import lessons, making, publishing, school
from router.teaching.correcting import correct
from tests import workers
from tests.builders import Desk, a_brand, a_connection_row, an_agent, now, post, rules

GIFTS = (
    "my gift card does not work",
    "how much is left on my gift card",
    "the gift voucher code is refused",
    "I scratched the gift card and cannot read the code",
    "can I use two gift cards at once",
    "my gift voucher has expired",
    "I was given a gift card and want to check its balance",
    "the gift card I bought never arrived by mail",
    "where do I enter the gift card code",
    "can you extend my gift voucher",
)
NEW = "hello, the code of the gift voucher from my aunt is refused"


@pytest.fixture
def desk(sqlite_desk: Desk) -> Desk:
    """A desk; what differs between databases is tested with the store."""
    return sqlite_desk


@pytest.fixture
def olga(desk: Desk) -> Scope:
    """Somebody of ops."""
    return an_agent(desk, "Olga", role=Role.OPS)


def actor(who: Scope) -> Actor:
    return Actor("agent", who.agent or "")


def gifts(desk: Desk, olga: Scope, lines: tuple[str, ...] = GIFTS) -> str:
    """Add the intent with its examples and return its key."""
    key = lessons.add_intent(desk.heed, actor(olga), olga, desk.brand_id, "Gift cards", "billing", "Vouchers", now())
    lessons.add_examples(desk.heed, actor(olga), olga, desk.brand_id, key, lines, now())
    return key


def checked(desk: Desk, olga: Scope) -> taught.VersionRow:
    """Ask for a version and let a worker make it."""
    row = making.ask(desk.heed, actor(olga), olga, desk.brand_id, now())
    set_heed(desk.heed)
    teach(row.id)
    with desk.heed.database.read() as db:
        made = taught.one(db, row.id)
    assert made is not None
    return made


def published(desk: Desk, olga: Scope) -> int:
    number = checked(desk, olga).number
    publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, number, "Gift cards", now())
    return number


def acts(desk: Desk) -> list[str]:
    return [act for (act,) in desk.rows("SELECT act FROM audit_event ORDER BY seq")]


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


class Running:
    """A worker process that lives on, and its two pipes; each opened both ways, so that no end waits for the other."""

    def __init__(self, desk: Desk, door: ConnectionRow) -> None:
        self._desk, self._door = desk, door
        paths = [str(desk.folder / f"{name}-{door.id}") for name in ("asks", "answers")]
        for path in paths:
            os.mkfifo(path)
        self._asks, self._answers = (os.open(path, os.O_RDWR) for path in paths)
        self._process = workers.Worker(desk, workers.goes_on, door.id, *paths)

    def reads(self, who: str) -> None:
        """Have it read a new message."""
        post(self._desk, NEW, f"{who}-{self._door.id}", row=self._door)
        os.write(self._asks, b"\n")

    def says(self) -> str:
        """Return what it made of it."""
        ready, _, _ = select.select([self._answers], [], [], 60)
        assert ready, "the worker does not answer"
        return os.read(self._answers, 200).decode().strip()

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait(30)
        for pipe in (self._asks, self._answers):
            os.close(pipe)


def test_a_publish_is_live_in_every_worker_that_runs(desk: Desk, olga: Scope) -> None:
    gifts(desk, olga)
    number = checked(desk, olga).number
    running = [Running(desk, door) for door in (desk.api, a_connection_row(desk, "api"))]

    def read_by_each(who: str) -> list[str]:
        for worker in running:
            worker.reads(who)
        return [worker.says() for worker in running]

    try:
        assert "gift_cards" not in read_by_each("ann")
        publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, number, "Gift cards", now())
        assert read_by_each("bob") == ["gift_cards", "gift_cards"]
        publishing.undo(desk.heed, actor(olga), olga, desk.brand_id, now())
        assert "gift_cards" not in read_by_each("cid")
    finally:
        for worker in running:
            worker.end()
