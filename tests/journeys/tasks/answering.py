"""Tasks about one conversation: finding it, answering it, and what goes along."""

from datetime import timedelta

from router import saved_answers
from router.store.audit import COMMAND
from tests.builders import now
from tests.journeys.tasks.bench import Bench, task
from tests.journeys.tasks.hand import Hand


@task("Find the ticket of the customer who wrote about order 88121.")
def find(hand: Hand, bench: Bench) -> None:
    ticket = bench.at.says("The lid of order 88121 is broken.", who="kamal")
    bench.at.says("Where is my parcel?", who="leon")
    hand.find("88121", "Kamal")
    hand.sees("The lid of order 88121 is broken.")
    assert hand.page.url.split("?")[0].endswith(ticket.id)
    seen = bench.one("SELECT count(*) FROM search_doc WHERE ticket_id = :t AND message_id IS NOT NULL", t=ticket.id)
    assert seen == (1,)


@task("Pull the next ticket, answer it, and keep it open.")
def pull(hand: Hand, bench: Bench) -> None:
    ticket = bench.at.says("Is the blue one back?", who="mina")
    hand.command("pull")
    hand.sees("Is the blue one back?")
    hand.write("I ask the store and write again.")
    hand.press("Other ways to send")
    hand.press("Send and keep open")
    hand.hears("Sent")
    after = bench.at.ticket(ticket.id)
    assert (after.state, after.agent_id) == ("open", bench.ana.agent)
    assert bench.said(ticket) == ["I ask the store and write again."]


