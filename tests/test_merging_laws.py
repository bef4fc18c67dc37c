"""Merges and their undoing in any order, with everything else that happens on a desk in between."""

from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from router import desk as acts
from router import merging
from router.desk import NotAllowed, Refused
from tests.builders import NUMBER, a_desk, a_supervisor, an_agent, in_minutes, now, post

WORDS = ("Where is my parcel?", "Thanks, a short question", "Third time I ask! I am furious and will cancel.")
MANY = 4  # tickets of one customer
NOT_COMPARED = ("event_seq", "updated_at", "last_agent_id", "passed_over", "spared", "flag", "rules_due_at")
LAWS = settings(
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

numbers = st.integers(0, MANY - 1)
merges_alone = st.tuples(st.just("merge"), numbers, numbers) | st.tuples(st.just("unmerge"), numbers, numbers)
anything = merges_alone | st.tuples(st.sampled_from(["write", "pull", "reply", "snooze", "resolve"]), numbers, numbers)


class Customer:
    """One customer with tickets of their own, and what happened to them."""

    def __init__(self, desk, name, states):
        self.desk, self.name = desk, name
        self.sue = a_supervisor(desk, "Sue", presence=None)
        self.ana = an_agent(desk, f"Ana {name}", slots={"live": 2, "mail": 0})
        self.disturbed: set[str] = set()
        for number in range(MANY):
            post(desk, WORDS[number % 3], name, id=f"{name}-{number}", thread=f"{name}-{number}")
        desk.drain()
        self.ids = [desk.ticket_of(f"{name}-{number}").id for number in range(MANY)]
        for ticket_id, state in zip(self.ids, states, strict=True):
            if state != "waiting":
                acts.assign(desk.heed, self.sue, ticket_id, self.ana.agent, now())
            if state == "resolved":
                acts.resolve(desk.heed, self.ana, ticket_id, now())
            if state == "snoozed":
                acts.snooze(desk.heed, self.ana, ticket_id, in_minutes(60), now())
        for number, ticket_id in enumerate(self.ids):
            desk.do("INSERT INTO ticket_tag VALUES (:t, :tag, 'a rule')", t=ticket_id, tag="ab"[number % 2])
        desk.do("INSERT INTO ticket_need VALUES (:t, 'billing', 2, 'a rule')", t=self.ids[0])

    def step(self, kind, one, other):
        """Let something happen; what may not be done is not done."""
        heed, root = self.desk.heed, self.root(self.ids[one])
        try:
            if kind == "merge":
                merging.merge(heed, self.sue, self.ids[one], self.ids[other], now())
                return
            if kind == "unmerge":
                merging.unmerge(heed, self.sue, self.ids[one], now())
                return
            self.disturbed |= {t for t in self.ids if self.root(t) == root}
            if kind == "write":
                self.desk.says(WORDS[other % 3], self.name, thread=f"{self.name}-{one}")
            elif kind == "pull":
                pulled = acts.pull(heed, self.ana, now())
                self.disturbed |= {t for t in self.ids if pulled and self.root(t) == pulled.ticket_id}
            elif kind == "resolve":
                acts.resolve(heed, self.sue, root, now())
            elif self.desk.ticket(root).state != "open":
                pass
            elif kind == "reply":
                acts.reply(heed, self.ana, root, "On its way.", now())
            else:
                acts.snooze(heed, self.ana, root, in_minutes(60), now())
        except (Refused, NotAllowed):
            pass

    def root(self, ticket_id):
        """Return the ticket that shows one."""
        return self.desk.ticket(ticket_id).merged_into or ticket_id

    def rows(self, ticket_id):
        """Return all that a merge may touch of a ticket, as it stands."""
        ticket = asdict(self.desk.ticket(ticket_id))
        kept = {name: value for name, value in ticket.items() if name not in NOT_COMPARED}
        by_ticket = {
            "tags": "SELECT tag, by FROM ticket_tag WHERE ticket_id = :t ORDER BY tag",
            "needs": "SELECT skill_key, level, because FROM ticket_need WHERE ticket_id = :t ORDER BY skill_key",
            "promises": "SELECT kind, starts_at, due_at FROM promise WHERE ticket_id = :t AND met_at IS NULL"
            " AND ended_at IS NULL ORDER BY kind",
            "holder": "SELECT agent_id FROM assignment WHERE ticket_id = :t AND valid_to IS NULL",
        }
        return kept | {name: self.desk.rows(query, t=ticket_id) for name, query in by_ticket.items()}

    def changed(self, before):
        """Return what is no longer as it was: (number of the ticket, column) -> (was, is)."""
        found = {}
        for ticket_id, was in before.items():
            stands = self.rows(ticket_id)
            found |= {(was["number"], name): (was[name], stands[name]) for name in was if was[name] != stands[name]}
        return found

    def check(self, homes):
        """Hold the laws that hold at every moment."""
        for ticket_id in self.ids:
            found = self.rows(ticket_id)
            live = self.desk.rows("SELECT into_ticket_id FROM merge WHERE from_ticket_id = :t AND undone_at IS NULL",
                                  t=ticket_id)  # fmt: skip
            if found["merged_into"]:
                nothing = (found["state"], found["agent_id"], found["lane_id"], found["place"], found["reserved_for"])
                assert nothing == ("closed", None, None, None, None), "in no lane, in no slot"
                assert (found["promises"], found["holder"], len(live)) == ([], [], 1)
                assert self.desk.ticket(found["merged_into"]).merged_into is None, "the last of the chain is named"
                continue
            assert live == []
            assert len([kind for kind, *_ in found["promises"] if kind != "resolution"]) <= 1
            in_line = found["place"] is not None
            assert in_line == (found["state"] == "waiting")
            assert (found["lane_id"] is not None) == (in_line and not found["reserved_for"])
            held = found["state"] in ("open", "pending", "snoozed")
            assert found["holder"] == ([(found["agent_id"],)] if held else []), "one agent, who has it"
            assert held == (found["agent_id"] is not None)
        has = [t for t in self.ids if self.desk.ticket(t).state == "open"]
        assert len(has) <= 2, "no merge takes anyone above capacity"
        assert self.homes().items() >= homes.items(), "no message moves"

    def homes(self):
        """Return where every message lies."""
        return {message.id: message.home_ticket_id for message in self.desk.messages()}

    def undo_all(self, order):
        """Take every merge back, in some order."""
        for number in [*order, *range(MANY)]:
            self.step("unmerge", number, 0)


STATES = ["waiting", "waiting", "open", "resolved", "snoozed"]
states_of = st.lists(st.sampled_from(STATES), min_size=MANY, max_size=MANY).filter(lambda s: s.count("open") <= 2)


def a_customer(desk, states):
    return Customer(desk, f"c{next(NUMBER)}", states)


class TestLaws:
    @settings(LAWS, max_examples=12)
    @given(states=states_of, steps=st.lists(merges_alone, max_size=8), order=st.permutations(range(MANY)))
    def test_merging_and_unmerging_alone_restores_every_row(self, sqlite_desk, states, steps, order):
        customer = a_customer(sqlite_desk, states)
        before, homes = {t: customer.rows(t) for t in customer.ids}, customer.homes()
        for step in steps:
            customer.step(*step)
            customer.check(homes)
        customer.undo_all(order)
        customer.check(homes)
        assert customer.changed(before) == {}

    @settings(LAWS, max_examples=12)
    @given(states=states_of, steps=st.lists(anything, max_size=12), order=st.permutations(range(MANY)))
    def test_with_everything_else_in_between_the_laws_hold_and_what_nobody_touched_is_as_it_was(
        self, sqlite_desk, states, steps, order
    ):
        customer = a_customer(sqlite_desk, states)
        before = {t: customer.rows(t) for t in customer.ids}
        for step in steps:
            homes = customer.homes()
            customer.step(*step)
            customer.check(homes)
        customer.undo_all(order)
        customer.check(homes if steps else {})
        assert customer.changed({t: before[t] for t in customer.ids if t not in customer.disturbed}) == {}

    @pytest.mark.postgres
    def test_on_postgresql_too(self, postgres_url, tmp_path):
        steps = [("merge", 0, 1), ("merge", 1, 2), ("write", 0, 1), ("merge", 3, 0), ("unmerge", 1, 0), ("merge", 1, 3)]
        with a_desk(postgres_url, tmp_path) as desk:
            customer = a_customer(desk, ["waiting", "open", "resolved", "snoozed"])
            before, homes = {t: customer.rows(t) for t in customer.ids}, customer.homes()
            for step in steps:
                customer.step(*step)
                customer.check(homes)
            customer.undo_all([2, 0, 3, 1])
            assert customer.changed({t: before[t] for t in customer.ids if t not in customer.disturbed}) == {}
