"""Drafts: one for each person and ticket, the newer words stay, nobody else's are touched, sent ones are gone."""

import threading
from datetime import timedelta

import pytest

from router import desk as acts
from router.desk import NotFound, drafting
from router.desk.drafting import Draft
from router.inbox.composing import composing, drafts_among
from router.inbox.lists import mine
from router.inbox.ticket import ticket as view_of
from router.store import drafts
from tests.builders import a_brand, an_agent, now


@pytest.fixture
def ana(desk):
    return an_agent(desk)


@pytest.fixture
def held(desk, ana):
    """A ticket that Ana has."""
    ticket = desk.says()
    acts.pull(desk.heed, ana, now())
    return ticket


def keep(desk, scope, ticket, text, ago_s=0.0, base=None, key="k", **facts):
    at = now() - timedelta(seconds=ago_s)
    given = Draft(agent_id="whoever", ticket_id=ticket.id, text=text, at=at, key=key, **facts)
    return drafting.keep(desk.heed, scope, given, now(), base=base)


def kept(desk, scope, ticket):
    with desk.heed.database.read() as db:
        found = drafts.of(db, scope.agent, ticket.id)
    return found and found.text


class TestADraft:
    def test_is_kept_as_it_was_typed_and_shown_again(self, desk, ana, held):
        keep(desk, ana, held, "Dear Dan", kind="note", to="dan@home.example", cc="a@b.example\nc@d.example")
        shown = composing(desk.heed, ana, view_of(desk.heed, ana, held.id, now()), now()).draft
        assert (shown.text, shown.kind, shown.agent_id) == ("Dear Dan", "note", ana.agent)
        assert (shown.to, shown.cc) == ("dan@home.example", "a@b.example\nc@d.example")
        assert drafts_among(desk.heed, ana, mine(desk.heed, ana).items) == {held.id}

    def test_grows_from_the_version_it_was_seen_in(self, desk, ana, held):
        first = keep(desk, ana, held, "Dear")
        second = keep(desk, ana, held, "Dear Dan", base=first.draft.at)
        assert (second.draft.text, second.other) == ("Dear Dan", None)

    def test_written_in_two_windows_is_the_newer_one_and_the_other_is_offered(self, desk, ana, held):
        keep(desk, ana, held, "On the train", ago_s=60)
        answer = keep(desk, ana, held, "At my desk")
        assert (answer.draft.text, answer.other.text) == ("At my desk", "On the train")
        late = keep(desk, ana, held, "On the train, older still", ago_s=30)
        assert (late.draft.text, late.other.text) == ("At my desk", "At my desk")
        assert kept(desk, ana, held) == "At my desk"

    def test_emptied_is_gone_but_never_words_that_were_not_seen(self, desk, ana, held):
        first = keep(desk, ana, held, "Dear")
        assert keep(desk, ana, held, "", base=None).other.text == "Dear"
        assert kept(desk, ana, held) == "Dear"
        keep(desk, ana, held, "", base=first.draft.at)
        assert kept(desk, ana, held) is None

    def test_sent_is_gone_and_does_not_come_back_late(self, desk, ana, held):
        keep(desk, ana, held, "On its way.", key="k1")
        message_id = acts.reply(desk.heed, ana, held.id, "On its way.", now(), key="k1")
        assert kept(desk, ana, held) is None
        late = keep(desk, ana, held, "On its way.", key="k1")
        assert (late.sent, late.draft, kept(desk, ana, held)) == (message_id, None, None)

    def test_of_another_window_stays_when_something_else_is_sent(self, desk, ana, held):
        keep(desk, ana, held, "Other words", key="k2")
        acts.note(desk.heed, ana, held.id, "A note", now(), key="k1")
        assert kept(desk, ana, held) == "Other words"

    def test_stays_its_writers_when_the_ticket_goes_elsewhere(self, desk, ana, held):
        bo = an_agent(desk, "Bo")
        keep(desk, ana, held, "My words")
        acts.transfer(desk.heed, ana, held.id, now(), agent=bo.agent)
        of_bo = composing(desk.heed, bo, view_of(desk.heed, bo, held.id, now()), now())
        of_ana = composing(desk.heed, ana, view_of(desk.heed, ana, held.id, now()), now())
        assert (of_bo.draft, of_ana.draft.text) == (None, "My words")
        drafting.discard(desk.heed, ana, held.id)
        assert kept(desk, ana, held) is None

    def test_of_another_brands_ticket_cannot_be(self, desk, held):
        stranger = an_agent(desk, "Eve", brands=(a_brand(desk, "other"),))
        with pytest.raises(NotFound):
            keep(desk, stranger, held, "x")
        with pytest.raises(NotFound):
            drafting.discard(desk.heed, stranger, held.id)

    def test_kept_by_many_windows_at_once_is_one_and_the_newest(self, desk, ana, held):
        failed = []

        def write(number):
            try:
                keep(desk, ana, held, f"words {number}", ago_s=100 - number, key=str(number))
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert kept(desk, ana, held) == "words 11"
