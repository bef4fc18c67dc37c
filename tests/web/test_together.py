"""Working together, as a browser without script does: spam, many at once, follow-ups, hand-over, who is here."""

import re

import pytest
from flask.testing import FlaskClient

from router import desk, following
from router.desk import setting_aside
from router.model import Role, Scope
from router.notify import Change
from router.store import sites
from router.web.streams import Client, Hub, Viewer, is_theirs, told
from router.web.who_is_here import LASTS_S, WhoIsHere
from tests.builders import (
    Desk,
    a_brand,
    a_connection_row,
    a_queue,
    a_supervisor,
    an_agent,
    in_minutes,
    mail,
    now,
    pulled,
)
from tests.web.browsers import post, signed_in


@pytest.fixture
def ana(at: Desk) -> Scope:
    """An agent who is here."""
    return an_agent(at, slots={"live": 5, "mail": 5})


class TestSetAside:
    def test_spam_is_asked_for_shown_listed_and_undone(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        ticket = at.says(who="dan")
        pulled(at, ana)
        page = browser.get(f"/tickets/{ticket.id}/spam").text
        assert "Block the sender" in page
        identity = re.search(r'name="block" value="([^"]+)"', page)
        assert identity is not None
        answer = post(browser, f"/tickets/{ticket.id}/spam", json=True, block=identity.group(1))
        assert answer.json["ticket"] == ticket.id
        page = browser.get(f"/tickets/{ticket.id}").text
        assert "Set aside as spam" in page
        assert "It can be undone until" in page
        later = at.says("Buy!", "dan", thread="other")
        page = browser.get("/aside").text
        assert "its sender is blocked" in page
        assert later.id in page
        assert "Set aside as spam: 2" in browser.get("/?tab=done").text
        assert post(browser, f"/aside/{ticket.id}/back").status_code == 303
        assert at.ticket(ticket.id).state == "open"
        assert "Un-block" not in browser.get("/aside").text, "the undo ended the block"
        post(browser, f"/aside/{later.id}/back")
        assert at.ticket(later.id).state == "waiting"
        assert "Nothing is set aside" in browser.get("/aside").text

    def test_one_click_unblocks_and_brings_all_back(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        ticket = at.says(who="dan")
        pulled(at, ana)
        setting_aside.spam(at.heed, ana, ticket.id, now(), block=[at.messages(ticket.id)[0].identity_id])
        for thread in ("a", "b"):
            at.says("Where is it?", "dan", thread=thread)
        block = re.search(r"/aside/unblock/(\w+)", browser.get("/aside").text)
        assert block is not None
        post(browser, f"/aside/unblock/{block.group(1)}")
        assert {one.state for one in at.tickets} == {"waiting"}
        assert "3 tickets are back" in browser.get("/aside").text

    def test_is_not_another_brands_to_see_or_change(self, at: Desk, ana: Scope) -> None:
        ticket = at.says(who="dan")
        pulled(at, ana)
        done = setting_aside.spam(at.heed, ana, ticket.id, now(), block=[at.messages()[0].identity_id])
        [(block,)] = at.rows("SELECT id FROM block")
        eve = signed_in(at, a_supervisor(at, "Eve", brands=(a_brand(at, "other"),)))
        assert "Nothing is set aside" in eve.get("/aside").text
        for path in (
            f"/tickets/{ticket.id}/spam",
            f"/aside/{ticket.id}/back",
            f"/aside/unblock/{block}",
            f"/undo/{done}",
        ):
            assert post(eve, path).status_code == 404, path
        assert at.ticket(ticket.id).spam


class TestMany:
    def test_is_shown_before_it_is_done_and_undone_after(self, at: Desk, ana: Scope) -> None:
        tickets = [at.says(f"Where is parcel {n}?", f"v{n}").id for n in range(3)]
        billing, sue = a_queue(at, "Billing"), a_supervisor(at)
        desk.resolve(at.heed, sue, tickets[2], now())
        browser = signed_in(at, sue)
        assert 'name="ticket"' in browser.get("/?tab=waiting&choose=1").text
        page = post(browser, "/bulk", ticket=tickets).text
        assert "3 tickets chosen" in page
        page = post(browser, "/bulk", tickets=" ".join(tickets), act="transfer").text
        assert "To which queue?" in page
        page = post(browser, "/bulk", tickets=" ".join(tickets), act="transfer", asked="1", queue=billing).text
        assert "It would be done to 2 tickets" in page
        assert "This ticket is resolved." in page
        assert at.ticket(tickets[0]).queue_id != billing, "nothing is done yet"
        key = re.search(r'name="key" value="(\w+)"', page)
        assert key is not None
        said = {"tickets": " ".join(tickets), "act": "transfer", "queue": billing, "key": key.group(1), "confirm": "1"}
        for _ in range(2):
            answer = post(browser, "/bulk", **said)
            assert answer.headers["Location"] == f"/bulk/{key.group(1)}"
        page = browser.get(answer.headers["Location"]).text
        assert "2 tickets transferred" in page
        assert at.ticket(tickets[0]).queue_id == billing
        assert key.group(1) in browser.get("/bulk").text
        page = browser.get(post(browser, f"/bulk/{key.group(1)}/undo").headers["Location"]).text
        assert "2 tickets are as they were" in page
        assert at.ticket(tickets[0]).queue_id != billing
        assert (
            signed_in(at, an_agent(at, "Eve", brands=(a_brand(at, "o"),))).get(f"/bulk/{key.group(1)}").status_code
            == 404
        )

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"act": "resolve"}, "Choose at least one ticket"),
            ({"all": "nothing"}, "Choose at least one"),
            ({"ticket": "unknown", "act": "resolve"}, "at least one"),
        ],
    )
    def test_says_what_is_missing(self, browser: FlaskClient, fields: dict[str, str], says: str) -> None:
        answer = post(browser, "/bulk", **fields)
        assert answer.status_code in (409, 422)
        assert says in answer.text

    @pytest.mark.parametrize(
        "fields", [{"act": "snooze", "at": "soon"}, {"act": "tag", "tag": ""}, {"act": "assign", "agent": "x"}]
    )
    def test_asks_again_for_what_does_not_fit(self, at: Desk, browser: FlaskClient, fields: dict[str, str]) -> None:
        answer = post(browser, "/bulk", ticket=at.says().id, asked="1", **fields)
        assert answer.status_code in (200, 422)
        assert "1 ticket chosen" in answer.text

    def test_takes_all_of_a_list(self, at: Desk) -> None:
        browser = signed_in(at, a_supervisor(at))
        for number in range(3):
            at.says(who=f"v{number}")
        assert "3 tickets chosen" in post(browser, "/bulk", all="waiting").text
        at.says("A refund, please", "eve")
        assert 'value="search:refund"' in browser.get("/search?q=refund").text
        assert "1 ticket chosen" in post(browser, "/bulk", all="search:refund").text
        assert "4 tickets chosen" in post(browser, "/bulk", all="search:state:waiting").text


