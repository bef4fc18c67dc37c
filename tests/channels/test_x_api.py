"""X's API: what is signed, sent, fetched, tested and set up, against a local server that stands for it."""

import json
import time
import traceback
from collections.abc import Iterator

import pytest

from channels.errors import DeliveryFailed, NotUnderstood
from channels.types import Attachment, Connection
from channels.x import adapter, oauth, outgoing
from tests.channels.builders import a_connection, a_reply
from tests.servers.x import ACCOUNT, APP, XServer

HOOK = "https://desk.example/hooks/hook-key"
PICTURE = Attachment("box.png", "image/png", b"png")
DM = "/2/dm_conversations/with/42/messages"


@pytest.fixture
def x() -> Iterator[XServer]:
    with XServer() as running:
        yield running


def an_account(x: XServer, **settings: str) -> Connection:
    keys = {"consumer_key": APP[0], "consumer_secret": APP[1]}
    account = {"access_token": ACCOUNT[0], "access_token_secret": ACCOUNT[1], "base_url": x.url}
    return a_connection("x", secrets=(), **{**keys, **account, **settings})


class TestSignature:
    KEYS = oauth.Keys(
        "xvz1evFS4wEEPTGEFPHBog", "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw", "370773112-GmHx", "Lswwd"
    )

    @pytest.mark.parametrize(
        ("method", "url", "signature"),
        [
            # made by oauthlib 4.0.1, oauth1.Client(...).sign(url, http_method=method)
            ("POST", "https://api.x.com/2/dm_conversations/with/42/messages", "sZZqcuFiOKgK0sYDKhwwIIyF%2Bok%3D"),
            ("GET", "https://api.x.com/2/users/me", "qLj8vZynTlwN3iUMZtDolLyzsII%3D"),
            (
                "GET",
                "https://ton.x.com:443/1.1/ton/a%20b.jpg?b=2&a=%C3%A9&a=1&empty=",
                "urxIeafVZ60sB9i3RYBRkBwO55U%3D",
            ),
            (
                "POST",
                "https://api.x.com/1?status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20request%21",
                "9VnQY3Nr9BEgBvt9oitSzwcehxY%3D",
            ),
            ("PUT", "http://127.0.0.1:8080/2/webhooks/1", "FR%2FBn%2FfyC34bxTA54WyMLN06Evk%3D"),
        ],
    )
    def test_is_the_one_an_independent_maker_makes(self, method: str, url: str, signature: str) -> None:
        header = oauth.authorization(method, url, self.KEYS, nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTg", at=1318622958)
        assert f'oauth_signature="{signature}"' in header

    def test_no_two_requests_carry_the_same_nonce(self) -> None:
        assert oauth.authorization("GET", "https://a", self.KEYS) != oauth.authorization("GET", "https://a", self.KEYS)


class TestSend:
    def test_answers_a_direct_message_privately(self, x: XServer) -> None:
        sent = adapter.send(a_reply(thread="42"), an_account(x))
        assert x.asked(DM) == [{"text": "We are on it."}]
        assert x.asked("/2/tweets") == []
        assert sent.external_ids == ("9001",)

    def test_answers_a_mention_publicly_below_what_was_said_last(self, x: XServer) -> None:
        sent = adapter.send(a_reply(thread="post/5", answers=("5", "6", "8")), an_account(x))
        assert x.asked("/2/tweets") == [{"reply": {"in_reply_to_tweet_id": "8"}, "text": "We are on it."}]
        assert sent.external_ids == ("9001",)

    def test_answers_the_first_post_if_no_other_is_known(self, x: XServer) -> None:
        adapter.send(a_reply(thread="post/5"), an_account(x))
        assert x.asked("/2/tweets")[0]["reply"] == {"in_reply_to_tweet_id": "5"}

    def test_a_long_public_answer_is_a_chain(self, x: XServer) -> None:
        sent = adapter.send(a_reply("word " * 100, thread="post/5"), an_account(x))
        answered = [call["reply"] for call in x.asked("/2/tweets")]
        assert answered == [{"in_reply_to_tweet_id": "5"}, {"in_reply_to_tweet_id": "9001"}]
        assert sent.external_ids == ("9001", "9002")

    def test_a_long_direct_message_is_split_at_its_own_limit(self, x: XServer) -> None:
        adapter.send(a_reply("x" * 10_001), an_account(x))
        assert [len(str(call["text"])) for call in x.asked(DM)] == [10_000, 1]

    @pytest.mark.parametrize(("thread", "path"), [("42", DM), ("post/5", "/2/tweets")])
    def test_hands_pictures_over_and_then_names_them(self, x: XServer, thread: str, path: str) -> None:
        sent = adapter.send(a_reply("See", thread=thread, attachments=(PICTURE,)), an_account(x))
        first, second = x.asked(path)
        assert first["text"] == "See"
        assert "9002" in json.dumps(second)
        assert b"png" in x.uploads[0]
        assert sent.external_ids == ("9001", "9003")

    @pytest.mark.parametrize(
        "file",
        [Attachment("a.pdf", "application/pdf", b"a"), Attachment("a.png", "image/png", b"a" * (5 * 2**20 + 1))],
        ids=["no picture", "too large"],
    )
    def test_says_before_anything_leaves_which_files_x_takes(self, x: XServer, file: Attachment) -> None:
        with pytest.raises(DeliveryFailed, match="only pictures") as failed:
            adapter.send(a_reply(attachments=(file,)), an_account(x))
        assert failed.value.permanent
        assert x.calls == []

    @pytest.mark.parametrize("thread", ["", "post/", "post/x", "@ana", "42/1", "../42", "4" * 21])
    def test_needs_somebody_to_answer(self, x: XServer, thread: str) -> None:
        with pytest.raises(DeliveryFailed, match="to answer to"):
            adapter.send(a_reply(thread=thread, to=thread), an_account(x))
        assert x.calls == []

    @pytest.mark.parametrize("name", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"])
    def test_names_the_key_that_is_missing(self, x: XServer, name: str) -> None:
        with pytest.raises(DeliveryFailed, match=f"^{name} is empty"):
            adapter.send(a_reply(), an_account(x, **{name: ""}))

    def test_a_wrong_key_waits_for_a_new_one(self, x: XServer) -> None:
        with pytest.raises(DeliveryFailed, match="credentials") as failed:
            adapter.send(a_reply(), an_account(x, access_token_secret="wrong"))
        assert not failed.value.permanent

    @pytest.mark.parametrize(
        ("status", "body", "said", "permanent"),
        [
            (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, "same words", True),
            (403, {"detail": "You are not permitted to message this user."}, "does not let us", True),
            (403, {"errors": [{"code": 349, "message": "You cannot send messages to this user."}]}, "blocked us", True),
            (403, {"type": "https://api.twitter.com/2/problems/oauth1-permissions"}, "may not write", True),
            (403, {"detail": "Something new"}, "does not allow", True),
            (400, {"errors": [{"message": "Invalid"}]}, "HTTP 400", True),
            (404, None, "HTTP 404", True),
            (503, None, "trouble of its own", False),
            (200, {"data": []}, "could not be read", False),
        ],
    )
    def test_says_in_our_words_what_x_refuses(
        self, x: XServer, status: int, body: object, said: str, permanent: bool
    ) -> None:
        x.refuse(status, body)
        with pytest.raises(DeliveryFailed, match=said) as failed:
            adapter.send(a_reply(), an_account(x))
        assert failed.value.permanent is permanent

    def test_waits_until_the_limit_ends(self, x: XServer) -> None:
        x.refuse(429, None, x_rate_limit_reset=str(int(time.time()) + 321))
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(), an_account(x))
        assert not failed.value.permanent
        assert 300 < (failed.value.retry_after_s or 0) <= 321

    @pytest.mark.parametrize("reset", ["", "soon", "9" * 400, "0"])
    def test_a_limit_without_an_end_is_a_limit_all_the_same(self, x: XServer, reset: str) -> None:
        x.refuse(429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, x_rate_limit_reset=reset)
        with pytest.raises(DeliveryFailed, match="slow down") as failed:
            adapter.send(a_reply(), an_account(x))
        assert not failed.value.permanent

    def test_no_answer_may_have_arrived(self, x: XServer) -> None:
        x.hang_up()
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply(), an_account(x))
        assert failed.value.may_have_arrived

    @pytest.mark.parametrize("status", [0, 400, 401, 403, 429, 500])
    def test_no_error_holds_a_key_or_the_text(self, x: XServer, status: int, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(0)
        if status:
            x.refuse(status, {"detail": f"bad {APP[1]} canary-text"})
        else:
            x.hang_up()
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply("canary-text"), an_account(x))
        said = "".join(traceback.format_exception(failed.value))
        lines = "\n".join(line for line in said.splitlines() if not line.startswith("    "))  # not our own source
        for private in (*APP, *ACCOUNT, "canary-text", "OAuth "):
            assert private not in lines
            assert private not in caplog.text


