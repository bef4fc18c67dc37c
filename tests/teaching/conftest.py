"""A desk and somebody who teaches it."""

import pytest

from router.model import Role, Scope
from tests.builders import Desk, an_agent


@pytest.fixture
def desk(sqlite_desk: Desk) -> Desk:
    """A desk; what differs between databases is tested with the store."""
    return sqlite_desk


@pytest.fixture
def olga(desk: Desk) -> Scope:
    """Somebody of ops."""
    return an_agent(desk, "Olga", role=Role.OPS)
