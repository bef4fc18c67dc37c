"""Slack: what comes in. Signatures are made by Slack's own library."""

import json
from datetime import datetime, timedelta

import pytest
from slack_sdk.signature import SignatureVerifier

from channels import verify
from channels.errors import NotUnderstood
from channels.slack import adapter, mrkdwn
from channels.types import Answer, Connection, Deletion, Delivery, Edit, InboundMessage, Party, Request, Unreadable
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection, a_delivery, a_request
from tests.channels.conformance import Case, Conformance, holds

AGENT = "U0AGENT01"
CUSTOMER = "U061F7AUR"


def posted(body: bytes, secret: str, at: datetime) -> Request:
    """Post a body signed by Slack's own library; it takes no empty secret, and text alone."""
    seconds = str(int(at.timestamp()))
    try:
        signature = SignatureVerifier(secret).generate_signature(timestamp=seconds, body=body) or ""
    except ValueError:
        signature = "v0=" + verify.digest(secret, f"v0:{seconds}:".encode() + body)
    headers = {"x_slack_signature": signature, "x_slack_request_timestamp": seconds}
    return a_request(body, content_type="application/json", **headers)


def a_workspace(**settings: str) -> Connection:
    return a_connection(
        "slack", secrets=(), **{"signing_secret": SECRET, "signing_secret_before": OLD_SECRET, **settings}
    )


def an_event(**event: object) -> dict[str, object]:
    base = {"type": "message", "channel": "C1", "channel_type": "channel", "user": CUSTOMER, "ts": "1763640000.000100"}
    bot = [{"user_id": "U0BOTDESK", "is_bot": True}]
    return {"type": "event_callback", "event_id": "Ev1", "authorizations": bot, "event": {**base, **event}}


def parsed(callback: object, **settings: str) -> list[object]:
    return list(adapter.parse(a_delivery(json.dumps(callback).encode()), a_workspace(**settings)))


def the_message(callback: object, **settings: str) -> InboundMessage:
    (message,) = parsed(callback, **settings)
    assert isinstance(message, InboundMessage)
    return message


class TestReceive:
    def test_keeps_an_event_under_its_id(self) -> None:
        body = json.dumps(an_event(text="Hi")).encode()
        delivery = adapter.receive(posted(body, SECRET, NOON), a_workspace(), NOON)
        assert isinstance(delivery, Delivery)
        assert (delivery.key, delivery.body) == ("Ev1", body)

    def test_a_retry_is_kept_like_any_other(self) -> None:
        request = posted(json.dumps(an_event(text="Hi")).encode(), SECRET, NOON)
        again = a_request(request.body, **request.headers, x_slack_retry_num="1", x_slack_retry_reason="http_timeout")
        assert isinstance(adapter.receive(again, a_workspace(), NOON), Delivery)

    def test_answers_the_challenge_only_when_it_is_signed(self) -> None:
        body = b'{"type": "url_verification", "challenge": "3eZbrw1aBm2r", "token": "x"}'
        answer = adapter.receive(posted(body, SECRET, NOON), a_workspace(), NOON)
        assert isinstance(answer, Answer)
        assert (answer.status, answer.body) == (200, "3eZbrw1aBm2r")
        refused = adapter.receive(posted(body, "wrong", NOON), a_workspace(), NOON)
        assert isinstance(refused, Answer)
        assert (refused.status, "3eZbrw1aBm2r" in refused.body) == (401, False)

    @pytest.mark.parametrize("at", ["1763640000.5", "", " 1763640000", "1e9", "-1", "soon", "१२३", "9" * 30])
    def test_a_time_that_is_no_whole_number_is_refused(self, at: str) -> None:
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body="{}") or ""
        request = a_request(b"{}", x_slack_signature=signature, x_slack_request_timestamp=at)
        answer = adapter.receive(request, a_workspace(), NOON)
        assert isinstance(answer, Answer)
        assert answer.status == 401

    def test_the_time_is_part_of_what_is_signed(self) -> None:
        request = posted(b"{}", SECRET, NOON)
        moved = {**request.headers, "x-slack-request-timestamp": str(int((NOON + timedelta(seconds=9)).timestamp()))}
        answer = adapter.receive(a_request(b"{}", **moved), a_workspace(), NOON)
        assert isinstance(answer, Answer)
        assert answer.status == 401


