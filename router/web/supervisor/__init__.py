"""What supervisors watch and do: the wallboard, a ticket's whole history, assigning by hand."""

from flask import Flask

from router.web.supervisor import wallboard


def register(app: Flask) -> None:
    """Add these pages."""
    for part in (wallboard,):
        app.register_blueprint(part.bp)
