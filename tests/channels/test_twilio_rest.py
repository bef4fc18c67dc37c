"""Twilio's REST API: what is sent, fetched, tested and set up, against a local server that stands for it."""

import json
import traceback
from collections.abc import Iterator
from datetime import timedelta

import pytest

from channels.errors import DeliveryFailed, NotUnderstood
from channels.twilio import adapter, rest
from channels.types import Attachment, Connection
from tests.channels.builders import a_connection, a_reply
from tests.servers.twilio import ACCOUNT, NUMBER, TOKEN, TwilioServer

CUSTOMER = "+15550123"
SERVICE = "MG" + "3" * 32
HOOK = "https://desk.example/hooks/hook-key"


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as running:
        yield running


def an_account(twilio: TwilioServer, **settings: str) -> Connection:
    base = {"account_sid": ACCOUNT, "auth_token": TOKEN, "from_number": NUMBER, "base_url": twilio.url}
    return a_connection("twilio", secrets=(), **{**base, **settings})


def a_file(twilio: TwilioServer, resource: str) -> str:
    return json.dumps({"url": f"{twilio.base}/{resource}", "name": "picture.jpg", "media_type": "image/jpeg"})


class TestSend:
    def test_writes_as_our_number_and_asks_for_receipts(self, twilio: TwilioServer) -> None:
        sent = adapter.send(a_reply(thread=CUSTOMER), an_account(twilio, status_callback=HOOK))
        assert twilio.sent() == [{"To": CUSTOMER, "From": NUMBER, "Body": "We are on it.", "StatusCallback": HOOK}]
        assert sent.external_ids == (f"SM{1:032x}",)

    @pytest.mark.parametrize(
        ("thread", "ours", "to", "sender"),
        [
            ("whatsapp:+15550123", "whatsapp:+15550100", "whatsapp:+15550123", {"From": "whatsapp:+15550100"}),
            ("whatsapp:+15550123", "+15550100", "whatsapp:+15550123", {"From": "whatsapp:+15550100"}),
            ("whatsapp:US.1234", "whatsapp:+15550100", "whatsapp:US.1234", {"From": "whatsapp:+15550100"}),
            ("+15550123", "whatsapp:+15550100", "whatsapp:+15550123", {"From": "whatsapp:+15550100"}),
            ("whatsapp:+15550123", SERVICE, "whatsapp:+15550123", {"MessagingServiceSid": SERVICE}),
            ("+15550123", SERVICE, "+15550123", {"MessagingServiceSid": SERVICE}),
        ],
    )
    def test_both_ends_are_on_the_same_of_its_channels(
        self, twilio: TwilioServer, thread: str, ours: str, to: str, sender: dict[str, str]
    ) -> None:
        adapter.send(a_reply(thread=thread), an_account(twilio, from_number=ours))
        assert twilio.sent() == [{"To": to, **sender, "Body": "We are on it."}]

    @pytest.mark.parametrize(("length", "parts"), [(1600, 1), (1601, 2), (4800, 3)])
    def test_splits_at_the_limit(self, twilio: TwilioServer, length: int, parts: int) -> None:
        sent = adapter.send(a_reply("x" * length, thread=CUSTOMER), an_account(twilio))
        assert [len(params["Body"]) for params in twilio.sent()] == [1600] * (parts - 1) + [length - 1600 * (parts - 1)]
        assert len(sent.external_ids) == parts

    def test_whatsapp_alone_is_answered_within_a_day(self) -> None:
        info = adapter.INFO
        assert (info.reply_window, info.window_threads) == (timedelta(hours=24), "whatsapp:")
        assert "SMS" in info.after_window

    @pytest.mark.parametrize(
        ("thread", "said"),
        [("", "no number"), ("a b", "no number"), ("../x", "no number"), ("CA" + "9" * 32, "showed")],
    )
    def test_needs_a_number_to_send_to(self, twilio: TwilioServer, thread: str, said: str) -> None:
        with pytest.raises(DeliveryFailed, match=said):
            adapter.send(a_reply(thread=thread, to=thread), an_account(twilio))
        assert twilio.calls == []

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"account_sid": "me"}, "account_sid"),
            ({"account_sid": f"{ACCOUNT}/../x"}, "account_sid"),
            ({"auth_token": ""}, "auth_token"),
            ({"from_number": ""}, "from_number"),
            ({"from_number": "+15550199"}, "from_number"),
        ],
    )
    def test_a_missing_or_wrong_setting_is_named(
        self, twilio: TwilioServer, settings: dict[str, str], said: str
    ) -> None:
        with pytest.raises(DeliveryFailed, match=said) as failed:
            adapter.send(a_reply(thread=CUSTOMER), an_account(twilio, **settings))
        assert failed.value.permanent

    @pytest.mark.parametrize(
        ("status", "code", "permanent", "uncertain"),
        [
            (400, 21610, True, False),
            (400, 21211, True, False),
            (400, 21614, True, False),
            (400, 21611, False, False),
            (400, 99999, True, False),
            (401, 20003, False, False),
            (404, 20404, True, False),
            (429, 20429, False, False),
            (429, None, False, False),
            (500, 20500, False, True),
            (503, None, False, True),
        ],
    )
    def test_tells_for_ever_from_for_now(
        self, twilio: TwilioServer, status: int, code: int | None, permanent: bool, uncertain: bool
    ) -> None:
        twilio.refuse(status, code, "words of theirs")
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(thread=CUSTOMER), an_account(twilio))
        assert (failed.value.permanent, failed.value.may_have_arrived) == (permanent, uncertain)

    def test_waits_as_long_as_it_is_asked_to(self, twilio: TwilioServer) -> None:
        twilio.refuse(429, 20429, Retry_After="7")
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(thread=CUSTOMER), an_account(twilio))
        assert failed.value.retry_after_s == 7

    def test_no_answer_may_have_arrived(self, twilio: TwilioServer) -> None:
        twilio.hang_up()
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(thread=CUSTOMER), an_account(twilio))
        assert failed.value.may_have_arrived

    def test_a_second_part_that_fails_says_that_the_first_is_out(self, twilio: TwilioServer) -> None:
        twilio.accept()
        twilio.refuse(429, 20429)
        with pytest.raises(DeliveryFailed, match="1 of 2 parts") as failed:
            adapter.send(a_reply("x" * 1700, thread=CUSTOMER), an_account(twilio))
        assert failed.value.may_have_arrived

    @pytest.mark.parametrize("status", [0, 200, 400, 401, 404, 429, 500])
    def test_no_error_holds_the_token_or_the_text(
        self, twilio: TwilioServer, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(0)
        if status:
            twilio.refuse(status, 12345, f"bad {TOKEN} canary-text")
        else:
            twilio.hang_up()
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply("canary-text", thread=CUSTOMER), an_account(twilio))
        said = "".join(traceback.format_exception(failed.value))
        lines = "\n".join(line for line in said.splitlines() if not line.startswith("    "))  # not our own source
        for private in (TOKEN, "canary-text", CUSTOMER, ACCOUNT):
            assert private not in lines
            assert private not in caplog.text