class TestFollowUps:
    def test_are_asked_for_listed_and_cancelled(self, at: Desk, browser: FlaskClient) -> None:
        ticket = at.says()
        assert "Come back to ticket" in browser.get(f"/tickets/{ticket.id}/follow-up").text
        path = f"/tickets/{ticket.id}/follow-up"
        assert post(browser, path, json=True, until="").status_code == 422
        assert post(browser, path, json=True, until=in_minutes(-5).isoformat()).status_code == 409
        post(browser, path, until=in_minutes(60).isoformat(), note="Call the depot", only_if_silent="1")
        page = browser.get(f"/tickets/{ticket.id}").text
        assert "Call the depot" in page
        assert "if they stay silent" in page
        [found] = following.to_come(at.heed, an_agent(at, "Bo"), ticket.id)
        post(browser, f"/follow-ups/{found.id}/cancel")
        assert "Call the depot" not in browser.get(f"/tickets/{ticket.id}").text
        eve = signed_in(at, an_agent(at, "Eve", brands=(a_brand(at, "other"),)))
        assert post(eve, path, until=in_minutes(60).isoformat()).status_code == 404


class TestFollowUpTicket:
    def test_goes_to_the_same_customer_and_points_to_the_old_one(
        self, at: Desk, ana: Scope, browser: FlaskClient
    ) -> None:
        row = a_connection_row(at, "email")
        old = at.ticket_of(mail(at, row), row)
        pulled(at, ana)
        desk.resolve(at.heed, ana, old.id, now())
        assert "Start a follow-up ticket" in browser.get(f"/tickets/{old.id}").text
        page = browser.get(f"/tickets/new?follows={old.id}").text
        assert 'value="dan@home.example"' in page
        assert 'value="Re: Order"' in page
        fields = {"connection": row.id, "to": "dan@home.example", "subject": "Re: Order", "text": "Did it arrive?"}
        answer = post(browser, "/tickets/new", json=True, follows=old.id, key="k1", **fields)
        new = at.ticket(answer.json["ticket"])
        assert (new.follows_ticket_id, new.contact_id, new.state) == (old.id, old.contact_id, "pending")
        other = a_brand(at, "other")
        theirs = a_connection_row(at, "email", brand_id=other)
        both = signed_in(at, an_agent(at, "Zed", brands=(at.brand_id, other)))
        fields["connection"] = theirs.id
        assert post(both, "/tickets/new", follows=old.id, key="k2", **fields).status_code == 404, "over a wall"


