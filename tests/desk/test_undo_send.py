"""Taking a reply back before it leaves: undone or sent, never both; words and ticket return to where they were."""

import threading
from datetime import timedelta

import pytest

from router import delivery
from router import desk as acts
from router.desk import NotAllowed, Refused, TakenBack, Upload, resending, withdrawing
from router.inbox.composing import composing, seconds_to_undo
from router.inbox.ticket import ticket as view_of
from router.store import outgoing
from router.store.ids import new_id
from tests.builders import a_connection_row, a_supervisor, an_agent, in_minutes, mail, now

TEN_S = timedelta(seconds=10)


@pytest.fixture
def ana(desk):
    return an_agent(desk)


@pytest.fixture
def held(desk, ana):
    """A mail that Ana has."""
    row = a_connection_row(desk, "email")
    ticket = desk.ticket_of(mail(desk, row, Cc="bo@home.example"), row)
    acts.pull(desk.heed, ana, now())
    return desk.ticket(ticket.id)


def reply(desk, scope, ticket, text="On its way.", **facts):
    return acts.reply(desk.heed, scope, ticket.id, text, now(), **{"undo_for": TEN_S, **facts})


def take_back(desk, scope, message_id):
    return withdrawing.take_back(desk.heed, scope, message_id, now())


def state(desk, message_id):
    return desk.rows("SELECT state, visibility FROM message WHERE id = :m", m=message_id)[0]


def draft(desk):
    return desk.rows("SELECT text, kind, key FROM draft")


def promises(desk, ticket):
    return desk.rows("SELECT kind, met_at, ended_at FROM promise WHERE ticket_id = :t ORDER BY kind", t=ticket.id)


def taken(desk, message_id, at):
    """Take a reply as a sender does."""
    with desk.heed.database.write() as db:
        return outgoing.take(db, message_id, new_id(), at, at + timedelta(minutes=1)) is not None


