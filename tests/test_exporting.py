"""What a person is given who asks what is held about them; and that erasing them reaches all of it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from router import desk, exporting, keeping
from router.app import Heed
from router.desk import Upload
from router.desk.drafting import Draft, keep
from router.mistakes import Mistake
from router.model import SYSTEM, Role
from router.store import keeping as rows
from router.store.audit import COMMAND
from router.store.schema import metadata
from router.store.theirs import WITHHELD, WITHHELD_COLUMNS
from tests.builders import Desk, a_connection_row, a_desk, an_agent, mail, now, pulled, rules
from tests.web.browsers import post, signed_in

CANARY = "quetzal"
RULES = """
rules:
  - name: Greet
    when: always
    then: [{tag: seen}, {notify: supervisor}]
"""
OTHERWISE = {  # raw deliveries hold others' words too, and go by connection and time; the trail: this very export
    "inbound_event",
    "audit_event",
}


@pytest.fixture
def here(database_url, tmp_path):
    with a_desk(database_url, tmp_path) as made:
        yield made


def a_long_story(of: Desk) -> str:
    """Let a customer have a bit of everything, and somebody else too; return the customer's contact."""
    rules(of, RULES)
    ana, row = an_agent(of), a_connection_row(of, "email")
    headers = {"From": f"Dan {CANARY} <dan@{CANARY}.example>", "Subject": f"My {CANARY}"}
    first = mail(of, row, f"I am furious, where is my {CANARY}?", **headers)
    ticket = of.ticket_of(first, row)
    assert pulled(of, ana) == ticket.id
    of.says("Where is my order?", "eve")
    keep(of.heed, ana, Draft(ana.agent or "", ticket.id, f"Dear {CANARY}", now()), now(), base=None)
    desk.note(of.heed, ana, ticket.id, f"The {CANARY} is late.", now())
    files = [Upload(f"../{CANARY} 1.txt", "text/plain", b"the terms")]
    desk.reply(of.heed, ana, ticket.id, f"Your {CANARY} is on its way.", now(), key="k1", attachments=files)
    return ticket.contact_id or ""


def exported(heed: Heed, contact_id: str) -> tuple[dict[str, list[dict[str, object]]], zipfile.ZipFile]:
    file = io.BytesIO()
    assert exporting.export_person(heed, SYSTEM, COMMAND, contact_id, file, now())
    archive = zipfile.ZipFile(file)
    return json.loads(archive.read("person.json")), archive


def tables_that_say(of: Desk, *words: str) -> set[str]:
    found = set()
    with rows.one_moment(of.heed.database) as db:
        for table in metadata.sorted_tables:
            said = json.dumps(list(rows.read_rows(db, table)), ensure_ascii=False)
            if any(word in said for word in words):
                found.add(table.name)
    return found


def test_everything_that_names_them_is_exported_or_withheld_by_name_and_then_erased(here: Desk) -> None:
    contact_id = a_long_story(here)
    data, _ = exported(here.heed, contact_id)
    theirs = [contact_id, CANARY, *[str(t["id"]) for t in data["ticket"]], *[str(m["id"]) for m in data["message"]]]
    assert tables_that_say(here, *theirs) <= data.keys() | WITHHELD.keys() | OTHERWISE
    assert keeping.erase_contact(here.heed, SYSTEM, contact_id, now())
    assert tables_that_say(here, *theirs) == {"audit_event"}, "that it was done, by id"
    assert [one.contact_id for one in here.tickets] != [None], "the other customer is there"


def test_it_holds_the_readings_about_them_and_nothing_of_others(here: Desk) -> None:
    contact_id = a_long_story(here)
    data, archive = exported(here.heed, contact_id)
    [read] = data["reading"]
    assert (read["message_id"], read["frustration"]) in here.rows("SELECT message_id, frustration FROM reading")
    assert {m["direction"] for m in data["message"]} == {"inbound", "outbound", "note"}
    assert data["evaluation"][0]["facts"] and data["contact"][0]["name"] == f"Dan {CANARY}"
    [file] = data["attachment"]
    assert archive.read(file["file"]) == b"the terms" and ".." not in file["file"].split("/")
    said = json.dumps(data)
    assert "Where is my order" not in said and "eve" not in {i["address"] for i in data["identity"]}
    secrets = here.rows("SELECT token FROM reply_token")
    assert secrets and not [token for (token,) in secrets if token in said]
    assert [tuple(row) for row in here.rows("SELECT act FROM audit_event WHERE object = :c", c=contact_id)] == [
        ("contact exported",)
    ]


def test_what_is_withheld_are_tables_and_columns_that_exist() -> None:
    assert WITHHELD.keys() <= metadata.tables.keys()
    for table, names in WITHHELD_COLUMNS.items():
        assert names <= set(metadata.tables[table].c.keys())


def test_the_file_is_new_and_for_nobody_else_to_read(sqlite_desk: Desk, tmp_path) -> None:
    found = sqlite_desk.says()
    path = tmp_path / "person.zip"
    exporting.export_to(sqlite_desk.heed, SYSTEM, COMMAND, found.contact_id or "", path, now())
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Mistake, match="exists"):
        exporting.export_to(sqlite_desk.heed, SYSTEM, COMMAND, found.contact_id or "", path, now())
    with pytest.raises(Mistake, match="There is no contact nobody"):
        exporting.export_to(sqlite_desk.heed, SYSTEM, COMMAND, "nobody", tmp_path / "other.zip", now())
    assert not (tmp_path / "other.zip").exists()


def test_an_address_asked_for_confirmation_goes_with_its_person(sqlite_desk: Desk) -> None:
    contact_id = a_long_story(sqlite_desk)
    asked = {"b": sqlite_desk.brand_id, "a": f"dan@{CANARY}.example", "at": (now() - timedelta(days=1)).isoformat(" ")}
    sqlite_desk.do("INSERT INTO address_confirmation (brand_id, address, sent_at) VALUES (:b, :a, :at)", **asked)
    assert exported(sqlite_desk.heed, contact_id)[0]["address_confirmation"]
    keeping.erase_contact(sqlite_desk.heed, SYSTEM, contact_id, now())
    assert sqlite_desk.rows("SELECT count(*) FROM address_confirmation") == [(0,)]


def test_an_admin_saves_and_erases_on_the_customers_page(sqlite_desk: Desk) -> None:
    contact_id = a_long_story(sqlite_desk)
    ada = an_agent(sqlite_desk, "Ada", role=Role.ADMIN)
    browser = signed_in(sqlite_desk, ada)
    page = browser.get(f"/contacts/{contact_id}").text
    assert "Save their data" in page and "Erase for good" in page
    sue = signed_in(sqlite_desk, an_agent(sqlite_desk, "Sue", role=Role.SUPERVISOR))
    assert "Save their data" not in sue.get(f"/contacts/{contact_id}").text
    saved = post(browser, f"/contacts/{contact_id}/export")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "person.json" in zipfile.ZipFile(io.BytesIO(saved.data)).namelist()
    saved.close()
    assert post(browser, "/contacts/nobody/export").status_code == 404
    post(browser, f"/contacts/{contact_id}/erase")
    assert "tick that you are sure" in browser.get(f"/contacts/{contact_id}").text
    post(browser, f"/contacts/{contact_id}/erase", sure="1")
    assert browser.get(f"/contacts/{contact_id}").status_code == 404
    done = sqlite_desk.rows("SELECT actor_id, act FROM audit_event WHERE object = :c ORDER BY seq", c=contact_id)
    assert done == [(ada.agent, "contact exported"), (ada.agent, "contact erased")]
