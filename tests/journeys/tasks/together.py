"""Tasks among colleagues: handing over, merging, spam, many at once, and why a ticket is where it is."""

from router import desk
from router.store.rows import Ticket
from tests.builders import a_queue, a_skill, now, rules
from tests.journeys.tasks.bench import Bench, task
from tests.journeys.tasks.hand import Hand


@task("Hand it to Omar with a note.")
def hand_over(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Bela", "My contract ends in May.")
    hand.open(ticket)
    hand.command("transfer")
    hand.choose("To a person", "Omar")
    hand.fill("Note for whoever gets it", "He knows these contracts.")
    hand.press("Transfer")
    hand.misses("My contract ends in May.")
    assert bench.at.ticket(ticket.id).agent_id == bench.omar.agent
    assert bench.said(ticket, "note") == ["He knows these contracts."]


@task("Merge the two tickets of Maria and take it back.")
def merge(hand: Hand, bench: Bench) -> None:
    first = bench.chat("Maria", "Where is my parcel?", thread="one")
    second = bench.chat("Maria", "And where is my refund?", thread="two")
    hand.open(second)
    hand.command("merge")
    hand.press("Merge")
    hand.sees("Where is my parcel?")
    hand.hears("Merged. Both are in this conversation now; you can take it back above.")
    merged = "SELECT from_ticket_id, into_ticket_id, undone_at IS NULL FROM merge WHERE kind = 'ticket'"
    assert bench.at.rows(merged) == [(first.id, second.id, 1)]
    hand.press("Take ticket {number} out again", number=first.number)
    hand.hears("Taken apart: both tickets stand as they did.")
    assert bench.at.rows(merged) == [(first.id, second.id, 0)]
    assert bench.at.ticket(first.id).state == "open"


@task("Mark it as spam, block the sender, and undo both.")
def spam(hand: Hand, bench: Bench) -> None:
    ticket = bench.letter("Casino", "You have won!")
    hand.open(ticket)
    hand.command("spam")
    hand.tick("casino@home.example")
    hand.press("Set aside")
    hand.sees("Set aside as spam. Nothing is deleted, and nothing is promised.")
    assert bench.at.ticket(ticket.id).state == "closed"
    blocked = (
        "SELECT block.ended_at IS NULL FROM block JOIN identity ON identity.id = identity_id"
        " WHERE address LIKE 'casino@%'"
    )
    assert bench.at.rows(blocked) == [(1,)]
    hand.press("Not spam")
    hand.misses("Set aside as spam. Nothing is deleted, and nothing is promised.")
    assert bench.at.ticket(ticket.id).state == "open"
    assert bench.at.rows(blocked) == [(0,)]


@task("Give ten tickets to Omar at once, and undo it.")
def many(hand: Hand, bench: Bench) -> None:
    waiting = [bench.at.says(f"Where is parcel {n}?", who=f"customer{n}") for n in range(10)]
    held = "SELECT count(*) FROM ticket WHERE agent_id = :a AND state = 'open'"
    hand.list("Waiting")
    hand.command("choose")
    for ticket in waiting:
        hand.tick("Choose ticket {number}", number=ticket.number)
    hand.hears("{n} chosen", "{n} chosen", n=10)
    hand.press("Act on them…")
    hand.press("Assign")
    hand.choose("To whom?", "Omar")
    hand.press("Show what would happen")
    assert bench.one(held, a=bench.omar.agent) == (0,)
    hand.press("Do it to {n} ticket", "Do it to {n} tickets", n=10)
    hand.sees("{n} ticket assigned", "{n} tickets assigned", n=10)
    assert bench.one(held, a=bench.omar.agent) == (10,)
    hand.press("Undo")
    hand.sees("{n} ticket is as it was", "{n} tickets are as they were", n=10)
    assert bench.one(held, a=bench.omar.agent) == (0,)
    assert {bench.at.ticket(one.id).state for one in waiting} == {"waiting"}


@task("See why a ticket waits.")
def why(hand: Hand, bench: Bench) -> None:
    ticket = stuck(bench, "dora")
    hand.open(ticket, "Waiting")
    hand.command("why")
    hand.sees("Why ticket {number} is where it is", number=ticket.number)
    hand.sees("Why not you:")
    hand.press("Close")
    hand.misses("Why ticket {number} is where it is", number=ticket.number)
    assert bench.at.ticket(ticket.id).state == "waiting"
    assert bench.at.rows("SELECT skill_key FROM ticket_need WHERE ticket_id = :t", t=ticket.id)


@task("Assign it by hand to Omar.")
def assign(hand: Hand, bench: Bench) -> None:
    ticket = stuck(bench, "emil")
    hand.open(ticket, "Waiting")
    hand.command("assign")
    hand.sees("lacks:")
    hand.pick("Omar")
    hand.press("Assign")
    hand.sees("{agent} has this ticket.", agent="Omar")
    assert bench.at.ticket(ticket.id).agent_id == bench.omar.agent
    how = bench.one("SELECT how FROM assignment WHERE ticket_id = :t AND valid_to IS NULL", t=ticket.id)
    assert how == ("by hand",)


@task("See its whole history.")
def history(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Frida", "Is it still under warranty?")
    desk.note(bench.at.heed, bench.ana, ticket.id, "Bought in 2024", now())
    hand.open(ticket)
    hand.command("history")
    hand.sees("History of ticket {number}", number=ticket.number)
    rows = hand.page.get_by_role("listitem")
    assert rows.count() >= len(bench.at.messages(ticket.id)) + 1, "every message and the decision have a line"


def stuck(bench: Bench, who: str) -> Ticket:
    """Let a ticket wait for a skill that nobody has."""
    if not bench.at.rows("SELECT 1 FROM skill WHERE key = 'welding'"):
        a_skill(bench.at, "welding")
        a_queue(bench.at, "Workshop")
        rules(bench.at, WELDING)
    return bench.at.says("Can you weld the handle?", who=who)


WELDING = (
    "rules:\n  - name: Welding\n    when: {fact: text, is: mentions, value: weld}\n"
    "    then: [{need_skill: welding, level: 4}]\n"
)
