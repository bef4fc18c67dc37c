"""Telegram: updates in, Bot API out, against a local server that stands for the Bot API."""

import json
import traceback
from collections.abc import Iterator
from datetime import datetime

import pytest

from channels.errors import DeliveryFailed, NotUnderstood
from channels.telegram import adapter
from channels.types import Answer, Attachment, Connection, Delivery, Edit, InboundMessage, Request
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection, a_delivery, a_reply, a_request
from tests.channels.conformance import Case, Conformance, keeps
from tests.servers.telegram import TOKEN, TelegramServer

PERSON = {"id": 42, "is_bot": False, "first_name": "Ana", "last_name": "Ruiz", "username": "ana", "language_code": "es"}


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as running:
        yield running


def a_bot(telegram: TelegramServer) -> Connection:
    return a_connection("telegram", bot_token=TOKEN, base_url=telegram.url)


def an_update(**message: object) -> dict[str, object]:
    base = {"message_id": 7, "from": PERSON, "chat": {"id": 42, "type": "private"}, "date": 1_763_640_000}
    return {"update_id": 900, "message": {**base, **message}}


def parsed(update: object) -> list[object]:
    return list(adapter.parse(a_delivery(json.dumps(update).encode()), a_connection("telegram")))


def the_message(update: object) -> InboundMessage:
    (message,) = parsed(update)
    assert isinstance(message, InboundMessage)
    return message


class TestReceive:
    @pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
    def test_takes_either_secret_and_names_the_delivery_by_update(self, secret: str) -> None:
        body = json.dumps(an_update(text="Hi")).encode()
        request = a_request(body, x_telegram_bot_api_secret_token=secret)
        delivery = adapter.receive(request, a_connection("telegram"), NOON)
        assert isinstance(delivery, Delivery)
        assert (delivery.key, delivery.body) == ("900", body)

    @pytest.mark.parametrize("sent", ["", "wrong", SECRET + " ", "é\ud800"])
    def test_refuses_another_secret_with_403(self, sent: str) -> None:
        answer = adapter.receive(a_request(b"{}", x_telegram_bot_api_secret_token=sent), a_connection("telegram"), NOON)
        assert isinstance(answer, Answer)
        assert answer.status == 403

    def test_an_empty_secret_never_verifies(self) -> None:
        open_to_all = a_connection("telegram", secrets=("",))
        answer = adapter.receive(a_request(b"{}", x_telegram_bot_api_secret_token=""), open_to_all, NOON)
        assert isinstance(answer, Answer)
        assert answer.status == 403

    @pytest.mark.parametrize("body", [b"{", b"[]", b'{"update_id": true}', b'{"update_id": 1e3}', b"\xff"])
    def test_keeps_what_it_cannot_read(self, body: bytes) -> None:
        request = a_request(body, x_telegram_bot_api_secret_token=SECRET)
        delivery = adapter.receive(request, a_connection("telegram"), NOON)
        assert isinstance(delivery, Delivery)
        assert len(delivery.key) == 64


class TestParse:
    @pytest.mark.parametrize(
        "update",
        [
            an_update(text="Hi", chat={"id": -5, "type": "group"}),
            an_update(text="Hi", chat={"id": -5, "type": "supergroup"}),
            an_update(text="Hi", **{"from": {**PERSON, "is_bot": True}}),
            an_update(text="/start"),
            an_update(text="/start campaign-7"),
            an_update(pinned_message={}),
            {"update_id": 1, "channel_post": {}},
            {"update_id": 1, "my_chat_member": {}},
            {"update_id": 1, "something_new": {}},
        ],
        ids=["group", "supergroup", "bot", "start", "deep link", "service", "channel", "member", "unknown"],
    )
    def test_ignores_what_is_no_customers_message(self, update: object) -> None:
        assert parsed(update) == []

    def test_a_word_that_begins_like_start_is_a_message(self) -> None:
        assert the_message(an_update(text="/started but it broke")).text == "/started but it broke"

    def test_removes_nul_and_half_characters(self) -> None:
        update = b'{"update_id": 1, "message": ' + json.dumps(an_update(text="a\0b\ud800c")["message"]).encode() + b"}"
        (message,) = adapter.parse(a_delivery(update), a_connection("telegram"))
        assert isinstance(message, InboundMessage)
        assert message.text == "ab?c"

    def test_takes_the_largest_photo(self) -> None:
        sizes = [{"file_id": "s", "width": 90, "height": 90}, {"file_id": "l", "width": 900, "height": 900}]
        (photo,) = the_message(an_update(photo=sizes, caption="See")).attachments
        assert json.loads(photo.fetch or "")["file_id"] == "l"

    def test_says_at_once_that_a_file_is_too_large_to_fetch(self) -> None:
        document = {"file_id": "d", "file_name": "film.mov", "file_size": 20 * 1024 * 1024 + 1}
        (file,) = the_message(an_update(document=document)).attachments
        assert file.fetch is None
        assert "20 MB" in (file.error or "")

    def test_the_same_message_number_in_two_chats_is_two_messages(self) -> None:
        one = the_message(an_update(text="Hi"))
        other = the_message(an_update(text="Hi", chat={"id": 43, "type": "private"}))
        assert one.external_id != other.external_id

    def test_an_edit_names_the_message_it_changes(self) -> None:
        message = an_update(text="Hi, please", edit_date=1_763_640_060)["message"]
        (edit,) = parsed({"update_id": 2, "edited_message": message})
        assert isinstance(edit, Edit)
        assert (edit.external_id, edit.text) == ("42/7", "Hi, please")

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"message": 1}', b'{"message": {}}'),
            *(b"[" * 100_000, b"1" * 5000, b'{"message": ' + b'{"a":' * 100 + b"1" + b"}" * 101),
        ],
        ids=range(10),
    )
    def test_what_it_cannot_read_is_not_understood(self, body: bytes) -> None:
        with pytest.raises(NotUnderstood):
            adapter.parse(a_delivery(body), a_connection("telegram"))


