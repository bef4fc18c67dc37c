"""Mail, from a customer's mail program to an agent's browser and back: real SMTP, a real mailbox, a real browser.

What customers send arrives in the mailbox that the desk watches; what the desk sends arrives at the same server.
"""

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.inboxes import LIVE_MS, a_whole_desk, an_inbox, answer, pull, pull_until, resolve, shows, until
from tests.journeys.running import RunningDesk
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer, Taken

HELP = "help@shop.example"
DAN, EVA, FAY = "dan@home.example", "eva@home.example", "fay@away.example"
CALM = "Hello, could you tell me where my parcel is? It should have come on Monday. Thank you very much."
ANGRY = "This is the third time I ask where my parcel is. Nobody answers! I am furious, this is a disgrace."

pytestmark = [pytest.mark.browser, pytest.mark.imap, pytest.mark.slow, pytest.mark.timeout(180)]


@dataclass(slots=True)
class Post:
    """The world's mail: one server that all write through, and the mailbox of the desk."""

    smtp: SmtpServer
    imap: ImapServer
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    def __post_init__(self) -> None:
        self.smtp.on_mail = self._deliver

    def write(self, who: str, text: str, to: str = HELP, **headers: str) -> str:
        """Let a customer send a mail, and return its Message-ID. Headers are named with underscores."""
        mail = EmailMessage()
        mail["From"], mail["To"] = who, to
        mail["Message-ID"] = f"<{next(self.numbers)}@home.example>"
        mail["Subject"] = headers.pop("Subject", "My parcel")
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        with smtplib.SMTP(self.smtp.host, self.smtp.port, timeout=10) as server:
            server.send_message(mail)
        return str(mail["Message-ID"])

    def came_to(self, who: str) -> list[EmailMessage]:
        """Return the mails that the desk sent to somebody, the oldest first."""
        return [taken.mail for taken in list(self.smtp.taken) if who in taken.recipients and taken.sender == HELP]

    def _deliver(self, taken: Taken) -> None:
        if any(address.partition("@")[0].partition("+")[0] == "help" for address in taken.recipients):
            self.imap.append("help", taken.raw)


@pytest.fixture(scope="module")
def post(need: Callable[[str], Path]) -> Iterator[Post]:
    """Mail servers that run."""
    need("dovecot")
    with ImapServer() as imap, SmtpServer() as smtp:
        yield Post(smtp, imap)


