"""Word to other systems: signed, to registered destinations alone, tried until taken, nothing a customer wrote."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels import verify
from router import telling_out
from router.mistakes import Mistake
from router.store import connections, destinations
from router.store.audit import COMMAND
from router.vault import open_vault
from tests.builders import KEY, Desk, now, rules
from tests.servers.plain import PlainServer, Told

TELL = "rules: [{name: Tell, when: always, then: [{webhook: CRM}, {tag: vip}]}]"


def registered(of: Desk, url: str, *, internal: bool = True) -> str:
    return telling_out.register(of.heed, COMMAND, "CRM", url, now(), internal=internal)[1]


def state(of: Desk) -> list[tuple]:
    return of.rows("SELECT attempts, result, due_at IS NULL FROM rule_effect")


def test_a_word_is_signed_and_says_how_the_ticket_stands(desk):
    with PlainServer() as server:
        secret = registered(desk, server.url)
        rules(desk, TELL)
        ticket = desk.says("My card number is 4111 1111 1111 1111", "dan")
        assert telling_out.send_due(desk.heed, now()) == 1
        [call] = server.calls
    assert verify.signature_problem(call.headers["heed-signature"], call.body, (secret,), datetime.now(UTC)) is None
    said = json.loads(call.body)
    assert (said["rule"], said["ticket"]["id"], said["ticket"]["tags"]) == ("Tell", ticket.id, ["vip"])
    assert call.headers["idempotency-key"] == said["id"]
    assert "4111" not in call.body.decode()
    assert "Dan" not in call.body.decode()
    assert state(desk) == [(1, "sent", True)]
    assert telling_out.send_due(desk.heed, now() + timedelta(days=1)) == 0


def test_what_is_not_taken_is_tried_again_later_and_given_up_at_last(sqlite_desk):
    desk, at = sqlite_desk, now()
    with PlainServer(lambda call: Told(503)) as server:
        registered(desk, server.url)
        rules(desk, TELL)
        desk.says()
        at = now()
        telling_out.send_due(desk.heed, at)
        assert state(desk) == [(1, "it answered HTTP 503", False)]
        assert telling_out.send_due(desk.heed, at + timedelta(seconds=20)) == 0, "not so soon"
        for wait in telling_out.WAITS:
            at += wait + timedelta(seconds=1)
            assert telling_out.send_due(desk.heed, at) == 1
    assert state(desk) == [(8, "given up: it answered HTTP 503", True)]
    assert len({call.headers["idempotency-key"] for call in server.calls}) == 1
    assert desk.rows("SELECT role FROM notice") == [("ops",)]


def test_an_attempt_that_ended_with_its_process_is_made_again(sqlite_desk, monkeypatch):
    desk = sqlite_desk
    with PlainServer() as server:
        registered(desk, server.url)
        rules(desk, TELL)
        desk.says()
        post = telling_out._post

        def killed(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(telling_out, "_post", killed)
        with pytest.raises(KeyboardInterrupt):
            telling_out.send_due(desk.heed, now())
        monkeypatch.setattr(telling_out, "_post", post)
        assert telling_out.send_due(desk.heed, now()) == 0, "somebody may still be at it"
        assert telling_out.send_due(desk.heed, now() + timedelta(minutes=1)) == 1
    assert len(server.calls) == 1


def test_an_address_inside_the_network_is_refused_unless_registered_as_internal(sqlite_desk):
    desk = sqlite_desk
    registered(desk, "https://127.0.0.1:9/hook", internal=False)
    rules(desk, TELL)
    desk.says()
    telling_out.send_due(desk.heed, now())
    [(attempts, result, _)] = state(desk)
    assert (attempts, "127.0.0.1" in result) == (1, True)


def test_a_destination_that_was_removed_gets_nothing(sqlite_desk):
    desk = sqlite_desk
    with PlainServer() as server:
        registered(desk, server.url)
        rules(desk, TELL)
        desk.says()
        telling_out.remove(desk.heed, COMMAND, "CRM", now())
        telling_out.send_due(desk.heed, now())
        assert server.calls == []
    assert state(desk) == [(0, "not sent: there is no destination called “CRM”", True)]
    assert telling_out.listed(desk.heed) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://crm.example.com/x", "https"),
        ("ftp://crm.example.com", "no URL"),
        ("https://u:p@crm.example.com", "no URL"),
        ("nonsense", "no URL"),
    ],
)
def test_only_a_plain_https_address_is_registered(sqlite_desk, url, said):
    with pytest.raises(Mistake, match=said):
        telling_out.register(sqlite_desk.heed, COMMAND, "CRM", url, now())


def test_a_name_stands_for_one_destination(sqlite_desk):
    registered(sqlite_desk, "https://crm.example.com")
    with pytest.raises(Mistake, match="There is a destination"):
        registered(sqlite_desk, "https://other.example.com")


def test_its_secret_is_sealed_anew_with_the_others(sqlite_desk):
    desk = sqlite_desk
    secret = registered(desk, "https://crm.example.com")
    [(goes_to, sealed)] = desk.rows("SELECT id, sealed FROM destination")
    assert secret.encode() not in sealed
    newer = open_vault(("n" * 40, KEY))
    with desk.heed.database.write() as db:
        assert connections.reseal(db, newer) >= 1
        assert destinations.secret(db, open_vault(("n" * 40,)), goes_to) == secret
