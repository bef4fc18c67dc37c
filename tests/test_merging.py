"""Merging tickets: one conversation of two, what each keeps, and taking it back."""

import pytest

from router import desk as acts
from router import inbox, merging
from router.desk import NewerMessage, NotAllowed, NotFound, Refused
from router.store import erasing
from router.waking import bring_back
from tests.builders import a_brand, a_connection_row, a_supervisor, an_agent, in_minutes, mail, now


@pytest.fixture
def ana(desk):
    return an_agent(desk, slots={"live": 3, "mail": 0})


@pytest.fixture
def sue(desk):
    return a_supervisor(desk, presence=None)


def pull(desk, scope):
    return acts.pull(desk.heed, scope, now()).ticket_id


def two(desk, **second):
    """Two tickets of Dan's, in threads of their own."""
    return desk.says("Where is my parcel?", thread="a"), desk.says("And the invoice?", thread="b", **second)


class TestMerge:
    def test_shows_both_in_one_conversation_and_moves_no_message(self, desk, ana):
        first, second = two(desk)
        assert pull(desk, ana) == first.id
        assert merging.merge(desk.heed, ana, second.id, first.id, now()) == first.id
        view = inbox.ticket(desk.heed, ana, first.id, now())
        assert [m.text for m in view.messages] == ["Where is my parcel?", "And the invoice?"]
        assert [m.number for m in view.messages] == [None, second.number], "each says where it came in"
        assert {m.home_ticket_id for m in desk.messages()} == {first.id, second.id}
        merged = desk.ticket(second.id)
        assert (merged.state, merged.merged_into, merged.place, merged.lane_id) == ("closed", first.id, None, None)
        assert desk.events(second.id)[-1] == "merged" and "merged_in" in desk.events(first.id)

    def test_the_same_again_changes_nothing(self, desk, sue):
        first, second = two(desk)
        merging.merge(desk.heed, sue, second.id, first.id, now())
        seen = desk.ticket(first.id)
        assert merging.merge(desk.heed, sue, second.id, first.id, now()) == first.id
        assert desk.ticket(first.id) == seen

    def test_what_comes_later_comes_in_where_both_are_shown(self, desk, ana, sue):
        first, second = two(desk)
        merging.merge(desk.heed, sue, second.id, first.id, now())
        assert desk.says("Hello?", thread="b").id == first.id
        third = desk.says("Something else", who="dan", thread="c")
        merging.merge(desk.heed, sue, first.id, third.id, now())
        assert desk.says("Still there?", thread="b").id == third.id, "along a chain"
        assert len(inbox.ticket(desk.heed, sue, third.id, now()).messages) == 5
        assert desk.ticket(second.id).merged_into == third.id

    def test_keeps_the_better_place_and_the_earlier_promise(self, desk, sue):
        first, second = two(desk)
        merging.merge(desk.heed, sue, first.id, second.id, now())
        kept = desk.ticket(second.id)
        assert (kept.place, kept.answer_by) == (first.place, first.answer_by)
        held = desk.rows("SELECT ticket_id FROM promise WHERE met_at IS NULL AND ended_at IS NULL")
        assert held == [(second.id,)], "one promise, on the one that stays"
        assert pull(desk, an_agent(desk, "Bo")) == second.id

    def test_tags_needs_and_mood_are_of_both(self, desk, sue):
        first = desk.says("Where is my parcel?", thread="a")
        second = desk.says("This is the third time I ask. I am furious and will cancel!", thread="b")
        desk.do("INSERT INTO ticket_tag VALUES (:t, 'vip', 'a rule')", t=second.id)
        desk.do("INSERT INTO ticket_need VALUES (:t, 'billing', 3, 'a rule')", t=second.id)
        merging.merge(desk.heed, sue, second.id, first.id, now())
        assert desk.ticket(first.id).heat == second.heat > first.heat
        assert desk.rows("SELECT tag FROM ticket_tag WHERE ticket_id = :t", t=first.id) == [("vip",)]
        needs = desk.rows("SELECT skill_key, level FROM ticket_need WHERE ticket_id = :t ORDER BY 1", t=first.id)
        assert needs == [("billing", 3), ("en", 1)]
        assert desk.ticket(first.id).flag == "No one has billing at level 3."

    def test_a_customer_who_waits_is_not_put_to_rest(self, desk, ana, sue):
        first = desk.says("Where is my parcel?", thread="a")
        pull(desk, ana)
        acts.resolve(desk.heed, ana, first.id, now())
        second = desk.says("And the invoice?", thread="b")
        merging.merge(desk.heed, sue, second.id, first.id, now())
        woken = desk.ticket(first.id)
        assert (woken.state, woken.agent_id, woken.episode) == ("open", ana.agent, 2)
        merging.unmerge(desk.heed, sue, second.id, now())
        assert (desk.ticket(first.id).state, desk.ticket(first.id).episode) == ("resolved", 1)
        assert (desk.ticket(second.id).state, desk.ticket(second.id).place) == ("waiting", second.place)

    def test_whoever_has_one_has_the_whole_and_uses_one_slot(self, desk, sue):
        bo = an_agent(desk, "Bo", slots={"live": 1, "mail": 0})
        first, second = two(desk)
        assert pull(desk, bo) == first.id
        merging.merge(desk.heed, bo, first.id, second.id, now())
        assert (desk.ticket(second.id).state, desk.ticket(second.id).agent_id) == ("open", bo.agent)
        assert desk.rows("SELECT ticket_id FROM assignment WHERE valid_to IS NULL") == [(second.id,)]
        merging.unmerge(desk.heed, bo, first.id, now())
        assert (desk.ticket(first.id).state, desk.ticket(first.id).agent_id) == ("open", bo.agent)
        assert (desk.ticket(second.id).state, desk.ticket(second.id).place) == ("waiting", second.place)

    def test_what_may_not_be_merged(self, desk, ana, sue):
        first, second = two(desk)
        other = desk.says("Hi", who="eve")
        with pytest.raises(NotAllowed, match="Neither"):
            merging.merge(desk.heed, ana, first.id, second.id, now())
        with pytest.raises(Refused, match="into itself"):
            merging.merge(desk.heed, sue, first.id, first.id, now())
        with pytest.raises(Refused, match="different customers"):
            merging.merge(desk.heed, sue, other.id, first.id, now())
        merging.merge(desk.heed, sue, other.id, first.id, now(), different=True)
        with pytest.raises(Refused, match="into itself"):
            merging.merge(desk.heed, sue, first.id, other.id, now())
        with pytest.raises(Refused, match="was merged into another"):
            acts.note(desk.heed, sue, other.id, "x", now())
        pull(desk, ana)
        with pytest.raises(NotAllowed, match="colleague"):
            merging.merge(desk.heed, an_agent(desk, "Bo"), first.id, second.id, now())

    def test_another_brands_ticket_is_not_there(self, desk, sue):
        away = a_brand(desk, "away")
        row = a_connection_row(desk, "email", brand_id=away)
        mail(desk, row)
        [far] = [ticket for ticket in desk.tickets if ticket.brand_id == away]
        first = desk.says()
        both = a_supervisor(desk, "Max", brands=(desk.brand_id, away))
        for scope in (sue, both):
            for pair in ((first.id, far.id), (far.id, first.id)):
                with pytest.raises(NotFound):
                    merging.merge(desk.heed, scope, *pair, now(), different=True)
        with pytest.raises(NotFound):
            merging.unmerge(desk.heed, a_supervisor(desk, "Far", brands=(away,)), first.id, now())


