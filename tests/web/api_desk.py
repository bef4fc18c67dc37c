"""A desk with its API: people with tokens, and calls that speak JSON."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from router.model import Role, Scope
from router.store import people
from router.store.audit import COMMAND
from router.tokens import SCOPES, create_token
from router.web import create_app
from tests import builders
from tests.builders import Desk, an_agent, now

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Program:
    """Whoever calls, with or without a token."""

    app: Flask
    token: str = ""

    def call(self, method: str, path: str, body: object = None, **more: object) -> TestResponse:
        """Call the API; `body` is sent as JSON, `data` as it is."""
        headers: Mapping[str, str] = more.pop("headers", {})  # type: ignore[assignment]
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            more["json"] = body
        return self.app.test_client().open(PREFIX + path, method=method, headers={**known, **headers}, **more)

    def get(self, path: str, **more: object) -> TestResponse:
        """Read."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: object = None, **more: object) -> TestResponse:
        """Act."""
        return self.call("POST", path, body, **more)


@dataclass(frozen=True, slots=True)
class ApiDesk:
    """A desk and its application."""

    desk: Desk
    app: Flask

    def program(self, who: Scope, *scopes: str) -> Program:
        """Return a program with a token of this person; with every scope they may have unless some are named."""
        with self.desk.heed.database.read() as db:
            owner = people.by_id(db, who.agent or "")
        assert owner is not None
        every = [name for name, least in SCOPES.items() if owner.role.rank >= least.rank]
        return Program(self.app, create_token(self.desk.heed, COMMAND, owner, now(), scopes=scopes or every))

    def agent(self, name: str = "Ana", **facts: object) -> Program:
        """Add an agent and return a program with their token."""
        return self.program(an_agent(self.desk, name, **facts))  # type: ignore[arg-type]

    def supervisor(self, name: str = "Sue") -> Program:
        """Add a supervisor and return a program with their token."""
        return self.agent(name, role=Role.SUPERVISOR)

    def pulled(self, ana: Program, text: str = "Where is my parcel, please?", **fields: object) -> dict:
        """Let a customer write and Ana take the ticket."""
        self.desk.says(text, **fields)
        answer = ana.post("/next")
        assert answer.status_code == 200, answer.json
        return answer.json


@contextmanager
def an_api(url: str, folder: Path) -> Iterator[ApiDesk]:
    """Yield a desk with its application on a migrated database."""
    with builders.a_desk(url, folder) as desk:
        yield ApiDesk(desk, create_app(heed=desk.heed))
