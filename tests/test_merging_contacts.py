"""Contacts that are one person: links close and open, everything follows its address, and all comes back."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from router import inbox, merging
from router.desk import NotFound, Refused
from tests.builders import NUMBER, a_brand, a_connection_row, a_supervisor, an_agent, mail, now, rules

MANY = 4
steps_of = st.lists(
    st.tuples(st.sampled_from(["merge", "merge", "unmerge", "write"]), *[st.integers(0, MANY - 1)] * 2), max_size=10
)


def contact_of(desk, ticket):
    """Return who a ticket's list row names: (contact id, name)."""
    sue = a_supervisor(desk, presence=None)
    line = inbox.ticket(desk.heed, sue, ticket.id, now()).line
    return line.contact_id, line.contact


def links(desk):
    """Return whose each address is now."""
    return dict(desk.rows("SELECT identity_id, contact_id FROM identity_link WHERE valid_to IS NULL"))


def merge(desk, scope, one, other, **more):
    return merging.merge_contacts(desk.heed, scope, one, other, now(), **{"reason": "agent", **more})


@pytest.fixture
def ana(desk):
    return an_agent(desk)


class TestMerge:
    def test_tickets_facts_and_addresses_are_the_survivors_with_their_evidence(self, desk, ana):
        dan = desk.says(who="dan", contact={"tier": "gold"})
        eve = desk.says("Hi", who="eve")
        merge(desk, ana, dan.contact_id, eve.contact_id, reason="same_phone", words="called from 0301")
        found = inbox.contact(desk.heed, ana, eve.contact_id, now())
        assert sorted((i.address, i.evidence) for i in found.identities) == [
            ("dan", "the same phone number: called from 0301"),
            ("eve", "wrote on API"),
        ]  # fmt: skip
        assert {line.id for line in found.lines} == {dan.id, eve.id} and found.tickets == 2
        assert contact_of(desk, dan) == (eve.contact_id, "Eve")
        assert inbox.contact(desk.heed, ana, dan.contact_id, now()).id == eve.contact_id
        assert desk.ticket(dan.id).contact_id == dan.contact_id, "no row moves"
        held = desk.rows("SELECT act FROM audit_event WHERE act LIKE 'contact%'")
        assert held == [("contact merged",)]

    def test_rules_see_the_person(self, desk, ana):
        rules(desk, "rules: [{name: VIP, when: {fact: contact.tier, is: is, value: gold}, then: [{tag: vip}]}]")
        dan = desk.says(who="dan", thread="a")
        columns = "contact_fact (id, contact_id, name, value, source, trust, at)"
        desk.do(f"INSERT INTO {columns} VALUES ('f', :c, 'contact.tier', 'gold', 'crm', 'signed', :at)",
                c=dan.contact_id, at=str(now()))  # fmt: skip
        eve = desk.says("Hi", who="eve", thread="b")
        tagged = "SELECT ticket_id FROM ticket_tag"
        assert desk.rows(tagged) == []
        merge(desk, ana, dan.contact_id, eve.contact_id)
        later = desk.says("Again", who="eve", thread="c")
        assert desk.rows(tagged) == [(later.id,)]

    def test_what_comes_later_comes_back_with_its_address(self, desk, ana):
        dan, eve = desk.says(who="dan", thread="a"), desk.says("Hi", who="eve", thread="b")
        merge(desk, ana, dan.contact_id, eve.contact_id)
        later = desk.says("Me again", who="dan", thread="c")
        assert contact_of(desk, later)[0] == eve.contact_id
        apart = merging.unmerge_contact(desk.heed, ana, dan.contact_id, now())
        assert (apart.from_contact_id, apart.kept) == (eve.contact_id, 0)
        assert contact_of(desk, later)[0] == contact_of(desk, dan)[0] == dan.contact_id
        assert [i.evidence for i in inbox.contact(desk.heed, ana, dan.contact_id, now()).identities] == ["wrote on API"]

    def test_what_may_not_be(self, desk, ana):
        dan, eve = desk.says(who="dan"), desk.says("Hi", who="eve")
        away = a_brand(desk, "away")
        mail(desk, a_connection_row(desk, "email", brand_id=away))
        [far] = [ticket for ticket in desk.tickets if ticket.brand_id == away]
        both = a_supervisor(desk, brands=(desk.brand_id, away))
        for scope in (ana, both):
            with pytest.raises(NotFound):
                merge(desk, scope, dan.contact_id, far.contact_id)
        with pytest.raises(NotFound):
            merge(desk, an_agent(desk, "Far", brands=(away,)), dan.contact_id, eve.contact_id)
        with pytest.raises(Refused, match="Say why"):
            merge(desk, ana, dan.contact_id, eve.contact_id, reason="a feeling")
        with pytest.raises(Refused, match="same person already"):
            merge(desk, ana, dan.contact_id, dan.contact_id)
        with pytest.raises(Refused, match="not merged"):
            merging.unmerge_contact(desk.heed, ana, dan.contact_id, now())


class TestPart:
    def test_an_address_that_is_somebody_elses_takes_its_tickets_along(self, desk, ana):
        dan, eve = desk.says(who="dan"), desk.says("Hi", who="eve")
        merge(desk, ana, dan.contact_id, eve.contact_id)
        [identity] = [i for i in inbox.contact(desk.heed, ana, eve.contact_id, now()).identities if i.address == "dan"]
        new = merging.part(desk.heed, ana, eve.contact_id, identity.id, now())
        assert contact_of(desk, dan) == (new, "Dan") and contact_of(desk, eve)[0] == eve.contact_id
        with pytest.raises(Refused, match="only address"):
            merging.part(desk.heed, ana, new, identity.id, now())
        apart = merging.unmerge_contact(desk.heed, ana, dan.contact_id, now())
        assert apart.kept == 1, "what a person said meanwhile stays"
        assert links(desk)[identity.id] == new


class TestLaws:
    @settings(deadline=None, derandomize=True, max_examples=15, phases=(Phase.generate,),
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(steps=steps_of, order=st.permutations(range(MANY)))
    def test_in_any_order_every_address_ticket_and_fact_comes_back(self, sqlite_desk, steps, order):
        desk, sue = sqlite_desk, a_supervisor(sqlite_desk, presence=None)
        people = [f"p{next(NUMBER)}" for _ in range(MANY)]
        wrote = [(n, desk.says("Hello", who=who, thread=f"{who}-0")) for n, who in enumerate(people)]
        ids = [ticket.contact_id for _, ticket in wrote]
        before = links(desk)
        for kind, one, other in [*steps, *(("unmerge", n, 0) for n in [*order, *range(MANY)])]:
            try:
                if kind == "merge":
                    merge(desk, sue, ids[one], ids[other])
                elif kind == "unmerge":
                    merging.unmerge_contact(desk.heed, sue, ids[one], now())
                else:
                    wrote.append((one, desk.says("More", who=people[one], thread=f"t{next(NUMBER)}")))
            except Refused:
                pass
            held = desk.rows("SELECT identity_id FROM identity_link WHERE valid_to IS NULL")
            assert len(held) == len(set(held)) >= len(before), "every address is somebody's, and of one alone"
        assert links(desk) == before
        assert [desk.ticket(ticket.id).contact_id for _, ticket in wrote] == [ids[n] for n, _ in wrote]
        assert desk.rows("SELECT count(*) FROM contact WHERE merged_into IS NOT NULL") == [(0,)]