class TestUnmerge:
    def test_what_came_since_stays_and_what_others_did_is_kept_and_told(self, desk, ana, sue):
        first, second = two(desk)
        merging.merge(desk.heed, sue, second.id, first.id, now())
        desk.says("Hello?", thread="b")
        pull(desk, ana)
        undone = merging.unmerge(desk.heed, sue, second.id, now())
        assert (undone.from_ticket_id, undone.stayed) == (first.id, 1)
        assert {m.home_ticket_id for m in desk.messages() if m.text == "Hello?"} == {first.id}
        assert (desk.ticket(first.id).state, desk.ticket(first.id).agent_id) == ("open", ana.agent)
        assert desk.ticket(second.id).place == second.place
        assert desk.says("Me again", thread="b").id == second.id

    def test_its_agent_gets_it_back_only_with_a_free_slot(self, desk, sue):
        bo = an_agent(desk, "Bo", slots={"live": 1, "mail": 0})
        first, second = two(desk)
        pull(desk, bo)
        merging.merge(desk.heed, sue, first.id, second.id, now())
        acts.resolve(desk.heed, bo, second.id, now())
        third = desk.says("Hi", who="eve")
        assert pull(desk, bo) == third.id
        merging.unmerge(desk.heed, sue, first.id, now())
        back = desk.ticket(first.id)
        assert (back.state, back.agent_id, back.answer_by) == ("waiting", None, first.answer_by)
        assert back.place == first.place and back.lane_id == first.lane_id
        assert desk.ticket(second.id).state == "resolved", "what others did stays"

    def test_out_of_a_chain(self, desk, sue):
        first, second = two(desk)
        third = desk.says("Once more", thread="c")
        desk.do("INSERT INTO ticket_tag VALUES (:t, 'vip', 'a rule')", t=first.id)
        merging.merge(desk.heed, sue, first.id, second.id, now())
        merging.merge(desk.heed, sue, second.id, third.id, now())
        assert desk.rows("SELECT count(*) FROM ticket_tag WHERE ticket_id = :t", t=third.id) == [(1,)]
        merging.unmerge(desk.heed, sue, first.id, now())
        assert [desk.ticket(t.id).merged_into for t in (first, second, third)] == [None, third.id, None]
        assert desk.rows("SELECT ticket_id FROM ticket_tag") == [(first.id,)]
        assert desk.ticket(third.id).place == second.place
        merging.unmerge(desk.heed, sue, second.id, now())
        assert [desk.ticket(t.id).place for t in (first, second, third)] == [first.place, second.place, third.place]

    def test_is_for_who_merged_or_has_it(self, desk, ana, sue):
        first, second = two(desk)
        merging.merge(desk.heed, sue, second.id, first.id, now())
        with pytest.raises(NotAllowed):
            merging.unmerge(desk.heed, ana, second.id, now())
        pull(desk, ana)
        merging.unmerge(desk.heed, ana, second.id, now())
        with pytest.raises(Refused, match="not merged"):
            merging.unmerge(desk.heed, ana, second.id, now())


