"""A real browser: this machine's Chromium, driven by Playwright, asking nobody but the server under test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

PATIENCE_MS = 20_000.0  # for what must come to show; the machine may be busy
FLAGS = (
    "--no-sandbox",  # root in a container has none to give
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers have 64 MB there
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def running_browser(program: Path) -> Iterator[Browser]:
    """Yield a browser; each test opens a context of its own in it."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
