"""Every adapter keeps the contract of channels.types, whatever its platform."""

import re
from pathlib import Path

import pytest

import channels
from channels.types import MAX_BODY, Answer, Request
from tests.channels.builders import NOON, a_connection

ROOT = Path(channels.__file__).parent
VERBS = ("receive", "parse", "send", "fetch", "test")
PARTS_OF_A_README = (r"(?i)^#+ .*set.*up", r"(?i)^#+ .*cannot", r"(?i)^#+ .*quirk", r"(?i)^#+ .*(source|come from)")
MAIL = "email"  # names its servers itself, host by host, so it needs no base_url
LIKELY_PROOFS = (
    "authorization",
    "x-telegram-bot-api-secret-token",
    "heed-signature",
    "x-heed-visitor",
    "x-webhook-signature",
)
TYPES = ("application/json", "message/rfc822", "text/plain", "multipart/form-data; boundary=x")


@pytest.fixture(params=channels.CHANNELS)
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def refusals(channel: str, secrets: tuple[str, ...], sent: str) -> set[int]:
    """Return the statuses with which a channel answers posts that carry `sent` wherever a proof may stand."""
    adapter = channels.adapter(channel)
    found: set[int] = set()
    for kind in TYPES:
        headers = {"content-type": kind, **{name: sent for name in LIKELY_PROOFS if sent}}
        request = Request("POST", "https://desk.example/hooks/k", headers, b"{}")
        answer = adapter.receive(request, a_connection(channel, secrets=secrets), NOON)
        assert isinstance(answer, Answer)
        found.add(answer.status)
    return found


def test_an_unknown_channel_is_named_with_those_that_exist() -> None:
    with pytest.raises(KeyError, match="telegram"):
        channels.adapter("fax")


class TestEveryAdapter:
    def test_has_every_verb(self, channel: str) -> None:
        adapter = channels.adapter(channel)
        assert all(callable(getattr(adapter, verb)) and getattr(adapter, verb).__doc__ for verb in VERBS)

    def test_says_what_the_router_needs_to_know(self, channel: str) -> None:
        info = channels.adapter(channel).INFO
        assert info.key == channel
        assert info.label
        assert info.steps
        assert info.max_text > 0
        assert info.max_body >= MAX_BODY
        assert info.pace in ("chat", "social", "email")
        assert info.work_class in ("live", "messaging", "mail", "task", "call")

    def test_its_settings_explain_themselves_and_name_base_url(self, channel: str) -> None:
        settings = channels.adapter(channel).INFO.settings
        names = [setting.name for setting in settings]
        assert len(set(names)) == len(names)
        assert "base_url" in names or channel == MAIL
        for setting in settings:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", setting.name)
            assert setting.label
            assert setting.help
            assert not (setting.secret and setting.default)

    def test_an_empty_secret_refuses(self, channel: str) -> None:
        for secrets in ((), ("",), ("", "")):
            assert all(400 <= status < 500 for status in refusals(channel, secrets, ""))
            assert all(400 <= status < 500 for status in refusals(channel, secrets, "Bearer "))

    def test_a_wrong_secret_refuses(self, channel: str) -> None:
        for sent in ("wrong", "Bearer wrong", "t=1,v1=wrong", "Basic d3Jvbmc6d3Jvbmc="):
            assert all(400 <= status < 500 for status in refusals(channel, ("right",), sent))

    def test_its_readme_covers_set_up_limits_quirks_and_sources(self, channel: str) -> None:
        text = (ROOT / channel / "README.md").read_text(encoding="utf-8")
        assert [part for part in PARTS_OF_A_README if not re.search(part, text, re.MULTILINE)] == []