class TestParse:
    def test_a_mention_and_the_same_message_are_one(self) -> None:
        mention = the_message(an_event(type="app_mention", text="<@U0BOTDESK> help", channel_type=None))
        message = the_message(an_event(text="<@U0BOTDESK> help"))
        assert mention == message
        assert message.text == "help"

    def test_a_channel_has_a_thread_for_each_first_message(self) -> None:
        first = the_message(an_event(text="Hi"))
        answer = the_message(an_event(text="More", ts="1763640060.000200", thread_ts="1763640000.000100"))
        assert first.thread == answer.thread == "C1:1763640000.000100"
        assert answer.answers == (first.external_id,)

    def test_a_direct_conversation_is_one_thread(self) -> None:
        one = the_message(an_event(text="Hi", channel="D1", channel_type="im"))
        other = the_message(an_event(text="Yo", channel="D1", channel_type="im", ts="1763640060.000200"))
        assert one.thread == other.thread == "D1"

    def test_a_message_without_a_time_is_known_by_its_event(self) -> None:
        message = the_message(an_event(text="Hi", channel="D1", ts=None))
        assert (message.external_id, message.sent_at, message.thread) == ("D1/Ev1", None, "D1")
        assert the_message(an_event(text="Hi", ts=None, event_ts="1763640000.000100")).external_id.endswith(".000100")

    @pytest.mark.parametrize(
        "event",
        [
            {"text": "Hi", "bot_id": "B1"},
            {"text": "Hi", "subtype": "bot_message", "user": None},
            {"text": "joined", "subtype": "channel_join"},
            {"text": "new topic", "subtype": "channel_topic"},
            {"text": "pinned", "subtype": "pinned_item"},
            {"type": "reaction_added", "item": {}},
            {"type": "team_join", "user": {"id": CUSTOMER}},
            {"text": ""},
        ],
        ids=["own app", "bot", "join", "topic", "pin", "reaction", "new member", "nothing"],
    )
    def test_ignores_what_no_person_wrote(self, event: dict[str, object]) -> None:
        assert parsed(an_event(**event)) == []

    @pytest.mark.parametrize("subtype", [None, "file_share", "thread_broadcast", "me_message"])
    def test_keeps_every_way_to_write(self, subtype: str | None) -> None:
        assert the_message(an_event(text="Hi", subtype=subtype)).text == "Hi"

    def test_a_new_way_to_write_is_shown_to_ops(self) -> None:
        (unread,) = parsed(an_event(text="private words", subtype="hologram"))
        assert isinstance(unread, Unreadable)
        assert "private" not in unread.reason

    def test_an_edit_is_a_persons_change_of_words_alone(self) -> None:
        def change(before: str, **message: object) -> list[object]:
            now = {"user": CUSTOMER, "text": "Hi all", "ts": "1763640000.000100", "edited": {"ts": "1"}, **message}
            old = {"user": CUSTOMER, "text": before, "ts": "1763640000.000100"}
            return parsed(an_event(subtype="message_changed", ts="1763640060.0", message=now, previous_message=old))

        (edit,) = change("Hi")
        assert isinstance(edit, Edit)
        assert (edit.external_id, edit.text) == ("C1/1763640000.000100", "Hi all")
        assert change("Hi all") == []  # a preview, a count of replies
        assert change("Hi", edited=None) == []
        assert change("Hi", bot_id="B1") == []

    def test_a_deletion_names_what_was_deleted_unless_a_bot_wrote_it(self) -> None:
        def deletion(**before: object) -> list[object]:
            more = {"deleted_ts": "1763640000.000100", "previous_message": before}
            return parsed(an_event(subtype="message_deleted", ts="1763640060.0", **more))

        (gone,) = deletion(text="Hi")
        assert isinstance(gone, Deletion)
        assert gone.external_id == "C1/1763640000.000100"
        assert deletion(bot_id="B1") == []

    def test_a_file_that_cannot_be_read_keeps_its_place_and_its_neighbours(self) -> None:
        good = {"id": "F1", "name": "a.png", "mimetype": "image/png", "url_private": "https://files.slack.com/a"}
        bad, fine = the_message(an_event(subtype="file_share", files=[{"name": 7}, good])).attachments
        assert bad.error
        assert json.loads(fine.fetch or "")["file_id"] == "F1"

    def test_what_cannot_be_read_as_a_whole_is_not_understood(self) -> None:
        for body in (b"", b"{", b"[]", b"payload=%7B%7D", b'{"type": "event_callback"}'):
            with pytest.raises(NotUnderstood):
                adapter.parse(a_delivery(body), a_workspace())


