"""The sample mails beyond what the conformance suite holds: none stands alone, and line ends change nothing.

`NAME.eml` is a raw mail, `NAME.form`, `.multipart` and `.json` are providers' posts; `NAME.expected.json` says what is
read. Files show their size, not their bytes.
"""

from pathlib import Path

import pytest

from channels.email import adapter
from channels.types import InboundMessage, Parsed
from tests.channels.email.builders import everything

FOLDER = Path(adapter.__file__).parent / "samples"
SAMPLES = sorted(FOLDER.glob("*.eml"))


def test_no_sample_is_without_its_expectation() -> None:
    names = {path.name for path in FOLDER.iterdir()}
    expected = {name for name in names if name.endswith(".expected.json")}
    assert expected == {f"{name.rpartition('.')[0]}.expected.json" for name in names - expected}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_reads_the_same_with_the_other_line_ends(path: Path) -> None:
    raw = path.read_bytes()
    assert b"\r" not in raw
    message, *rest = everything(raw.replace(b"\n", b"\r\n"))
    ours, *ours_too = everything(raw)
    assert rest == ours_too
    assert words_of(message) == words_of(ours)


def words_of(found: Parsed) -> tuple[object, ...]:
    assert isinstance(found, InboundMessage)
    return found.external_id, found.text, found.stripped, [file.name for file in found.attachments]
