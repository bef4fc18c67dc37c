"""One act on many tickets: what the dry run says is what happens, once, and it is taken back but for what changed."""

import threading
from datetime import timedelta

import pytest

from router import desk as acts
from router import many
from router.desk import NotAllowed, NotFound, Refused
from router.many.acts import BY_KEY, Order
from router.many.doing import hand_on
from router.model import Presence, Role
from router.store.ids import new_id
from tests.builders import a_brand, a_desk, a_queue, a_supervisor, an_agent, in_minutes, now, post
from tests.desk.test_setting_aside import open_promises, stands


@pytest.fixture
def one_desk(sqlite_url, tmp_path):
    with a_desk(sqlite_url, tmp_path) as desk:
        yield desk


def an_order(kind, given=""):
    return Order(BY_KEY[kind], given)


def do(desk, scope, order, ids, key=None):
    key = key or new_id()
    many.begin(desk.heed, scope, order, ids, key, now())
    while many.go_on(desk.heed, key, now()):
        pass
    return key


def undo(desk, scope, key):
    many.take_back(desk.heed, scope, key, now())
    while many.go_on(desk.heed, key, now()):
        pass


def in_every_state(desk, ana, sue):
    """Return tickets in all states that tickets come to have, some of them Ana's."""
    names = ["waiting", "open", "pending", "snoozed", "resolved", "spam", "reserved"]
    made = {}
    for name in names[1:]:
        made[name] = desk.says(who=name).id
        acts.assign(desk.heed, sue, made[name], ana.agent, now())
    made["waiting"] = desk.says(who="waiting").id
    acts.reply(desk.heed, ana, made["pending"], "Hello", now())
    desk.do("UPDATE ticket SET state = 'pending' WHERE id = :t", t=made["pending"])
    acts.snooze(desk.heed, ana, made["snoozed"], in_minutes(60), now())
    acts.resolve(desk.heed, ana, made["resolved"], now())
    acts.spam(desk.heed, ana, made["spam"], now())
    full = an_agent(desk, "Cy", slots={"live": 1, "mail": 0})
    acts.assign(desk.heed, sue, desk.says(who="full").id, full.agent, now())
    acts.transfer(desk.heed, ana, made["reserved"], now(), agent=full.agent)
    return made


KINDS = ("assign", "transfer", "tag", "untag", "snooze", "resolve", "return", "spam", "back")


class TestDryRun:
    @pytest.mark.parametrize("kind", KINDS)
    def test_says_what_happens_and_undo_puts_every_ticket_back(self, one_desk, kind):
        desk = one_desk
        ana, sue = an_agent(desk, slots={"live": 9, "mail": 9}), a_supervisor(desk, presence=None)
        made = in_every_state(desk, ana, sue)
        desk.do("INSERT INTO ticket_tag (ticket_id, tag, by) VALUES (:t, 'vip', 'x')", t=made["open"])
        bo = an_agent(desk, "Bo", slots={"live": 2, "mail": 0})
        known = {"assign": bo.agent, "tag": "vip", "untag": "vip", "snooze": in_minutes(30).isoformat()}
        known["transfer"] = a_queue(desk, "Billing")
        order = an_order(kind, known.get(kind, ""))
        for who in (ana, sue):
            if who is ana and kind == "assign":
                with pytest.raises(NotAllowed):
                    many.preview(desk.heed, ana, order, list(made.values()), now())
                continue
            before = {t: (stands(desk.ticket(t)), open_promises(desk, desk.ticket(t))) for t in made.values()}
            foreseen = many.preview(desk.heed, who, order, list(made.values()), now())
            key = do(desk, who, order, list(made.values()))
            told = {one.ticket_id: one.result for one in many.progress(desk.heed, who, key).tickets}
            assert told == {v.ticket_id: v.because or "done" for v in foreseen.verdicts}
            assert {t for t, why in told.items() if why == "done"}, "there is something to do"
            undo(desk, who, key)
            assert {one.result for one in many.progress(desk.heed, who, key).tickets} >= {"undone"}
            after = {t: (stands(desk.ticket(t)), open_promises(desk, desk.ticket(t))) for t in made.values()}
            assert after == before

    def test_counts_who_would_go_over_capacity(self, one_desk):
        sue, bo = a_supervisor(one_desk), an_agent(one_desk, "Bo", slots={"live": 2, "mail": 0})
        ids = [one_desk.says(who=f"v{n}").id for n in range(3)]
        foreseen = many.preview(one_desk.heed, sue, an_order("assign", bo.agent), ids, now())
        assert (foreseen.done, foreseen.over) == (3, 1)
        do(one_desk, sue, an_order("assign", bo.agent), ids)
        assert one_desk.rows("SELECT count(*) FROM assignment WHERE over_capacity") == [(1,)]

    def test_knows_no_ticket_queue_or_person_of_another_brand(self, one_desk):
        other = a_brand(one_desk, "other")
        eve, sue = a_supervisor(one_desk, "Eve", brands=(other,)), a_supervisor(one_desk)
        ticket = one_desk.says()
        with pytest.raises(Refused, match="at least one"):
            many.preview(one_desk.heed, eve, an_order("resolve"), [ticket.id], now())
        theirs = a_queue(one_desk, "Theirs", brand_id=other)
        found = many.preview(one_desk.heed, sue, an_order("transfer", theirs), [ticket.id], now())
        assert found.reasons == [("There is no such queue.", 1)]
        found = many.preview(one_desk.heed, sue, an_order("assign", eve.agent), [ticket.id], now())
        assert found.reasons == [("This person does not work for the ticket's brand.", 1)]
        key = do(one_desk, sue, an_order("resolve"), [ticket.id])
        with pytest.raises(NotFound):
            many.progress(one_desk.heed, eve, key)
        with pytest.raises(NotFound):
            many.take_back(one_desk.heed, eve, key, now())

    @pytest.mark.parametrize(("kind", "given"), [("tag", ""), ("tag", " a"), ("tag", "x" * 41), ("tag", "a\nb"),
                             ("snooze", "soon"), ("snooze", "2026-01-01T10:00"), ("resolve", "x")])  # fmt: skip
    def test_takes_no_order_that_does_not_fit(self, kind, given):
        with pytest.raises(Refused):
            an_order(kind, given)


