"""Finding from the search field to the page: tickets, customers, filters, views, and a trail of who looked."""

from datetime import timedelta

import pytest

from router import collecting, desk, finding, saved_views
from router.desk.errors import NotFound
from router.mistakes import Mistake
from router.model import Role, Scope
from router.store.audit import Actor
from router.store.views.picking import Picked
from tests.builders import Desk, a_brand, a_connection_row, a_queue, a_supervisor, an_agent, mail, now
from tests.web.browsers import post, signed_in

ACTOR = Actor("agent", "somebody")


@pytest.fixture
def at(sqlite_desk: Desk) -> Desk:
    """A new desk, on SQLite."""
    return sqlite_desk


@pytest.fixture
def both(desk: Desk) -> Desk:
    """A new desk, on each database."""
    return desk


def find(at: Desk, who: Scope, typed: str, **more: object) -> list[str]:
    """Return the tickets a line finds, in order."""
    return [one.line.id for one in finding.find(at.heed, who, typed, now(), **more).tickets]  # type: ignore[arg-type]


def every_page(at: Desk, who: Scope, typed: str, limit: int) -> list[str]:
    """Return the tickets a line finds, read page by page to the end."""
    found: list[str] = []
    cursor = None
    while True:
        page = finding.find(at.heed, who, typed, now(), cursor=cursor, limit=limit)
        found += [one.line.id for one in page.tickets]
        cursor = page.next
        if cursor is None:
            return found


def test_words_filters_and_numbers_narrow_together(both: Desk) -> None:
    at = both
    ana = an_agent(at, "Ana")
    billing = a_queue(at, "Billing team")
    old, open_one, vip = (at.says(f"a kettle of {who}", who=who) for who in ("dan", "eva", "fay"))
    got = desk.pull(at.heed, ana, now())
    assert got is not None and got.ticket_id == old.id
    at.do("UPDATE ticket SET queue_id = :q, heat = 3, answer_by = :past WHERE id = :t",
          q=billing, t=vip.id, past=now() - timedelta(hours=1))  # fmt: skip
    at.do("INSERT INTO ticket_tag(ticket_id, tag, by) VALUES (:t, 'vip', 'x')", t=vip.id)
    assert find(at, ana, "kettle") == [vip.id, open_one.id, old.id]
    cases = {
        "kettle state:waiting": [vip.id, open_one.id],
        "kett state:open": [old.id],
        "state:open state:waiting": [vip.id, open_one.id, old.id],
        "agent:me": [old.id],
        "agent:Ana kettle": [old.id],
        "agent:none": [vip.id, open_one.id],
        'queue:"billing team"': [vip.id],
        "tag:vip kettle": [vip.id],
        "tag:vip eva": [],
        "heat:2": [vip.id],
        "late:yes": [vip.id],
        "channel:api language:xx": [],
        "before:2020-01-01": [],
        "after:2020-01-01 of eva": [open_one.id],
        f"#{open_one.number}": [open_one.id],
        '"kettle of eva"': [open_one.id],
        '"eva kettle"': [],
        "brand:main fay": [vip.id],
    }
    for typed, expected in cases.items():
        assert find(at, ana, typed) == expected, typed
    answer = finding.find(at.heed, ana, "queue:Nowhere colour:red kettle", now())
    assert len(answer.mistakes) == 2 and answer.tickets == ()


def test_a_page_shows_a_ticket_once_and_the_next_goes_on(at: Desk) -> None:
    ana = an_agent(at)
    busy = at.says("kettle one", who="dan", thread="t")
    others = [at.says("kettle", who=f"c{n}") for n in range(6)]
    at.says("kettle again", who="dan", thread="t")
    seen = every_page(at, ana, "kettle", limit=3)
    assert seen == [busy.id, *[t.id for t in reversed(others)]]
    assert find(at, ana, "kettle", cursor="nonsense", limit=3) == seen[:3]


