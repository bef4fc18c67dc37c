"""Every channel has its name and its badge wherever people read of it, a new one without a word said elsewhere."""

import re
from collections.abc import Mapping

import pytest
from flask import Flask, g

import channels
from router.model import Role
from router.web.words import sentence
from router.web.words.reader import read_in
from tests.builders import Desk, a_connection_row, an_agent, pulled
from tests.channels.test_toy import one_line
from tests.web.browsers import signed_in

NAMES = {
    "email": "email", "webchat": "web chat", "telegram": "Telegram", "whatsapp": "WhatsApp", "messenger": "Messenger",
    "instagram": "Instagram", "api": "API", "twilio": "Twilio", "slack": "Slack", "line": "LINE", "viber": "Viber",
    "x": "X",
}  # fmt: skip
BADGE = re.compile(r'data-ticket="(\w+)".*?<svg class="icon[^>]*>(.*?)</svg>', re.DOTALL)


@pytest.fixture
def tickets(sqlite_desk: Desk) -> Mapping[str, str]:
    """One ticket on every channel: ticket -> channel."""
    found = {}
    for channel in channels.CHANNELS:
        row = a_connection_row(sqlite_desk, channel)
        ticket = sqlite_desk.says(f"Something about {channel}", who=f"dan-{channel}")
        change = "UPDATE ticket SET channel = :c, connection_id = :r WHERE id = :t"
        sqlite_desk.do(change, c=channel, r=row.id, t=ticket.id)
        found[ticket.id] = channel
    return found


def test_these_are_the_names_of_all() -> None:
    assert set(NAMES) == set(channels.CHANNELS)


def test_the_list_shows_a_badge_of_its_own_for_each(sqlite_desk: Desk, tickets: Mapping[str, str]) -> None:
    ana = an_agent(sqlite_desk, slots={"live": 50, "messaging": 50, "mail": 50, "task": 50})
    browser = signed_in(sqlite_desk, ana)
    while len(sqlite_desk.rows("SELECT id FROM ticket WHERE agent_id IS NOT NULL")) < len(tickets):
        pulled(sqlite_desk, ana)
    page = browser.get("/").text
    badges = dict(BADGE.findall(page))
    assert badges.keys() == tickets.keys()
    assert len(set(badges.values())) == len(tickets), "two channels look the same"
    assert not any("<text" in shape for shape in badges.values()), "each has been drawn"
    for channel in tickets.values():
        assert f'<span class="away-text">{NAMES[channel]}, </span>' in page
    for ticket_id, channel in tickets.items():
        assert f" · {NAMES[channel]} · " in browser.get(f"/tickets/{ticket_id}").text


def test_whoever_sets_the_desk_up_reads_the_names(sqlite_desk: Desk, tickets: Mapping[str, str]) -> None:
    ada = an_agent(sqlite_desk, "Ada", role=Role.ADMIN, channels=("whatsapp", "line"))
    browser = signed_in(sqlite_desk, ada)
    people, person = (browser.get(path).text for path in ("/settings/people", f"/settings/people/{ada.agent}"))
    reports, connections = (browser.get(path).text for path in ("/reports", "/settings/connections"))
    assert "LINE, WhatsApp" in people
    for channel, name in NAMES.items():
        assert re.search(rf'value="{channel}"[^>]*> {name}</label>', person)
        assert re.search(rf'<option value="{channel}"[^>]*>{name}</option>', reports)
        assert f"<td>{channels.adapter(channel).INFO.label}</td>" in connections


def test_a_new_channel_has_the_name_it_gives_itself_and_its_letter(sqlite_desk: Desk) -> None:
    with one_line():
        ana = an_agent(sqlite_desk)
        ticket = sqlite_desk.says("A letter")
        sqlite_desk.do("UPDATE ticket SET channel = 'pigeon' WHERE id = :t", t=ticket.id)
        pulled(sqlite_desk, ana)
        page = signed_in(sqlite_desk, ana).get("/").text
        assert f'<span class="away-text">{channels.adapter("pigeon").INFO.label}, </span>' in page
        assert ">P</text>" in dict(BADGE.findall(page))[ticket.id]


def test_one_that_is_no_more_keeps_its_key(sqlite_desk: Desk) -> None:
    ana = an_agent(sqlite_desk)
    ticket = sqlite_desk.says("A word")
    sqlite_desk.do("UPDATE ticket SET channel = 'telex' WHERE id = :t", t=ticket.id)
    pulled(sqlite_desk, ana)
    assert '<span class="away-text">telex, </span>' in signed_in(sqlite_desk, ana).get("/").text


def test_where_the_core_names_one_by_its_key_another_language_says_its_name() -> None:
    with Flask("words").test_request_context():
        g.agent = None
        read_in("ur")
        said = {channel: sentence(f"No one works on {channel}.") for channel in NAMES}
    assert "واٹس ایپ" in said["whatsapp"] and "انسٹاگرام" in said["instagram"]
    unsaid = {"twilio": "Twilio", "slack": "Slack", "line": "LINE", "x": "X"}  # written so in Urdu as well
    assert all(name in said[channel] for channel, name in unsaid.items())
    assert not [channel for channel, words in said.items() if re.search(rf"\b{channel}\b", words)]
