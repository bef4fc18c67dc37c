"""What the checker of accessibility, axe, finds on a page as it stands."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Frame, Page

from tests.conftest import missing

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
CONTRAST = ("color-contrast",)
# Each violation whole; of what passed only that it did, for which axe need not describe every element of a page. It
# loads no style sheet or sound anew: that is for sounds that begin by themselves, and takes half of its time.
ASKED = (
    "({rules, but}) => axe.run(document, {runOnly: rules, iframes: false, resultTypes: ['violations'], preload: false,"
    " rules: Object.fromEntries(but.map(rule => [rule, {enabled: false}]))})"
    ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | ')))"
)


def faults(page: Page | Frame, rules: Sequence[str] = RULES, but: Sequence[str] = ()) -> list[str]:
    """Return what is wrong, a line for each rule of these, `but` for some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    found: list[str] = page.evaluate(ASKED, {"rules": list(rules), "but": list(but)})
    return found


def _script() -> str:
    """Return the checker's script, from a development package."""
    spec = find_spec("axe_core_python")
    if spec is None or spec.origin is None:
        missing("axe-core-python is not installed: it is in requirements-dev.in.")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text()