class TestFetch:
    def test_gets_what_a_message_named_with_the_accounts_credentials(self, twilio: TwilioServer) -> None:
        twilio.media["Messages/MM1/Media/ME1"] = (b"jpeg", "image/jpeg")
        file = adapter.fetch(a_file(twilio, "Messages/MM1/Media/ME1"), an_account(twilio))
        assert file == Attachment("picture.jpg", "image/jpeg", b"jpeg")

    def test_another_host_is_never_shown_the_token(self, twilio: TwilioServer) -> None:
        ref = json.dumps({"url": "https://media.example/1", "name": "a", "media_type": "image/jpeg"})
        with pytest.raises(DeliveryFailed, match="may not be sent") as failed:
            adapter.fetch(ref, an_account(twilio))
        assert failed.value.permanent

    def test_a_file_that_is_gone_is_gone_and_a_recording_may_still_come(self, twilio: TwilioServer) -> None:
        with pytest.raises(DeliveryFailed, match="no longer") as gone:
            adapter.fetch(a_file(twilio, "Messages/MM1/Media/ME1"), an_account(twilio))
        with pytest.raises(DeliveryFailed, match="yet") as awaited:
            adapter.fetch(a_file(twilio, "Recordings/RE1.mp3"), an_account(twilio))
        assert (gone.value.permanent, awaited.value.permanent) == (True, False)

    def test_a_passing_fault_is_tried_again_and_doubles_nothing(self, twilio: TwilioServer) -> None:
        twilio.refuse(503, None)
        with pytest.raises(DeliveryFailed) as failed:
            adapter.fetch(a_file(twilio, "Messages/MM1/Media/ME1"), an_account(twilio))
        assert (failed.value.permanent, failed.value.may_have_arrived) == (False, False)

    @pytest.mark.parametrize("ref", ["", "ME1", "[]", "{}", '{"url": 1}'])
    def test_a_foreign_reference_is_not_understood(self, twilio: TwilioServer, ref: str) -> None:
        with pytest.raises(NotUnderstood):
            adapter.fetch(ref, an_account(twilio))


class TestSetUp:
    def test_points_the_number_at_us_and_then_all_is_well(self, twilio: TwilioServer) -> None:
        adapter.set_up(an_account(twilio), HOOK)
        assert (twilio.number["sms_url"], twilio.number["sms_method"]) == (HOOK, "POST")
        assert adapter.test(an_account(twilio, status_callback=HOOK)) == []

    @pytest.mark.parametrize("ours", ["whatsapp:+15550100", SERVICE])
    def test_leaves_to_people_what_twilio_has_them_do(self, twilio: TwilioServer, ours: str) -> None:
        adapter.set_up(an_account(twilio, from_number=ours), HOOK)
        assert twilio.calls == []
        assert adapter.test(an_account(twilio, from_number=ours)) == []

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({}, "go elsewhere"),
            ({"status_callback": "https://other.example/x"}, "receipts"),
            ({"auth_token": "wrong"}, "credentials"),
            ({"from_number": "+15550199"}, "from_number"),
        ],
        ids=["webhook", "receipts", "token", "number"],
    )
    def test_says_what_is_wrong_and_how_to_mend_it(
        self, twilio: TwilioServer, settings: dict[str, str], said: str
    ) -> None:
        assert any(said in problem for problem in adapter.test(an_account(twilio, **settings)))

    def test_says_that_the_account_is_closed(self, twilio: TwilioServer) -> None:
        twilio.status, twilio.number["sms_url"] = "suspended", HOOK
        (problem,) = adapter.test(an_account(twilio))
        assert "not active" in problem


def test_every_refusal_says_something_in_our_words() -> None:
    assert all(code.isdecimal() and refusal.words.endswith(".") for code, refusal in rest.REFUSALS.items())
