"""The audit trail for whoever may read it, and whether it is whole."""

from router.app import Heed
from router.model import Role, Scope
from router.store import audit
from router.store.views import trail
from router.store.views.trail import Asked as Asked
from router.store.views.trail import TrailLine as TrailLine

PAGE = 100
LAST = 6  # lines shown on the page of the thing they are about


def page(heed: Heed, scope: Scope, asked: Asked) -> tuple[list[TrailLine], int | None]:
    """Return lines of the trail, latest first, and what to ask for next; None: these were all."""
    with heed.database.read() as db:
        found = trail.page(db, scope, asked, PAGE + 1)
    return found[:PAGE], found[PAGE - 1].seq if len(found) > PAGE else None


def acts(heed: Heed, scope: Scope) -> list[str]:
    """Return the kinds of acts that can be asked for."""
    with heed.database.read() as db:
        return trail.acts(db, scope)


def about(heed: Heed, scope: Scope, object_id: str) -> list[TrailLine]:
    """Return the last changes of one thing."""
    if scope.role.rank < Role.OPS.rank:
        return []
    with heed.database.read() as db:
        return trail.page(db, scope, Asked(object=object_id), LAST)


def first_broken(heed: Heed) -> int | None:
    """Return the first line that was changed or removed since it was written; None: the trail is whole."""
    with heed.database.read() as db:
        return audit.first_broken(db)