class TestAMail:
    def test_leaves_only_when_it_can_be_taken_back_no_more(self, desk, ana, held):
        message_id = reply(desk, ana, held)
        assert not taken(desk, message_id, now())
        assert delivery.due(desk.heed, now()) == []
        assert 8 < seconds_to_undo(desk.heed, ana, message_id, now()) <= 10
        assert delivery.due(desk.heed, now() + TEN_S) == [message_id]
        assert taken(desk, message_id, now() + TEN_S)

    def test_leaves_at_once_by_default_and_other_work_always(self, desk, ana, held):
        by_mail = reply(desk, ana, held, undo_for=timedelta(0))
        chat = desk.says()
        acts.pull(desk.heed, ana, now())
        both = {by_mail, reply(desk, ana, chat)}
        assert set(delivery.due(desk.heed, now())) == both

    def test_taken_back_is_a_draft_and_the_ticket_stands_as_before(self, desk, ana, held):
        before = desk.ticket(held.id), promises(desk, held)
        message_id = reply(desk, ana, held, cc=["new@home.example"], bcc=["boss@shop.example"])
        assert desk.ticket(held.id).state == "pending"
        undone = take_back(desk, ana, message_id)
        after = desk.ticket(held.id)
        for name in ("state", "agent_id", "waiting_since", "answer_by", "last_answer_at", "hold_until"):
            assert getattr(after, name) == getattr(before[0], name), name
        assert promises(desk, held) == before[1]
        assert state(desk, message_id) == ("withdrawn", "internal")
        assert draft(desk) == [("On its way.", "reply", f"again-{message_id}")]
        assert (undone.draft.to, undone.draft.cc) == ("dan@home.example", "new@home.example\nboss@shop.example")
        assert desk.events(held.id)[-2:] == ["replied", "took_back"]
        assert not taken(desk, message_id, in_minutes(5))
        assert [m.text for m in view_of(desk.heed, ana, held.id, now()).messages] == ["Where is my parcel?"]

    def test_that_ended_its_ticket_opens_it_again(self, desk, ana, held):
        before = promises(desk, held)
        message_id = reply(desk, ana, held, resolve=True)
        assert desk.ticket(held.id).state == "resolved"
        take_back(desk, ana, message_id)
        after = desk.ticket(held.id)
        assert (after.state, after.agent_id, after.resolved_at) == ("open", ana.agent, None)
        assert promises(desk, held) == before

    def test_taken_back_takes_its_slot_again_over_capacity_if_need_be_and_says_so(self, desk, held):
        bo = an_agent(desk, "Bo", slots={"mail": 1})
        acts.assign(desk.heed, a_supervisor(desk), held.id, bo.agent, now())
        message_id = reply(desk, bo, held)
        row = a_connection_row(desk, "email")
        mail(desk, row)
        assert acts.pull(desk.heed, bo, now()) is not None
        take_back(desk, bo, message_id)
        how = "SELECT how, over_capacity FROM assignment WHERE ticket_id = :t AND valid_to IS NULL"
        assert desk.rows(how, t=held.id) == [("took back", True)]

    def test_taken_back_leaves_what_others_did_meanwhile(self, desk, ana, held):
        message_id = reply(desk, ana, held)
        queue = held.queue_id
        acts.transfer(desk.heed, ana, held.id, now(), queue=queue)
        take_back(desk, ana, message_id)
        assert desk.ticket(held.id).state == "waiting"
        assert draft(desk)[0][0] == "On its way."

    def test_gives_its_words_back_above_newer_ones(self, desk, ana, held):
        message_id = reply(desk, ana, held)
        desk.do(
            'INSERT INTO draft (agent_id, ticket_id, text, at, kind, "key") VALUES (:a, :t, :x, :at, :k, :k)',
            a=ana.agent, t=held.id, x="And one thing more", at="2026-11-22 10:00:00+00:00", k="reply",
        )  # fmt: skip
        take_back(desk, ana, message_id)
        assert draft(desk)[0][0] == "On its way.\n\nAnd one thing more"

    def test_keeps_its_files_for_the_next_one(self, desk, ana, held):
        message_id = reply(desk, ana, held, attachments=[Upload("a.txt", "text/plain", b"hello")])
        take_back(desk, ana, message_id)
        [file] = composing(desk.heed, ana, view_of(desk.heed, ana, held.id, now()), now()).files
        assert (file.name, file.size) == ("a.txt", 5)
        again = reply(desk, ana, held, key=f"again-{message_id}", kept=[file.id],
                      attachments=[Upload("b.txt", "text/plain", b"more")])  # fmt: skip
        names = desk.rows("SELECT name FROM attachment WHERE message_id = :m ORDER BY seq", m=again)
        assert names == [("a.txt",), ("b.txt",)]
        assert draft(desk) == []

    def test_sent_again_under_the_same_key_sends_nothing(self, desk, ana, held):
        message_id = reply(desk, ana, held, key="k")
        take_back(desk, ana, message_id)
        with pytest.raises(TakenBack):
            reply(desk, ana, held, key="k")
        assert desk.rows("SELECT count(*) FROM outgoing WHERE due_at IS NOT NULL") == [(0,)]

    def test_is_not_taken_back_twice_or_by_others(self, desk, ana, held):
        message_id = reply(desk, ana, held)
        with pytest.raises(NotAllowed):
            take_back(desk, an_agent(desk, "Bo"), message_id)
        take_back(desk, a_supervisor(desk), message_id)
        with pytest.raises(Refused, match="has left"):
            take_back(desk, ana, message_id)

    def test_is_either_undone_or_sent(self, desk, ana, held):
        for _ in range(6):
            message_id = reply(desk, ana, held)
            later, ended, barrier = now() + TEN_S, [], threading.Barrier(2)

            def undo(message_id=message_id, ended=ended, barrier=barrier):
                barrier.wait()
                try:
                    take_back(desk, ana, message_id)
                    ended.append("undone")
                except Refused:
                    pass

            def send(message_id=message_id, later=later, ended=ended, barrier=barrier):
                barrier.wait()
                if taken(desk, message_id, later):
                    ended.append("sent")

            threads = [threading.Thread(target=act) for act in (undo, send)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            [end] = ended
            assert state(desk, message_id)[0] == {"undone": "withdrawn", "sent": "sending"}[end]
            desk.do("UPDATE outgoing SET due_at = NULL")


class TestSendAgain:
    @pytest.mark.parametrize("ended", ["failed", "unknown"])
    def test_is_a_new_attempt_at_the_same_message(self, desk, ana, held, ended):
        message_id = reply(desk, ana, held, undo_for=timedelta(0))
        desk.do("UPDATE outgoing SET due_at = NULL, attempts = 3")
        desk.do("UPDATE message SET state = :s WHERE id = :m", s=ended, m=message_id)
        assert resending.send_again(desk.heed, ana, message_id, now()) == held.id
        assert delivery.due(desk.heed, now()) == [message_id]
        assert desk.rows("SELECT attempts FROM outgoing") == [(0,)]
        assert desk.events(held.id)[-1] == "sent_again"
        with pytest.raises(Refused, match="on its way"):
            resending.send_again(desk.heed, ana, message_id, now())
