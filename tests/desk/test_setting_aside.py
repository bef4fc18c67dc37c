"""Spam and blocked senders: set aside by a person's word alone, never deleted, and all of it comes back."""

from datetime import timedelta

import pytest

from router import desk as acts
from router.desk import NotAllowed, NotFound, Refused, setting_aside
from router.desk.undoing import seen, undo
from router.keeping import purge
from router.model import Presence
from router.presence import set_presence
from tests.builders import a_brand, a_connection_row, a_supervisor, an_agent, in_minutes, mail, now, post, rules

ACKNOWLEDGE = """
format: 1
rules:
  - name: Say hello
    when:
      - {fact: is_first_message, is: true}
    then: [{acknowledge: hello}]
"""


@pytest.fixture
def ana(desk):
    return an_agent(desk, slots={"live": 2, "mail": 1})


@pytest.fixture
def sue(desk):
    return a_supervisor(desk, presence=Presence.OFFLINE)


def a_held_ticket(desk, scope, who="dan", **fields):
    ticket = desk.says(who=who, **fields)
    assert acts.pull(desk.heed, scope, now()).ticket_id == ticket.id
    return desk.ticket(ticket.id)


def stands(ticket):
    """Return what an undo must bring back."""
    return (ticket.state, ticket.agent_id, ticket.queue_id, ticket.lane_id, ticket.place, ticket.answer_by,
            ticket.waiting_since, ticket.hold_until, ticket.reserved_for, ticket.spam)  # fmt: skip


def open_promises(desk, ticket):
    query = "SELECT id, due_at FROM promise WHERE ticket_id = :t AND met_at IS NULL AND ended_at IS NULL ORDER BY id"
    return desk.rows(query, t=ticket.id)


def identity_of(desk, ticket):
    return desk.messages(ticket.id)[0].identity_id


def audited(desk):
    return [act for (act,) in desk.rows("SELECT act FROM audit_event ORDER BY seq")]


class TestSpam:
    def test_ends_everything_and_its_undo_brings_back_state_queue_promise_and_place(self, desk, ana, sue):
        waiting = desk.says(who="eve")
        promises = open_promises(desk, waiting)
        undo_id = acts.spam(desk.heed, sue, waiting.id, now())
        gone = desk.ticket(waiting.id)
        assert (gone.state, gone.spam, gone.place, gone.lane_id, gone.answer_by) == ("closed", True, None, None, None)
        assert open_promises(desk, waiting) == []
        assert acts.pull(desk.heed, ana, now()) is None, "it stands in no lane"
        undo(desk.heed, sue, undo_id, in_minutes(60 * 24 * 29))
        assert stands(desk.ticket(waiting.id)) == stands(waiting)
        assert open_promises(desk, waiting) == promises
        assert acts.pull(desk.heed, ana, now()).ticket_id == waiting.id
        assert audited(desk)[-2:] == ["ticket marked as spam", "act undone"]

    def test_undone_goes_back_to_its_agent_while_they_have_room_and_else_waits_for_their_slot(self, desk):
        ana = an_agent(desk, slots={"live": 1, "mail": 0})
        ticket = a_held_ticket(desk, ana)
        undo_id = acts.spam(desk.heed, ana, ticket.id, now())
        undo(desk.heed, ana, undo_id, now())
        assert stands(desk.ticket(ticket.id)) == stands(ticket)
        again = acts.spam(desk.heed, ana, ticket.id, now())
        a_held_ticket(desk, ana, "eve")
        undo(desk.heed, ana, again, now())
        held = desk.ticket(ticket.id)
        assert (held.state, held.reserved_for, held.agent_id) == ("waiting", ana.agent, None)
        assert held.place is not None
        assert held.answer_by == ticket.answer_by

    def test_of_a_ticket_at_rest_comes_back_at_rest(self, desk, ana):
        snoozed, pending = a_held_ticket(desk, ana), a_held_ticket(desk, ana, "eve")
        acts.snooze(desk.heed, ana, snoozed.id, in_minutes(60), now())
        acts.reply(desk.heed, ana, pending.id, "Hello", now())
        desk.do("UPDATE ticket SET state = 'pending' WHERE id = :t", t=pending.id)
        for ticket in (desk.ticket(snoozed.id), desk.ticket(pending.id)):
            undo(desk.heed, ana, acts.spam(desk.heed, ana, ticket.id, now()), now())
            assert stands(desk.ticket(ticket.id)) == stands(ticket)
        assert desk.rows("SELECT count(*) FROM assignment WHERE valid_to IS NULL") == [(2,)]

    def test_is_undone_for_thirty_days_by_whoever_did_it_or_a_supervisor_once(self, desk, ana, sue):
        ticket = a_held_ticket(desk, ana)
        undo_id = acts.spam(desk.heed, ana, ticket.id, now())
        bo = an_agent(desk, "Bo")
        with pytest.raises(NotAllowed):
            undo(desk.heed, bo, undo_id, now())
        with pytest.raises(Refused, match="too late"):
            undo(desk.heed, ana, undo_id, now() + timedelta(days=30, seconds=1))
        with pytest.raises(NotFound):
            seen(desk.heed, an_agent(desk, "Eve", brands=(a_brand(desk, "other"),)), undo_id)
        acts.note(desk.heed, bo, ticket.id, "I know this one", now())
        undo(desk.heed, sue, undo_id, now())
        place = stands(desk.ticket(ticket.id))
        undo(desk.heed, sue, undo_id, now())
        assert stands(desk.ticket(ticket.id)) == place
        assert desk.events(ticket.id).count("put_back") == 1

    def test_twice_is_refused(self, desk, sue):
        ticket = desk.says()
        acts.spam(desk.heed, sue, ticket.id, now())
        with pytest.raises(Refused, match="already"):
            acts.spam(desk.heed, sue, ticket.id, now())


