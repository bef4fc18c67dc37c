"""The page for a new agent, docs/agents.md: every key and word on it exists, and every one that exists is on it."""

import re
from pathlib import Path

import pytest

from router.model import Role
from router.web.inbox import telling
from router.web.inbox.commands import COMMANDS
from tests.shots import MOST_BYTES, SHOTS

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "agents.md").read_text()
TEMPLATES = "\n".join(path.read_text() for path in (DOCS.parent / "router/web/templates").rglob("*.html"))
KEY = re.compile(r"`([^`]+)`")


def table(heading: str) -> dict[str, str]:
    """Return a table of the page: first cell -> second."""
    lines = PAGE[PAGE.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.strip("*`"): second for first, second, *_ in cells}


def test_the_keys_are_those_of_the_desk() -> None:
    there = {c.key: c.words + (" (supervisors)" if c.role is not Role.AGENT else "") for c in COMMANDS if c.key}
    assert table("Key") == there


def test_every_key_that_the_text_names_exists() -> None:
    text = PAGE.replace("`@name`", "")
    assert set(KEY.findall(text)) <= {c.key for c in COMMANDS if c.key}


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("A ticket is", telling.STATES),
        ("Your message is", telling.SENT),
        ("You are", telling.PRESENCES),
        ("A promise", telling.PROMISES),
    ],
)
def test_the_words_are_those_of_the_desk(heading: str, words: dict[str, str]) -> None:
    assert list(table(heading)) == list(words.values())


def test_the_moods_have_the_limits_of_the_desk() -> None:
    shapes = {
        telling.mood_shape(level): row
        for row in table("Mood")
        if (found := re.search(r"(\d+) to (\d+)", row))
        for level in (int(found[1]), int(found[2]))
    }
    assert [row.split(" ")[2].strip(",") for row in shapes.values()] == ["circle", "diamond", "triangle"]
    assert list(shapes) == ["calm", "tense", "hot"]


def test_what_the_page_says_in_trouble_is_said_by_the_desk() -> None:
    said = [row.split("*")[1] if row.count("*") > 1 else row for row in table("It says")]
    for words in (re.sub(r"ticket 12 · ", "ticket {number}", row).strip("*") for row in said):
        first = words.split("{")[0].split("* ")[0]
        assert first in TEMPLATES, words


def test_its_pictures_are_made_by_a_command_and_light() -> None:
    shown = set(re.findall(r"\(screenshots/([\w-]+)\.png\)", PAGE))
    kept = {path.stem: path.stat().st_size for path in (DOCS / "screenshots").glob("*.png")}
    assert shown <= set(SHOTS) == set(kept)
    assert max(kept.values()) <= MOST_BYTES