class TestWordsAndFilters:
    @pytest.fixture(autouse=True)
    def _a_small_desk_is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(collecting, "LOOKED_AT", 2)
        monkeypatch.setattr(collecting, "AT_ONCE", 2)
        monkeypatch.setattr(collecting, "ROUNDS", 1)

    def test_a_rare_state_is_found_behind_common_words(self, both: Desk) -> None:
        ana = an_agent(both)
        first = both.says("kettle", who="dan")
        for n in range(6):
            both.says("kettle", who=f"c{n}")
        both.do("UPDATE ticket SET heat = 3 WHERE id = :t", t=first.id)
        assert find(both, ana, "kettle heat:3") == [first.id]

    def test_rare_words_are_found_behind_a_common_state(self, both: Desk) -> None:
        ana = an_agent(both)
        first = both.says("zaunkoenig kettles", who="dan")
        merged, into = both.says("zaunkoenig", who="eva"), both.says("robin", who="fay")
        both.do("UPDATE ticket SET merged_into = :i, state = 'closed' WHERE id = :g", i=into.id, g=merged.id)
        for n in range(4):
            both.says("kettle", who=f"c{n}")
        for typed in ("zaunkoenig", "zaunkoeni", "zaun", "za"):
            assert find(both, ana, f"state:waiting {typed}") == [into.id, first.id], typed
        assert find(both, ana, "state:closed zaunkoenig") == []
        assert find(both, ana, "state:waiting zaunkoenig kettles") == [first.id]

    def test_common_words_are_shown_the_newest_tickets_first_and_the_next_page_goes_on(self, both: Desk) -> None:
        ana = an_agent(both)
        every = [both.says("kettle", who=f"c{n}") for n in range(7)]
        merged = both.says("kettle", who="dan")
        both.do("UPDATE ticket SET merged_into = :i, state = 'closed' WHERE id = :g", i=every[0].id, g=merged.id)
        seen = every_page(both, ana, "kettle state:waiting", limit=2)
        assert seen == [t.id for t in reversed(every)]
        assert sorted(finding.all_ids(both.heed, ana, "kettle state:waiting", now(), 50)) == sorted(seen)

    def test_what_excludes_itself_finds_nothing(self, both: Desk) -> None:
        ana = an_agent(both)
        both.says("kettle", who="dan")
        within = Picked(now=now(), states=frozenset({"waiting"}))
        for typed in ("kettle state:open", "state:open", "queue:Nowhere kettle", "queue:Nowhere"):
            assert finding.find(both.heed, ana, typed, now(), within=within).tickets == (), typed
        assert len(finding.find(both.heed, ana, "kettle", now(), within=within).tickets) == 1


def test_the_words_are_marked_and_nothing_else_is_html(at: Desk) -> None:
    ana = an_agent(at)
    at.says("<script>alert(1)</script> the KETTLES burn " + "and more words " * 40, who="dan")
    [one] = finding.find(at.heed, ana, "kettle", now()).tickets
    assert [piece.text for piece in one.snippet if piece.is_match] == ["KETTLES"]
    page = signed_in(at, ana).get("/search?q=kettle").text
    assert '<mark class="match">KETTLES</mark>' in page and "<script>alert" not in page


def test_a_merged_ticket_is_shown_as_the_one_it_is_in(at: Desk) -> None:
    ana = an_agent(at)
    gone, stays = at.says("zaunkoenig", who="dan"), at.says("robin", who="eva")
    at.do("UPDATE ticket SET merged_into = :i, state = 'closed' WHERE id = :g", i=stays.id, g=gone.id)
    assert find(at, ana, "zaunkoenig") == [stays.id]
    [one] = finding.find(at.heed, ana, f"#{gone.number}", now()).tickets
    assert (one.line.id, one.merged) == (stays.id, gone.number)
    assert gone.id not in find(at, ana, "state:closed")


def test_a_customer_is_found_by_name_and_address_with_their_tickets(at: Desk) -> None:
    ana = an_agent(at)
    row = a_connection_row(at, "email")
    ticket = at.ticket_of(mail(at, row, "Hello", who="dora@home.example"), row)
    for typed in ("dora@home.example", "dora@ho", "dan"):
        answer = finding.find(at.heed, ana, typed, now())
        assert [one.id for one in answer.customers] == [ticket.contact_id], typed
        assert [one.line.id for one in answer.tickets] == [ticket.id]
    assert "dora@home.example" in signed_in(at, ana).get("/contacts?q=dora").text


class TestWalls:
    def test_nothing_of_another_brand_is_found_anywhere(self, at: Desk) -> None:
        ola = an_agent(at, "Ola", brands=(a_brand(at, "other"),), role=Role.SUPERVISOR)
        ticket = at.says("Zaunkoenig kettle", who="dan")
        for typed in ("zaunkoenig", "zau", "dan", str(ticket.number), "state:waiting", "kettle brand:main"):
            answer = finding.find(at.heed, ola, typed, now())
            assert (answer.tickets, answer.customers) == ((), ()), typed
        browser = signed_in(at, ola)
        assert browser.get(f"/contacts/{at.ticket(ticket.id).contact_id}").status_code == 404
        assert "Dan" not in browser.get("/contacts").text + browser.get("/contacts?q=dan").text

    def test_a_shared_view_is_seen_by_its_brand_alone(self, at: Desk) -> None:
        sue, ana = a_supervisor(at), an_agent(at)
        ola = an_agent(at, "Ola", brands=(a_brand(at, "other"),), role=Role.SUPERVISOR)
        own = saved_views.save(at.heed, sue, ACTOR, "Mine alone", "late:yes", now())
        shared = saved_views.save(at.heed, sue, ACTOR, "Hot", "heat:2", now(), share_with=at.brand_id)
        assert [one.id for one in saved_views.views(at.heed, sue)] == [own, shared]
        assert [one.id for one in saved_views.views(at.heed, ana)] == [shared]
        assert saved_views.views(at.heed, ola) == []
        for view_id, who in ((own, ana), (shared, ola)):
            with pytest.raises(NotFound):
                saved_views.view(at.heed, who, view_id)
        with pytest.raises(NotFound):
            saved_views.remove(at.heed, ana, ACTOR, shared, now())
        with pytest.raises(NotFound):
            saved_views.save(at.heed, ola, ACTOR, "x", "late:yes", now(), share_with=at.brand_id)
        with pytest.raises(Mistake):
            saved_views.save(at.heed, ana, ACTOR, "x", "late:yes", now(), share_with=at.brand_id)


