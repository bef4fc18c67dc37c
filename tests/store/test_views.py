"""The read-only queries: what they find, in which order, and that a wall stands before all of them."""

from datetime import timedelta

import pytest

from router import desk, inbox
from router.desk.errors import NotFound
from router.model import Role, Scope
from tests.builders import Desk, a_brand, a_connection_row, a_skill, an_agent, mail, now, pulled


@pytest.fixture
def at(desk: Desk) -> Desk:
    """A new desk, on each database."""
    return desk


class TestLists:
    def test_waiting_comes_in_order_of_place(self, at: Desk) -> None:
        ana = an_agent(at)
        for who in ("dan", "eva", "fay"):
            at.says(who=who)
        found = inbox.waiting(at.heed, ana).items
        assert [line.place for line in found] == sorted(line.place for line in found if line.place)
        assert {line.contact for line in found} == {"Dan", "Eva", "Fay"}

    def test_shows_what_the_customer_wrote_last_without_what_they_repeat_of_ours(self, at: Desk) -> None:
        post = a_connection_row(at, "email")
        mail(at, post, "On Mon, 23 Nov 2026, The shop wrote:\n> Dear Dan,\n> which parcel is it?\n\nNumber 99, please.")
        assert [line.said for line in inbox.waiting(at.heed, an_agent(at)).items] == ["Number 99, please."]

    def test_waiting_is_paged_without_a_gap(self, at: Desk) -> None:
        ana = an_agent(at)
        for number in range(7):
            at.says(who=f"c{number}")
        seen, cursor = [], None
        while True:
            page = inbox.waiting(at.heed, ana, cursor, limit=3)
            seen += [line.id for line in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 7

    def test_waiting_says_why_it_is_not_for_you(self, at: Desk) -> None:
        a_skill(at, "de", is_language=True)
        ana = an_agent(at, skills={"de": 5})
        at.says()
        [line] = inbox.waiting(at.heed, ana, now=now()).items
        assert "English" in line.not_you

    def test_mine_puts_what_waits_for_the_customer_last(self, at: Desk) -> None:
        ana = an_agent(at)
        at.says("Where is it?", who="dan")
        first = pulled(at, ana)
        row = a_connection_row(at, "email")
        mail(at, row)
        second = pulled(at, ana)
        answered = next(t for t in (first, second) if at.ticket(t).channel == "email")
        desk.reply(at.heed, ana, answered, "Here.", now(), last_seen=None)
        assert [line.state for line in inbox.mine(at.heed, ana).items] == ["open", "pending"]

    def test_counts_stand_on_the_tabs(self, at: Desk) -> None:
        ana = an_agent(at)
        at.says(who="dan")
        at.says(who="eva")
        ticket_id = pulled(at, ana)
        assert (inbox.counts(at.heed, ana).mine, inbox.counts(at.heed, ana).waiting) == (1, 1)
        desk.snooze(at.heed, ana, ticket_id, now() + timedelta(hours=1), now())
        assert (inbox.counts(at.heed, ana).mine, inbox.counts(at.heed, ana).snoozed) == (0, 1)
        assert [line.id for line in inbox.snoozed(at.heed, ana).items] == [ticket_id]

    def test_what_was_resolved_stands_under_done(self, at: Desk) -> None:
        ana = an_agent(at)
        at.says()
        ticket_id = pulled(at, ana)
        desk.resolve(at.heed, ana, ticket_id, now())
        assert [line.id for line in inbox.done(at.heed, ana).items] == [ticket_id]
        assert inbox.mine(at.heed, ana).items == ()

    def test_a_list_is_found_by_number_and_words(self, at: Desk) -> None:
        ana = an_agent(at)
        ticket = at.says(who="dan", subject="Broken 100% kettle")
        at.says(who="eva")
        assert [line.id for line in inbox.tickets(at.heed, ana, q=str(ticket.number)).items] == [ticket.id]
        assert [line.id for line in inbox.tickets(at.heed, ana, q="dan").items] == [ticket.id]
        assert len(inbox.tickets(at.heed, ana, q="%").items) <= 1  # a sign is a sign, not a pattern

    def test_a_foreign_cursor_begins_at_the_start(self, at: Desk) -> None:
        ana = an_agent(at)
        at.says()
        for cursor in ("x", "!!!", "bnVsbA", "W10"):
            assert len(inbox.waiting(at.heed, ana, cursor).items) == 1


class TestTicket:
    def test_tells_everything_of_it(self, at: Desk) -> None:
        ana = an_agent(at)
        at.says("This is the third time I ask. I am furious!")
        view = inbox.ticket(at.heed, ana, pulled(at, ana), now())
        assert view.messages[0].text.startswith("This is the third time")
        assert view.moods and view.contact is not None and view.contact.tickets == 1
        assert view.recipients.to == ("dan",)
        assert view.last_seen == view.messages[0].id

    def test_a_mail_keeps_everyone_on_it(self, at: Desk) -> None:
        ana = an_agent(at)
        row = a_connection_row(at, "email")
        mail(at, row, Cc="Eva <eva@home.example>")
        view = inbox.ticket(at.heed, ana, pulled(at, ana), now())
        assert view.recipients.to == ("dan@home.example",)
        assert view.recipients.cc == ("eva@home.example",)
        assert "eva@home.example" in view.recipients.known

    def test_a_long_one_comes_in_pages(self, at: Desk) -> None:
        ana = an_agent(at)
        first = at.says("message 0", who="dan", thread="t")
        for number in range(1, 130):
            at.says(f"message {number}", who="dan", thread="t")
        view = inbox.ticket(at.heed, ana, first.id, now())
        assert len(view.messages) == 100 and view.earlier == view.messages[0].id
        rest = inbox.ticket(at.heed, ana, first.id, now(), before=view.earlier)
        assert len(rest.messages) == 30 and rest.earlier is None
        assert not {m.id for m in rest.messages} & {m.id for m in view.messages}

    def test_why_says_what_was_decided_or_why_it_waits(self, at: Desk) -> None:
        ana = an_agent(at)
        ticket = at.says()
        assert inbox.why(at.heed, ana, ticket.id, now()).waits
        pulled(at, ana)
        told = inbox.why(at.heed, ana, ticket.id, now())
        assert told.because and not told.waits


class TestWalls:
    def test_another_brand_finds_nothing(self, at: Desk) -> None:
        other = an_agent(at, "Ola", brands=(a_brand(at, "other"),), role=Role.SUPERVISOR)
        ticket = at.says()
        contact = at.ticket(ticket.id).contact_id
        assert inbox.tickets(at.heed, other).items == ()
        assert inbox.waiting(at.heed, other).items == ()
        assert inbox.counts(at.heed, other).waiting == 0
        assert inbox.connections(at.heed, other) == []
        for ask in (
            lambda: inbox.ticket(at.heed, other, ticket.id, now()),
            lambda: inbox.why(at.heed, other, ticket.id, now()),
            lambda: inbox.contact(at.heed, other, contact or "", now()),
        ):
            with pytest.raises(NotFound):
                ask()

    def test_someone_without_a_brand_finds_nothing(self, at: Desk) -> None:
        at.says()
        nobody = Scope(Role.ADMIN, frozenset(), None)
        assert inbox.tickets(at.heed, nobody).items == ()
        assert inbox.waiting(at.heed, nobody).items == ()
