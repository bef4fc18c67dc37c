"""Asking customers how it was: whom, when, once; and what they say, which moves no ticket."""

import json
import re
from datetime import timedelta

import pytest

from channels.types import Delivery
from router import delivery, intake, keeping, survey_settings, surveying
from router import desk as acts
from router.mistakes import Mistake
from router.model import SYSTEM, Role, Scope
from router.store.audit import COMMAND
from router.survey_settings import Switch
from tests.builders import Desk, a_connection_row, a_desk, a_supervisor, an_agent, mail, now

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(sqlite_url, tmp_path):
    """A desk on SQLite; TestBothDatabases goes the whole way on each."""
    with a_desk(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
def ana(desk: Desk):
    """An agent of a desk whose brand asks its customers."""
    survey_settings.put(desk.heed, COMMAND, desk.brand_id, Switch(on=True), now())
    return an_agent(desk, slots={"live": 9, "mail": 9})


def by_mail(at: Desk, who="dan@home.example", **headers):
    """Let a customer write by mail and return their ticket."""
    row = a_connection_row(at, "email")
    return at.ticket_of(mail(at, row, who=who, **headers), row)


def done(at: Desk, ana, ticket):
    """Answer and resolve a ticket."""
    sue = a_supervisor(at)
    acts.reply(at.heed, sue, ticket.id, "Here you are.", now())
    acts.resolve(at.heed, sue, ticket.id, now())
    return ticket


def questions(at: Desk):
    return [m for m in at.messages() if m.automatic and m.direction == "outbound"]


def left(at: Desk, message_id: str):
    """Return a question as it leaves, with its link."""
    with at.heed.database.read() as db:
        text = next(m.text for m in at.messages() if m.id == message_id)
        return surveying.with_link(at.heed, db, message_id, text)


def token_in(text: str) -> str:
    return re.search(r"/feedback/([0-9a-f]{32})", text)[1]


def asked_by_mail(at: Desk, ana, **headers):
    """Return a ticket whose customer was asked by mail, and the token they got."""
    ticket = done(at, ana, by_mail(at, **headers))
    surveying.ask_due(at.heed, now())
    surveying.ask_due(at.heed, now() + HOUR)
    [question] = questions(at)
    return ticket, token_in(left(at, question.id))


class TestAsking:
    def test_by_mail_an_hour_after_it_was_resolved_once(self, desk, ana):
        ticket = done(desk, ana, by_mail(desk))
        surveying.ask_due(desk.heed, now())
        assert questions(desk) == []
        for _ in range(3):
            surveying.ask_due(desk.heed, now() + HOUR)
        [question] = questions(desk)
        assert question.home_ticket_id == ticket.id
        assert desk.events(ticket.id)[-1] == "asked"
        assert desk.ticket(ticket.id).state == "resolved"

    def test_the_link_is_in_no_row_but_in_what_leaves(self, desk, ana):
        _, token = asked_by_mail(desk, ana)
        [question] = questions(desk)
        assert "/feedback/…?score=5" in question.text
        assert f"/feedback/{token}?score=1" in left(desk, question.id)
        stored = desk.rows("SELECT * FROM survey") + desk.rows("SELECT text, html, subject FROM message")
        assert token not in str(stored)

    def test_the_mail_that_leaves_says_it_is_automatic_and_has_its_link(self, desk, ana):
        _, token = asked_by_mail(desk, ana)
        [question] = questions(desk)
        with desk.heed.database.write() as db:
            parcel = delivery.outgoing.load(db, question.id)
        _, reply, _ = delivery._prepare(desk.heed, parcel, now())
        assert reply.automatic and token in reply.text and reply.to.address == "dan@home.example"

    def test_not_while_the_brand_has_it_off(self, desk):
        done(desk, None, by_mail(desk))
        surveying.ask_due(desk.heed, now() + HOUR)
        survey_settings.put(desk.heed, COMMAND, desk.brand_id, Switch(on=True), now())
        surveying.ask_due(desk.heed, now() + HOUR)
        assert desk.rows("SELECT * FROM survey") == []

    def test_not_when_it_is_switched_off_before_it_is_due(self, desk, ana):
        done(desk, ana, by_mail(desk))
        surveying.ask_due(desk.heed, now())
        survey_settings.put(desk.heed, COMMAND, desk.brand_id, Switch(on=False), now())
        surveying.ask_due(desk.heed, now() + HOUR)
        assert questions(desk) == []
        assert desk.rows("SELECT due_at, asked_at FROM survey") == [(None, None)]

    def test_not_when_the_ticket_is_taken_up_again_before(self, desk, ana):
        ticket = done(desk, ana, by_mail(desk))
        surveying.ask_due(desk.heed, now())
        desk_reopen(desk, ticket)
        surveying.ask_due(desk.heed, now() + HOUR)
        assert questions(desk) == []

    def test_a_customer_is_asked_once_a_month(self, desk, ana):
        asked_by_mail(desk, ana)
        done(desk, ana, by_mail(desk))
        surveying.ask_due(desk.heed, now())
        surveying.ask_due(desk.heed, now() + 2 * HOUR)
        assert len(questions(desk)) == 1

    @pytest.mark.parametrize(
        "headers",
        [{"Auto_Submitted": "auto-replied"}, {"List_Id": "<all.example>"}, {"Precedence": "bulk"}],
        ids=["a machine", "a list", "bulk"],
    )
    def test_machines_and_lists_are_not(self, desk, ana, headers):
        done(desk, ana, by_mail(desk, **headers))
        surveying.ask_due(desk.heed, now())
        surveying.ask_due(desk.heed, now() + HOUR)
        assert questions(desk) == []

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE contact SET blocked = true",
            "UPDATE ticket SET spam = true",
            "UPDATE ticket SET merged_into = id",
            "UPDATE ticket SET contact_id = NULL",
        ],
        ids=["blocked", "spam", "merged", "nobody known"],
    )
    def test_nor_are_others_who_should_not_be(self, desk, ana, change):
        done(desk, ana, by_mail(desk))
        surveying.ask_due(desk.heed, now())
        desk.do(change)
        surveying.ask_due(desk.heed, now() + HOUR)
        assert questions(desk) == []

    def test_who_got_no_answer_is_not_asked(self, desk, ana):
        ticket = by_mail(desk)
        desk_resolve(desk, ticket)
        surveying.ask_due(desk.heed, now())
        assert desk.rows("SELECT * FROM survey") == []

    def test_by_a_message_channel_at_once_with_one_link(self, desk, ana):
        done(desk, ana, desk.says())
        surveying.ask_due(desk.heed, now())
        [question] = questions(desk)
        assert question.text.count("/feedback/") == 1

    def test_in_a_chat_on_its_own_page(self, desk, ana):
        row = a_connection_row(desk, "webchat")
        ticket = a_chat(desk, row)
        assert surveying.on_chat(desk.heed, row.id, "visitor", now()) is None
        done(desk, ana, ticket)
        surveying.ask_due(desk.heed, now())
        assert questions(desk) == []
        assert surveying.on_chat(desk.heed, row.id, "visitor", now()).score is None
        assert surveying.on_chat(desk.heed, row.id, "somebody else", now()) is None
        assert surveying.answer_on_chat(desk.heed, row.id, "visitor", 4, "", now())
        assert surveying.on_chat(desk.heed, row.id, "visitor", now()).score == 4

    def test_in_the_tickets_language_or_the_brands_own_words(self, desk, ana):
        in_words(desk, "Was {brand} good? {link}")
        asked_by_mail(desk, ana)
        [question] = questions(desk)
        assert question.text.startswith("Was My desk good?")
        in_words(desk, "")
        assert survey_settings.asking(desk.heed, desk.brand_id, "en").words == {}
        with pytest.raises(Mistake, match="no link"):
            in_words(desk, "Was it good?")


