"""docs/channels.md says of every channel what it can today."""

import re

import channels
from tests.channels.sheet import PAGE, written


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page, "run: python -m tests.channels.sheet"


def test_every_channel_is_linked_to_its_readme() -> None:
    linked = re.findall(r"\(\.\./channels/(\w+)/README\.md\)", PAGE.read_text(encoding="utf-8"))
    assert linked == list(channels.CHANNELS)
