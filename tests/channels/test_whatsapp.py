"""WhatsApp: posts of the Business Platform in, Cloud API out, against a local server that stands for it."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import pytest

from channels.errors import DeliveryFailed, NotUnderstood
from channels.types import MAX_MAIL, Attachment, Connection, InboundMessage, Parsed, Receipt, Reply, Request
from channels.verify import digest
from channels.whatsapp import adapter, cloud, content, outgoing
from tests.channels.builders import OLD_SECRET, SECRET, a_delivery, a_reply, a_request
from tests.channels.conformance import Case, Conformance, holds
from tests.servers.meta import APP_SECRET, TOKEN
from tests.servers.whatsapp import ACCOUNT, NUMBER, WhatsAppServer

CUSTOMER = "15550190001"
MB = 1024 * 1024
USER_ID = "US.13491208655302741918"


@pytest.fixture
def whatsapp() -> Iterator[WhatsAppServer]:
    with WhatsAppServer() as running:
        yield running


def a_connection_with(settings: Mapping[str, str]) -> Connection:
    return Connection("hook-key", "whatsapp", "Shop", settings, (SECRET, OLD_SECRET))


def a_number(whatsapp: WhatsAppServer, **settings: str) -> Connection:
    given = {"access_token": TOKEN, "phone_number_id": NUMBER, "app_secret": APP_SECRET, "base_url": whatsapp.url}
    return a_connection_with({**given, **settings})


def a_post(*messages: object, number: str = NUMBER, field: str = "messages", **value: object) -> bytes:
    held = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}, "messages": list(messages)}
    change = {"field": field, "value": {**held, **value}}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": [change]}]}).encode()


def a_message(**fields: object) -> dict[str, object]:
    base = {"from": CUSTOMER, "id": "wamid.1", "timestamp": "1763640000", "type": "text", "text": {"body": "Hi"}}
    return {**base, **fields}


def parsed(body: bytes, **settings: str) -> list[Parsed]:
    return adapter.parse(a_delivery(body), a_connection_with(settings))


def the_message(**fields: object) -> InboundMessage:
    (message,) = parsed(a_post(a_message(**fields)))
    assert isinstance(message, InboundMessage)
    return message


def a_reply_to(customer: str = CUSTOMER, text: str = "We are on it.", **more: object) -> Reply:
    return a_reply(text, to=customer, thread=customer, **more)


class TestParse:
    def test_takes_only_its_own_number(self) -> None:
        assert len(parsed(a_post(a_message()), phone_number_id=NUMBER)) == 1
        assert parsed(a_post(a_message(), number="999"), phone_number_id=NUMBER) == []
        assert parsed(a_post(a_message(), metadata={}), phone_number_id=NUMBER) == []

    def test_a_person_with_number_and_id_is_known_by_the_number(self) -> None:
        message = the_message(from_user_id=USER_ID)
        assert message.sender.address == message.thread == CUSTOMER

    def test_a_person_whom_only_the_contacts_name_is_known_by_them(self) -> None:
        people = [{"profile": {"name": "Tariq"}, "user_id": USER_ID}]
        (message,) = parsed(a_post({**a_message(), "from": None}, contacts=people))
        assert isinstance(message, InboundMessage)
        assert (message.sender.address, message.sender.name) == (USER_ID, "Tariq")

    @pytest.mark.parametrize("number", ["+15550190001", "+1 555-019-0001", "15550190001"])
    def test_a_number_is_its_digits(self, number: str) -> None:
        assert the_message(**{"from": number}).sender.address == CUSTOMER

    @pytest.mark.parametrize("kind", ["reaction", "system", "request_welcome"])
    def test_ignores_what_nobody_wrote(self, kind: str) -> None:
        assert parsed(a_post(a_message(type=kind, **{kind: {"body": "x"}}))) == []

    @pytest.mark.parametrize("kind", ["reaction", "pin", "keep_in_chat"])
    def test_ignores_it_also_where_it_is_not_passed_on(self, kind: str) -> None:
        assert parsed(a_post(a_message(type="unsupported", unsupported={"type": kind}))) == []

    def test_a_form_without_words_is_shown_as_one(self) -> None:
        form = {"type": "nfm_reply", "nfm_reply": {"response_json": '{"flow_token": "t"}'}}
        assert the_message(type="interactive", interactive=form).text == "[Cannot be shown here: form]"

    def test_removes_nul_and_half_characters(self) -> None:
        assert the_message(text={"body": "a\0b\ud800c"}).text == "ab?c"

    @pytest.mark.parametrize(("code", "words"), [(131026, "no WhatsApp"), (7, "(error 7)"), ("x", "not deliver it.")])
    def test_every_failure_has_words_of_ours(self, code: object, words: str) -> None:
        failed = {"id": "wamid.2", "status": "failed", "errors": [{"code": code, "title": "private words"}]}
        (receipt,) = parsed(a_post(statuses=[failed]))
        assert isinstance(receipt, Receipt)
        assert words in receipt.detail

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b'{"object": "page", "entry": []}'])
    def test_what_is_no_such_post_is_not_understood(self, body: bytes) -> None:
        with pytest.raises(NotUnderstood):
            parsed(body)


class TestSend:
    def test_quotes_the_message_it_answers(self, whatsapp: WhatsAppServer) -> None:
        sent = adapter.send(a_reply_to(answers=("wamid.0", "wamid.1")), a_number(whatsapp))
        (call,) = whatsapp.called("/messages")
        assert call.fields == {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": CUSTOMER,
            "context": {"message_id": "wamid.1"},
            "type": "text",
            "text": {"body": "We are on it."},
        }
        assert sent.external_ids == ("wamid.SENT1000001",)

    def test_quotes_nothing_that_whatsapp_did_not_name(self, whatsapp: WhatsAppServer) -> None:
        adapter.send(a_reply_to(answers=("postback-1",)), a_number(whatsapp))
        assert "context" not in whatsapp.calls[0].fields

    @pytest.mark.parametrize("customer", [CUSTOMER, f"+{CUSTOMER}"])
    def test_writes_to_a_number(self, whatsapp: WhatsAppServer, customer: str) -> None:
        adapter.send(a_reply_to(customer), a_number(whatsapp))
        assert whatsapp.calls[0].fields["to"] == CUSTOMER

    def test_writes_to_a_person_without_a_number(self, whatsapp: WhatsAppServer) -> None:
        adapter.send(a_reply_to(USER_ID), a_number(whatsapp))
        assert whatsapp.calls[0].fields["recipient"] == USER_ID
        assert "to" not in whatsapp.calls[0].fields

    @pytest.mark.parametrize("customer", ["", "somebody", "us.1", "1/2", "123"])
    def test_needs_one_or_the_other(self, whatsapp: WhatsAppServer, customer: str) -> None:
        with pytest.raises(DeliveryFailed, match="neither a phone number"):
            adapter.send(a_reply_to(customer), a_number(whatsapp))
        assert whatsapp.calls == []

    @pytest.mark.parametrize(("length", "parts"), [(4096, 1), (4097, 2)], ids=["at the limit", "one over"])
    def test_splits_a_long_text(self, whatsapp: WhatsAppServer, length: int, parts: int) -> None:
        sent = adapter.send(a_reply_to(text="x" * length), a_number(whatsapp))
        assert len(sent.external_ids) == len(whatsapp.calls) == parts

    @pytest.mark.parametrize(
        ("media_type", "size", "kind"),
        [
            ("image/png", 5 * MB, "image"),
            ("image/png", 5 * MB + 1, "document"),
            ("image/gif", 10, "document"),
            ("video/mp4", 16 * MB, "video"),
            ("video/mp4", 16 * MB + 1, "document"),
            ("audio/ogg", 10, "audio"),
            ("application/pdf", 10, "document"),
        ],
    )
    def test_a_file_is_shown_as_what_it_is_if_it_is_small_enough(self, media_type: str, size: int, kind: str) -> None:
        assert outgoing.kind_of(("a", bytes(size), media_type)) == kind

    @pytest.mark.parametrize(("media_type", "kind"), [("image/png", "image"), ("text/plain", "document")])
    def test_uploads_a_file_and_sends_it_by_its_id(self, whatsapp: WhatsAppServer, media_type: str, kind: str) -> None:
        adapter.send(a_reply_to(text="", attachments=(Attachment("größe", media_type, b"x"),)), a_number(whatsapp))
        upload, message = whatsapp.calls
        assert upload.fields == {"messaging_product": "whatsapp", "type": media_type}
        named = {"filename": "größe"} if kind == "document" else {}
        assert message.fields[kind] == {"id": "1000001", **named}

    def test_a_file_alone_quotes_and_a_second_part_does_not(self, whatsapp: WhatsAppServer) -> None:
        files = tuple(Attachment(f"{n}.pdf", "application/pdf", b"x") for n in range(2))
        adapter.send(a_reply_to(text="", attachments=files, answers=("wamid.1",)), a_number(whatsapp))
        assert ["context" in call.fields for call in whatsapp.called("/messages")] == [True, False]

    @pytest.mark.parametrize(
        ("code", "permanent"),
        [
            (131047, True),
            (131026, True),
            (131053, True),
            (131056, False),
            (130429, False),
            (80007, False),
            (131048, False),
        ],
    )
    def test_knows_what_a_code_means(self, whatsapp: WhatsAppServer, code: int, permanent: bool) -> None:
        whatsapp.refuse(400, code)
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply_to(), a_number(whatsapp))
        assert failed.value.permanent is permanent
        assert failed.value.reason == cloud.REFUSALS[str(code)].words

    def test_an_upload_that_fails_leaves_nothing_behind(self, whatsapp: WhatsAppServer) -> None:
        whatsapp.hang_up()
        file = Attachment("a.pdf", "application/pdf", b"x")
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply_to(text="", attachments=(file,)), a_number(whatsapp))
        assert not failed.value.may_have_arrived

    def test_a_second_part_that_fails_says_that_the_first_is_out(self, whatsapp: WhatsAppServer) -> None:
        whatsapp.accept()
        whatsapp.refuse(400, 131056)
        with pytest.raises(DeliveryFailed, match="1 of 2 parts") as failed:
            adapter.send(a_reply_to(text="x" * 5000), a_number(whatsapp))
        assert failed.value.may_have_arrived

    @pytest.mark.parametrize("answer", [{}, {"messages": []}, {"messages": [{"id": ""}]}, {"messages": "x"}])
    def test_an_answer_that_names_no_message_may_have_arrived(self, whatsapp: WhatsAppServer, answer: object) -> None:
        whatsapp.say(answer)
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply_to(), a_number(whatsapp))
        assert failed.value.may_have_arrived

    def test_says_how_long_one_may_answer(self) -> None:
        assert adapter.INFO.reply_window == timedelta(hours=24)
        assert "templates" in adapter.INFO.after_window


class TestFetch:
    def ref(self) -> str:
        held = {"id": "77", "filename": "bill.pdf", "mime_type": "application/pdf"}
        _, (file,) = content.read({"type": "document", "document": held})
        return file.fetch or ""

    def test_asks_where_a_file_is_and_gets_it_with_the_token(self, whatsapp: WhatsAppServer) -> None:
        whatsapp.media["77"] = b"%PDF"
        file = adapter.fetch(self.ref(), a_number(whatsapp))
        assert file == Attachment("bill.pdf", "application/pdf", b"%PDF")
        assert whatsapp.calls[0].query["phone_number_id"] == NUMBER

    def test_a_file_that_is_gone_is_gone_for_good(self, whatsapp: WhatsAppServer) -> None:
        with pytest.raises(DeliveryFailed, match="seven days") as failed:
            adapter.fetch(self.ref(), a_number(whatsapp))
        assert failed.value.permanent

    def test_a_file_that_is_too_large_is_not_fetched(self, whatsapp: WhatsAppServer) -> None:
        whatsapp.media["77"] = b"x" * (MAX_MAIL + 1)
        with pytest.raises(DeliveryFailed, match="25 MB") as failed:
            adapter.fetch(self.ref(), a_number(whatsapp))
        assert failed.value.permanent

    def test_the_token_goes_to_no_host_that_is_not_metas(self, whatsapp: WhatsAppServer) -> None:
        whatsapp.media["77"] = b"x"
        whatsapp.media_url = lambda name: f"https://files.example/{name}"  # type: ignore[method-assign]
        with pytest.raises(DeliveryFailed, match="may not be sent") as failed:
            adapter.fetch(self.ref(), a_number(whatsapp))
        assert failed.value.permanent

    @pytest.mark.parametrize("ref", ["77", "[]", "{}", '{"id": ["77"]}'])
    def test_a_foreign_reference_is_not_understood(self, whatsapp: WhatsAppServer, ref: str) -> None:
        with pytest.raises(NotUnderstood):
            adapter.fetch(ref, a_number(whatsapp))

    @pytest.mark.parametrize("number", ["../me", "77?fields=x", "77/messages"])
    def test_an_id_of_a_strange_form_is_not_asked_for(self, whatsapp: WhatsAppServer, number: str) -> None:
        with pytest.raises(DeliveryFailed, match="form"):
            adapter.fetch(json.dumps({"id": number}), a_number(whatsapp))
        assert whatsapp.calls == []


def posted(body: bytes, secret: str, at: datetime) -> Request:
    return a_request(body, content_type="application/json", x_hub_signature_256="sha256=" + digest(secret, body))


class TestConformance(Conformance):
    case = Case(
        channel="whatsapp",
        connection=holds("whatsapp", "app_secret", access_token=TOKEN, phone_number_id="106540352242922"),
        post=posted,
        unknown=(
            a_post(a_message(), field="thoughts"),
            b'{"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": []}]}',
            a_post(statuses=[{"id": "wamid.1", "status": "pondered"}]),
        ),
    )
