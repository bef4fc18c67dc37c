"""Slack: what goes out, against a local server that stands for the Web API."""

import json
from collections.abc import Iterator

import pytest

from channels.errors import DeliveryFailed, NotUnderstood
from channels.slack import adapter
from channels.types import Attachment, Connection
from tests.channels.builders import SECRET, a_connection, a_reply
from tests.servers.slack import TOKEN, SlackServer
from tests.servers.standin import sent

THREAD = "C2147483705:1763640000.000100"


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as running:
        yield running


def an_app(slack: SlackServer, **settings: str) -> Connection:
    named = {"bot_token": TOKEN, "signing_secret": SECRET, "base_url": slack.url, **settings}
    return a_connection("slack", secrets=(), **named)


class TestSend:
    def test_answers_in_the_thread_with_the_text_as_it_stands(self, slack: SlackServer) -> None:
        done = adapter.send(a_reply("<b> *now* & <@U1>", thread=THREAD), an_app(slack))
        (call,) = slack.called("chat.postMessage")
        said = {"channel": "C2147483705", "thread_ts": "1763640000.000100", "mrkdwn": False}
        assert sent(call) == {**said, "text": "&lt;b&gt; *now* &amp; &lt;@U1&gt;"}
        assert done.external_ids == ("C2147483705/1503435956.000002",)

    def test_answers_at_the_end_of_a_direct_conversation(self, slack: SlackServer) -> None:
        adapter.send(a_reply(thread="D024BE91L"), an_app(slack))
        assert "thread_ts" not in sent(slack.calls[0])

    def test_writes_to_a_member_without_a_conversation_yet(self, slack: SlackServer) -> None:
        done = adapter.send(a_reply(to="U2147483697", thread=None), an_app(slack))
        assert done.external_ids[0].startswith("D024BE91L/")

    @pytest.mark.parametrize(("length", "parts"), [(4000, 1), (4001, 2)])
    def test_splits_a_long_text(self, slack: SlackServer, length: int, parts: int) -> None:
        done = adapter.send(a_reply("x" * length, thread=THREAD), an_app(slack))
        assert len(slack.calls) == len(done.external_ids) == parts

    def test_shares_files_after_the_text_in_the_same_thread(self, slack: SlackServer) -> None:
        files = (Attachment("größe.pdf", "application/pdf", b"%PDF"), Attachment("a.png", "image/png", b"png"))
        done = adapter.send(a_reply("See", thread=THREAD, attachments=files), an_app(slack))
        assert [data for _, _, data in slack.uploads.values()] == [b"%PDF", b"png"]
        assert [shared["thread_ts"] for shared in slack.shared] == ["1763640000.000100"] * 2
        assert slack.shared[0]["channel_id"] == "C2147483705"
        assert len(done.external_ids) == 1  # Slack names no message for a file

    def test_opens_a_conversation_to_share_a_file_with_a_member(self, slack: SlackServer) -> None:
        file = Attachment("a.txt", "text/plain", b"a")
        adapter.send(a_reply("", to="U2147483697", thread=None, attachments=(file,)), an_app(slack))
        assert slack.shared[0]["channel_id"] == "D024BE91L"

    def test_the_token_never_goes_with_the_upload(self, slack: SlackServer) -> None:
        adapter.send(a_reply("", thread=THREAD, attachments=(Attachment("a", "text/plain", b"a"),)), an_app(slack))
        (upload,) = [call for call in slack.calls if call.path.startswith("/upload/")]
        assert "authorization" not in upload.headers

    @pytest.mark.parametrize(
        ("status", "code", "permanent", "unsure"),
        [
            (200, "channel_not_found", True, False),
            (200, "is_archived", True, False),
            (200, "restricted_action", True, False),
            (200, "something_new", True, False),
            (200, "invalid_auth", False, False),
            (200, "missing_scope", False, False),
            (200, "ratelimited", False, False),
            (200, "service_unavailable", False, False),
            (200, "internal_error", False, True),
            (200, "fatal_error", False, True),
            (503, "", False, True),
        ],
    )
    def test_tells_for_ever_from_for_now(
        self, slack: SlackServer, status: int, code: str, permanent: bool, unsure: bool
    ) -> None:
        slack.refuse(status, {"ok": False, "error": code})
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(thread=THREAD), an_app(slack))
        assert (failed.value.permanent, failed.value.may_have_arrived) == (permanent, unsure)

    def test_waits_as_long_as_it_is_asked_to(self, slack: SlackServer) -> None:
        slack.refuse(429, {"ok": False, "error": "ratelimited"}, Retry_After="30")
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(thread=THREAD), an_app(slack))
        assert (failed.value.retry_after_s, failed.value.permanent) == (30, False)

    def test_a_cut_connection_may_have_arrived_but_an_upload_was_seen_by_nobody(self, slack: SlackServer) -> None:
        file = Attachment("a.txt", "text/plain", b"a")
        for reply, may_have_arrived in ((a_reply(thread=THREAD), True), (a_reply("", attachments=(file,)), False)):
            slack.hang_up()
            with pytest.raises(DeliveryFailed) as failed:
                adapter.send(
                    reply if may_have_arrived else a_reply("", thread=THREAD, attachments=(file,)), an_app(slack)
                )
            assert failed.value.may_have_arrived is may_have_arrived

    def test_a_file_that_fails_says_that_the_text_is_out(self, slack: SlackServer) -> None:
        slack.accept()
        slack.refuse(200, {"ok": False, "error": "missing_scope", "needed": "files:write"})
        with pytest.raises(DeliveryFailed, match="1 of 2 parts") as failed:
            adapter.send(a_reply(thread=THREAD, attachments=(Attachment("a", "text/plain", b"a"),)), an_app(slack))
        assert failed.value.may_have_arrived

    @pytest.mark.parametrize("thread", ["", "#general", "C1:soon", "C1:1/2", "../x"])
    def test_needs_a_conversation(self, slack: SlackServer, thread: str) -> None:
        with pytest.raises(DeliveryFailed, match="no Slack conversation"):
            adapter.send(a_reply(to=thread, thread=thread), an_app(slack))
        assert slack.calls == []

    def test_nothing_leaves_if_a_file_has_no_bytes_or_the_token_is_missing(self, slack: SlackServer) -> None:
        for reply, app in (
            (a_reply(thread=THREAD, attachments=(Attachment("a", "text/plain"),)), an_app(slack)),
            (a_reply("", thread=THREAD), an_app(slack)),
            (a_reply(thread=THREAD), an_app(slack, bot_token="")),
        ):
            with pytest.raises(DeliveryFailed) as failed:
                adapter.send(reply, app)
            assert failed.value.permanent
        assert slack.calls == []

    def test_no_error_holds_the_token_or_slacks_own_words(self, slack: SlackServer) -> None:
        slack.refuse(200, {"ok": False, "error": f"Canary words {TOKEN}"})
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(thread=THREAD), an_app(slack))
        assert "Canary" not in failed.value.reason
        assert TOKEN not in failed.value.reason