@task("Answer; if something came in while you wrote, read it first.")
def newer(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Nora", "Please cancel my order.", thread="nora")
    hand.open(ticket)
    hand.write("It is cancelled.")
    bench.at.says("No, wait, I want to keep it!", who="nora", thread="nora")
    hand.sees("No, wait, I want to keep it!")
    with hand.refused(409):
        hand.command("send")
        hand.sees("Show it")
    assert bench.said(ticket) == []
    hand.press("Show it")
    hand.write("You keep it.")
    hand.command("send")
    hand.hears("Sent")
    assert bench.said(ticket) == ["You keep it."]


@task("Undo the mail you just sent, and find your words again.")
def undo(hand: Hand, bench: Bench) -> None:
    ticket = bench.letter("Petra", "May I return the lamp?")
    hand.open(ticket)
    hand.write("No.")
    hand.command("send")
    hand.hears("Sends in {n} s. U takes it back.", n=10)
    assert bench.said(ticket) == ["No."]
    hand.command("undo")
    hand.hears("Taken back. Your words are in the composer.")
    hand.holds("Your words", "No.")
    assert bench.said(ticket) == []
    assert bench.one("SELECT text FROM draft WHERE ticket_id = :t", t=ticket.id) == ("No.",)
    assert bench.at.ticket(ticket.id).state == "open"


@task("Answer with the saved answer “Refund on its way”.")
def saved(hand: Hand, bench: Bench) -> None:
    for name, text in (("Refund on its way", "Your refund is on its way."), ("Sorry", "We are sorry.")):
        saved_answers.put(bench.at.heed, COMMAND, bench.ana, bench.at.brand_id, name, {"en": text}, now())
    ticket = bench.chat("Quentin", "Where is my money?")
    hand.open(ticket)
    hand.command("answers")
    hand.press_first("Refund on its way")
    hand.holds("Your words", "Your refund is on its way.")
    hand.command("send")
    hand.hears("Sent")
    assert bench.said(ticket) == ["Your refund is on its way."]


@task("Send it tomorrow morning.")
def schedule(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Rosa", "When do you open?")
    hand.open(ticket)
    hand.write("We have just opened.")
    hand.press("Other ways to send")
    hand.press_first("Tomorrow morning")
    hand.sees("Send now")
    state, due = bench.one("SELECT state, due_at FROM message JOIN outgoing ON message_id = message.id"
                           " WHERE home_ticket_id = :t AND direction = 'outbound'", t=ticket.id)  # fmt: skip
    assert state == "scheduled" and due > now().isoformat(" ")


@task("Answer, but leave out the people in copy and add the workshop.")
def recipients(hand: Hand, bench: Bench) -> None:
    ticket = bench.letter("Sara", "The bike squeaks.", Cc="tom@home.example")
    hand.open(ticket)
    hand.write("The workshop will call.")
    hand.press_first("to {list}", list="sara@home.example")
    hand.fill("Cc", "workshop@partner.example")
    hand.sees("New on this ticket: {list}", list="workshop@partner.example")
    hand.command("send")
    hand.hears("Sends in {n} s. U takes it back.", n=10)
    parties = bench.at.rows("SELECT role, address FROM message_party JOIN message ON message.id = message_id"
                            " WHERE home_ticket_id = :t AND direction = 'outbound' AND role IN ('to', 'cc')"
                            " ORDER BY role DESC",
                            t=ticket.id)  # fmt: skip
    assert parties == [("to", "sara@home.example"), ("cc", "workshop@partner.example")]


@task("Attach two files to your answer.")
def attach(hand: Hand, bench: Bench) -> None:
    ticket = bench.letter("Tessa", "Send me the papers, please.")
    files = [bench.at.folder / name for name in ("invoice.pdf", "label.png")]
    for file in files:
        file.write_bytes(b"%PDF-1.4 a paper")
    hand.open(ticket)
    hand.write("Both are here.")
    hand.attach("Attach files: at most 10, 25 MB together", files)
    hand.hears("Files: {names}", names="invoice.pdf, label.png")
    hand.command("send")
    hand.hears("Sends in {n} s. U takes it back.", n=10)
    names = bench.at.rows("SELECT attachment.name FROM attachment JOIN message ON message.id = message_id"
                          " WHERE home_ticket_id = :t ORDER BY attachment.name", t=ticket.id)  # fmt: skip
    assert names == [("invoice.pdf",), ("label.png",)]


@task("Forward it to billing@partner.example.")
def forward(hand: Hand, bench: Bench) -> None:
    ticket = bench.letter("Uma", "I was charged twice.")
    hand.open(ticket)
    hand.command("forward")
    hand.fill("To", "billing@partner.example")
    hand.fill("Your words", "Can you look at this payment?")
    hand.press("Forward")
    hand.sees("forwarded, not seen by the customer")
    role, address, text = bench.one(
        "SELECT role, address, text FROM message_party JOIN message ON message.id = message_id"
        " WHERE home_ticket_id = :t AND visibility = 'direct' AND role = 'to'", t=ticket.id)  # fmt: skip
    assert (role, address) == ("to", "billing@partner.example") and "look at this payment" in text


@task("Write to a customer first.")
def start(hand: Hand, bench: Bench) -> None:
    hand.command("start")
    hand.fill("To", "viktor@home.example")
    hand.fill("Subject", "The kettle is called back")
    hand.fill("Your words", "Please unplug it.")
    hand.press("Send")
    hand.sees("Please unplug it.")
    subject, origin = bench.one("SELECT ticket.subject, text FROM ticket JOIN message ON home_ticket_id = ticket.id"
                                " WHERE direction = 'outbound' AND ticket.subject LIKE '%kettle%'")  # fmt: skip
    assert (subject, origin) == ("The kettle is called back", "Please unplug it.")


@task("Mention Omar in a note.")
def mention(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Wanda", "The machine stops at 40 degrees.")
    hand.open(ticket)
    hand.command("note")
    hand.fill("Your words", "Do you know this one, @Om")
    hand.take("Omar")
    hand.holds("Your words", "Do you know this one, @Omar")
    hand.press("Keep note")
    hand.hears("Sent")
    assert [text.strip() for text in bench.said(ticket, "note")] == ["Do you know this one, @Omar"]
    (agent,) = bench.one("SELECT agent_id FROM notice WHERE ticket_id = :t AND kind = 'mention'", t=ticket.id)
    assert agent == bench.omar.agent


@task("Snooze it till tomorrow morning.")
def snooze(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Xenia", "Call me next week.")
    hand.open(ticket)
    hand.command("snooze")
    hand.press_first("Tomorrow morning")
    hand.misses("Call me next week.")
    after = bench.at.ticket(ticket.id)
    assert after.state == "snoozed" and after.hold_until is not None
    assert after.hold_until.date() == now().date() + timedelta(days=1)


@task("Resolve it, then reopen it: there is something left to do.")
def resolve(hand: Hand, bench: Bench) -> None:
    other = bench.chat("Yara", "Thank you for the quick help.")
    ticket = bench.chat("Zoran", "It works now.")
    hand.open(ticket)
    hand.command("resolve")
    hand.hears("Resolved.")
    assert bench.at.ticket(ticket.id).state == "resolved" and bench.at.ticket(other.id).state == "open"
    hand.open(ticket, "Done")
    hand.press("Reopen")
    hand.sees("Resolve")
    assert bench.at.ticket(ticket.id).state == "open"
    assert bench.at.ticket(ticket.id).agent_id == bench.ana.agent


@task("Come back to this in four hours if they stay silent.")
def follow(hand: Hand, bench: Bench) -> None:
    ticket = bench.chat("Agnes", "I will send you the number.")
    hand.open(ticket)
    hand.command("follow")
    hand.fill("What for", "Ask for the number")
    hand.tick("Only if the customer stays silent until then")
    hand.press_first("4 hours")
    hand.look_aside()
    hand.sees("Ask for the number")
    row = bench.one("SELECT agent_id, only_if_silent, note, ended_at FROM follow_up WHERE ticket_id = :t", t=ticket.id)
    assert row == (bench.ana.agent, 1, "Ask for the number", None)
