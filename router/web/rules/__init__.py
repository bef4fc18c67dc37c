"""The rules page: the draft as cards, one of them open to edit; check, try, publish, roll back, and examples."""

from flask import Flask

from router.web.rules import declaring, edits, examples, golden, pages, trying, versions


def register(app: Flask) -> None:
    """Add these pages."""
    for part in (pages.bp, edits.bp, declaring.bp, trying.bp, versions.bp, golden.bp, examples.bp):
        app.register_blueprint(part)
