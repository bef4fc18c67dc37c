"""What programs may call things by: a queue by its id or name, a person by id or mail address, a brand by id or name.

Only what the caller may see is found; what is not there and what is another brand's look the same.
"""

from collections.abc import Iterable
from typing import Protocol

from router import inbox, rulebook_versions
from router.web.api.errors import Invalid
from router.web.api.typed import Call

ME = "me"


class Named(Protocol):
    """Something with an id and a name."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def queue_id(call: Call, given: str, where: dict[str, str]) -> str:
    """Return the id of a queue. Raises Invalid, telling `where` it was named."""
    return _one(inbox.queues(call.heed, call.scope), given, "queue", where)


def brand_id(call: Call, given: str | None, where: dict[str, str]) -> str:
    """Return the id of a brand; of the caller's only one if none is named. Raises Invalid."""
    brands = rulebook_versions.brands(call.heed, call.scope)
    if given is None and len(brands) == 1:
        return brands[0].id
    if given is None:
        raise Invalid([{**where, "detail": f"Name one of your brands: {', '.join(b.name for b in brands) or 'none'}."}])
    return _one(brands, given, "brand", where)


def agent_id(call: Call, given: str, where: dict[str, str]) -> str:
    """Return the id of a person of the desk; `me` is the caller. Raises Invalid."""
    if given in (ME, call.agent):
        return call.agent
    wanted = given.casefold()
    for who in inbox.agents(call.heed, call.scope):
        if given == who.id or wanted == who.email:
            return who.id
    raise Invalid([{**where, "detail": "There is no such person on your desk. Give an id or a mail address."}])


def _one(things: Iterable[Named], given: str, what: str, where: dict[str, str]) -> str:
    known = list(things)
    if any(thing.id == given for thing in known):
        return given
    found = [thing.id for thing in known if thing.name.casefold() == given.casefold()]
    if len(found) == 1:
        return found[0]
    said = (
        f"There is no such {what}. Give an id or a name."
        if not found
        else f"Several have this name: give the {what}'s id."
    )
    raise Invalid([{**where, "detail": said}])