class TestSend:
    def test_answers_under_the_customers_message(self, telegram: TelegramServer) -> None:
        sent = adapter.send(a_reply(answers=("42/5", "42/7")), a_bot(telegram))
        (call,) = telegram.called("sendMessage")
        assert call.params["chat_id"] == 42
        assert call.params["text"] == "We are on it."
        assert call.params["reply_parameters"] == {"message_id": 7, "allow_sending_without_reply": True}
        assert sent.external_ids == ("42/1001",)

    def test_splits_a_long_text_at_lines_and_says_all_ids(self, telegram: TelegramServer) -> None:
        text = "\n".join("line " + "x" * 90 for _ in range(100))
        sent = adapter.send(a_reply(text), a_bot(telegram))
        parts = [str(call.params["text"]) for call in telegram.called("sendMessage")]
        assert "\n".join(parts) == text
        assert max(map(len, parts)) <= 4096
        assert len(sent.external_ids) == len(parts) == 3

    @pytest.mark.parametrize(
        ("length", "parts"), [(4096, 1), (4097, 2), (8192, 2)], ids=["at the limit", "one over", "twice"]
    )
    def test_the_limit_itself_fits(self, telegram: TelegramServer, length: int, parts: int) -> None:
        adapter.send(a_reply("x" * length), a_bot(telegram))
        assert len(telegram.calls) == parts

    def test_emoji_count_twice(self, telegram: TelegramServer) -> None:
        adapter.send(a_reply("\N{GRINNING FACE}" * 2049), a_bot(telegram))
        assert [len(str(call.params["text"])) for call in telegram.calls] == [2048, 1]

    def test_sends_a_picture_as_photo_and_others_as_document(self, telegram: TelegramServer) -> None:
        files = (Attachment("a.png", "image/png", b"png"), Attachment("größe.pdf", "application/pdf\r\nX: y", b"pdf"))
        sent = adapter.send(a_reply("See", attachments=files), a_bot(telegram))
        assert [call.method for call in telegram.calls] == ["sendMessage", "sendPhoto", "sendDocument"]
        assert telegram.calls[1].files["photo"] == ("a.png", b"png")
        assert telegram.calls[2].files["document"][1] == b"pdf"
        assert len(sent.external_ids) == 3

    def test_a_picture_refused_as_photo_goes_as_document(self, telegram: TelegramServer) -> None:
        telegram.refuse(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        adapter.send(a_reply("", attachments=(Attachment("a.png", "image/png", b"png"),)), a_bot(telegram))
        assert [call.method for call in telegram.calls] == ["sendPhoto", "sendDocument"]

    @pytest.mark.parametrize(
        ("status", "description", "permanent"),
        [
            (403, "Forbidden: bot was blocked by the user", True),
            (403, "Forbidden: user is deactivated", True),
            (403, "Forbidden: something new", True),
            (400, "Bad Request: chat not found", True),
            (401, "Unauthorized", True),
            (404, "Not Found", True),
            (500, "Internal Server Error", False),
            (502, "Bad Gateway", False),
        ],
    )
    def test_tells_for_ever_from_for_now(
        self, telegram: TelegramServer, status: int, description: str, permanent: bool
    ) -> None:
        telegram.refuse(status, description)
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(), a_bot(telegram))
        assert failed.value.permanent is permanent
        assert not failed.value.may_have_arrived

    def test_waits_as_long_as_it_is_asked_to(self, telegram: TelegramServer) -> None:
        telegram.refuse(429, "Too Many Requests: retry after 14", retry_after=14)
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(), a_bot(telegram))
        assert failed.value.retry_after_s == 14
        assert not failed.value.permanent

    def test_no_answer_may_have_arrived(self, telegram: TelegramServer) -> None:
        telegram.hang_up()
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(), a_bot(telegram))
        assert failed.value.may_have_arrived

    def test_a_second_part_that_fails_says_that_the_first_is_out(self, telegram: TelegramServer) -> None:
        telegram.accept()
        telegram.refuse(429, "Too Many Requests", retry_after=3)
        with pytest.raises(DeliveryFailed, match="1 of 2 parts") as failed:
            adapter.send(a_reply("x" * 5000), a_bot(telegram))
        assert failed.value.may_have_arrived

    def test_a_file_without_bytes_stops_the_reply_before_anything_left(self, telegram: TelegramServer) -> None:
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(attachments=(Attachment("a", "text/plain"),)), a_bot(telegram))
        assert failed.value.permanent
        assert telegram.calls == []

    @pytest.mark.parametrize("thread", ["", "@somebody", "4/2"])
    def test_needs_a_chat(self, telegram: TelegramServer, thread: str) -> None:
        with pytest.raises(DeliveryFailed, match="chat id"):
            adapter.send(a_reply(thread=thread, to=thread), a_bot(telegram))

    @pytest.mark.parametrize("token", ["", "no-token", "1:a/../b", "1:a\r\nb"])
    def test_a_token_of_another_form_is_never_put_into_a_url(self, telegram: TelegramServer, token: str) -> None:
        with pytest.raises(DeliveryFailed, match="bot_token"):
            adapter.send(a_reply(), a_connection("telegram", bot_token=token, base_url=telegram.url))

    @pytest.mark.parametrize("status", [0, 400, 401, 403, 404, 429, 500])
    def test_no_error_holds_the_token_or_the_text(
        self, telegram: TelegramServer, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(0)
        if status:
            telegram.refuse(status, f"bad {TOKEN} canary-text")
        else:
            telegram.hang_up()
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply("canary-text"), a_bot(telegram))
        said = "".join(traceback.format_exception(failed.value))
        lines = "\n".join(line for line in said.splitlines() if not line.startswith("    "))  # not our own source
        for private in (TOKEN, "canary-text"):
            assert private not in lines
            assert private not in caplog.text
            assert private not in repr(failed.value.__context__)


