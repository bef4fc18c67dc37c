"""The frame of every page: the rail with what exists and may be seen, who I am, the theme chosen."""

from dataclasses import dataclass

from flask import Flask, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from router import inbox, notices, preferences
from router.model import Role
from router.web.audience import audience_of
from router.web.security import heed_of
from router.web.words import look_up as _
from router.web.words import utc_now

THEME_COOKIE = "heed_theme"
THEMES = ("light", "dark")
YEAR_S = 31_536_000

PLACES = (  # path, name, icon; shown where the path exists and the role suffices
    ("/", "Inbox", "inbox"),
    ("/contacts", "Contacts", "person"),
    ("/rules", "Rules", "rules"),
    ("/reports", "Reports", "plot"),
    ("/wallboard", "Wallboard", "panel"),
    ("/settings", "Settings", "settings"),
    ("/settings/", "Settings", "settings"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail."""

    url: str
    label: str
    icon: str
    current: bool


def register(app: Flask) -> None:
    """Hand the frame to every template."""
    app.context_processor(_frame)


def remember_theme(response: AnyResponse, theme: str) -> None:
    """Keep the theme a person chose; anything else than light or dark follows their system again."""
    secure = heed_of().config.uses_tls
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR_S, samesite="Lax", secure=secure, httponly=True)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax", secure=secure, httponly=True)


def is_fragment() -> bool:
    """Say whether a part of a page was asked for, by our own script."""
    return request.args.get("fragment") == "1" or request.headers.get("X-Heed-Fragment") == "1"


def _frame() -> dict[str, object]:
    theme = request.cookies.get(THEME_COOKIE, "")
    who = g.get("agent")
    said: dict[str, object] = {"theme": theme if theme in THEMES else "", "fragment": is_fragment(), "me": None}
    said["unseen"] = 0
    if who is None:
        return {**said, "rail": []}
    if not said["fragment"]:
        said.update(_likes(preferences.read(heed_of(), who.id)), unseen=notices.unseen(heed_of(), g.scope))
    try:
        mine = inbox.me(heed_of(), who.id, utc_now())
    except inbox.NotFound:
        return {**said, "rail": []}
    return {**said, "me": mine, "who": who, "zone": who.zone, "rail": _rail(who.role)}


def _likes(chosen: preferences.Preferences) -> dict[str, object]:
    """Return how the reader likes the page: its theme, and what its scripts read as attributes of the root."""
    return {
        "theme": chosen.theme if chosen.theme in THEMES else "",
        "likes": {
            "keys": "on" if chosen.keys else "off",
            "sound": " ".join(sorted(chosen.sound)),
            "notify": " ".join(sorted(chosen.notify)),
            "undo": str(chosen.undo_s),
            "hints": "on" if chosen.hints else "off",
        },
    }


def _rail(role: Role) -> list[Place]:
    adapter = current_app.url_map.bind("")
    found: list[Place] = []
    for path, label, icon in PLACES:
        try:
            endpoint, _values = adapter.match(path, method="GET")
        except (RequestRedirect, HTTPException):
            continue
        wanted = audience_of(current_app, endpoint).role
        if (wanted is None or role.rank >= wanted.rank) and all(place.label != _(label) for place in found):
            found.append(Place(path, _(label), icon, _is_here(path)))
    return found


def _is_here(path: str) -> bool:
    if path == "/":
        return request.path == "/" or request.path.startswith(("/tickets", "/search", "/views"))
    return request.path == path or request.path.startswith(path.rstrip("/") + "/")