class TestAgentsInSlack:
    """Members listed in agent_ids are the desk's own people."""

    def written(self, **event: object) -> list[object]:
        return parsed(an_event(text="Looking into it", user=AGENT, **event), agent_ids=f" {AGENT}, U0AGENT02")

    def test_what_they_write_in_a_customers_thread_is_an_answer(self) -> None:
        (answer,) = self.written(ts="1763640060.000200", thread_ts="1763640000.000100", parent_user_id=CUSTOMER)
        assert isinstance(answer, InboundMessage)
        assert answer.from_us
        assert not answer.proven
        assert answer.thread == "C1:1763640000.000100"
        assert answer.sender.address != AGENT
        assert Party("to", CUSTOMER) in answer.parties

    def test_what_they_write_elsewhere_is_nothing(self) -> None:
        assert self.written() == []
        assert self.written(channel="D1", channel_type="im") == []
        for parent in ("U0AGENT02", "U0BOTDESK", ""):
            assert self.written(ts="1763640060.0", thread_ts="1763640000.000100", parent_user_id=parent) == []


class TestText:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
            ("<@U1> <@U1|ana> <#C1> <#C1|help>", "@U1 @ana #C1 #help"),
            ("<!here> <!channel|channel> <!subteam^S1|@ops> <!subteam^S1>", "@here @channel @ops @S1"),
            ("<https://a.example/x|here> <https://a.example>", "here (https://a.example/x) https://a.example"),
            ("<http://a.example|a.example> <mailto:a@b.example|a@b.example>", "http://a.example a@b.example"),
            ("<tel:+15550100|+15550100> <!date^1^{date}|1 May> <!date^7^{date}>", "+15550100 1 May 7"),
            ("a < b > c <> <|x> <<<", "a < b > c <> <|x> <<<"),
        ],
    )
    def test_marks_are_written_out(self, written: str, read: str) -> None:
        assert mrkdwn.plain(written) == read

    @pytest.mark.parametrize("text", ["<@U1> & <!here>", "&lt;", "1 < 2 > 0", "https://a.example?a=1&b=2"])
    def test_what_is_escaped_reads_as_it_was(self, text: str) -> None:
        assert mrkdwn.plain(mrkdwn.escaped(text)) == text


class TestConformance(Conformance):
    case = Case(
        channel="slack",
        connection=holds("slack", "signing_secret", bot_token="xoxb-1", agent_ids=AGENT),
        post=posted,
        unknown=(
            b'{"type": "event_callback", "event_id": "Ev1", "event": {"type": "thought", "text": "Hello"}}',
            b'{"type": "something_new", "event": {"type": "message", "text": "Hello"}}',
        ),
        timed=True,
    )