@pytest.fixture(scope="module")
def desk(post: Post, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A whole desk that watches the mailbox."""
    with a_whole_desk(tmp_path_factory.mktemp("mail")) as desk:
        settings = {"address": HELP, "from_name": "The shop", **post.imap.settings("help"), **post.smtp.settings()}
        desk.hook("email", **settings)
        yield desk


@pytest.fixture(scope="module")
def ana(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    """Ana at her browser."""
    with an_inbox(browser, desk, "Ana") as page:
        yield page


def ticket_of(desk: RunningDesk, mail_id: str) -> str:
    """Return the ticket of a mail once it has one."""
    query = "SELECT home_ticket_id FROM message WHERE external_id = :mail"
    desk.until(lambda: desk.rows(query, mail=mail_id), "the mail to become a ticket")
    [(ticket_id,)] = desk.rows(query, mail=mail_id)
    return str(ticket_id)


def test_from_a_mail_to_the_answer_and_back(desk: RunningDesk, post: Post, ana: Page) -> None:
    calm = ticket_of(desk, post.write(FAY, CALM))
    first = post.write(f"Dan <{DAN}>", ANGRY, Cc=f"Eva <{EVA}>")
    angry = ticket_of(desk, first)

    lines = {ticket: (lane, place) for ticket, lane, place in desk.rows("SELECT id, lane_id, place FROM ticket")}
    assert lines[angry][0] == lines[calm][0] is not None, "both wait in one lane"
    assert lines[angry][1] < lines[calm][1], "the frustrated one, though later, stands first"
    ana.click("#tab-waiting")
    ana.wait_for_selector(f'#tickets [data-ticket="{calm}"]')
    shown = ana.eval_on_selector_all("#tickets .ticket", "rows => rows.map(row => row.dataset.ticket)")
    assert shown == [angry, calm]

    assert pull(ana) == angry
    shows(ana, "This is the third time I ask")
    marks = ana.eval_on_selector_all(".line mark", "all => all.map(mark => [mark.textContent, mark.title])")
    assert marks and all(words in ANGRY and why for words, why in marks)
    assert int(ana.inner_text("#panel .mood bdi")) >= 50
    ana.evaluate("window.sameyet = true")

    answer(ana, "I am sorry. It arrives tomorrow.")

    until(lambda: post.came_to(DAN), "the answer to arrive")
    [ours] = post.came_to(DAN)
    assert [mail["Message-ID"] for mail in post.came_to(EVA)] == [ours["Message-ID"]]
    assert "I am sorry. It arrives tomorrow." in ours.get_content()
    assert (ours["From"], ours["To"], ours["Cc"]) == (f"The shop <{HELP}>", f"Dan <{DAN}>", f"Eva <{EVA}>")
    assert ours["In-Reply-To"] == first and ours["References"] == first
    assert ours["Subject"] == "Re: My parcel"
    back = str(ours["Reply-To"])
    assert back.startswith("help+") and back.endswith("@shop.example") and len(back) > len(HELP) + 16
    ana.wait_for_selector('.line.us .sent-state:has-text("sent")', timeout=LIVE_MS)

    second = post.write(f"Dan <{DAN}>", "Great, thank you!", to=back, In_Reply_To=str(ours["Message-ID"]),
                        References=f"{first} {ours['Message-ID']}", Subject="Re: My parcel")  # fmt: skip

    assert ticket_of(desk, second) == angry
    shows(ana, "Great, thank you!", ":not(.us)")
    assert ana.evaluate("window.sameyet"), "nothing was reloaded"

    answer(ana, "With pleasure.")

    until(lambda: len(post.came_to(DAN)) == 2, "the second answer to arrive")
    last = post.came_to(DAN)[1]
    assert last["In-Reply-To"] == second
    assert str(last["References"]).split() == [first, ours["Message-ID"], second]
    assert last["Reply-To"] == back
    assert last["To"] == f"Dan <{DAN}>"
    assert desk.count("SELECT count(*) FROM ticket") == 2
    resolve(ana)


def test_an_answer_without_its_headers_finds_its_ticket_by_the_address(
    desk: RunningDesk, post: Post, ana: Page
) -> None:
    ticket = ticket_of(desk, post.write(FAY, "My lamp does not shine. What can I do?", Subject="Lamp"))
    assert pull_until(ana, "My lamp does not shine.") == ticket
    answer(ana, "Please turn it on.")
    until(lambda: any("Please turn it on." in mail.get_content() for mail in post.came_to(FAY)), "the answer")
    back = str(post.came_to(FAY)[-1]["Reply-To"])

    assert ticket_of(desk, post.write(FAY, "It shines!", to=back, Subject="(no subject)")) == ticket
    shows(ana, "It shines!", ":not(.us)")
    resolve(ana)


def test_what_a_third_party_answers_does_not_reach_the_customer(desk: RunningDesk, post: Post, ana: Page) -> None:
    ticket = ticket_of(desk, post.write(f"Dan <{DAN}>", "Is the green lamp in stock again?", Subject="Green lamp"))
    assert pull_until(ana, "Is the green lamp in stock") == ticket
    before = len(post.came_to(DAN))
    ana.click("[aria-label^=Forward]")
    ana.wait_for_selector("dialog[open] [name=to]")
    ana.fill("dialog[open] [name=to]", "maker@lamps.example")
    ana.fill("dialog[open] [name=text]", "Do you still make it?")
    ana.click("dialog[open] button.primary")
    until(lambda: post.came_to("maker@lamps.example"), "the forward to arrive")
    [asked] = post.came_to("maker@lamps.example")
    assert asked["To"] == "maker@lamps.example" and asked["Cc"] is None

    said = post.write("maker@lamps.example", "From June on.", to=str(asked["Reply-To"]),
                      In_Reply_To=str(asked["Message-ID"]), Subject="Re: Green lamp")  # fmt: skip

    assert ticket_of(desk, said) == ticket
    shows(ana, "From June on.", ".direct")
    answer(ana, "It is back in June.")
    until(lambda: len(post.came_to(DAN)) > before, "the answer to the customer")
    [told] = post.came_to(DAN)[before:]
    assert told["To"] == f"Dan <{DAN}>" and told["Cc"] is None
    assert "maker" not in told.as_string() and "June on" not in told.as_string()