class TestAround:
    def test_an_answer_that_never_left_brings_back_the_ticket_that_shows_it(self, desk, ana, sue):
        first, second = two(desk)
        pull(desk, ana), pull(desk, ana)
        for ticket in (first, second):
            acts.reply(desk.heed, ana, ticket.id, "On its way", now())
        desk.do("UPDATE ticket SET state = 'pending'")
        merging.merge(desk.heed, sue, second.id, first.id, now())
        bring_back(desk.heed, second.id, now(), now())
        assert desk.ticket(first.id).state == "open" and desk.ticket(second.id).state == "closed"
        assert desk.rows("SELECT count(*) FROM promise WHERE ticket_id = :t AND met_at IS NULL AND ended_at IS NULL",
                         t=second.id) == [(0,)]  # fmt: skip

    def test_who_writes_while_a_merge_brings_newer_words_is_shown_them_first(self, desk, ana, sue):
        first, second = two(desk)
        pull(desk, ana)
        seen = desk.messages(first.id)[-1].id
        merging.merge(desk.heed, sue, second.id, first.id, now())
        with pytest.raises(NewerMessage):
            acts.reply(desk.heed, ana, first.id, "On its way", now(), last_seen=seen)

    def test_a_draft_on_the_one_is_found_on_the_other(self, desk, ana, sue):
        first, second = two(desk)
        columns = "draft (agent_id, ticket_id, text, at, kind, key)"
        desk.do(f"INSERT INTO {columns} VALUES (:a, :t, 'Dear', :at, 'reply', 'k')",
                a=ana.agent, t=second.id, at=str(now()))  # fmt: skip
        merging.merge(desk.heed, sue, second.id, first.id, now())
        assert desk.rows("SELECT text, key FROM draft WHERE ticket_id = :t", t=first.id) == [("Dear", "")]

    def test_what_is_kept_as_long_as_its_brand_keeps_it_goes_with_the_one_that_shows_it(self, desk, sue):
        first, second = two(desk)
        merging.merge(desk.heed, sue, second.id, first.id, now())
        desk.do("UPDATE brand SET keep_days = 1")
        with desk.heed.database.write() as db:
            assert erasing.past_keep(db, in_minutes(60 * 24 * 9), 9) == []
            erasing.erase_tickets(db, [first.id])
        assert desk.tickets == [] and desk.rows("SELECT count(*) FROM merge") == [(0,)]
