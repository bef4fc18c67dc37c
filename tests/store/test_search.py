"""The search index on both databases: what is stored is found at once, what is gone is not, walls stand within it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router import indexing, keeping
from router.model import Role, Scope
from router.store import messages, search
from router.store.views import hits
from router.terms import Wanted, wanted, words_of
from tests.builders import Desk, a_brand, a_connection_row, a_desk, mail, now

PHRASES = st.text(alphabet="abcäéßо كک۱2退款สวั'@.-\n", min_size=1, max_size=24)


@pytest.fixture
def at(desk: Desk) -> Desk:
    """A new desk, on each database."""
    return desk


def scope(*brands: str) -> Scope:
    """Return somebody of these brands."""
    return Scope(Role.AGENT, frozenset(brands), "somebody")


def found(at: Desk, asked: str | Wanted, who: Scope | None = None, limit: int = 30) -> list[str]:
    """Return the tickets of the rows that a question finds, the newest first."""
    looked_for = wanted(asked) if isinstance(asked, str) else asked
    with at.heed.database.read() as db:
        rows = hits.find(db, who or scope(at.brand_id), looked_for, limit).rows
    return list(dict.fromkeys(hit.ticket_id or hit.identity_id or "" for hit in rows))


def test_what_arrives_is_found_at_once_and_what_is_gone_is_not(at: Desk) -> None:
    row = a_connection_row(at, "email")
    ticket = at.ticket_of(mail(at, row, "My Zaunkönig is broken", Subject="Kettle 77"), row)
    for asked in ("zaunkonig", "zaun", "z", "kettle 77", "dan@home.example", "my broken", str(ticket.number)):
        assert found(at, asked) == [ticket.id], asked
    assert found(at, "zaunkonig robin") == []
    assert found(at, search.of_customer(wanted("dan@ho"))) != []
    assert found(at, search.of_customer(wanted("zaunkonig"))) == []
    [(message_id,)] = at.rows("SELECT id FROM message")
    with at.heed.database.write() as db:
        messages.change(db, message_id, "A robin it is", None, now())
    assert (found(at, "zaunkonig"), found(at, "robin")) == ([], [ticket.id])
    with at.heed.database.write() as db:
        messages.take_back(db, message_id, now())
    assert found(at, "robin") == []
    assert found(at, "kettle") == [ticket.id]  # the ticket's own words stay


def test_erasing_a_person_leaves_no_word(at: Desk) -> None:
    ticket = at.says("The Zaunkoenig sings", who="dan", subject="Birds")
    other = at.says("Another song", who="eva")
    contact = at.ticket(ticket.id).contact_id or ""
    assert keeping.erase_contact(at.heed, scope(at.brand_id), contact, now())
    for asked in ("zaunkoenig", "birds", "dan"):
        assert found(at, asked) == []
    assert found(at, search.of_customer(wanted("dan"))) == []
    assert found(at, "song") == [other.id]
    if at.heed.database.dialect == "sqlite":
        assert at.rows("SELECT count(*) FROM search_index WHERE search_index MATCH 'zaunkoenig'") == [(0,)]


def test_the_index_is_made_anew_newest_first_while_messages_come(at: Desk) -> None:
    first, second = at.says("A kettle", who="dan", id="a"), at.says("A kettle", who="eva", id="b")
    with at.heed.database.write() as db:
        while search.forget(db, 2):
            pass
    third = at.says("A kettle", who="fay", id="c")
    assert found(at, "kettle") == [third.id]
    assert indexing.read_for_a_while(at.heed, now())
    assert found(at, "kettle") == [third.id, second.id, first.id]
    assert found(at, search.of_customer(wanted("eva"))) != []
    rows = at.rows("SELECT count(*) FROM search_doc")
    assert indexing.read_on(at.heed, now()).done and at.rows("SELECT count(*) FROM search_doc") == rows
    said: list[str] = []
    indexing.anew(at.heed, now(), said.append)
    assert at.rows("SELECT count(*) FROM search_doc") == rows and "rows" in said[-1]


def test_pages_go_on_without_a_gap_and_rare_words_are_found_behind_common_ones(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "NEWEST", 5)  # so that a small index has rows that are not among the newest
    monkeypatch.setattr(hits, "AMONG", 1)
    old = at.says("kettles and a zaunkoenig", who="dan")
    others = [at.says(f"kettle number {n}", who=f"c{n}") for n in range(12)]
    assert found(at, "zaunkoenig") == found(at, "zaunk") == found(at, "kettles zaun") == [old.id]
    every = [t.id for t in reversed([old, *others])]
    seen: list[str] = []
    before = None
    while True:
        with at.heed.database.read() as db:
            rows = hits.find(db, scope(at.brand_id), wanted("kett"), 4, before=before).rows
        if not rows:
            break
        seen += [row.ticket_id or "" for row in rows]
        before = rows[-1].n
    assert seen == every


def test_what_takes_too_long_is_stopped_and_says_so(at: Desk) -> None:
    at.says("kettle", who="dan")
    slow = {
        "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 9e7) SELECT max(x) FROM n",
        "postgresql": "SELECT pg_sleep(20)",
    }
    with at.heed.database.read() as db:
        with pytest.raises(hits.TooLong), hits.in_time(db, 20):
            db.exec_driver_sql(slow[at.heed.database.dialect])
        assert hits.find(db, scope(at.brand_id), wanted("kettle"), 5).rows  # the line still works


class TestWalls:
    def test_a_word_of_another_brand_is_never_found(self, at: Desk) -> None:
        other = a_brand(at, "other")
        theirs = a_connection_row(at, "email", brand_id=other)
        mail(at, theirs, "Secret zaunkoenig kettle")
        ours = at.says("Our kettle", who="dan")
        for asked in ("kettle", "kett", "ke", "k", "our kettle"):
            assert found(at, asked) == [ours.id], asked
        assert found(at, "zaunkoenig") == found(at, "secret") == []
        assert found(at, search.of_customer(wanted("home.example"))) == []
        assert len(found(at, "kettle", scope(other))) == 1
        assert len(found(at, "kettle", scope(other, at.brand_id))) == 2
        assert found(at, "kettle", scope()) == []
        assert found(at, Wanted(('" OR words : "kettle',))) == []  # no question steps over


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_every_stored_word_is_found(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with a_desk(request.getfixturevalue(f"{kind}_url"), tmp_path) as at:
        other = a_brand(at, "other")

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(PHRASES, st.data())
        def check(text: str, data: st.DataObject) -> None:
            words = words_of(text)
            if not words:
                return
            doc = search.Doc(at.brand_id, now(), words)
            with at.heed.database.write() as db:
                search.add(db, [doc])
            [(n,)] = at.rows("SELECT max(n) FROM search_doc")
            word = data.draw(st.sampled_from(words))
            begun = word[: data.draw(st.integers(1, len(word)))]
            with at.heed.database.read() as db:
                for asked in (Wanted((word,)), Wanted((), begun), Wanted(tuple(words[:3]), begun), wanted(text)):
                    assert n in [hit.n for hit in hits.find(db, scope(at.brand_id), asked, 500).rows], asked
                    assert hits.find(db, scope(other), asked, 500).rows == ()

        check()