class TestDoing:
    def test_the_same_key_is_the_same_act_and_each_ticket_is_treated_once(self, desk):
        sue, mal = a_supervisor(desk), a_supervisor(desk, "Mal")
        ids = [desk.says(who=f"v{n}").id for n in range(6)]
        key, order = new_id(), an_order("tag", "vip")
        for _ in range(2):
            many.begin(desk.heed, sue, order, ids, key, now())
        hand_on(desk.heed, key)
        threads = [threading.Thread(target=many.go_on, args=(desk.heed, key, now())) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert many.go_on(desk.heed, key, now()) == 0
        found = many.progress(desk.heed, sue, key)
        assert (found.done, found.to_do, found.reasons) == (6, 0, [])
        assert all(desk.events(ticket_id).count("tagged") == 1 for ticket_id in ids)
        with pytest.raises(Refused, match="sent before"):
            many.begin(desk.heed, mal, order, ids, key, now())
        assert desk.rows("SELECT count(*) FROM audit_event WHERE act = 'tickets changed together'") == [(1,)]

    def test_goes_in_pieces_and_what_is_not_done_when_it_is_undone_never_is(self, desk):
        sue = a_supervisor(desk)
        ids = [desk.says(who=f"v{n}").id for n in range(5)]
        key = new_id()
        many.begin(desk.heed, sue, an_order("resolve"), ids, key, now())
        assert many.go_on(desk.heed, key, now(), most=2) == 3
        undo(desk, sue, key)
        assert many.progress(desk.heed, sue, key).results == {
            "undone": 2, "It was taken back before its turn came.": 3
        }  # fmt: skip
        assert {ticket.state for ticket in desk.tickets} == {"waiting"}
        assert many.go_on(desk.heed, key, now()) == 0

    def test_is_done_with_what_its_beginner_may_now(self, desk):
        sue = a_supervisor(desk)
        ticket, key = desk.says(), new_id()
        many.begin(desk.heed, sue, an_order("resolve"), [ticket.id], key, now())
        desk.do("UPDATE agent SET role = 'agent' WHERE id = :a", a=sue.agent)
        many.go_on(desk.heed, key, now())
        assert desk.ticket(ticket.id).state == "waiting"


class TestUndo:
    def test_leaves_what_changed_since_and_says_by_whom(self, desk):
        ana, sue = an_agent(desk, slots={"live": 5, "mail": 0}), a_supervisor(desk, presence=Presence.OFFLINE)
        billing = a_queue(desk, "Billing")
        ids = [desk.says(who=f"v{n}").id for n in range(4)]
        key = do(desk, sue, an_order("transfer", billing), ids)
        taken = acts.pull(desk.heed, ana, now()).ticket_id
        wrote = next(i for i in ids if i != taken)
        [(who,)] = desk.rows("SELECT address FROM identity i JOIN message m ON m.identity_id = i.id"
                             " WHERE m.home_ticket_id = :t", t=wrote)  # fmt: skip
        post(desk, "Hello?", who)
        desk.drain()
        undo(desk, sue, key)
        told = {one.ticket_id: one.result for one in many.progress(desk.heed, sue, key).tickets}
        assert told.pop(taken) == "Changed since by Ana."
        assert told.pop(wrote) == "Changed since by the customer."
        assert set(told.values()) == {"undone"}
        assert desk.ticket(taken).queue_id == billing

    def test_lasts_half_an_hour_for_whoever_did_it_or_a_supervisor(self, desk):
        ana, sue = an_agent(desk), a_supervisor(desk)
        ticket = desk.says()
        acts.pull(desk.heed, ana, now())
        key = do(desk, ana, an_order("resolve"), [ticket.id])
        assert [act.id for act, _ in many.latest(desk.heed, ana, now())] == [key]
        with pytest.raises(NotAllowed):
            many.take_back(desk.heed, an_agent(desk, "Bo"), key, now())
        with pytest.raises(Refused, match="too late"):
            many.take_back(desk.heed, ana, key, now() + timedelta(minutes=31))
        many.take_back(desk.heed, sue, key, now())
        assert desk.ticket(ticket.id).state == "open"
        assert many.latest(desk.heed, ana, now()) == []

    def test_of_a_hand_over_frees_the_slots_it_took(self, desk):
        sue, bo = a_supervisor(desk), an_agent(desk, "Bo", slots={"live": 2, "mail": 0})
        ids = [desk.says(who=f"v{n}").id for n in range(2)]
        key = do(desk, sue, an_order("assign", bo.agent), ids)
        with pytest.raises(Refused, match="slots are taken"):
            acts.pull(desk.heed, bo, now())
        undo(desk, sue, key)
        assert desk.rows("SELECT count(*) FROM assignment WHERE valid_to IS NULL") == [(0,)]
        assert acts.pull(desk.heed, bo, now()).ticket_id == ids[0]


def test_roles_of_acts_are_those_of_the_single_ones():
    assert {kind.key for kind in many.ACTS if kind.role is not Role.AGENT} == {"assign"}
