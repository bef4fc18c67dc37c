"""The end of a shift: what is held is kept or handed over with a word, and nothing new comes meanwhile."""

import pytest

from router import desk as acts
from router import presence, waking
from router.desk import Refused, leaving
from router.desk.leaving import BACK, SITE, Parting
from router.model import Presence, Scope
from router.placing import STEP_DOWN
from router.sla import TARGETS
from router.store import sites
from tests.builders import Desk, a_brand, a_connection_row, a_supervisor, an_agent, mail, now, pulled
from tests.web.browsers import post, signed_in


@pytest.fixture
def ana(sqlite_desk: Desk) -> Scope:
    return an_agent(sqlite_desk)


def here(at: Desk, who: Scope) -> Presence:
    with at.heed.database.read() as db:
        return presence.current(db, who.agent or "")[0]


def a_mail(at: Desk, who: Scope) -> str:
    mail(at, a_connection_row(at, "email"))
    return pulled(at, who)


def test_a_ticket_goes_back_to_its_place_with_a_note_for_the_next(sqlite_desk: Desk, ana: Scope) -> None:
    letter = a_mail(sqlite_desk, ana)
    place = sqlite_desk.rows("SELECT answer_by FROM ticket WHERE id = :t", t=letter)
    sqlite_desk.says(who="eve")  # waits, and does not come to whoever leaves
    left = leaving.end_shift(sqlite_desk.heed, ana, [Parting(letter, BACK)], now(), note_for_all="The parcel is lost.")
    assert (left.handed, left.kept, left.refused, left.presence) == ((letter,), (), (), Presence.OFFLINE)
    assert here(sqlite_desk, ana) is Presence.OFFLINE
    assert sqlite_desk.rows("SELECT answer_by FROM ticket WHERE id = :t", t=letter) == place
    bo = an_agent(sqlite_desk, "Bo", slots={"live": 0})
    assert pulled(sqlite_desk, bo) == letter
    page = signed_in(sqlite_desk, bo).get(f"/tickets/{letter}").text
    first = page.index("Handed on by Ana")
    assert first < page.index('id="lines"') and "The parcel is lost." in page[first : page.index('id="lines"')]


def test_a_colleague_gets_it_with_the_note_for_it_alone(sqlite_desk: Desk, ana: Scope) -> None:
    letter, bo = a_mail(sqlite_desk, ana), an_agent(sqlite_desk, "Bo")
    parting = Parting(letter, bo.agent or "", "Call him at ten.")
    leaving.end_shift(sqlite_desk.heed, ana, [parting], now(), note_for_all="The others")
    assert sqlite_desk.ticket(letter).agent_id == bo.agent
    assert [m.text for m in sqlite_desk.messages(letter) if m.direction == "note"] == ["Call him at ten."]


class TestAChatInProgress:
    def test_is_kept_and_its_agent_wraps_up(self, sqlite_desk: Desk, ana: Scope) -> None:
        chat = sqlite_desk.says().id
        assert pulled(sqlite_desk, ana) == chat
        left = leaving.end_shift(sqlite_desk.heed, ana, [], now(), note_for_all="Bye")
        assert (left.kept, left.presence, here(sqlite_desk, ana)) == ((chat,), *[Presence.WRAPPING_UP] * 2)
        assert sqlite_desk.ticket(chat).agent_id == ana.agent

    def test_is_never_handed_over_without_a_word(self, sqlite_desk: Desk, ana: Scope) -> None:
        chat, letter = sqlite_desk.says().id, a_mail(sqlite_desk, ana)
        acts.pull(sqlite_desk.heed, ana, now())
        partings = [Parting(letter, BACK), Parting(chat, BACK, "  ")]
        with pytest.raises(Refused, match="handed over with a note"):
            leaving.end_shift(sqlite_desk.heed, ana, partings, now())
        assert (sqlite_desk.ticket(letter).agent_id, here(sqlite_desk, ana)) == (ana.agent, Presence.ONLINE)


