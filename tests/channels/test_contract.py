"""Every adapter keeps the contract of channels.types, whatever its platform."""

import re
from pathlib import Path
from statistics import median

import pytest

import channels
from channels.types import MAX_BODY, Connection
from tests.channels.samples import folder_of

ROOT = Path(channels.__file__).parent
VERBS = ("receive", "parse", "send", "fetch", "test")
PARTS_OF_A_README = (r"(?i)^#+ .*set.*up", r"(?i)^#+ .*cannot", r"(?i)^#+ .*quirk", r"(?i)^#+ .*(source|come from)")
NO_PLATFORM = ("email", "webchat")  # one names its servers host by host, the other is its own side
MEDIAN_LINES = 150  # of adapter.py; what several share stands in channels/, what reads and what calls beside it


@pytest.fixture(params=channels.CHANNELS)
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


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
        assert "base_url" in names or channel in NO_PLATFORM
        for setting in settings:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", setting.name)
            assert setting.label
            assert setting.help
            assert not (setting.secret and setting.default)

    def test_it_says_where_its_secret_comes_from(self, channel: str) -> None:
        info = channels.adapter(channel).INFO
        given = [setting for setting in info.settings if setting.rotates]
        assert given or info.generates_secret, "nothing can prove a post"
        assert info.generates_secret or not any("{secret}" in step for step in info.steps)

    def test_its_steps_lead_to_the_webhook(self, channel: str) -> None:
        info = channels.adapter(channel).INFO
        assert any("{url}" in step for step in info.steps) or channel == "webchat"  # whose page is ours
        for step in info.steps:
            step.format(url="https://desk.example/hooks/k", secret="s")

    def test_its_limits_are_limits_and_a_window_says_what_is_left_when_it_closes(self, channel: str) -> None:
        info = channels.adapter(channel).INFO
        assert info.sends_per_s is None or info.sends_per_s > 0
        assert info.chat_pause_s >= 0
        assert (info.reply_window is None) == (not info.after_window)

    def test_without_its_settings_it_says_what_is_wrong_and_sends_nothing(self, channel: str) -> None:
        bare = Connection("hook-key", channel, "Shop")
        needed = any(setting.required for setting in channels.adapter(channel).INFO.settings)
        assert channels.adapter(channel).test(bare) or not needed

    def test_its_readme_covers_set_up_limits_quirks_and_sources(self, channel: str) -> None:
        text = (folder_of(channel).parent / "README.md").read_text(encoding="utf-8")
        assert [part for part in PARTS_OF_A_README if not re.search(part, text, re.MULTILINE)] == []


def test_half_of_the_adapters_are_short() -> None:
    lines = [len((ROOT / name / "adapter.py").read_text(encoding="utf-8").splitlines()) for name in channels.CHANNELS]
    assert median(lines) <= MEDIAN_LINES, sorted(zip(lines, channels.CHANNELS, strict=True))
