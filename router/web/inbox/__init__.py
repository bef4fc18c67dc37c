"""The agents' inbox: pages, fragments of them that live updates fetch, and the forms by which agents act."""

from flask import Flask

from router.web.inbox import (
    acts,
    answers,
    aside,
    bulk,
    commands,
    correcting,
    dialogs,
    drafts,
    files,
    finding,
    following,
    frame,
    hard,
    here,
    leaving,
    merging,
    notices,
    offers,
    pages,
    person,
    seen,
    sending,
    starting,
    telling,
)


def register(app: Flask) -> None:
    """Add the inbox, and the frame that every page of the desk stands in."""
    frame.register(app)
    commands.register(app)
    telling.register(app)
    notices.register(app)
    offers.register(app)
    aside.register(app)
    following.register(app)
    finding.register(app)
    merging.register(app)
    correcting.register(app)
    hard.register(app)
    for part in (
        pages,
        dialogs,
        acts,
        drafts,
        sending,
        files,
        answers,
        notices,
        offers,
        finding,
        starting,
        aside,
        bulk,
        following,
        here,
        leaving,
        merging,
        correcting,
        hard,
        seen,
        person,
    ):
        app.register_blueprint(part.bp)
