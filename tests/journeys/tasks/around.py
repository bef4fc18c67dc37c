"""Tasks around the tickets: notices, looks, customers, people, what supervisors read."""

from dataclasses import replace

from router import desk
from router.store import contacts
from tests.builders import now
from tests.journeys.tasks.bench import Bench, task
from tests.journeys.tasks.hand import Hand


@task("Keep a view of the late tickets.")
def view(hand: Hand, bench: Bench) -> None:
    hand.press("Views")
    hand.press("Search")
    hand.fill("Find tickets and customers", "late:yes")
    hand.sees("Nothing found")
    hand.press("Keep this as a view")
    hand.fill("Name", "Late tonight")
    hand.press("Keep it")
    hand.sees("Late tonight")
    row = bench.one("SELECT query, agent_id, shared FROM saved_view WHERE name = 'Late tonight' AND removed_at IS NULL")
    assert row == ("late:yes", bench.ana.agent, 0)


@task("Read the notice at the bell: Omar asks something.")
def bell(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Gita", "The code is wrong.")
    desk.note(bench.at.heed, bench.omar, ticket.id, "@Ana which code did they get?", now())
    hand.command("notices")
    hand.press("{who} named you in a note", who="Omar")
    hand.sees("@Ana which code did they get?")
    seen = "SELECT count(*) FROM notice WHERE ticket_id = :t AND agent_id = :a AND seen_at IS NOT NULL"
    assert bench.one(seen, t=ticket.id, a=bench.ana.agent) == (1,)


@task("Say that you are away, and why.")
def presence(hand: Hand, bench: Bench) -> None:
    hand.command("presence")
    hand.fill("Reason, if you like", "At the dentist")
    hand.press("Away")
    hand.hears("Away")
    row = bench.one("SELECT status, reason FROM presence WHERE agent_id = :a AND valid_to IS NULL", a=bench.ana.agent)
    assert row == ("away", "At the dentist")
    hand.command("presence")
    hand.press("Online")
    hand.hears("Online")


@task("Have the desk dark and in another language, then in your own again.")
def looks(hand: Hand, bench: Bench) -> None:
    own, other = ("اردو", "English") if hand.words.language == "ur" else ("English", "اردو")
    hand.command("presence")
    hand.press("Dark")
    theme = "SELECT value FROM agent_setting WHERE agent_id = :a AND name = 'theme'"
    hand.sees_page("data-theme", "dark")
    assert bench.one(theme, a=bench.ana.agent) == ("dark",)
    hand.go("Settings")
    hand.press("You")
    for language in (other, own):
        hand.choose("Language of these pages", language)
        hand.press("Save")
        tag = "en" if language == "English" else "ur"
        hand.sees_page("lang", tag)
        assert bench.one("SELECT locale FROM agent WHERE id = :a", a=bench.ana.agent) == (tag,)
        hand.words = replace(hand.words, language=tag)


@task("Find a customer and read what is known of them.")
def facts(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Hilde", "Hello.")
    with bench.at.heed.database.write() as db:
        contacts.add_facts(db, [(ticket.contact_id or "", "city", "Lahore", "shop", "signed")], now())
    hand.go("Contacts")
    hand.fill("Find customers", "Hilde")
    hand.press("Find")
    hand.press("Hilde")
    hand.sees("What is known")
    hand.sees("Lahore")
    hand.sees("said by {source}", source="shop")


@task("Join two contacts who are one person, and part them again.")
def join(hand: Hand, bench: Bench) -> None:
    one = bench.chat("Ingrid", "From my chat.")
    bench.letter("Ingeborg", "From my mail.")
    merged = "SELECT undone_at IS NULL FROM merge WHERE kind = 'contact' AND into_contact_id = :c"
    hand.go("Contacts")
    hand.fill("Find customers", "Ingrid")
    hand.press("Find")
    hand.press("Ingrid")
    hand.press("Is this somebody you know by another address?")
    hand.fill("Their name or address", "ingeborg@home.example")
    hand.choose("Why they are the same person", "they said so themselves")
    hand.press("They are one person")
    hand.sees("Also {name}", name="Ingeborg")
    assert bench.at.rows(merged, c=one.contact_id) == [(1,)]
    hand.press("{name} is somebody else", name="Ingeborg")
    hand.misses("Also {name}", name="Ingeborg")
    assert bench.at.rows(merged, c=one.contact_id) == [(0,)]


@task("Add two people by CSV; mend the mistake it shows.")
def people(hand: Hand, bench: Bench) -> None:
    right = "email,name\nada@desk.example,Ada\nbob@desk.example,Bob"
    known = "SELECT name FROM agent WHERE email IN ('ada@desk.example', 'bob@desk.example') ORDER BY name"
    hand.go("Settings")
    hand.press("People")
    hand.press("Many by CSV")
    hand.fill("Or paste it", right.replace("bob@", "bob at "))
    with hand.refused(422):
        hand.press("Look at it")
    hand.hears("{n} thing is wrong. Nothing was changed.", "{n} things are wrong. Nothing was changed.", n=1)
    line = hand.page.get_by_role("alert").get_by_role("row").last.get_by_role("cell").first
    assert line.inner_text() == "3"
    hand.fill("Or paste it", right)
    hand.press("Look at it")
    hand.sees("{n} new person", "{n} new people", n=2)
    assert bench.at.rows(known) == []
    hand.press("Do it: {n} person", "Do it: {n} people", n=2)
    hand.sees("Save as a file")
    assert bench.at.rows(known) == [("Ada",), ("Bob",)]


@task("Read on the wallboard how many wait.")
def wallboard(hand: Hand, bench: Bench) -> None:
    for n in range(3):
        bench.at.says("Where is it?", who=f"waiting{n}")
    hand.go("Wallboard")
    hand.sees("Frustrated, waiting")
    (waiting,) = bench.one("SELECT count(*) FROM ticket WHERE state = 'waiting'")
    figure = hand.page.get_by_role("definition").first
    assert figure.inner_text() == str(waiting)


@task("Read the report of the last seven days and save it.")
def report(hand: Hand, bench: Bench) -> None:
    hand.go("Reports")
    hand.choose("Period", "Last {n} day", "Last {n} days", n=7)
    hand.press("Show")
    saved = hand.save("Save as CSV")
    (tickets,) = bench.one("SELECT count(*) FROM ticket")
    assert str(tickets) in saved
