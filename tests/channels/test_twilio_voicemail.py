"""Twilio's voicemail: recording and transcript come in any order and are one message."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from channels.twilio import adapter
from channels.types import Delivery, Edit, InboundMessage, Parsed
from router import intake
from tests.builders import Desk, a_connection_row, now
from tests.channels.builders import a_connection

URL = "https://desk.example/hooks/hook-key"
CUSTOMER = "+15550123"
CALL, RECORDING = "CA" + "9" * 32, "RE" + "7" * 32
RECORDING_URL = f"https://api.twilio.com/2010-04-01/Accounts/AC{'1' * 32}/Recordings/{RECORDING}"


def read(body: bytes, url: str = URL) -> list[Parsed]:
    return adapter.parse(Delivery("1", url, {}, body), a_connection("twilio", from_number="+15550100"))


class TestVoicemail:
    RECORDED: Mapping[str, str] = {
        "RecordingSid": RECORDING,
        "RecordingUrl": RECORDING_URL,
        "RecordingDuration": "14",
        "CallSid": CALL,
    }
    TRANSCRIBED: Mapping[str, str] = {
        "RecordingSid": RECORDING,
        "RecordingUrl": RECORDING_URL,
        "CallSid": CALL,
        "From": CUSTOMER,
        "TranscriptionStatus": "completed",
        "TranscriptionText": "Please call me.",
    }

    def end_of(self, *posts: Mapping[str, str]) -> tuple[str, str, int, str]:
        """Return text, caller, number of files and id as they are once the core has taken the posts in this order."""
        texts: dict[str, str] = {}
        first: dict[str, InboundMessage] = {}
        for fields in posts:
            for one in read(urlencode(fields).encode(), url=f"{URL}?From=%2B15550123"):
                assert isinstance(one, InboundMessage | Edit)
                if isinstance(one, InboundMessage):
                    first.setdefault(one.external_id, one)
                    texts.setdefault(one.external_id, one.text)
                else:
                    texts[one.external_id] = one.text
        ((external_id, message),) = first.items()
        return texts[external_id], message.sender.address, len(message.attachments), external_id

    def test_recording_and_transcript_end_the_same_in_any_order(self) -> None:
        end = ("Please call me.", CUSTOMER, 1, RECORDING)
        assert self.end_of(self.RECORDED, self.TRANSCRIBED) == end
        assert self.end_of(self.TRANSCRIBED, self.RECORDED) == end
        assert self.end_of(self.TRANSCRIBED, self.RECORDED, self.TRANSCRIBED) == end

    @pytest.mark.parametrize("order", [("r", "t"), ("t", "r"), ("r", "t", "r", "t")], ids="-".join)
    def test_the_desk_sees_one_message_with_the_transcript(self, sqlite_desk: Desk, order: tuple[str, ...]) -> None:
        row = a_connection_row(sqlite_desk, "twilio", settings={"from_number": "+15550100"})
        posts = {"r": {**self.RECORDED, "From": CUSTOMER}, "t": self.TRANSCRIBED}
        for number, which in enumerate(order):
            delivery = Delivery(str(number), URL, {}, urlencode(posts[which]).encode())
            intake.accept(sqlite_desk.heed, row, delivery, now())
            sqlite_desk.drain(row)
        assert sqlite_desk.rows("SELECT text FROM message") == [("Please call me.",)]
        assert sqlite_desk.rows("SELECT name FROM attachment") == [("voicemail.mp3",)]

    def test_without_a_transcript_it_says_how_long_it_is(self) -> None:
        assert self.end_of(self.RECORDED)[0] == "Voicemail, 14 s"

    @pytest.mark.parametrize("duration", ["", "0", "-1", "long", "9" * 400, "٣"])
    def test_a_length_that_is_none_is_left_out(self, duration: str) -> None:
        assert self.end_of({**self.RECORDED, "RecordingDuration": duration})[0] == "Voicemail"

    @pytest.mark.parametrize("query", ["?From=%2B15550123", "?From=+15550123", "?x=1&From=15550123"])
    def test_the_caller_may_stand_in_the_address(self, query: str) -> None:
        (message,) = read(urlencode(self.RECORDED).encode(), url=URL + query)
        assert isinstance(message, InboundMessage)
        assert message.sender.address == CUSTOMER

    @pytest.mark.parametrize("number", ["+266696687", "anonymous", "Restricted", "+7378742833"])
    def test_callers_who_hide_their_number_are_not_taken_for_one(self, number: str) -> None:
        (message,) = read(urlencode({**self.RECORDED, "From": number}).encode())
        assert isinstance(message, InboundMessage)
        assert message.sender.address == message.thread == CALL

    def test_the_recording_is_fetched_as_mp3(self) -> None:
        (message,) = read(urlencode({**self.RECORDED, "From": CUSTOMER}).encode())
        assert isinstance(message, InboundMessage)
        assert json.loads(message.attachments[0].fetch or "")["url"] == f"{RECORDING_URL}.mp3"
