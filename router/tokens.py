"""API tokens: scopes of a person, never more than the person. Shown once, stored as a hash."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from router.accounts import TOUCH_EVERY, SignedIn, digest
from router.app import Heed
from router.mistakes import Mistake
from router.model import Role, Scope
from router.notify import Change
from router.store import audit, people, signin
from router.store.audit import Actor
from router.store.people import AgentRow
from router.store.signin import TokenRow

MAX_TOKEN_DAYS = 3650
TOKEN_PREFIX = "heed_"  # noqa: S105  so that a token found somewhere says what it is

SCOPES = {  # what a token may be good for, and the least role of an owner who may hand it out
    "tickets:read": Role.AGENT,
    "tickets:write": Role.AGENT,
    "presence": Role.AGENT,
    "contacts:read": Role.AGENT,
    "rules:read": Role.AGENT,
    "rules:write": Role.OPS,
    "desk:admin": Role.OPS,
}
USUAL_SCOPES = ("tickets:read", "tickets:write", "presence", "contacts:read", "rules:read")


class TokenRefused(Exception):
    """A token does not open this; `known` says whether it exists at all (403) or not (401)."""

    def __init__(self, reason: str, *, known: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.known = known


def create_token(
    heed: Heed,
    actor: Actor,
    owner: AgentRow,
    now: datetime,
    *,
    scopes: Collection[str] = USUAL_SCOPES,
    name: str = "",
    days: int | None = None,
    brands: Collection[str] = (),
) -> str:
    """Return a new token, which is shown this once.

    Raises Mistake for a scope that is unknown or above the owner's role, and for brands that are not the owner's.
    """
    for scope in scopes:
        if scope not in SCOPES:
            raise Mistake(f"There is no scope “{scope}”. Scopes: {', '.join(SCOPES)}.")
        if owner.role.rank < SCOPES[scope].rank:
            raise Mistake(f"The scope {scope} needs the role {SCOPES[scope]}; {owner.email} is {owner.role}.")
    if not scopes:
        raise Mistake(f"A token without a scope opens nothing: name one or more of {', '.join(SCOPES)}.")
    if days is not None and not 1 <= days <= MAX_TOKEN_DAYS:
        raise Mistake(f"A token cannot hold {days} days: give a number from 1 to {MAX_TOKEN_DAYS}.")
    if not owner.active:
        raise Mistake(f"{owner.email} is switched off: a token of theirs would open nothing.")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    until = now + timedelta(days=days) if days is not None else None
    with heed.database.write() as db:
        if not set(brands) <= people.brands_of(db, owner.id):
            raise Mistake(f"{owner.email} does not work for all of these brands: a token sees no more than its owner.")
        token_id = signin.add_token(
            db,
            agent_id=owner.id,
            hashed=digest(token),
            name=name.strip()[:100] or "token",
            scopes=scopes,
            brands=brands,
            now=now,
            until=until,
        )
        audit.append(db, actor, "token created", token_id, now, change={"owner": owner.id, "scopes": sorted(scopes)})
    return token


def scope_of_token(heed: Heed, token: str, needed: str, now: datetime) -> SignedIn:
    """Return who a token belongs to and what they may see. Raises TokenRefused.

    It is worth what its owner is worth now: their role, their brands, and never a scope above their role.
    """
    with heed.database.read() as db:
        row = signin.token_by_hash(db, digest(token))
        brands = people.brands_of(db, row.agent.id) if row is not None else frozenset()
    if row is None or row.ended_at is not None or not row.agent.active or (row.until is not None and now >= row.until):
        raise TokenRefused("The token is unknown, ended or expired: make one under Settings, You.", known=False)
    if needed and (needed not in row.scopes or row.agent.role.rank < SCOPES[needed].rank):
        raise TokenRefused(f"This needs a token with the scope {needed}.", known=True)
    if row.used_at is None or now - row.used_at > TOUCH_EVERY:
        with heed.database.write() as db:
            signin.touch_token(db, row.id, now)
    seen = brands & row.brands if row.brands else brands
    return SignedIn(row.agent, Scope(row.agent.role, seen, row.agent.id), Actor("token", row.agent.id, row.id), row.id)


def tokens(heed: Heed, who: AgentRow) -> list[TokenRow]:
    """Return the tokens of a person that were not ended."""
    with heed.database.read() as db:
        return signin.tokens_of(db, who)


def end_token(heed: Heed, me: SignedIn, token_id: str, now: datetime) -> None:
    """End one of the person's own tokens, and its streams."""
    with heed.database.write() as db:
        if signin.end_token(db, me.agent.id, token_id, now):
            audit.append(db, me.actor, "token ended", token_id, now)
    heed.notifier.publish([Change("session", agent=me.agent.id)])
