"""Beside the conversation: the place in line, the address, the site's word, typing and seen both ways."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from router import by_mail, desk, visiting
from router.calendars import Calendar, Period
from router.inbox.visitor import standing
from router.notify import Change
from router.store import desk as desk_rows
from router.store import hours, visitors
from router.store.connections import ConnectionRow
from router.web.streams import Viewer, concerns, told
from router.web.who_is_here import CUSTOMER_LASTS_S, LEFT, TYPES, WhoIsHere
from tests.a_desk import ORIGIN, a_browser
from tests.builders import Desk, an_agent, now
from tests.web.browsers import post, row_of, signed_in
from tests.web.chat.visitors import Visitor, an_identity


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, at: Desk) -> list[Change]:
    """What open pages are told."""
    found: list[Change] = []
    monkeypatch.setattr(type(at.heed.notifier), "publish", lambda _, changes: found.extend(changes))
    return found


class TestStanding:
    def test_tells_the_place_and_no_wait_where_too_little_is_known(
        self, at: Desk, chat: ConnectionRow, browser: FlaskClient, visitor: Visitor
    ) -> None:
        assert visitor.gets("standing")["place"] is None
        Visitor(at, chat, browser).says("I was first")
        visitor.says()
        found = visitor.gets("standing")
        assert (found["place"], found["wait"], found["open"], found["agent"]) == (2, None, True, "")

    def test_tells_a_wait_that_recent_answers_bear_out(self, at: Desk, chat: ConnectionRow, visitor: Visitor) -> None:
        visitor.says()
        ticket = at.tickets[-1]
        for number in range(12):
            met_at = now() - timedelta(minutes=number)
            at.do(
                "INSERT INTO promise (id, ticket_id, episode, kind, target_s, starts_at, due_at, met_at, because)"
                " VALUES (:i, :t, 0, 'first_answer', 60, :a, :a, :m, '')",
                i=f"p{number}", t=ticket.id, a=now(), m=met_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
            )  # fmt: skip
        found = standing(at.heed, chat, visitor.id, now())
        assert (found.place, found.wait_min) == (1, (0, 15))
        assert standing(at.heed, chat, visitor.id, now() + timedelta(hours=2)).wait_min is None, "that was long ago"

    def test_tells_who_is_with_them(self, at: Desk, visitor: Visitor) -> None:
        visitor.says()
        desk.pull(at.heed, an_agent(at, "Ana Ruiz"), now())
        found = visitor.gets("standing")
        assert (found["place"], found["agent"]) == (None, "Ana")

    def test_tells_when_the_desk_is_back(
        self, at: Desk, chat: ConnectionRow, visitor: Visitor, browser: FlaskClient
    ) -> None:
        with at.heed.database.write() as db:
            office = Calendar("UTC", (Period(0, 9 * 3600, 17 * 3600),))
            made = desk_rows.add_calendar(db, at.brand_id, "Mondays", office)
            hours.count_by(db, desk_rows.queues(db)[0].id, made)
        tuesday, monday = datetime(2026, 3, 3, 12, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)
        found = standing(at.heed, chat, visitor.id, tuesday)
        assert (found.is_open, found.back_at) == (False, monday)
        assert standing(at.heed, chat, visitor.id, monday).is_open

    def test_of_another_visitor_it_tells_nothing(
        self, at: Desk, chat: ConnectionRow, browser: FlaskClient, visitor: Visitor
    ) -> None:
        visitor.says()
        assert Visitor(at, chat, browser).gets("standing")["place"] is None


class TestAddress:
    @pytest.mark.usefixtures("mailbox")
    def test_is_kept_and_told(self, visitor: Visitor) -> None:
        answer = visitor.posts("address", {"email": " Dan@Home.example "})
        assert answer.get_json() == {"address": "dan@home.example", "trust": "visitor"}
        found = visitor.gets("standing")
        assert (found["address"], found["trust"], found["mail"]) == ("dan@home.example", "visitor", True)

    @pytest.mark.usefixtures("mailbox")
    @pytest.mark.parametrize("said", [{}, {"email": None}, {"email": "dan"}, {"email": ["dan@home.example"]}, [], "x"])
    def test_is_refused_with_a_word_if_it_is_none(self, visitor: Visitor, said: object) -> None:
        answer = visitor.posts("address", said)
        assert answer.status_code == 422 and answer.get_json()["detail"]

    @pytest.mark.usefixtures("mailbox")
    def test_one_visitor_cannot_name_many(self, visitor: Visitor) -> None:
        found = [visitor.posts("address", {"email": f"v{n}@home.example"}).status_code for n in range(12)]
        assert found[0] == 200 and found[-1] == 429

    @pytest.mark.usefixtures("mailbox")
    def test_the_link_asks_and_only_a_click_confirms(
        self, at: Desk, chat: ConnectionRow, visitor: Visitor, browser: FlaskClient
    ) -> None:
        visitor.says()
        visitor.posts("address", {"email": "dan@home.example"})
        with at.heed.database.read() as db:
            row = visitors.load(db, chat.id, visitor.id)
        assert row is not None
        path = f"{visitor.base}/confirm/{by_mail.link_for(at.heed, chat, row, now())}"
        page = browser.get(path)
        assert page.status_code == 200 and "dan@home.example" in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert at.rows("SELECT trust FROM chat_visitor") == [("visitor",)], "mail programs follow links by themselves"
        assert "answers come to" in browser.post(path).text
        assert at.rows("SELECT trust FROM chat_visitor") == [("confirmed",)]
        assert browser.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 410


class TestIdentity:
    def test_a_customer_the_site_vouches_for_has_one_conversation(
        self, at: Desk, chat: ConnectionRow, browser: FlaskClient
    ) -> None:
        first = Visitor(at, chat, browser, **{"X-Heed-Identity": an_identity()})
        second = Visitor(at, chat, browser, **{"X-Heed-Identity": an_identity(exp=int(now().timestamp()) + 900)})
        first.says("From my phone")
        assert [one["text"] for one in second.gets("messages")["messages"]] == ["From my phone"]
        assert at.rows("SELECT email, trust FROM chat_visitor") == [("dan@home.example", "signed")]
        facts = at.rows("SELECT name, value, trust FROM contact_fact ORDER BY name")
        assert ("contact.email", "dan@home.example", "signed") in facts

    def test_a_claimed_address_is_worth_a_visitors_word(self, at: Desk, visitor: Visitor) -> None:
        visitor.posts(
            "messages", {"id": "c1", "text": "Hi", "visitor": {"email": "ceo@bank.example", "name": "The boss"}}
        )
        at.drain(visitor.chat)
        assert {trust for (trust,) in at.rows("SELECT trust FROM contact_fact")} == {"visitor"}
        assert at.rows("SELECT * FROM chat_visitor") == []

    @pytest.mark.parametrize("claims", [{"exp": 1}, {"sub": ""}, {"exp": 9_999_999_999}], ids=str)
    def test_a_word_that_does_not_hold_is_refused(
        self, chat: ConnectionRow, browser: FlaskClient, claims: dict[str, object]
    ) -> None:
        headers = {"Origin": ORIGIN, "X-Heed-Identity": an_identity(**claims)}
        assert browser.post(f"/chat/{chat.connection.key}/start", headers=headers).status_code == 403


class TestTypingAndSeen:
    def test_the_agent_hears_that_the_customer_writes(self, at: Desk, visitor: Visitor, said: list[Change]) -> None:
        visitor.says()
        said.clear()
        visitor.posts("typing", {"on": True})
        visitor.posts("typing", {"on": False})
        ticket = at.tickets[-1].id
        assert [(one.kind, one.ticket, one.agent, one.doing) for one in said] == [
            ("here", ticket, visiting.CUSTOMER, TYPES),
            ("here", ticket, visiting.CUSTOMER, LEFT),
        ]

    def test_the_agents_page_shows_it_and_forgets_it_soon(self, at: Desk, visitor: Visitor, app: Flask) -> None:
        visitor.says()
        ticket, ana = at.tickets[-1].id, an_agent(at)
        moments = iter([0.0, 0.0, 1.0, CUSTOMER_LASTS_S + 1])
        who = WhoIsHere(lambda: next(moments))
        assert who.heard(Change("here", at.brand_id, ticket, visiting.CUSTOMER, doing=TYPES))
        who.heard(Change("here", at.brand_id, ticket, ana.agent or "", doing="reads"))
        assert [(one.agent, one.types) for one in who.others(ticket, ana.agent or "")] == [(visiting.CUSTOMER, True)]
        assert who.others(ticket, ana.agent or "") == []
        hub = app.extensions["heed.hub"]
        hub.who.heard(Change("here", at.brand_id, ticket, visiting.CUSTOMER, doing=TYPES))
        found = a_browser(app, at.heed, row_of(at, ana)).get(f"/tickets/{ticket}/here").get_json()
        assert "The customer is writing…" in found["words"] and not found["types"]

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"doing": "types", "kind": "reply"}, "types"),
            ({"doing": "types", "kind": "note"}, "left"),
            ({"doing": "reads", "kind": "reply", "before": "types"}, "left"),
            ({"doing": "reads", "kind": "reply", "before": "reads"}, None),
        ],
    )
    def test_the_customer_hears_that_an_answer_is_written_and_never_of_a_note(
        self, at: Desk, visitor: Visitor, said: list[Change], fields: dict[str, str], told: str | None
    ) -> None:
        visitor.says()
        ana = an_agent(at)
        browser = signed_in(at, ana)
        said.clear()
        post(browser, f"/tickets/{at.tickets[-1].id}/here", json=True, **fields)
        heard = [one for one in said if one.kind == "typing"]
        assert [one.doing for one in heard] == ([told] if told else [])
        assert all(one.thread == f"{visitor.chat.id}:{visitor.id}" and not one.agent for one in heard)

    def test_what_is_for_the_customer_reaches_nobody_else(self, at: Desk) -> None:
        ana, change = an_agent(at), Change("typing", thread="c:v", doing=TYPES)
        mine, other = (Viewer(ana, lambda: True, thread=thread) for thread in ("c:v", "c:w"))
        assert concerns(change, mine) and not concerns(change, other)
        assert not concerns(change, Viewer(ana, lambda: True)) and not concerns(change, Viewer(ana, lambda: True, True))
        assert told(change, mine) == {"kind": "typing", "doing": "types"}
        assert told(Change("seen", thread="c:v", agent="ana"), mine) == {"kind": "seen"}

    def test_seen_goes_both_ways(self, at: Desk, visitor: Visitor, said: list[Change]) -> None:
        visitor.says()
        ana, ticket = an_agent(at), at.tickets[-1]
        assert "seen" not in visitor.gets("messages")
        first = at.messages(ticket.id)[0]
        post(signed_in(at, ana), f"/tickets/{ticket.id}/seen", json=True, message=first.id)
        assert [one.kind for one in said if one.thread and one.kind == "seen"] == ["seen"]
        seen = visitor.gets("messages")["seen"]
        assert datetime.fromisoformat(seen) >= datetime.fromisoformat(visitor.gets("messages")["messages"][0]["at"])
        desk.pull(at.heed, ana, now())
        ours = desk.reply(at.heed, ana, ticket.id, "Yes.", now())
        assert visitor.posts("seen", {"message": ours}).get_json() == {"more": True}
        at.do("UPDATE message SET state = 'sent' WHERE id = :i", i=ours)
        assert visitor.posts("seen", {"message": ours}).get_json() == {"more": False}
        assert at.messages(ticket.id)[-1].state == "read"