class TestFetch:
    def test_gets_what_a_message_named(self, telegram: TelegramServer) -> None:
        telegram.files["doc-1"] = b"%PDF"
        document = {"file_id": "doc-1", "file_name": "bill.pdf", "mime_type": "application/pdf"}
        (file,) = the_message(an_update(document=document)).attachments
        assert adapter.fetch(file.fetch or "", a_bot(telegram)) == Attachment("bill.pdf", "application/pdf", b"%PDF")

    def test_a_file_that_is_gone_is_gone_for_good(self, telegram: TelegramServer) -> None:
        with pytest.raises(DeliveryFailed, match="no longer knows") as failed:
            adapter.fetch('{"file_id": "old"}', a_bot(telegram))
        assert failed.value.permanent

    @pytest.mark.parametrize("path", ["../secrets", "/etc/passwd", "a/../b", "a//b", "x?y", "http://evil.example/", ""])
    def test_follows_no_strange_path(self, telegram: TelegramServer, path: str) -> None:
        with pytest.raises(DeliveryFailed, match="no path"):
            adapter.bot.download(a_bot(telegram), path, 100)

    def test_a_foreign_reference_is_not_understood(self, telegram: TelegramServer) -> None:
        with pytest.raises(NotUnderstood):
            adapter.fetch("file-id", a_bot(telegram))


class TestSetUp:
    def test_sets_the_webhook_with_the_first_secret_and_then_all_is_well(self, telegram: TelegramServer) -> None:
        adapter.set_up(a_bot(telegram), "https://desk.example/hooks/hook-key")
        (call,) = telegram.called("setWebhook")
        assert call.params["secret_token"] == SECRET
        assert call.params["allowed_updates"] == ["message", "edited_message", "callback_query"]
        assert adapter.test(a_bot(telegram)) == []

    def test_says_that_there_is_no_webhook(self, telegram: TelegramServer) -> None:
        (problem,) = adapter.test(a_bot(telegram))
        assert "setWebhook" in problem

    def test_says_that_the_webhook_leads_elsewhere(self, telegram: TelegramServer) -> None:
        telegram.webhook["url"] = "https://other.example/hook"
        (problem,) = adapter.test(a_bot(telegram))
        assert "elsewhere" in problem

    def test_says_that_the_token_is_wrong(self, telegram: TelegramServer) -> None:
        (problem,) = adapter.test(a_connection("telegram", bot_token="1:wrong", base_url=telegram.url))
        assert "@BotFather" in problem

    def test_refuses_a_secret_telegram_would_not_take(self, telegram: TelegramServer) -> None:
        spaced = Connection("k", "telegram", "Bot", a_bot(telegram).settings, ("not allowed!",))
        with pytest.raises(DeliveryFailed, match="secret"):
            adapter.set_up(spaced, "https://desk.example/hooks/k")
        assert telegram.calls == []


def posted(body: bytes, secret: str, at: datetime) -> Request:
    """Post an update with the secret in its header, as Telegram does."""
    return a_request(body, content_type="application/json", x_telegram_bot_api_secret_token=secret)


class TestConformance(Conformance):
    case = Case(
        channel="telegram",
        connection=keeps("telegram", bot_token=TOKEN),
        post=posted,
        proves_body=False,
        unknown=(b'{"update_id": 1, "something_new": {"text": "Hello"}}',),
    )