class TestASite:
    """Follow the sun: those who work there are asked first, everybody who may after a quarter of the target."""

    @pytest.fixture
    def lahore(self, desk: Desk) -> Scope:
        zia = an_agent(desk, "Zia", slots={"live": 0})
        works_at(desk, zia, "Lahore")
        return zia

    @pytest.mark.parametrize("mode", ["pull", "push"])
    def test_gets_it_first_with_the_note(self, desk: Desk, lahore: Scope, mode: str) -> None:
        here = an_agent(desk)
        letter = a_mail(desk, here)
        due, bo = desk.ticket(letter).answer_by, an_agent(desk, "Bo")
        desk.do("UPDATE queue SET mode = :m", m=mode)
        leaving.end_shift(desk.heed, here, [Parting(letter, f"{SITE}Lahore", "Call him at ten.")], now())
        assert desk.ticket(letter).answer_by == due
        assert [m.text for m in desk.messages(letter) if m.direction == "note"] == ["Call him at ten."]
        if mode == "push":
            assert desk.rows("SELECT agent_id FROM offer") == [(lahore.agent,)]
        else:
            assert acts.pull(desk.heed, bo, now()) is None
            assert pulled(desk, lahore) == letter

    def test_is_asked_no_longer_than_a_quarter_of_the_target(self, desk: Desk, lahore: Scope) -> None:
        here = an_agent(desk)
        letter = a_mail(desk, here)
        leaving.end_shift(desk.heed, here, [Parting(letter, f"{SITE}Lahore")], now())
        falls = desk.ticket(letter).step_down_at
        assert falls is not None and now() < falls <= now() + TARGETS["email"] * STEP_DOWN
        bo = an_agent(desk, "Bo")
        assert acts.pull(desk.heed, bo, now()) is None
        waking.step_down(desk.heed, falls)
        assert pulled(desk, bo) == letter

    def test_where_nobody_of_the_brand_works_is_refused(self, sqlite_desk: Desk, ana: Scope) -> None:
        far = an_agent(sqlite_desk, "Far", brands=(a_brand(sqlite_desk, "other"),))
        works_at(sqlite_desk, far, "Oslo")
        letter = a_mail(sqlite_desk, ana)
        left = leaving.end_shift(sqlite_desk.heed, ana, [Parting(letter, f"{SITE}Oslo")], now())
        assert left.refused == ((letter, "Nobody of this brand works at that site."),)
        assert "Oslo" not in signed_in(sqlite_desk, ana).get("/shift/end").text

    def test_is_chosen_on_the_page_and_planned_on_that_of_the_shifts(self, sqlite_desk: Desk, ana: Scope) -> None:
        letter, zia = a_mail(sqlite_desk, ana), an_agent(sqlite_desk, "Zia")
        boss, path = signed_in(sqlite_desk, a_supervisor(sqlite_desk)), f"/settings/people/{zia.agent}/shifts"
        assert post(boss, path, zone="Asia/Karachi", site=" Lahore ").status_code == 303
        assert 'value="Lahore"' in boss.get(path).text
        assert post(boss, path, zone="Asia/Karachi", site="x" * 61).status_code == 422
        browser = signed_in(sqlite_desk, ana)
        assert "Lahore · 1 here, 0 on shift" in browser.get("/shift/end").text
        post(browser, "/shift/end", **{"ticket": letter, f"to-{letter}": "site:Lahore"})
        assert pulled(sqlite_desk, zia) == letter


@pytest.mark.parametrize("again", ["Örebro", "örebro"])
def test_a_site_is_one_however_its_name_is_typed(desk: Desk, again: str) -> None:
    works_at(desk, an_agent(desk, "Bo"), "Örebro")
    works_at(desk, an_agent(desk, "Zia"), again)
    assert desk.rows("SELECT name FROM site") == [("Örebro",)]


def works_at(at: Desk, who: Scope, site: str) -> None:
    with at.heed.database.write() as db:
        assert sites.put(db, who.agent or "", site, "UTC", now())


def test_what_nobody_may_have_is_told_and_kept(sqlite_desk: Desk, ana: Scope) -> None:
    letter = a_mail(sqlite_desk, ana)
    eve = a_mail(sqlite_desk, an_agent(sqlite_desk, "Eve"))
    partings = [Parting(letter, "nobody"), Parting(eve, BACK, "not mine to give")]
    left = leaving.end_shift(sqlite_desk.heed, ana, partings, now())
    assert (left.handed, left.kept) == ((), (letter,))
    assert [ticket for ticket, _ in left.refused] == [letter]
    assert [m.text for m in sqlite_desk.messages(eve) if m.direction == "note"] == []


class TestThePage:
    def test_lists_what_is_held_and_ends_the_shift_without_script(self, sqlite_desk: Desk, ana: Scope) -> None:
        letter, bo = a_mail(sqlite_desk, ana), an_agent(sqlite_desk, "Bo")
        browser = signed_in(sqlite_desk, ana)
        page = browser.get("/shift/end").text
        assert f'name="to-{letter}"' in page and "Bo" in page and 'value="queue" selected' in page
        said = {"ticket": letter, f"to-{letter}": bo.agent, "note": "Over to you."}
        assert post(browser, "/shift/end", **said).status_code == 303
        assert "Your shift has ended. 1 ticket handed on." in browser.get("/").text
        assert sqlite_desk.ticket(letter).agent_id == bo.agent

    def test_gives_back_what_was_typed_with_what_is_missing(self, sqlite_desk: Desk, ana: Scope) -> None:
        chat = sqlite_desk.says().id
        pulled(sqlite_desk, ana)
        browser = signed_in(sqlite_desk, ana)
        answer = post(browser, "/shift/end", ticket=chat, **{f"to-{chat}": "queue"})
        assert answer.status_code == 422 and "handed over with a note" in answer.text
        assert 'value="queue" selected' in answer.text
