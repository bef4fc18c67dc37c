"""Who a route is for. Every route says so; one that does not keeps the application from starting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask

from router.model import Role

Who = Literal["public", "visitor", "agent", "supervisor", "ops", "admin", "token"]
View = TypeVar("View", bound=Callable[..., Any])

ROLES: dict[str, Role] = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a route answers, and how they prove it.

    public: everyone; writing still needs the CSRF token and our own origin. visitor: a customer's browser on any site,
    proved by what the view itself checks. agent … admin: a session of that role or above. token: a bearer token with
    `scope`, of an owner of `least` or above.
    """

    who: Who
    scope: str = ""
    least: Role | None = None

    @property
    def role(self) -> Role | None:
        """Return the least role of a person who may, None where no person signs in."""
        return ROLES.get(self.who, self.least)


def audience(who: Who, *, scope: str = "", least: Role | None = None) -> Callable[[View], View]:
    """Say whom a view is for; stands right above the function, under the route."""

    def mark(view: View) -> View:
        view.__dict__["heed_audience"] = Audience(who, scope, least)
        return view

    return mark


def audience_of(app: Flask, endpoint: str) -> Audience:
    """Return whom an endpoint is for; static files are public."""
    if endpoint == "static":
        return Audience("public")
    found = getattr(app.view_functions[endpoint], "heed_audience", None)
    if not isinstance(found, Audience):
        raise LookupError(f"The route {endpoint} does not say whom it is for: give it an @audience.")
    return found


def check_audiences(app: Flask) -> None:
    """Raise LookupError unless every route says whom it is for."""
    for rule in app.url_map.iter_rules():
        audience_of(app, rule.endpoint)