class TestFetch:
    def ref(self, **wanted: str) -> str:
        return json.dumps({"file_id": "F1", "url": "", "name": "a.pdf", "media_type": "application/pdf", **wanted})

    def test_gets_a_private_file_with_the_token(self, slack: SlackServer) -> None:
        slack.files["T1-F1/a.pdf"] = b"%PDF"
        found = adapter.fetch(self.ref(url=f"{slack.url}/files-pri/T1-F1/a.pdf"), an_app(slack))
        assert found == Attachment("a.pdf", "application/pdf", b"%PDF")

    def test_asks_for_a_file_of_another_workspace_by_its_id(self, slack: SlackServer) -> None:
        slack.files["T1-F123ABC456/plan.txt"] = b"plan"
        assert adapter.fetch(self.ref(file_id="F123ABC456"), an_app(slack)).data == b"plan"

    def test_the_sign_in_page_is_no_file(self, slack: SlackServer) -> None:
        slack.scopes = "chat:write"
        with pytest.raises(DeliveryFailed, match="files:read") as failed:
            adapter.fetch(self.ref(url=f"{slack.url}/files-pri/T1-F1/a.pdf"), an_app(slack))
        assert failed.value.permanent

    def test_the_token_goes_to_slack_alone(self, slack: SlackServer) -> None:
        with pytest.raises(DeliveryFailed, match="credential"):
            adapter.fetch(self.ref(url="https://files.slack.com.evil.example/a"), an_app(slack))
        assert slack.calls == []

    def test_a_file_that_is_gone_is_gone_for_good(self, slack: SlackServer) -> None:
        for wanted in ({"url": f"{slack.url}/files-pri/gone"}, {"file_id": "F9"}):
            with pytest.raises(DeliveryFailed) as failed:
                adapter.fetch(self.ref(**wanted), an_app(slack))
            assert failed.value.permanent

    def test_a_foreign_reference_is_not_understood(self, slack: SlackServer) -> None:
        with pytest.raises(NotUnderstood):
            adapter.fetch("F1", an_app(slack))


class TestTest:
    def test_all_is_well(self, slack: SlackServer) -> None:
        assert adapter.test(an_app(slack)) == []

    def test_says_which_permission_is_missing(self, slack: SlackServer) -> None:
        slack.scopes = "chat:write,files:read"
        (problem,) = adapter.test(an_app(slack))
        assert "files:write" in problem

    def test_says_that_the_token_is_wrong_and_the_secret_missing(self, slack: SlackServer) -> None:
        secret, token = adapter.test(an_app(slack, bot_token="xoxb-old", signing_secret=""))
        assert "signing_secret" in secret
        assert "bot_token" in token