class TestPages:
    def test_a_view_is_kept_counted_arranged_and_removed(self, at: Desk) -> None:
        sue = a_supervisor(at)
        browser = signed_in(at, sue)
        ticket = at.says("kettle", who="dan")
        answer = post(browser, "/views", name="Waits  long", query="state:waiting")
        shown = browser.get(answer.headers["Location"]).text  # type: ignore[attr-defined]
        assert "Waits long" in shown and f"/tickets/{ticket.id}" in shown
        post(browser, "/views", name="Words", query="kettle")
        first, second = saved_views.views(at.heed, sue)
        assert saved_views.counts(at.heed, sue, now()) == {first.id: 1, second.id: None}
        assert "Waits long" in browser.get("/").text and ">1<" in browser.get("/views?fragment=1").text
        post(browser, f"/views/{second.id}", act="up")
        post(browser, f"/views/{first.id}", act="change", name="Line", query="state:waiting", brand=at.brand_id)
        assert [one.name for one in saved_views.views(at.heed, sue)] == ["Words", "Line"]
        post(browser, f"/views/{second.id}", act="remove")
        assert [(one.name, one.shared) for one in saved_views.views(at.heed, sue)] == [("Line", True)]
        post(browser, "/views", name=" ", query="x")
        assert "needs a name" in browser.get("/search").text

    def test_every_state_of_the_search_page_is_a_page(self, at: Desk) -> None:
        browser = signed_in(at, an_agent(at))
        assert "What one can type" in browser.get("/search").text
        assert "Nothing found" in browser.get("/search?q=nobody").text
        assert "There is no state" in browser.get("/search?q=state:lost").text
        assert "Whoever writes to you" in browser.get("/contacts").text
        assert browser.get("/search?view=nothing").status_code == 404
        for odd in ("q=%00%22*", "q=" + "x" * 3000, "q=a&cursor=w9e9", "q=state:open&cursor=t", "q=%F0%9F%98%80"):
            assert browser.get(f"/search?{odd}").status_code == 200, odd

    def test_a_customer_is_shown_whole(self, at: Desk) -> None:
        ana = an_agent(at)
        row = a_connection_row(at, "email")
        ticket = at.ticket_of(mail(at, row, "First words"), row)
        got = desk.pull(at.heed, ana, now())
        assert got is not None
        desk.reply(at.heed, ana, ticket.id, "Our answer", now())
        for n in range(45):
            desk.note(at.heed, ana, ticket.id, f"note {n}", now())
        browser = signed_in(at, ana)
        page = browser.get(f"/contacts/{ticket.contact_id}").text
        assert "note 44" in page and "dan@home.example" in page and "linked by Heed" in page
        assert f"/tickets/{ticket.id}#m-" in page and "What was said before" in page
        earlier = page.split("?before=")[1].split("#")[0]
        before = browser.get(f"/contacts/{ticket.contact_id}?before={earlier}").text
        assert "note 44" not in before and "Our answer" in before and "First words" in before


class TestTrail:
    def reads(self, at: Desk) -> list[tuple]:
        """Return who is on the trail for reading what."""
        return at.rows("SELECT actor_id, object FROM audit_event WHERE act = 'ticket.read' ORDER BY seq")

    def test_reading_what_another_agent_holds_is_kept_once_an_hour(self, at: Desk) -> None:
        ana, sue = an_agent(at), a_supervisor(at)
        ticket = at.says("kettle", who="dan")
        mine, hers = signed_in(at, ana), signed_in(at, sue)
        assert hers.get(f"/tickets/{ticket.id}").status_code == 200
        assert self.reads(at) == []  # what waits is everybody's
        desk.pull(at.heed, ana, now())
        mine.get(f"/tickets/{ticket.id}")
        for path in ("", "", "/conversation?fragment=1"):
            assert hers.get(f"/tickets/{ticket.id}{path}").status_code == 200
        signed_in(at, sue).get(f"/tickets/{ticket.id}")
        assert self.reads(at) == [(sue.agent, ticket.id)]
        desk.resolve(at.heed, ana, ticket.id, now())
        other = an_agent(at, "Bo")
        signed_in(at, other).get(f"/tickets/{ticket.id}")
        assert self.reads(at) == [(sue.agent, ticket.id)]