def in_words(desk, text):
    survey_settings.put(desk.heed, COMMAND, desk.brand_id, Switch(on=True), now(), language="en", words={"mail": text})


class TestAnswers:
    def test_are_stored_told_and_shown_and_move_nothing(self, desk, ana):
        ticket, token = asked_by_mail(desk, ana)
        before = desk.ticket(ticket.id)
        assert surveying.answer(desk.heed, token, 5, "Great, thanks", now())
        [one] = surveying.of_ticket(desk.heed, SYSTEM, ticket.id)
        assert (one.score, one.comment) == (5, "Great, thanks")
        [(data,)] = desk.rows("SELECT data FROM ticket_event WHERE kind = 'rated'")
        assert json.loads(data) == {"score": 5}
        after = desk.ticket(ticket.id)
        assert (after.state, after.place, after.heat, after.queue_id) == (
            before.state, before.place, before.heat, before.queue_id
        )  # fmt: skip
        assert desk.rows("SELECT * FROM notice WHERE kind = 'low_score'") == []

    def test_a_low_one_tells_supervisors_once_without_a_word_of_it(self, desk, ana):
        _, token = asked_by_mail(desk, ana)
        surveying.answer(desk.heed, token, 2, "You lost my parcel", now())
        surveying.answer(desk.heed, token, 1, "And again", now())
        [(role, because)] = desk.rows("SELECT role, because FROM notice WHERE kind = 'low_score'")
        assert role == "supervisor" and "parcel" not in because

    def test_can_be_changed_for_two_weeks(self, desk, ana):
        ticket, token = asked_by_mail(desk, ana)
        surveying.answer(desk.heed, token, 2, "", now())
        assert surveying.answer(desk.heed, token, 4, "Solved after all", now() + timedelta(days=13))
        assert not surveying.answer(desk.heed, token, 1, "", now() + timedelta(days=15))
        assert surveying.of_ticket(desk.heed, SYSTEM, ticket.id)[0].score == 4
        assert desk.events(ticket.id).count("rated") == 2

    def test_the_same_again_changes_nothing(self, desk, ana):
        ticket, token = asked_by_mail(desk, ana)
        for _ in range(3):
            assert surveying.answer(desk.heed, token, 3, "ok", now())
        assert desk.events(ticket.id).count("rated") == 1

    def test_under_an_unknown_or_old_link_are_not_taken(self, desk, ana):
        _, token = asked_by_mail(desk, ana)
        assert not surveying.answer(desk.heed, "0" * 32, 3, "", now())
        assert not surveying.answer(desk.heed, token, 3, "", now() + timedelta(days=31))
        assert desk.rows("SELECT score FROM survey") == [(None,)]

    @pytest.mark.parametrize(("score", "comment"), [(0, ""), (6, ""), (3, "x" * 2001)], ids=["0", "6", "too long"])
    def test_that_cannot_be_are_refused_in_words(self, desk, ana, score, comment):
        _, token = asked_by_mail(desk, ana)
        with pytest.raises(Mistake):
            surveying.answer(desk.heed, token, score, comment, now())

    def test_go_when_the_customer_is_erased(self, desk, ana):
        ticket, token = asked_by_mail(desk, ana)
        surveying.answer(desk.heed, token, 3, "My name is Dan", now())
        assert keeping.erase_contact(desk.heed, SYSTEM, ticket.contact_id, now())
        assert desk.rows("SELECT * FROM survey") == []
        assert desk.rows("SELECT * FROM message") == []

    def test_are_not_there_for_another_brand(self, desk, ana):
        ticket, token = asked_by_mail(desk, ana)
        surveying.answer(desk.heed, token, 3, "", now())
        assert surveying.of_ticket(desk.heed, a_stranger(desk), ticket.id) == []