class TestLength:
    @pytest.mark.parametrize(
        ("text", "weight"),
        [
            ("hello", 5),
            ("é" * 10, 10),
            ("日本", 4),
            ("\N{GRINNING FACE}", 2),
            ("a.co", 23),
            ("see https://shop.example/orders/4711", 4 + 32),
            ("end. Next", 9),
        ],
    )
    def test_counts_as_x_does_or_more(self, text: str, weight: int) -> None:
        assert outgoing.weight(text) == weight

    @pytest.mark.parametrize("text", ["x" * 281, "日本語" * 100, "a.co " * 60, "\N{GRINNING FACE}" * 200])
    def test_every_part_fits_and_nothing_is_lost(self, text: str) -> None:
        parts = outgoing.post_parts(text)
        assert all(0 < outgoing.weight(part) <= 280 for part in parts)
        assert "".join("".join(parts).split()) == "".join(text.split())

    def test_what_fits_is_one(self) -> None:
        assert outgoing.post_parts("x" * 280) == ["x" * 280]


class TestFetch:
    def test_gets_a_private_picture_as_the_account(self, x: XServer) -> None:
        x.files["/1.1/ton/data/dm/1/2/a.jpg"] = b"jpeg"
        ref = {"url": f"{x.url}/1.1/ton/data/dm/1/2/a.jpg", "name": "picture.jpg", "media_type": "image/jpeg"}
        assert adapter.fetch(json.dumps(ref), an_account(x)) == Attachment("picture.jpg", "image/jpeg", b"jpeg")
        assert x.calls[0].proof == "account"

    def test_a_file_that_is_gone_is_gone_for_good(self, x: XServer) -> None:
        with pytest.raises(DeliveryFailed, match="no longer") as failed:
            adapter.fetch(json.dumps({"url": f"{x.url}/gone.jpg"}), an_account(x))
        assert failed.value.permanent

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/a", "http://169.254.169.254/a", "http://[::1]/a"])
    def test_goes_to_no_address_within(self, x: XServer, url: str) -> None:
        with pytest.raises(DeliveryFailed):
            adapter.fetch(json.dumps({"url": url}), an_account(x))

    @pytest.mark.parametrize("ref", ["", "7", "[]", "{}", '{"url": "ftp://a"}', '{"url": 1}'])
    def test_a_foreign_reference_is_not_understood(self, x: XServer, ref: str) -> None:
        with pytest.raises(NotUnderstood):
            adapter.fetch(ref, an_account(x))


class TestSetUp:
    def test_registers_the_webhook_and_subscribes_and_then_all_is_well(self, x: XServer) -> None:
        adapter.set_up(an_account(x), HOOK)
        (hook,) = x.webhooks
        assert (hook["url"], x.subscribed) == (HOOK, [hook["id"]])
        assert adapter.test(an_account(x)) == []

    def test_has_a_webhook_that_is_there_checked_again(self, x: XServer) -> None:
        x.webhooks.append({"id": "5", "url": HOOK, "valid": False})
        (problem,) = adapter.test(an_account(x))
        assert "challenge" in problem
        adapter.set_up(an_account(x), HOOK)
        assert len(x.webhooks) == 1
        assert adapter.test(an_account(x)) == []

    def test_says_that_there_is_no_webhook(self, x: XServer) -> None:
        x.webhooks.append({"id": "5", "url": "https://other.example/x", "valid": True})
        (problem,) = adapter.test(an_account(x))
        assert "no webhook" in problem

    @pytest.mark.parametrize("name", ["consumer_secret", "access_token_secret"])
    def test_says_that_a_key_is_wrong(self, x: XServer, name: str) -> None:
        (problem,) = adapter.test(an_account(x, **{name: "wrong"}))
        assert "credentials" in problem
