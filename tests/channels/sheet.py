"""Writes docs/channels.md: what each channel can, from its INFO, its samples, and what it does with a file.

`python -m tests.channels.sheet` brings the page up to date; a test holds that it is.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import channels
from channels.errors import ChannelError
from channels.types import Attachment, ChannelInfo, Delivery, InboundMessage, Party, Reply
from tests.channels.builders import NOON, SECRET
from tests.channels.cases import cases_of
from tests.channels.samples import expected_of, samples_of
from tests.journeys.platforms import Line, Platform, Slack, Twilio, Viber, X
from tests.journeys.platforms_of_meta import Instagram, Messenger, WhatsApp
from tests.servers.plain import PlainServer, Told

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"
PLATFORMS: tuple[type[Platform], ...] = (WhatsApp, Messenger, Instagram, Slack, Twilio, Line, Viber, X)
START, END = "<!-- written by python -m tests.channels.sheet -->", "<!-- end -->"
NO_PLATFORM = ("email", "webchat")  # files leave by SMTP, and by our own page
NEVER, YES = "–", "yes"


def tables() -> str:
    """Return what stands between the page's marks."""
    infos = [channels.adapter(name).INFO for name in channels.CHANNELS]
    into = [_row(_linked(info), *_in(info)) for info in infos]
    out = [_row(info.label, *_out(info)) for info in infos]
    closed = [f"- **{info.label}**: {info.after_window}" for info in infos if info.after_window]
    heads_in = ("in", "by", "proven with a secret of", "files", "edits", "taken back", "receipts", "typed elsewhere")
    heads_out = ("out", "characters", "files", "answers within", "a second", "pause in a chat", "resend doubles")
    parts = (_table(heads_in, into), _table(heads_out, out), "When the time to answer is over:\n\n" + "\n".join(closed))
    return "\n\n".join(parts)


def written(page: str) -> str:
    """Return the page with its tables as they are now."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n\n{tables()}\n\n{END}{rest.partition(END)[2]}"


def _in(info: ChannelInfo) -> Iterable[str]:
    said = [one for sample in samples_of(info.key) for one in expected_of(sample)]
    kinds = {str(one["kind"]) for one in said}
    by = "mailbox, webhook" if info.polled else "our page" if info.key == "webchat" else "webhook"
    secret = "theirs" if any(setting.rotates and setting.required for setting in info.settings) else "ours"
    yield from (by, secret, _yes(any("attachments" in one for one in said)))
    yield from (_yes(kind in kinds) for kind in ("Edit", "Deletion", "Receipt"))
    yield _yes(any("from_us" in one for one in said))


def _out(info: ChannelInfo) -> Iterable[str]:
    yield f"{info.max_text:,}" + (", in parts" if info.splits else "")
    carries = info.key in NO_PLATFORM or _carries_files(info.key)
    yield "by link" if carries and info.files_by_link else _yes(carries)
    yield (
        (_span(info.reply_window) + (f" on {info.window_threads}" if info.window_threads else ""))
        if info.reply_window
        else "any time"
    )
    yield f"{info.sends_per_s:g}" if info.sends_per_s else NEVER
    yield f"{info.chat_pause_s:g} s" if info.chat_pause_s else NEVER
    yield "no" if info.resend_is_safe or info.key == "webchat" else "it may"


def _carries_files(channel: str) -> bool:
    """Say whether a reply with a picture leaves at all, towards a platform that is out of order."""
    with PlainServer(lambda call: Told(500)) as platform:
        for case in cases_of(channel):
            connection = case.connection((SECRET,))
            known = next((one(platform).settings() for one in PLATFORMS if one.channel == channel), {})
            settings = {**connection.settings, **known, "base_url": platform.url}
            for message in _messages(channel):
                to = Party("to", message.sender.address)
                picture = Attachment("a.png", "image/png", b"\x89PNG\r\n\x1a\n", link="https://desk.example/a.png")
                reply = Reply("k", "See", to, thread=message.thread, attachments=(picture,), heard_at=NOON)
                with suppress(ChannelError):
                    channels.adapter(channel).send(reply, replace(connection, settings=settings, secrets=(SECRET,)))
                return bool(platform.calls)
    raise AssertionError(f"No sample of {channel} is a message.")


def _messages(channel: str) -> Iterable[InboundMessage]:
    for case in cases_of(channel):
        connection = case.connection((SECRET,))
        for sample in samples_of(channel, case.samples):
            expected = expected_of(sample)
            if [one["kind"] for one in expected] == ["InboundMessage"] and "from_us" not in expected[0]:
                request = case.post(sample.read_bytes(), SECRET, NOON)
                delivery = channels.adapter(channel).receive(request, connection, NOON)
                found = channels.adapter(channel).parse(delivery, connection) if isinstance(delivery, Delivery) else []
                yield from (one for one in found if isinstance(one, InboundMessage))


def _linked(info: ChannelInfo) -> str:
    return f"[{info.label}](../channels/{info.key}/README.md)"


def _span(span: timedelta) -> str:
    return f"{span.days} days" if span.days > 1 else f"{span.total_seconds() / 3600:g} hours"


def _yes(holds: bool) -> str:
    return YES if holds else NEVER


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _table(heads: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([_row(*heads), _row(*["---"] * len(heads)), *rows])


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
