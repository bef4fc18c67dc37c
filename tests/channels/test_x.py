"""X: challenges and signatures; what direct messages and public posts say."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

import pytest

from channels.types import Answer, Connection, Edit, InboundMessage, Parsed, Receipt, Request, Unreadable
from channels.x import adapter
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection, a_delivery
from tests.channels.conformance import Case, Conformance, holds

URL = "https://desk.example/hooks/hook-key"
US, ANA, BO = "1", "42", "43"


def mac(secret: str, message: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


def posted(body: bytes, secret: str = SECRET, at: datetime = NOON) -> Request:
    headers = {"content-type": "application/json", "x-twitter-webhooks-signature": mac(secret, body)}
    return Request("POST", URL, headers, body)


def the_connection(**settings: str) -> Connection:
    return a_connection("x", secrets=(), **{"consumer_secret": SECRET, **settings})


def challenged(query: str, connection: Connection | None = None) -> Answer:
    answer = adapter.receive(Request("GET", f"{URL}?{query}", {}, b""), connection or the_connection(), NOON)
    assert isinstance(answer, Answer)
    return answer


def a_message(text: str = "Hi", *, sender: str = ANA, to: str = US, **create: object) -> dict[str, object]:
    data = {"text": text, "entities": {"urls": []}, **create.pop("data", {})}  # type: ignore[dict-item]
    inner = {"target": {"recipient_id": to}, "sender_id": sender, "message_data": data, **create}
    return {"type": "message_create", "id": "7", "created_timestamp": "1795176000000", "message_create": inner}


def a_post(text: str = "@shop hi", *, author: str = ANA, **more: object) -> dict[str, object]:
    mentions = {"user_mentions": [{"id_str": US}]}
    return {"id_str": "9", "text": text, "user": {"id_str": author, "name": "Ana"}, "entities": mentions, **more}


def parsed(connection: Connection | None = None, **activity: object) -> list[Parsed]:
    body = json.dumps({"for_user_id": US, **activity}).encode()
    return adapter.parse(a_delivery(body), connection or the_connection())


def the_message(**activity: object) -> InboundMessage:
    (message,) = parsed(None, **activity)
    assert isinstance(message, InboundMessage)
    return message


class TestChallenge:
    def test_is_answered_with_its_signature(self) -> None:
        answer = challenged("crc_token=a-challenge_0123&nonce=xyz")
        assert answer.status == 200
        assert answer.content_type == "application/json"
        assert json.loads(answer.body) == {"response_token": mac(SECRET, b"a-challenge_0123")}

    def test_is_signed_with_the_newer_secret_while_the_secret_changes(self) -> None:
        answer = challenged("crc_token=abc", the_connection(consumer_secret_before=OLD_SECRET))
        assert json.loads(answer.body)["response_token"] == mac(SECRET, b"abc")

    @pytest.mark.parametrize("query", ["", "crc_token=", "crc=1", "crc_token=" + "a" * 257, "&".join(["a=1"] * 200)])
    def test_is_refused_if_it_is_none(self, query: str) -> None:
        assert challenged(query).status == 403

    def test_is_refused_without_a_secret(self) -> None:
        assert challenged("crc_token=abc", the_connection(consumer_secret="")).status == 403

    @pytest.mark.parametrize("token", ['{"for_user_id":"1"}', "[1]", '"x"', "a\nb", "é", "\0"])
    def test_never_signs_what_could_be_a_post(self, token: str) -> None:
        quoted = "".join(f"%{byte:02x}" for byte in token.encode())
        assert challenged(f"crc_token={quoted}").status == 403

    def test_a_post_that_could_be_a_challenge_is_refused_though_its_signature_holds(self) -> None:
        answer = adapter.receive(posted(b"a-challenge_0123"), the_connection(), NOON)
        assert isinstance(answer, Answer)
        assert answer.status == 403


class TestDirectMessages:
    def test_what_an_agent_wrote_in_x_itself_is_ours(self) -> None:
        event = a_message("We are on it", sender=US, to=ANA, source_app_id="268278")
        message = the_message(direct_message_events=[event], users={ANA: {"name": "Ana"}})
        assert message.from_us
        assert message.thread == ANA
        assert [(party.role, party.address) for party in message.parties] == [("from", US), ("to", ANA)]

    def test_what_our_own_app_wrote_is_known_already(self) -> None:
        event = a_message("We are on it", sender=US, to=ANA, source_app_id="777")
        assert parsed(the_connection(app_id="777"), direct_message_events=[event]) == []
        assert len(parsed(the_connection(app_id="778"), direct_message_events=[event])) == 1

    @pytest.mark.parametrize(("sender", "to"), [(ANA, BO), (US, US)], ids=["between others", "to ourselves"])
    def test_what_is_not_between_us_and_a_customer_is_none(self, sender: str, to: str) -> None:
        assert parsed(direct_message_events=[a_message(sender=sender, to=to)]) == []

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ("a &lt;b&gt; &amp; c", "a <b> & c"),
            ("&amp;lt; is how one writes &lt;", "&lt; is how one writes <"),
            ("&copy; and &quot;", "&copy; and &quot;"),
        ],
    )
    def test_undoes_the_escapes_of_x_once_and_no_others(self, sent: str, said: str) -> None:
        assert the_message(direct_message_events=[a_message(sent)]).text == said

    def test_writes_short_links_in_full_once_each(self) -> None:
        link = {"url": "https://t.co/a", "expanded_url": "https://shop.example/" + "x" * 50}
        text = "https://t.co/a " * 1000
        message = the_message(direct_message_events=[a_message(text, data={"entities": {"urls": [link, link]}})])
        assert message.text.count("shop.example") == 2

    @pytest.mark.parametrize(
        "attachment",
        [{"type": "location"}, {"type": "location", "location": {"shared_coordinate": 1}}, {"type": "card"}],
    )
    def test_says_what_cannot_be_shown(self, attachment: object) -> None:
        message = the_message(direct_message_events=[a_message("See", data={"attachment": attachment})])
        assert message.text.startswith("See\n[Cannot be shown here: ")

    def test_a_file_without_an_address_says_so(self) -> None:
        data = {"attachment": {"type": "media", "media": {"type": "photo", "media_url_https": "file:///etc/passwd"}}}
        (file,) = the_message(direct_message_events=[a_message("", data=data)]).attachments
        assert file.fetch is None
        assert file.error

    def test_our_own_reading_is_nothing_to_tell(self) -> None:
        mark = {"sender_id": US, "last_read_event_id": "7", "created_timestamp": "1795176000000"}
        assert parsed(direct_message_mark_read_events=[mark]) == []
        (receipt,) = parsed(direct_message_mark_read_events=[{**mark, "sender_id": ANA}])
        assert isinstance(receipt, Receipt)

    @pytest.mark.parametrize("events", [{}, "x", 5, [5, a_message()]], ids=["object", "text", "number", "list"])
    def test_what_is_no_event_loses_none_of_the_others(self, events: object) -> None:
        found = parsed(direct_message_events=events, tweet_create_events=[a_post()])
        assert isinstance(found[-1], InboundMessage)
        assert events == {} or isinstance(found[0], Unreadable)


class TestPublicPosts:
    def test_an_answer_stays_with_the_post_it_answers(self) -> None:
        first = the_message(tweet_create_events=[a_post()])
        second = the_message(tweet_create_events=[a_post(id_str="10", in_reply_to_status_id_str="9")])
        assert first.thread == second.thread == "post/9"
        assert second.answers == ("9",)

    def test_a_changed_post_changes_its_message_whichever_version_comes_first(self) -> None:
        history = {"initial_tweet_id": "9", "edit_tweet_ids": ["9", "10"]}
        first = the_message(tweet_create_events=[a_post(edit_history={"initial_tweet_id": "9"})])
        message, edit = parsed(tweet_create_events=[a_post("@shop hello", id_str="10", edit_history=history)])
        assert isinstance(message, InboundMessage)
        assert isinstance(edit, Edit)
        assert first.external_id == message.external_id == edit.external_id == "9"
        assert message.text == edit.text == "@shop hello"
        assert first.thread == message.thread

    def test_never_shares_a_thread_with_direct_messages(self) -> None:
        private = the_message(direct_message_events=[a_message()])
        public = the_message(tweet_create_events=[a_post(id_str=ANA)])
        assert private.thread != public.thread

    @pytest.mark.parametrize(
        "post",
        [
            a_post(author=US),
            a_post(retweeted_status={"id_str": "1"}),
            a_post(entities={"user_mentions": [{"id_str": BO}]}),
            a_post(entities={}, in_reply_to_user_id_str=BO),
        ],
        ids=["our own", "a repost", "of others", "to others"],
    )
    def test_what_does_not_speak_to_us_says_nothing(self, post: object) -> None:
        assert parsed(tweet_create_events=[post]) == []

    @pytest.mark.parametrize(
        "post",
        [
            a_post(entities={}, in_reply_to_user_id_str=US),
            a_post(entities={}, in_reply_to_user_id=1),
            a_post(entities={}, quoted_status={"user": {"id_str": US}}),
            a_post(entities={}, extended_tweet={"full_text": "hi", "entities": {"user_mentions": [{"id": 1}]}}),
        ],
        ids=["answers us", "answers us by number", "quotes us", "names us beyond the cut"],
    )
    def test_what_speaks_to_us_is_a_message(self, post: object) -> None:
        assert the_message(tweet_create_events=[post]).subject == "Public post on X"

    @pytest.mark.parametrize("time", [None, "", "soon", "9" * 400, -5, True, "٣"])
    def test_a_wrong_clock_loses_no_words(self, time: object) -> None:
        assert the_message(tweet_create_events=[a_post(timestamp_ms=time)]).sent_at is None


class TestConformance(Conformance):
    case = Case(
        channel="x",
        connection=holds("x", "consumer_secret"),
        post=posted,
        unknown=(
            b'{"for_user_id": "1", "space_create_events": [{"id": "1", "text": "hi"}]}',
            b'{"for_user_id": "1", "direct_message_events": [{"type": "reaction_create", "id": "2"}]}',
            b'{"data": {"event_type": "something.new"}}',
        ),
        keeps_odd=False,  # what could be a challenge is refused: anyone may have it signed
    )
