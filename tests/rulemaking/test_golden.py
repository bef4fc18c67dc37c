"""An example out of a real ticket: masked, confirmed, kept with the draft, and in the way of what flips it."""

import pytest
from flask.testing import FlaskClient

from router import keeping, publishing, rulebook_versions
from router.backtest import running
from router.model import Role
from router.rulemaking import drafting, golden
from router.rulemaking.masking import masked
from router.store.audit import Actor
from tests.builders import Desk, a_brand, a_queue, an_agent, now, rules
from tests.web.test_inbox import post, signed_in

RULES = """
rules:
- {name: Broken, when: {fact: text, is: mentions, value: broken}, then: [{queue: Repairs}, {answer_within: 1h}]}
- {name: Rest, when: always, then: [{queue: General}]}
"""
SAYS = "My oven 4711-22 is broken. Call +49 170 1234567 or ida@home.example, see https://x.example/a. Regards, Ida Lund"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to a.b+c@d.example!", "write to [email]!"),
        ("call 0049 (170) 12-34", "call [number]"),
        ("order AB-12345 is late", "order [code] is late"),
        ("see www.x.example/q?u=1 now", "see [link] now"),
        ("It was ANA who said so, not anatomy", "It was [name] who said so, not anatomy"),
        ("Dear Mary Poppins, help", "Dear [name], help"),
        ("Thanks\nRegards,\nTom Riddle", "Thanks\nRegards,\n[name]"),
        ("two of 3 came", "two of 3 came"),
        ("میرا نمبر 0300 1234567 ہے", "میرا نمبر [number] ہے"),
    ],
)
def test_what_points_at_a_person_is_masked(text: str, kept: str) -> None:
    assert masked(text, ["Ana Weber"]) == kept


@pytest.fixture
def olga(sqlite_desk: Desk) -> FlaskClient:
    """The browser of somebody of ops."""
    a_queue(sqlite_desk, "Repairs")
    rules(sqlite_desk, RULES)
    return signed_in(sqlite_desk, an_agent(sqlite_desk, "Olga", role=Role.OPS))


def test_a_ticket_becomes_an_example_once_its_words_are_confirmed(sqlite_desk: Desk, olga: FlaskClient) -> None:
    ticket = sqlite_desk.says(SAYS, "ida")
    place = f"/rules/example/{ticket.id}"
    assert place in olga.get(f"/tickets/{ticket.id}/why").text
    page = olga.get(place).text
    assert "My oven [number] is broken. Call [number] or [email]" in page
    assert "Ida Lund" not in page
    fields = {"name": "A broken oven", "text": "My oven is broken."}
    assert post(olga, place, **fields).status_code == 422, "nobody said that they read it"
    assert post(olga, place, **fields, read="1").status_code == 303
    file = olga.get("/rules/rules.yaml").text
    assert "A broken oven" in file
    assert "queue: Repairs" in file
    assert "1 example holds" in olga.get("/rules").text
    flipped = file.replace("value: broken", "value: burnt")
    assert post(olga, "/rules/file", yaml=flipped, revision="1").status_code == 303
    assert "1 example flips" in olga.get("/rules").text
    assert post(olga, "/rules/publish", comment="x", revision="2").status_code == 422


def test_another_brands_ticket_is_not_there(sqlite_desk: Desk, olga: FlaskClient) -> None:
    ticket = sqlite_desk.says(SAYS, "ida")
    eve = signed_in(sqlite_desk, an_agent(sqlite_desk, "Eve", role=Role.OPS, brands=(a_brand(sqlite_desk, "other"),)))
    assert eve.get(f"/rules/example/{ticket.id}").status_code == 404


def test_an_example_is_erased_with_the_person_who_wrote_it(desk: Desk) -> None:
    a_queue(desk, "Repairs")
    rules(desk, RULES + "examples: [{name: By hand, given: {text: My lamp is broken.}, expect: {queue: Repairs}}]")
    olga = an_agent(desk, "Olga", role=Role.OPS)
    actor = Actor("agent", olga.agent or "")
    ticket = desk.says(SAYS, "ida")
    for name, text in (("A broken oven", "My oven is broken."), ("Another", "It is broken, my oven.")):
        golden.keep(desk.heed, actor, olga, ticket.id, text, name, now())
    source = drafting.current(desk.heed, desk.brand_id).source
    was, becomes = (
        {"name": n, "given": {"text": f"{t}, my oven."}}
        for n, t in (("Another", "It is broken"), ("By me", "A broken one"))
    )
    golden.follow(desk.heed, desk.brand_id, was, becomes)
    edited = source.replace("Another", "By me").replace("It is broken, my", "A broken one, my")
    edited = edited.replace("My oven is broken.", "My old oven is broken.")
    publishing.publish(desk.heed, actor, olga, desk.brand_id, source, "Examples", now())
    publishing.publish(desk.heed, actor, olga, desk.brand_id, edited, "Their words", now())
    running.ask(desk.heed, actor, olga, desk.brand_id, edited, 3, 1, now())
    golden.erase(desk.heed, now())
    assert publishing.live_source(desk.heed, desk.brand_id) == edited, "nothing is erased yet"

    assert keeping.erase_contact(desk.heed, olga, str(ticket.contact_id), now())
    held = "rule_set_version", "rule_draft", "backtest"
    files = [file for table in held for (file,) in desk.rows(f"SELECT source FROM {table}")]
    assert [file for file in files if "oven" in file] == []
    assert publishing.live_source(desk.heed, desk.brand_id).count("lamp") == 1
    versions = rulebook_versions.versions(desk.heed, desk.brand_id)
    assert [(one.comment, one.erased) for one in versions[:2]] == [("Their words", 2), ("Examples", 2)]
    assert desk.rows("SELECT count(*) FROM golden_ticket") == [(0,)]
    page = signed_in(desk, olga).get("/rules/history").text
    assert "2 examples of it were erased with the messages they were made of." in page