class TestHandOver:
    def test_tells_the_person_and_shows_the_word_until_they_answer(
        self, at: Desk, ana: Scope, browser: FlaskClient
    ) -> None:
        sue = a_supervisor(at)
        ticket = at.says()
        desk.transfer(at.heed, sue, ticket.id, now(), agent=ana.agent, note="They called twice")
        assert "Handed on by Sue" in browser.get(f"/tickets/{ticket.id}").text
        assert at.rows("SELECT agent_id, kind FROM notice") == [(ana.agent, "transfer")]
        desk.reply(at.heed, ana, ticket.id, "Hello", now())
        assert "Handed on by Sue" not in browser.get(f"/tickets/{ticket.id}").text

    def test_offers_those_i_hand_to_first_with_their_free_slots(
        self, at: Desk, ana: Scope, browser: FlaskClient
    ) -> None:
        zoe, billing = an_agent(at, "Zoe", slots={"live": 3, "mail": 0}), a_queue(at, "Zulu")
        an_agent(at, "Bo"), a_queue(at, "Billing")
        for target in ({"agent": zoe.agent}, {"queue": billing}):
            ticket = at.says(who=str(target))
            desk.assign(at.heed, a_supervisor(at), ticket.id, ana.agent or "", now())
            desk.transfer(at.heed, ana, ticket.id, now(), **target)
        ticket = at.says(who="new")
        desk.assign(at.heed, a_supervisor(at), ticket.id, ana.agent or "", now())
        page = browser.get(f"/tickets/{ticket.id}/transfer").text
        assert page.index("Zoe") < page.index(">Bo")
        assert page.index("Zulu") < page.index("Billing")
        assert "live 1 of 3" in page and 'name="site"' not in page, "nobody's site is known"

    def test_offers_the_sites_where_colleagues_work(self, at: Desk, ana: Scope, browser: FlaskClient) -> None:
        zia, far = an_agent(at, "Zia"), an_agent(at, "Far", brands=(a_brand(at, "other"),))
        with at.heed.database.write() as db:
            sites.put(db, zia.agent or "", "Lahore", "Asia/Karachi", now())
            sites.put(db, far.agent or "", "Oslo", "Europe/Oslo", now())
        at.says()
        ticket_id = pulled(at, ana)
        path = f"/tickets/{ticket_id}/transfer"
        page = browser.get(path).text
        assert "Lahore · 1 here, 0 on shift" in page and "Oslo" not in page
        assert post(browser, path, site="Lahore", agent=zia.agent).status_code == 409, "one of the three"
        assert post(browser, path, site="Lahore", note="Call him at ten.").status_code == 303
        assert desk.pull(at.heed, an_agent(at, "Bo"), now()) is None
        assert desk.pull(at.heed, zia, now()).ticket_id == ticket_id


class TestWhoIsHere:
    def test_hears_reads_types_and_leaves_and_forgets_after_a_while(self) -> None:
        at = [0.0]
        who = WhoIsHere(lambda: at[0])
        change = lambda agent, doing: Change("here", "b1", "t1", agent, doing=doing)  # noqa: E731
        assert who.heard(change("ana", "reads"))
        assert not who.heard(change("ana", "reads")), "no news"
        assert who.heard(change("omar", "types"))
        assert [(one.agent, one.types) for one in who.others("t1", "ana")] == [("omar", True)]
        assert who.others("t2", "ana") == []
        assert who.heard(change("omar", "reads"))
        assert who.heard(change("omar", "left"))
        assert who.others("t1", "ana") == []
        assert not who.heard(change("omar", "left"))
        at[0] = LASTS_S + 1
        assert not who.is_at("t1", "ana")
        assert who.others("t1", "omar") == []

    def test_is_told_to_those_alone_who_have_the_ticket_open(self, at: Desk) -> None:
        hub = Hub(at.heed)
        clients = {}
        for name, brand in (("ana", "b1"), ("omar", "b1"), ("bo", "b1"), ("eve", "b2")):
            scope = Scope(Role.AGENT, frozenset({brand}), name)
            clients[name] = Client(Viewer(scope, lambda: True))
        hub._clients.update(clients.values())
        for name in ("ana", "eve"):
            hub._heard(Change("here", "b1", "t1", name, doing="reads"))
        hub._heard(Change("here", "b1", "t1", "omar", doing="types"))
        heard = {name: client.hints.qsize() for name, client in clients.items()}
        assert heard == {"ana": 2, "omar": 0, "bo": 0, "eve": 0}, "Eve's brand is another: she hears nothing"
        change = clients["ana"].hints.get_nowait()
        assert isinstance(change, Change)
        assert is_theirs(change, clients["ana"].viewer)
        assert told(change, clients["ana"].viewer) == {"kind": "here", "ticket": "t1"}, "ids only, and no colleague's"

    def test_without_a_broker_shows_nothing_and_over_a_wall_finds_nothing(self, at: Desk, browser: FlaskClient) -> None:
        ticket = at.says()
        answer = post(browser, f"/tickets/{ticket.id}/here", json=True, doing="types")
        assert answer.json == {"html": "", "words": "", "types": False}
        assert browser.get(f"/tickets/{ticket.id}/here").json == answer.json
        eve = signed_in(at, an_agent(at, "Eve", brands=(a_brand(at, "other"),)))
        assert eve.get(f"/tickets/{ticket.id}/here").status_code == 404
        assert post(eve, f"/tickets/{ticket.id}/here").status_code == 404