class TestBlockedSender:
    def test_writes_into_what_is_set_aside_unanswered_and_untold(self, desk, ana, sue):
        rules(desk, ACKNOWLEDGE)
        ticket = desk.says(who="dan")
        effects = desk.rows("SELECT count(*) FROM rule_effect")
        acts.spam(desk.heed, sue, ticket.id, now(), block=[identity_of(desk, ticket)])
        later = desk.says("Buy now!", "dan", thread="another")
        assert later.id != ticket.id
        assert (later.state, later.spam, later.place, later.answer_by) == ("closed", True, None, None)
        assert open_promises(desk, later) == []
        assert desk.rows("SELECT count(*) FROM rule_effect") == effects, "no acknowledgement, no alert"
        assert len(desk.messages(later.id)) == 1, "stored as always"
        assert desk.says("Buy more!", "dan", thread="another").id == later.id, "one ticket for one conversation"
        assert desk.says("Where is it?", "eve").state == "waiting", "nobody else is set aside"
        listed = setting_aside.listed(desk.heed, ana)
        assert [line.line.id for line in listed.items] == [later.id, ticket.id]
        assert [line.why for line in listed.items] == ["set_aside", "spam"]
        assert listed.items[0].block.address == "dan"
        assert setting_aside.count(desk.heed, ana) == 2

    def test_comes_back_with_the_age_promise_and_place_it_would_have_had(self, desk, ana, sue):
        first = desk.says(who="dan")
        acts.spam(desk.heed, sue, first.id, now(), block=[identity_of(desk, first)])
        post(desk, "Where is my refund?", "dan", thread="b", id="late", received=in_minutes(-90))
        post(desk, "Where is my refund?", "eve", thread="c", id="same", received=in_minutes(-90))
        desk.drain()
        late, same = desk.ticket_of("late"), desk.ticket_of("same")
        [block] = [line.block for line in setting_aside.listed(desk.heed, sue).items if line.line.id == late.id]
        back = setting_aside.unblock(desk.heed, sue, block.id, now())
        assert back == [first.id, late.id]
        setting_aside.bring_back_one(desk.heed, ana, late.id, now())
        late = desk.ticket(late.id)
        assert (late.state, late.spam, late.queue_id) == ("waiting", False, same.queue_id)
        assert late.lane_id == same.lane_id
        assert abs(late.place - same.place) < timedelta(seconds=1)
        assert abs(late.answer_by - same.answer_by) < timedelta(seconds=1)
        assert len(open_promises(desk, late)) == 1
        assert desk.says("Thanks", "dan", thread="new").state == "waiting"
        with pytest.raises(NotFound):
            setting_aside.unblock(desk.heed, sue, block.id, now())

    def test_does_not_bring_a_resolved_ticket_back_and_reaches_whoever_works_for_them(self, desk, ana):
        resolved, held = a_held_ticket(desk, ana, thread="a"), a_held_ticket(desk, ana, thread="b")
        acts.resolve(desk.heed, ana, resolved.id, now())
        setting_aside.block(desk.heed, ana, resolved.id, identity_of(desk, resolved), now())
        later = desk.says("Again!", "dan", thread="a")
        assert (later.follows_ticket_id, later.spam) == (resolved.id, True)
        assert desk.ticket(resolved.id).state == "resolved"
        assert desk.says("And?", "dan", thread="b").id == held.id, "Ana is at it: it is hers to see"

    def test_is_free_again_when_the_spam_mark_is_undone_and_what_came_meanwhile_waits(self, desk, ana):
        ticket = a_held_ticket(desk, ana)
        acts.reply(desk.heed, ana, ticket.id, "Hello", now())
        desk.do("UPDATE ticket SET state = 'pending' WHERE id = :t", t=ticket.id)
        undo_id = acts.spam(desk.heed, ana, ticket.id, now(), block=[identity_of(desk, ticket)])
        assert desk.says("I am a customer!", "dan").id == ticket.id, "the thread they know"
        assert desk.ticket(ticket.id).state == "closed"
        undo(desk.heed, ana, undo_id, now())
        back = desk.ticket(ticket.id)
        assert (back.state, back.spam) == ("waiting", False), "they wrote: it is not their turn"
        assert len(open_promises(desk, ticket)) == 1
        assert desk.says("Hello?", "dan").id == ticket.id
        assert audited(desk)[-3:] == ["sender blocked", "act undone", "sender unblocked"]

    def test_is_blocked_by_address_and_outlives_the_ticket(self, desk, sue):
        row = a_connection_row(desk, "email")
        ticket = desk.ticket_of(mail(desk, row, who="spam@bad.example"), row)
        acts.spam(desk.heed, sue, ticket.id, now() - timedelta(days=40), block=[identity_of(desk, ticket)])
        desk.do("UPDATE brand SET keep_days = 30")
        desk.do("UPDATE ticket SET updated_at = :at", at=(now() - timedelta(days=40)).replace(tzinfo=None))
        another = desk.ticket_of(mail(desk, row, who="kind@bad.example"), row)
        assert another.state == "waiting", "never a whole domain"
        assert purge(desk.heed, now()).tickets == 1
        assert desk.ticket_of(mail(desk, row, who="spam@bad.example"), row).spam

    def test_must_have_written_on_the_ticket(self, desk, sue):
        ticket, other = desk.says(who="dan"), desk.says(who="eve")
        with pytest.raises(Refused, match="did not write"):
            acts.spam(desk.heed, sue, ticket.id, now(), block=[identity_of(desk, other)])
        with pytest.raises(NotFound):
            setting_aside.block(desk.heed, sue, ticket.id, identity_of(desk, other), now())
        stranger = a_supervisor(desk, "Mal", brands=(a_brand(desk, "other"),))
        assert setting_aside.listed(desk.heed, stranger).items == ()
        with pytest.raises(NotFound):
            setting_aside.senders(desk.heed, stranger, ticket.id)


def test_nobody_is_set_aside_while_away_agents_are_asked(desk, ana):
    """A ticket whose agent has left since goes in line when its spam mark is undone."""
    ticket = a_held_ticket(desk, ana)
    undo_id = acts.spam(desk.heed, ana, ticket.id, now())
    set_presence(desk.heed, ana.agent, Presence.OFFLINE, now())
    undo(desk.heed, ana, undo_id, now())
    back = desk.ticket(ticket.id)
    assert (back.state, back.reserved_for) == ("waiting", None)
    assert back.lane_id is not None
