"""Brands are walls: what another brand's scope asks of the store is not there."""

import pytest

from router import desk as acts
from router.model import Role, Scope
from router.store import contacts, messages, tickets
from tests.builders import a_brand, a_connection_row, a_supervisor, mail, now


@pytest.fixture
def foreign(desk):
    return Scope(Role.ADMIN, frozenset({a_brand(desk, "other")}), "somebody")


def test_a_foreign_scope_loads_no_ticket(desk, foreign):
    ticket = desk.says()
    with desk.heed.database.write() as db:
        assert tickets.load(db, foreign, [ticket.id]) == {}
        assert tickets.load(db, foreign, [ticket.id], lock=True) == {}
        assert tickets.load(db, Scope(Role.ADMIN, frozenset()), [ticket.id]) == {}


def test_one_address_writing_to_two_brands_is_two_contacts(desk, foreign):
    [other] = foreign.brands
    mine, theirs = a_connection_row(desk, "email"), a_connection_row(desk, "email", brand_id=other)
    one, two = desk.ticket_of(mail(desk, mine), mine), desk.ticket_of(mail(desk, theirs), theirs)
    assert (one.brand_id, two.brand_id) == (desk.brand_id, other)
    assert one.contact_id != two.contact_id
    with desk.heed.database.read() as db:
        known = contacts.known(db, other, "email", ["dan@home.example"])
        assert {k.contact_id for k in known.values()} == {two.contact_id}


def test_a_reply_token_opens_nothing_in_another_brand(desk, foreign):
    [other] = foreign.brands
    mine, theirs = a_connection_row(desk, "email"), a_connection_row(desk, "email", brand_id=other)
    ticket = desk.ticket_of(mail(desk, mine), mine)
    acts.reply(desk.heed, a_supervisor(desk), ticket.id, "Hello", now())
    [(token,)] = desk.rows("SELECT token FROM reply_token")
    with desk.heed.database.read() as db:
        assert messages.tokens(db, other, [token]) == {}
    stray = mail(desk, theirs, To=f"help+{token}@shop.example")
    assert desk.ticket_of(stray, theirs).id != ticket.id


def test_a_header_of_another_brands_thread_joins_nothing(desk, foreign):
    [other] = foreign.brands
    mine, theirs = a_connection_row(desk, "email"), a_connection_row(desk, "email", brand_id=other)
    first = mail(desk, mine)
    ticket = desk.ticket_of(mail(desk, theirs, In_Reply_To=first), theirs)
    assert (ticket.brand_id, ticket.follows_ticket_id) == (other, None)
