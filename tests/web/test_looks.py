"""The looks: contrast computed from the tokens, and the rules every style sheet, template and script keeps."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "router" / "web"
STYLES = sorted((WEB / "static").glob("*.css"))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))

TEXTS = ("ink", "ink-soft", "ink-faint", "accent", "calm", "tense", "hot", "ok")
PAPERS = ("paper", "paper-2", "paper-3", "accent-soft", "note", "calm-soft", "tense-soft", "hot-soft")
CONTROL_PAPERS = ("paper", "paper-2", "note")  # where bordered controls stand: the page, a card, a note


def tokens() -> dict[str, dict[str, str]]:
    """Return the colours of both themes."""
    css = (WEB / "static" / "tokens.css").read_text()
    blocks = re.findall(r":root[^{]*\{([^}]*)\}", css)
    read = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in blocks]
    assert read[1] == read[2], "dark by choice and dark by the system differ"
    return {"light": read[0], "dark": {**read[0], **read[2]}}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours; source: WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
class TestContrast:
    @pytest.mark.parametrize("text", TEXTS)
    def test_text_can_be_read_on_every_paper(self, theme: str, text: str) -> None:
        found = {paper: contrast(tokens()[theme][text], tokens()[theme][paper]) for paper in PAPERS}
        assert min(found.values()) >= 4.5, found

    def test_the_main_button_can_be_read(self, theme: str) -> None:
        assert contrast(tokens()[theme]["accent-ink"], tokens()[theme]["accent"]) >= 4.5

    @pytest.mark.parametrize("paper", CONTROL_PAPERS)
    def test_the_edge_of_a_control_can_be_seen(self, theme: str, paper: str) -> None:
        assert contrast(tokens()[theme]["line-control"], tokens()[theme][paper]) >= 3


class TestStyles:
    @pytest.mark.parametrize("sheet", STYLES, ids=lambda path: path.name)
    def test_layout_is_logical_so_that_it_turns_with_the_script(self, sheet: Path) -> None:
        physical = r"(?<![\w-])(margin|padding|border)-(left|right|top|bottom)\b|[;{]\s*(left|right|top|bottom)\s*:"
        assert not re.findall(physical, sheet.read_text())

    @pytest.mark.parametrize("sheet", [path for path in STYLES if path.name != "tokens.css"], ids=lambda p: p.name)
    def test_only_the_tokens_name_a_colour(self, sheet: Path) -> None:
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*})|\brgba?\(|\bhsla?\(", sheet.read_text())

    def test_motion_is_only_for_those_who_want_it(self) -> None:
        for sheet in STYLES:
            css = sheet.read_text()
            for found in re.finditer(r"\b(animation|transition):", css):
                before = css[: found.start()]
                assert before.rfind("prefers-reduced-motion: no-preference") > before.rfind("\n}\n"), sheet.name


class TestTemplates:
    @pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
    def test_nothing_is_inline_that_the_policy_forbids(self, template: Path) -> None:
        html = template.read_text()
        inline = r"<script(?![^>]*\b(?:src=|type=\"application/json\"))"
        assert not re.search(rf"\sstyle=|\son\w+=\"|<style|{inline}|javascript:", html)

    @pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
    def test_every_text_goes_through_the_look_up(self, template: Path) -> None:
        ours = r"\{%\s*block main_class.*?endblock\s*%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}"
        ours += r"|<svg.*?</svg>|<kbd.*?</kbd>|<!doctype html>"
        html = re.sub(ours, "", template.read_text(), flags=re.S)
        texts = re.findall(r">([^<>]*[A-Za-z]{3,}[^<>]*)<", html)
        bare = [text.strip() for text in texts if text.strip() not in ("Heed", "")]
        assert not bare, bare