class TestBothDatabases:
    def test_go_the_whole_way(self, database_url, tmp_path):
        with a_desk(database_url, tmp_path) as at:
            survey_settings.put(at.heed, COMMAND, at.brand_id, Switch(on=True, after=2 * HOUR), now())
            survey_settings.put(at.heed, COMMAND, at.brand_id, Switch(on=True), now())
            assert survey_settings.asking(at.heed, at.brand_id, "en").switch == Switch(on=True)
            row = a_connection_row(at, "webchat")
            chat = a_chat(at, row)
            done(at, None, chat)
            ticket, token = asked_by_mail(at, None)
            assert surveying.answer(at.heed, token, 1, "no", now())
            assert surveying.answer_on_chat(at.heed, row.id, "visitor", 4, "", now())
            assert at.rows("SELECT count(*) FROM notice WHERE kind = 'low_score'") == [(1,)]
            assert keeping.erase_contact(at.heed, SYSTEM, ticket.contact_id, now())
            assert at.rows("SELECT score FROM survey") == [(4,)]


def a_stranger(at: Desk):
    return Scope(Role.ADMIN, frozenset({"another"}), "somebody")


def desk_reopen(at: Desk, ticket):
    acts.reopen(at.heed, a_supervisor(at), ticket.id, now())


def desk_resolve(at: Desk, ticket):
    acts.resolve(at.heed, a_supervisor(at), ticket.id, now())


def a_chat(at: Desk, row):
    """Return the ticket of a visitor's first words."""
    body = json.dumps({"id": "c1", "text": "Hello, is anybody there?"}).encode()
    intake.accept(
        at.heed, row, Delivery("visitor/c1", "https://h.example", {"heed-visitor-id": "visitor"}, body), now()
    )
    at.drain(row)
    return at.ticket_of("visitor/c1", row)
